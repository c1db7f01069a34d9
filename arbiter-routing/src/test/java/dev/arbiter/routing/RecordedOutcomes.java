/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.routing.evaluation.OutcomeMatrix;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Which agents solved which tasks, read from a file: task_id, category, language, agent, success.
 */
final class RecordedOutcomes {
  private RecordedOutcomes() {}

  /** The shared data of SWE-bench Pro; the test is skipped where it is not there. */
  static OutcomeMatrix shared() throws IOException {
    String shared = System.getProperty("arbiter.shared", "");
    Path file = Path.of(shared, "data", "swebench_pro_outcomes.csv");
    assumeTrue(Files.isReadable(file), "no recorded outcomes at " + file);
    return read(file);
  }

  static OutcomeMatrix read(Path file) throws IOException {
    OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
    List<String> lines = Files.readAllLines(file);
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      matrix.trial(cells[0], cells[1], cells[3], cells[4].equals("1"));
    }
    return matrix.build();
  }
}
