/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import java.util.List;

/**
 * Numbers in rows.
 *
 * @param caption what it holds, in a few words
 * @param first what a row is about
 * @param columns the numbers of each row
 * @param rows in order
 */
public record Table(String caption, String first, List<Column> columns, List<Row> rows) {

  /** Copies. */
  public Table {
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /**
   * One column.
   *
   * @param name what it is called
   * @param unit of its numbers
   */
  public record Column(String name, Unit unit) {}

  /**
   * One row.
   *
   * @param name what it is about
   * @param values a number for each column
   */
  public record Row(String name, List<Double> values) {

    /** Copies. */
    public Row {
      values = List.copyOf(values);
    }
  }
}
