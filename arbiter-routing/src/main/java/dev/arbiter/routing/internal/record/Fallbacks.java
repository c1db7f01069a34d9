/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

/** How much less likely a task is solved after another agent failed at it. */
public final class Fallbacks extends RowSums {
  /** The weight of a fallback's outcome; a first choice's is 1. */
  public static final double WEIGHT = .5;

  private static final double LEAST_RATIO = .2;
  private static final double OWN_PRIOR = 20;
  private static final double PRIOR_REWARDS = 5;
  private static final double PRIOR_EXPECTED = 10;
  private static final int REWARDS = 0;
  private static final int EXPECTED = 1;

  private double rewards = PRIOR_REWARDS;
  private double expected = PRIOR_EXPECTED;

  public Fallbacks() {
    super(2);
  }

  /**
   * Learns the outcome of a fallback.
   *
   * @param failedRow the agent that failed before; negative if it is not known any more
   * @param expectation the reward to expect at a first choice
   * @return the reward as a first choice would have earned it: a hard task counts for more
   */
  public double learn(int failedRow, double expectation, double reward) {
    rewards += reward;
    expected += expectation;
    if (failedRow >= 0) {
      add(failedRow, REWARDS, reward);
      add(failedRow, EXPECTED, expectation);
    }
    return corrected(failedRow, reward);
  }

  /** A reward as a first choice would have earned it. */
  public double corrected(int failedRow, double reward) {
    return reward / Math.max(LEAST_RATIO, ratio(failedRow));
  }

  /** Success after the agent failed, as a share of the success expected at first choice. */
  public double ratio(int failedRow) {
    double overall = rewards / expected;
    return failedRow < 0
        ? overall
        : (OWN_PRIOR * overall + get(failedRow, REWARDS)) / (OWN_PRIOR + get(failedRow, EXPECTED));
  }

  /** Rewards and expected rewards after all failures. */
  public double[] totals() {
    return new double[] {rewards - PRIOR_REWARDS, expected - PRIOR_EXPECTED};
  }

  /** Adds totals from another router. */
  public void addTotals(double moreRewards, double moreExpected) {
    rewards = Math.max(PRIOR_REWARDS, rewards + moreRewards);
    expected = Math.max(PRIOR_EXPECTED, expected + moreExpected);
  }
}
