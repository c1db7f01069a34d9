/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.List;

/**
 * What a log says of a target policy; see {@link OffPolicyEvaluator} for the estimators.
 *
 * @param decisions how many the log holds
 * @param ips by inverse propensity scores: unbiased, and the widest
 * @param snips by self-normalized scores; not a number where no logged choice is one of the
 *     target's
 * @param doublyRobust by a reward model and its corrected errors: the one to go by
 * @param logged mean reward of the log itself
 * @param gain {@code doublyRobust} less {@code logged}; its error allows for both coming from the
 *     same decisions
 * @param effectiveSize how many decisions of the target's own would say as much, at most {@code
 *     decisions}
 * @param largestWeight the most that a decision counts, in decisions
 * @param doubts why this log may not support an answer, one sentence each; empty if it does
 */
public record OffPolicyReport(
    int decisions,
    IntervalEstimate ips,
    IntervalEstimate snips,
    IntervalEstimate doublyRobust,
    IntervalEstimate logged,
    IntervalEstimate gain,
    double effectiveSize,
    double largestWeight,
    List<String> doubts) {

  /** Copies. */
  public OffPolicyReport {
    doubts = List.copyOf(doubts);
  }

  /**
   * Tells whether the estimates can be relied on.
   *
   * @return true if there are no doubts
   */
  public boolean isSupported() {
    return doubts.isEmpty();
  }
}
