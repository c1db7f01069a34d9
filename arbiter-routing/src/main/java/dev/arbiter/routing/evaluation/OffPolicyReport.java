/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.List;

/**
 * The estimates of a target policy by a log; see {@link OffPolicyEvaluator} for the estimators.
 *
 * @param decisions in the log
 * @param ips by inverse propensity scores: unbiased, and the widest
 * @param snips by self-normalized scores; NaN if no logged choice is one of the target's
 * @param doublyRobust by a reward model and its corrected errors: the one to rely on
 * @param logged mean reward of the log itself
 * @param gain {@code doublyRobust} less {@code logged}; its error allows for both coming from the
 *     same decisions
 * @param effectiveSize the number of the target's own decisions with the same information, at most
 *     {@code decisions}
 * @param largestWeight the highest weight of a decision, in decisions
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

  /** Whether the estimates are reliable: there are no doubts. */
  public boolean isSupported() {
    return doubts.isEmpty();
  }
}
