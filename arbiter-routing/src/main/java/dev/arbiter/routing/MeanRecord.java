/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Success rates, and nothing else, of every agent. */
final class MeanRecord {
  private final Tally tally = new Tally();
  private final Fallbacks fallbacks = new Fallbacks();
  private double total;

  void rows(int count) {
    tally.rows(count);
    fallbacks.rows(count);
  }

  /** The share of outcomes that were successes, 0 without an outcome. */
  double rate(int row) {
    return tally.rate(row);
  }

  /** Outcomes of one agent; a fallback's counts half. */
  double count(int row) {
    return tally.counts[row];
  }

  /** Outcomes of all agents. */
  double total() {
    return total;
  }

  /** Learns a first choice as it is, and a fallback corrected for the task being a hard one. */
  void learn(Feedback feedback) {
    int row = feedback.row();
    if (feedback.isFallback()) {
      fallbacks.learn(feedback.failedRow(), tally.rate(row), feedback.reward());
      double value = fallbacks.corrected(feedback.failedRow(), feedback.reward());
      tally.add(row, 1, value, Fallbacks.WEIGHT);
      total += Fallbacks.WEIGHT;
    } else {
      tally.add(row, 1, feedback.reward(), 1);
      total++;
    }
  }

  void forget(int row) {
    total -= tally.counts[row];
    tally.set(row, 0, 0);
    fallbacks.forget(row);
  }
}
