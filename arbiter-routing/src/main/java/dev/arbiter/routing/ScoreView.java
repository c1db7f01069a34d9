/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Numbers of every candidate of one candidate set, in the candidate set's order; kept up to date on
 * demand.
 */
final class ScoreView {
  /*
   * A policy's numbers are by row, and all candidate sets share them. A board copies those of one candidate set and
   * follows the log of rows that changed, so that a decision costs as many reads as there were
   * changes; when it is too far behind it reads all rows again. It holds only while the candidate set's
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
  private final ChangeLog log;
  private final int[] rows;
  private final int[] places;
  private final int evictions;
  private long seen = Long.MIN_VALUE;
  private @Nullable History history;

  /** A board that is behind. */
  ScoreView(CandidateSet candidates, int width, Source source, ChangeLog log) {
    this.cells = new double[candidates.size() * width];
    this.width = width;
    this.source = source;
    this.log = log;
    this.rows = candidates.rows.clone();
    this.places = places(rows);
    this.evictions = candidates.evictions;
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

  /** Whether the agents of its candidate set still have the rows they had. */
  boolean isOf(CandidateSet candidates) {
    return evictions == candidates.evictions;
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
    history = null;
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
    if (history != null && history.isFull()) {
      history = null;
    }
    if (history != null) {
      history.write(place, cells);
    }
  }

  /** The past whose moment is now. */
  History history() {
    if (history == null) {
      history = new History(cells, width);
    }
    return history;
  }

  /** What a board held at every moment since a copy of it was made. */
  static final class History {
    /*
     * A copy and the writes that followed, so that a decision need not copy ten thousand numbers to
     * be able to show what it compared: it keeps the past and a moment, which is how many writes
     * there had been. The router goes on writing behind that moment while others read what is before
     * it; what is before was written before the decision was published. A past takes a quarter as
     * many writes as there are places, and then the board begins another, so the copies cost four
     * places a write and an old decision keeps no more than this.
     */
    private static final int LEAST_WRITES = 64;

    private final double[] start;
    private final int width;
    private final int[] places;
    private final double[] written;
    private int moment;

    History(double[] cells, int width) {
      int most = Math.max(LEAST_WRITES, cells.length / width / 4);
      this.start = cells.clone();
      this.width = width;
      this.places = new int[most];
      this.written = new double[most * width];
    }

    int moment() {
      return moment;
    }

    boolean isFull() {
      return moment == places.length;
    }

    /** Takes over what a place holds now. */
    void write(int place, double[] cells) {
      System.arraycopy(cells, place * width, written, moment * width, width);
      places[moment] = place;
      moment++;
    }

    /** A copy of the board as it was at a moment. */
    double[] at(int then) {
      double[] cells = Arrays.copyOf(start, start.length);
      for (int i = 0; i < then; i++) {
        System.arraycopy(written, i * width, cells, places[i] * width, width);
      }
      return cells;
    }
  }

  /** Which rows of a policy changed last, for boards to follow. */
  static final class ChangeLog {
    private static final int REACH = 1 << 12;

    private final int[] rows = new int[REACH];
    private long end;

    void add(int row) {
      rows[(int) end & (REACH - 1)] = row;
      end++;
    }

    /** Whoever follows must read all rows. */
    void addAll() {
      end += REACH + 1;
    }

    /** How many changes there were so far. */
    long end() {
      return end;
    }

    /** Whether all changes from a number on are still known. */
    boolean reaches(long from) {
      return end - from <= REACH;
    }

    /** The row of a change by its number. */
    int row(long change) {
      return rows[(int) change & (REACH - 1)];
    }
  }
}
