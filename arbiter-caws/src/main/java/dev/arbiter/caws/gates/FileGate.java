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
import java.util.function.BinaryOperator;
import java.util.regex.Pattern;

/**
 * Looks at every changed file; a deleted file has no text. A file in UTF-16 or UTF-32 is looked at
 * without its zero bytes too.
 *
 * @param tree where the files are
 * @param most how many places may be found
 * @param finder finds places in a text
 */
record FileGate(WorkTree tree, int most, Finder finder) implements QualityGate {
  private static final int MOST_COUNTED = 1_000;

  /** Eight letters, each with the zero bytes that UTF-16 and UTF-32 give it. */
  private static final Pattern WIDE = Pattern.compile("(?:[^\\x00]\\x00{1,3}){8}");

  /** Finds places in a file's text. */
  interface Finder {
    /** Adds each place as {@code path:line kind}, and stops at a thousand. */
    void find(String path, String text, List<String> found);

    /** A finder that looks at one line after another, and names what each holds, or nothing. */
    static Finder ofLines(BinaryOperator<String> kind) {
      return (path, text, found) -> {
        int number = 1;
        for (Iterator<String> lines = text.lines().iterator();
            lines.hasNext() && found.size() < MOST_COUNTED;
            number++) {
          String what = kind.apply(path, lines.next());
          if (!what.isEmpty()) {
            found.add(path + ":" + number + " " + what);
          }
        }
      };
    }

    /** Both, one after the other. */
    default Finder and(Finder other) {
      return (path, text, found) -> {
        find(path, text, found);
        other.find(path, text, found);
      };
    }
  }

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
    finder.find(path, text, found);
    if (WIDE.matcher(text).find()) {
      List<String> more = new ArrayList<>();
      finder.find(path, text.replace("\0", ""), more);
      more.removeAll(found);
      found.addAll(more);
    }
  }
}
