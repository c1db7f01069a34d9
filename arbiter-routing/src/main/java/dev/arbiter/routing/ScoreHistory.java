/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** What a board held at every moment since a copy of it was made. */
final class ScoreHistory {
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

  ScoreHistory(double[] cells, int width) {
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
