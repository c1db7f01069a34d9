/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.routing.internal.math.BetaFunction;
import java.util.OptionalDouble;

/**
 * How many tasks, or outcomes, each side had.
 *
 * @param current of the router in place
 * @param candidate of the new router
 */
record SampleRatio(long current, long candidate) {
  /*
   * Lindon and Malek, "Anytime-Valid Inference for Multinomial Count Data" (2022): the evidence
   * against a share is how much better a share with a beta prior explains the counts. It is a
   * martingale that begins at 1 if the share is right, so it may be looked at after every task. The
   * prior is around the share, and as sure as 100 tasks.
   */
  private static final double PRIOR = 100;

  /* The chance that a right share is ever called wrong. */
  private static final double ERROR = .001;

  /** The candidate's part; empty without a count. */
  OptionalDouble share() {
    long all = current + candidate;
    return all == 0 ? OptionalDouble.empty() : OptionalDouble.of(candidate / (double) all);
  }

  /** Whether the counts certainly do not come from a share; never for a share of 0 or 1. */
  boolean isWrong(double share) {
    return share > 0 && share < 1 && evidence(share) >= -Math.log(ERROR);
  }

  /** The logarithm of the evidence against a share above 0 and below 1. */
  double evidence(double share) {
    double a = PRIOR * share;
    double b = PRIOR * (1 - share);
    return BetaFunction.logBeta(a + candidate, b + current)
        - BetaFunction.logBeta(a, b)
        - candidate * Math.log(share)
        - current * Math.log1p(-share);
  }
}
