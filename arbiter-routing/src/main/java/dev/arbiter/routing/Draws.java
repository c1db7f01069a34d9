/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** The distribution and the draw of every candidate's score, as they were when it was chosen. */
sealed class Draws permits NormalDraws {
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
        from.cells, index * from.width, cells, candidate * width, Math.min(width, from.width));
  }

  private float waitOf(int candidate) {
    return waits.length == 0 ? 0 : waits[candidate];
  }

  double score(int candidate) {
    return cells[candidate * width] - waitOf(candidate);
  }

  /** The first number the score was drawn from. */
  final float first(int candidate) {
    return cells[candidate * width + 1];
  }

  /** The second number the score was drawn from. */
  final float second(int candidate) {
    return cells[candidate * width + 2];
  }

  Law law(int candidate) {
    int at = candidate * width;
    float wait = waitOf(candidate);
    ShiftedBeta plain = new ShiftedBeta(cells[at + 1], cells[at + 2], cells[at + 3] - wait);
    if (width == PLAIN || cells[at + PLAIN] == 0) {
      return plain;
    }
    ShiftedBeta claimed = new ShiftedBeta(cells[at + 5], cells[at + 6], cells[at + 7] - wait);
    return new Mixture(cells[at + PLAIN], claimed, plain);
  }
}
