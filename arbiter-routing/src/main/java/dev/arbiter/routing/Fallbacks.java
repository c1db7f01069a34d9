/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** How much less likely a task is solved once somebody failed at it. */
final class Fallbacks {
  /** What a fallback's outcome counts beside a first choice's. */
  static final double WEIGHT = .5;

  private static final double LEAST_RATIO = .2;
  private static final double OWN_PRIOR = 20;

  private static final double PRIOR_REWARDS = 5;
  private static final double PRIOR_EXPECTED = 10;

  private double rewards = PRIOR_REWARDS;
  private double expected = PRIOR_EXPECTED;
  private double[] rewardsAfter = new double[0];
  private double[] expectedAfter = new double[0];

  void rows(int count) {
    if (count > rewardsAfter.length) {
      int length = Math.max(count, 2 * rewardsAfter.length);
      rewardsAfter = Arrays.copyOf(rewardsAfter, length);
      expectedAfter = Arrays.copyOf(expectedAfter, length);
    }
  }

  void forget(int row) {
    rewardsAfter[row] = 0;
    expectedAfter[row] = 0;
  }

  /** What the reward would have been worth at first choice, by what was known before it. */
  double corrected(int failedRow, double reward) {
    return reward / Math.max(LEAST_RATIO, ratio(failedRow));
  }

  void learn(int failedRow, double expectation, double reward) {
    rewards += reward;
    expected += expectation;
    if (failedRow >= 0) {
      rewardsAfter[failedRow] += reward;
      expectedAfter[failedRow] += expectation;
    }
  }

  /** Success after the agent failed, as a share of success expected at first choice. */
  double ratio(int failedRow) {
    double overall = rewards / expected;
    return failedRow < 0
        ? overall
        : (OWN_PRIOR * overall + rewardsAfter[failedRow]) / (OWN_PRIOR + expectedAfter[failedRow]);
  }

  double[] totals() {
    return new double[] {rewards - PRIOR_REWARDS, expected - PRIOR_EXPECTED};
  }

  double[] sums(int row) {
    return new double[] {rewardsAfter[row], expectedAfter[row]};
  }

  void addTotals(double moreRewards, double moreExpected) {
    rewards = Math.max(PRIOR_REWARDS, rewards + moreRewards);
    expected = Math.max(PRIOR_EXPECTED, expected + moreExpected);
  }

  void add(int row, double moreRewards, double moreExpected) {
    rewardsAfter[row] = Math.max(0, rewardsAfter[row] + moreRewards);
    expectedAfter[row] = Math.max(0, expectedAfter[row] + moreExpected);
  }
}
