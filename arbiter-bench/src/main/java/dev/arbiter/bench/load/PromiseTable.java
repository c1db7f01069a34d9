/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.load;

import dev.arbiter.bench.routing.TextTable;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/** Promises, each with what was measured. */
final class PromiseTable {
  private final TextTable table = new TextTable();
  private boolean allHeld = true;

  PromiseTable() {
    table.row(List.of("promise", "measured", "answer"));
  }

  /** Adds a promise. */
  void add(String promise, boolean held, String measured, Object... figures) {
    table.row(
        List.of(promise, String.format(Locale.ROOT, measured, figures), held ? "held" : "missed"));
    allHeld &= held;
  }

  /** Adds a figure that belongs to no promise. */
  void note(String what, String measured, Object... figures) {
    table.row(List.of(what, String.format(Locale.ROOT, measured, figures), ""));
  }

  boolean allHeld() {
    return allHeld;
  }

  void print(PrintStream out) {
    table.printMarkdown(out);
  }
}
