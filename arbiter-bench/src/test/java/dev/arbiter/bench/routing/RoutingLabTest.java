/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs so few that only the machinery shows, never a figure. */
class RoutingLabTest {
  private static final double TINY = 1e-9;

  @TempDir private Path folder;

  @Test
  void every_scenario_prints_a_table_that_does_not_depend_on_threads() throws Exception {
    Path outcomes = folder.resolve("outcomes.csv");
    Files.writeString(
        outcomes,
        """
        task_id,category,language,agent,success
        t1,c,java,ada,1
        t1,c,java,bob,0
        t2,d,java,ada,0
        t2,d,java,bob,1
        """);
    String[] common = {
      "--runs-scale", "" + TINY, "--policies", "default,glr-imed", "--outcomes", "" + outcomes
    };

    String one = lab(with(common, "--threads", "1"));
    String two = lab(with(common, "--threads", "2"));

    assertThat(one).isEqualTo(two);
    for (Scenario scenario : new Scenarios(TINY).all()) {
      assertThat(one).contains(System.lineSeparator() + scenario.about());
    }
    assertThat(one).contains("adaptive-thompson", "glr-imed", "T=5,000, delay 50");
  }

  @Test
  void markdown_has_one_column_for_each_case_and_the_reference_in_brackets() throws Exception {
    String printed =
        lab("--runs-scale", ".01", "--only", "delayed", "--policies", "ucb1", "--markdown");

    assertThat(printed)
        .startsWith("### delayed")
        .contains("| policy | by 0, T=5,000 | by 50, T=5,000 | by 500, T=5,000 |", "|---|---|---|")
        .containsPattern("\\| ucb1 \\| [0-9.]+ \\(368\\) \\| [0-9.]+ \\(395\\) \\|")
        .contains("| bar of the default |  | 115, top 92 | 170, top 150 |");
  }

  @Test
  void what_it_does_not_know_is_refused_with_what_it_knows() {
    assertThatThrownBy(() -> lab("--only", "sunny"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("no scenario is named 'sunny'; take one of [stationary, drifting,");
    assertThatThrownBy(() -> lab("--runs", "3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("options are --runs-scale F");
    assertThatThrownBy(() -> lab("--only"))
        .hasMessageStartingWith("--only has no value; options are");
    assertThatThrownBy(() -> lab("--runs-scale", "many"))
        .hasMessageStartingWith("--runs-scale must be a number above 0, got many; options are");
    assertThatThrownBy(() -> lab("--threads", "1.5"))
        .hasMessageStartingWith("--threads must be a whole number from 1, got 1.5; options are");
  }

  @Test
  void a_file_of_outcomes_that_is_none_is_named() throws Exception {
    Path outcomes = Files.writeString(folder.resolve("outcomes.csv"), "task_id\nt1,c\n");

    assertThatThrownBy(() -> lab("--outcomes", "" + outcomes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "outcomes.csv: line 2 is 't1,c'; give a file with a header and lines");
    Files.writeString(outcomes, "");
    assertThatThrownBy(() -> lab("--outcomes", "" + outcomes))
        .hasMessageContaining("outcomes.csv: it has no outcome; give");
  }

  private static String[] with(String[] common, String... more) {
    String[] all = new String[common.length + more.length];
    System.arraycopy(common, 0, all, 0, common.length);
    System.arraycopy(more, 0, all, common.length, more.length);
    return all;
  }

  private static String lab(String... arguments) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      RoutingLab.run(out, arguments);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
