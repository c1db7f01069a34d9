/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of cells, the first being the header, as plain text or as Markdown. */
public final class TextTable {
  private final List<List<String>> rows = new ArrayList<>();

  /** Makes a table without rows. */
  public TextTable() {}

  /** Adds a row. */
  public void row(List<String> cells) {
    rows.add(cells);
  }

  /** Prints columns of one width. */
  public void printPlain(PrintStream out) {
    int[] widths =
        IntStream.range(0, rows.get(0).size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    for (List<String> row : rows) {
      out.println(
          IntStream.range(0, row.size())
              .mapToObj(column -> padded(row.get(column), widths[column]))
              .collect(Collectors.joining("  "))
              .stripTrailing());
    }
  }

  private static String padded(String cell, int width) {
    return cell + " ".repeat(width - cell.length());
  }

  /** Prints Markdown. */
  public void printMarkdown(PrintStream out) {
    for (int row = 0; row < rows.size(); row++) {
      out.println("| " + String.join(" | ", rows.get(row)) + " |");
      if (row == 0) {
        out.println("|---".repeat(rows.get(row).size()) + "|");
      }
    }
  }
}
