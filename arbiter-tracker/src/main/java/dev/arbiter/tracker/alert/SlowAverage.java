/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** A usual value that follows what it is shown, after a while only slowly; not thread-safe. */
final class SlowAverage {
  /** Shown so often, it is learned. */
  static final int LEARNED_AFTER = 5;

  private static final double WEIGHT = 0.1;

  private double value;
  private int shown;

  /** Follows, by no more than {@code most} once it is learned. */
  void show(double target, double most) {
    shown++;
    if (shown <= LEARNED_AFTER) {
      value += (target - value) / shown;
    } else {
      value += Math.max(-most, Math.min(most, WEIGHT * (target - value)));
    }
  }

  double value() {
    return value;
  }
}
