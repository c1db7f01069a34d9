/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** The distribution and the draw of every candidate's score, as they were when it was chosen. */
sealed class Draws permits NormalDraws, TailDraws {
  /*
   * One array, because a decision is allocated for every task: score, alpha, beta, shift for each
   * candidate, and where somebody claims a level also the trust in the claim and alpha, beta and
   * shift of the distribution under the claim. Waits get an array only once somebody has to wait.
   */
  private static final int PLAIN = 4;
  private static final int CLAIMED = 8;
  private static final float[] NONE = {};

  private final float[] cells;
  private final int width;
  private final int size;
  private float[] waits = NONE;

  Draws(int size, boolean claims) {
    this.size = size;
    this.width = claims ? CLAIMED : PLAIN;
    this.cells = new float[size * width];
  }

  /** Draws without claims that get their cells when first asked. */
  Draws(int size, float[] cells) {
    this.size = size;
    this.width = PLAIN;
    this.cells = cells;
  }

  float[] cells() {
    return cells;
  }

  int size() {
    return size;
  }

  boolean hasClaims() {
    return width == CLAIMED;
  }

  void plain(int candidate, float alpha, float beta, float shift) {
    int at = candidate * width;
    cells[at + 1] = alpha;
    cells[at + 2] = beta;
    cells[at + 3] = shift;
  }

  void claimed(int candidate, float trust, float alpha, float beta, float shift) {
    int at = candidate * width + PLAIN;
    cells[at] = trust;
    cells[at + 1] = alpha;
    cells[at + 2] = beta;
    cells[at + 3] = shift;
  }

  void drawn(int candidate, float score) {
    cells[candidate * width] = score;
  }

  void wait(int candidate, float price) {
    if (waits.length == 0) {
      waits = new float[size];
    }
    waits[candidate] = price;
  }

  /** Takes over one candidate's distribution and draw, but not its wait. */
  void copy(int candidate, Draws from, int index) {
    System.arraycopy(
        from.cells(), index * from.width, cells, candidate * width, Math.min(width, from.width));
  }

  final float waitOf(int candidate) {
    return waits.length == 0 ? 0 : waits[candidate];
  }

  /** The place of the highest draw, the first of equals. */
  int best() {
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (score(i) > score(best)) {
        best = i;
      }
    }
    return best;
  }

  double score(int candidate) {
    return drawn(candidate) - waitOf(candidate);
  }

  final float drawn(int candidate) {
    return cells()[candidate * width];
  }

  /** The first number the score was drawn from. */
  final float first(int candidate) {
    return cells()[candidate * width + 1];
  }

  /** The second number the score was drawn from. */
  final float second(int candidate) {
    return cells()[candidate * width + 2];
  }

  /** What is added to a draw, the wait taken off. */
  final float shift(int candidate) {
    return cells()[candidate * width + 3] - waitOf(candidate);
  }

  Law law(int candidate) {
    int at = candidate * width;
    float[] all = cells();
    ShiftedBeta plain = new ShiftedBeta(all[at + 1], all[at + 2], shift(candidate));
    if (width == PLAIN || all[at + PLAIN] == 0) {
      return plain;
    }
    float shift = all[at + 7] - waitOf(candidate);
    ShiftedBeta claimed = new ShiftedBeta(all[at + 5], all[at + 6], shift);
    return new Mixture(all[at + PLAIN], claimed, plain);
  }
}
