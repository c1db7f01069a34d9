/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.bench.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What one agent came to at one task. */
record RecordedOutcome(String task, String type, String agent, boolean solved) {
  private static final int CELLS = 5;

  /**
   * Reads outcomes.
   *
   * @param file lines of task_id, category, language, agent, success (1 or 0), under a header
   * @throws IllegalArgumentException if it cannot be read, or has other lines or none
   */
  static List<RecordedOutcome> read(Path file) {
    List<String> lines = Program.text(file).lines().toList();
    List<RecordedOutcome> outcomes = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      String[] cells = lines.get(i).split(",", -1);
      if (cells.length < CELLS) {
        throw wrong(file, "line " + (i + 1) + " is '" + lines.get(i) + "'");
      }
      outcomes.add(new RecordedOutcome(cells[0], cells[1], cells[3], cells[4].equals("1")));
    }
    if (outcomes.isEmpty()) {
      throw wrong(file, "it has no outcome");
    }
    return outcomes;
  }

  private static IllegalArgumentException wrong(Path file, String what) {
    return new IllegalArgumentException(
        file
            + ": "
            + what
            + "; give a file with a header and lines of task_id,category,language,agent,success");
  }
}
