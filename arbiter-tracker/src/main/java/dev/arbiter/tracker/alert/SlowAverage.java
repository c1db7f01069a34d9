/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** An average that learns fast at first and slowly later. Not thread-safe. */
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
