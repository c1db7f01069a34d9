/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Numbers of every candidate of one slate, in the slate's order; kept up to date on demand. */
final class Board {
  /*
   * A policy's numbers are by row, and all slates share them. A board copies those of one slate and
   * follows the log of rows that changed, so that a decision costs as many reads as there were
   * changes; when it is too far behind it reads all rows again. It holds only while the slate's
   * agents keep their rows.
   */
  static final int NONE = -1;

  /** Where the numbers come from. */
  @FunctionalInterface
  interface Source {
    /** Writes the numbers of a row into an array from a position on. */
    void read(int row, double[] to, int at);
  }

  final double[] cells;
  private final int width;
  private final Source source;
  private final RowLog log;
  private final int[] rows;
  private final int[] places;
  private final int evictions;
  private long seen = Long.MIN_VALUE;
  private @Nullable Past past;

  /** A board that is behind. */
  Board(Slate slate, int width, Source source, RowLog log) {
    this.cells = new double[slate.size() * width];
    this.width = width;
    this.source = source;
    this.log = log;
    this.rows = slate.rows.clone();
    this.places = places(rows);
    this.evictions = slate.evictions;
  }

  private static int[] places(int[] rows) {
    int most = 0;
    for (int row : rows) {
      most = Math.max(most, row);
    }
    int[] places = new int[most + 1];
    Arrays.fill(places, NONE);
    for (int place = 0; place < rows.length; place++) {
      places[rows[place]] = place;
    }
    return places;
  }

  int size() {
    return rows.length;
  }

  int row(int place) {
    return rows[place];
  }

  /** Whether the agents of its slate still have the rows they had. */
  boolean isOf(Slate slate) {
    return evictions == slate.evictions;
  }

  /** Whether reading everything is due; {@link #next} is for when it is not. */
  boolean isFarBehind() {
    return seen == Long.MIN_VALUE || log.end() - seen > rows.length || !log.reaches(seen);
  }

  void readAll() {
    for (int place = 0; place < rows.length; place++) {
      source.read(rows[place], cells, place * width);
    }
    seen = log.end();
    past = null;
  }

  /** Reads one candidate that changed, and returns its place; NONE when all is read. */
  int next() {
    while (seen < log.end()) {
      int row = log.row(seen++);
      boolean changesAgain = seen < log.end() && log.row(seen) == row;
      if (!changesAgain && row < places.length && places[row] != NONE) {
        read(places[row]);
        return places[row];
      }
    }
    return NONE;
  }

  private void read(int place) {
    source.read(rows[place], cells, place * width);
    if (past != null && past.isFull()) {
      past = null;
    }
    if (past != null) {
      past.write(place, cells);
    }
  }

  /** The past whose moment is now. */
  Past past() {
    if (past == null) {
      past = new Past(cells, width);
    }
    return past;
  }
}
