/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.routing.internal.record.SuccessCounts;

/**
 * What makes a distribution of a candidate's record, the same for all candidates of a decision.
 *
 * @param mean the success to expect of an agent nobody has seen
 * @param sharpening what outcomes are multiplied by
 * @param shared how much easier the type of task is than others
 */
record Prior(double mean, double sharpening, double shared) {
  /*
   * A record is four numbers. What the agent is better at the type than expected there is
   * (sum - count * expected) / (count + 20), where expected = (8 mean + successes) / (8 + outcomes)
   * + shared, within 0 and 1. Of that the record holds the part that does not depend on the prior,
   * and what the prior's mean is multiplied by, so that a bound takes no quotient.
   */
  static final int NUMBERS = 4;
  private static final int SUCCESSES = 0;
  private static final int OUTCOMES = 1;
  private static final int REST = 2;
  private static final int SLOPE = 3;

  /**
   * Writes the record of an agent.
   *
   * @param excess rewards at the type, as a share of outcomes there and 20 more
   * @param weight outcomes there as the same share
   */
  static void write(
      double[] to, int at, double successes, double outcomes, double excess, double weight) {
    to[at + SUCCESSES] = successes;
    to[at + OUTCOMES] = outcomes;
    to[at + REST] = excess - weight * successes / (SuccessCounts.PRIOR + outcomes);
    to[at + SLOPE] = weight * SuccessCounts.PRIOR / (SuccessCounts.PRIOR + outcomes);
  }

  double alpha(double[] records, int at) {
    return SuccessCounts.PRIOR * mean + sharpening * records[at + SUCCESSES];
  }

  /** Alpha and beta. */
  double total(double[] records, int at) {
    return SuccessCounts.PRIOR + sharpening * records[at + OUTCOMES];
  }

  double shift(double[] records, int at) {
    double outcomes = SuccessCounts.PRIOR + records[at + OUTCOMES];
    double own = records[at + SUCCESSES] / outcomes;
    double expected = Sampler.clip(own + SuccessCounts.PRIOR * mean / outcomes + shared);
    return records[at + REST] + weight(records, at) * (own - expected);
  }

  /** At least the shift. */
  double mostShift(double[] records, int at) {
    double easier = Math.min(0, shared);
    return records[at + REST] - records[at + SLOPE] * mean - weight(records, at) * easier;
  }

  private static double weight(double[] records, int at) {
    return records[at + SLOPE] * (1 + records[at + OUTCOMES] / SuccessCounts.PRIOR);
  }
}
