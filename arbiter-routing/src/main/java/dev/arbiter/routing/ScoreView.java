/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A copy of a policy's numbers for the candidates of one set, kept up to date on demand. */
final class ScoreView {
  /*
   * A policy's numbers are by row, for all candidate sets together. A view copies those of one set
   * and follows the log of changed rows, so a decision costs as many reads as there were changes.
   * When it is too far behind, it reads all rows again. It is valid while the agents of its set keep
   * their rows.
   */
  static final int NONE = -1;

  /** The policy's numbers. */
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

  /** A view that has read nothing yet. */
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

  /** Whether the agents of its set still have their rows. */
  boolean isOf(CandidateSet candidates) {
    return evictions == candidates.evictions;
  }

  /** Whether all rows must be read; else call {@link #next}. */
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

  /** Reads one changed candidate and returns its place; NONE if none is left. */
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

  /** The history, whose moment is now. */
  History history() {
    if (history == null) {
      history = new History(cells, width);
    }
    return history;
  }

  /** The numbers of a view at every moment since a copy of it was made. */
  static final class History {
    /*
     * A copy and the writes after it. So a decision need not copy ten thousand numbers to be able to
     * show its scores: it keeps the history and a moment, the number of writes so far. The router
     * writes behind that moment while other threads read before it; those writes happened before the
     * decision was published. A history takes a quarter as many writes as there are places, then the
     * view begins another one. So copies cost four places a write, and an old decision keeps no more
     * than this.
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

    /** Notes the numbers of a place now. */
    void write(int place, double[] cells) {
      System.arraycopy(cells, place * width, written, moment * width, width);
      places[moment] = place;
      moment++;
    }

    /** A copy of the view at a moment. */
    double[] at(int then) {
      double[] cells = Arrays.copyOf(start, start.length);
      for (int i = 0; i < then; i++) {
        System.arraycopy(written, i * width, cells, places[i] * width, width);
      }
      return cells;
    }
  }

  /** The rows of a policy that changed last, for views to follow. */
  static final class ChangeLog {
    private static final int REACH = 1 << 12;

    private final int[] rows = new int[REACH];
    private long end;

    void add(int row) {
      rows[(int) end & (REACH - 1)] = row;
      end++;
    }

    /** All rows changed: every view must read all. */
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
