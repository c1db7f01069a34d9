/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.routing.internal.record.SuccessCounts;

/**
 * Makes distributions of candidates' records; the same for all candidates of a decision.
 *
 * @param mean the success rate to expect of an agent without outcomes
 * @param sharpening the factor of outcomes
 * @param shared how much easier the type of task is than others
 */
record Prior(double mean, double sharpening, double shared) {
  /*
   * A record is four numbers. How much better the agent is at the type than expected is
   * (sum - count * expected) / (count + 20), where expected = (8 mean + successes) / (8 + outcomes)
   * + shared, cut to [0,1]. The record holds the part of it that does not depend on the prior, and
   * the factor of the prior's mean, so that a bound takes no quotient.
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
