/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One round, so short that no figure means anything; what each row does is checked by itself. */
class RequirementsTableTest {
  private static final List<String> NAMES =
      List.of(
          "DataCollector.taskStart",
          "DataCollector.taskCompletion",
          "PerformanceTracker.endToEnd",
          "Throughput.sustained",
          "Concurrency.highLoad",
          "Memory.sustainedLoad",
          "Pipeline.fullProcessing",
          "Aggregation.100events",
          "Aggregation.1000events",
          "Baseline.agentOperation",
          "Overhead.performanceTracking",
          "FeatureFlag.disabled",
          "FeatureFlag.enabled",
          "Production simulation");

  @Test
  void every_row_of_the_requirements_runs_and_says_what_was_taken() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    boolean held =
        RequirementsTable.run(new PrintStream(bytes, true, StandardCharsets.UTF_8), 0, 1);

    String printed = bytes.toString(StandardCharsets.UTF_8);
    assertThat(RequiredWork.ROWS.stream().map(row -> row.requirement().name())).isEqualTo(NAMES);
    for (String name : NAMES) {
      assertThat(printed).containsPattern("\\| " + name + " \\| .* \\| (held|missed) \\|");
      assertThat(printed).containsPattern("- " + name + ": [a-z0-9]");
    }
    assertThat(held).isEqualTo(!printed.contains("missed"));
  }
}
