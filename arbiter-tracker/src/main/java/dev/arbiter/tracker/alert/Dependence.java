/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** How much the values of one agent depend on those before them. Not thread-safe. */
final class Dependence {
  /*
   * Values that are AR(1) with correlation rho are worth as many independent ones as their number
   * divided by (1 + rho) / (1 - rho). The correlation of neighbours is estimated about a mean that
   * follows over three hundred values, so that a slow change of level is none; the newest one or two
   * thousand weigh most. Its bias of about (1 + 3 rho) / n (Kendall 1954) is added. A correlation
   * below three standard deviations, and one that two pairs of values make, is taken for none, so
   * that independent values count in full.
   *
   * Marks of what lies behind them, such as failures of an overloaded service, depend on neighbours
   * less and on others longer than AR(1) does. So the fifth root of the correlation over five steps
   * is used if that is clear and larger.
   */
  private static final int FORGET_AT = 2_000;
  private static final int FOLLOW = 300;
  private static final int FAR = 5;
  private static final int FEWEST_FOR_FAR = 500;
  private static final double CLEAR = 3;
  private static final double CLEAR_FAR = 4;
  private static final double MOST = 0.999;

  private final double[] last = new double[FAR];
  private double count;
  private double mean;
  private double squares;
  private double largest;
  private double near;
  private double far;
  private int seen;
  private int inRow;

  void add(double value) {
    if (count >= FORGET_AT) {
      count /= 2;
      squares /= 2;
      largest /= 2;
      near /= 2;
      far /= 2;
    }
    count++;
    seen = Math.min(FOLLOW, seen + 1);
    double deviation = value - mean;
    mean += deviation / seen;
    squares += deviation * (value - mean);
    largest = Math.max(largest, (value - mean) * (value - mean));
    double now = value - mean;
    if (inRow >= 1) {
      near += now * (last[(inRow - 1) % FAR] - mean);
    }
    if (inRow >= FAR) {
      far += now * (last[inRow % FAR] - mean);
    }
    last[inRow % FAR] = value;
    inRow++;
    if (inRow == 2 * FAR) {
      inRow = FAR;
    }
  }

  /** The next value does not follow the last. */
  void interrupt() {
    inRow = 0;
  }

  /** How many values are worth one independent value, at least 1. */
  double valuesForOne() {
    if (count < 2 * FAR || squares <= 0) {
      return 1;
    }
    double deviation = 1 / Math.sqrt(count);
    double neighbours = near / squares + (1 + 3 * near / squares) / count;
    double others = far / squares;
    double ofTwo = 1.2 * largest / squares;
    double used = neighbours > CLEAR * deviation + ofTwo ? neighbours : 0;
    if (count >= FEWEST_FOR_FAR && others > CLEAR_FAR * deviation + ofTwo) {
      used = Math.max(used, Math.pow(others, 1.0 / FAR));
    }
    used = Math.min(MOST, used);
    return (1 + used) / (1 - used);
  }
}
