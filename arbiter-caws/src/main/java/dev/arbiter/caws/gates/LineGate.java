/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.gates;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.QualityGate;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A gate that inspects every line of every changed file; a deleted file has none.
 *
 * @param tree reads the files
 * @param most the most lines that may be found
 * @param kind the kind of problem in a line, empty for none
 */
record LineGate(WorkTree tree, int most, Function<String, String> kind) implements QualityGate {
  private static final int MOST_COUNTED = 1_000;

  @Override
  public QualityGate.Result check(Assignment assignment, WorkReport report) throws IOException {
    List<String> found = new ArrayList<>();
    for (FileChange change : report.changes()) {
      Optional<String> text = tree.text(assignment, change.path());
      if (text.isEmpty() && change.added() > 0) {
        return QualityGate.Result.fail(change.path() + " is reported as changed, and is not there");
      }
      look(change.path(), text.orElse(""), found);
    }
    return found.size() <= most
        ? QualityGate.Result.pass(
            report.changes().size() + " files were looked at, found " + found.size())
        : QualityGate.Result.fail(QualityGates.first(found) + "; at most " + most + " allowed");
  }

  private void look(String path, String text, List<String> found) {
    int number = 1;
    for (Iterator<String> lines = text.lines().iterator();
        lines.hasNext() && found.size() < MOST_COUNTED;
        number++) {
      String what = kind.apply(lines.next());
      if (!what.isEmpty()) {
        found.add(path + ":" + number + " " + what);
      }
    }
  }
}
