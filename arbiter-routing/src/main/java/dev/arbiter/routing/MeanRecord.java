/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.function.IntConsumer;

/** Success rates, and nothing else, of every agent. */
final class MeanRecord implements LearnedSums {
  private final double keep;
  private final IntConsumer changed;
  private final SuccessCounts tally = new SuccessCounts();
  private final Fallbacks fallbacks = new Fallbacks();
  private double total;

  MeanRecord() {
    this(1, row -> {});
  }

  /**
   * A record that fades.
   *
   * @param keep what an outcome leaves of its agent's earlier ones, in [0,1]
   * @param changed told whose record is another
   */
  MeanRecord(double keep, IntConsumer changed) {
    this.keep = keep;
    this.changed = changed;
  }

  void rows(int count) {
    tally.rows(count);
    fallbacks.rows(count);
  }

  /** The share of outcomes that were successes, 0 without an outcome. */
  double rate(int row) {
    return tally.rate(row);
  }

  /** The success to expect of an agent nobody has seen. */
  double populationMean() {
    return tally.populationMean();
  }

  /** The success to expect of an agent, shrunk towards the population. */
  double mean(int row, double populationMean) {
    return tally.mean(row, populationMean);
  }

  /** Successes of one agent. */
  double successes(int row) {
    return tally.successes[row];
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
      add(row, value, Fallbacks.WEIGHT);
    } else {
      add(row, feedback.reward(), 1);
    }
  }

  private void add(int row, double reward, double weight) {
    double before = tally.counts[row];
    tally.add(row, keep, reward, weight);
    total += tally.counts[row] - before;
    changed.accept(row);
  }

  void forget(int row) {
    total -= tally.counts[row];
    tally.set(row, 0, 0);
    fallbacks.forget(row);
    changed.accept(row);
  }

  @Override
  public Widths widths() {
    return new Widths(2, 4, 0);
  }

  @Override
  public double[] totals() {
    return fallbacks.totals();
  }

  @Override
  public double[] sums(int row) {
    double[] after = fallbacks.sums(row);
    return new double[] {tally.successes[row], tally.counts[row], after[0], after[1]};
  }

  @Override
  public void addTotals(double[] change) {
    fallbacks.addTotals(change[0], change[1]);
  }

  @Override
  public void add(int row, double[] change) {
    double before = tally.counts[row];
    double count = Math.max(0, before + change[1]);
    double successes = Math.max(0, tally.successes[row] + change[0]);
    tally.set(row, Math.min(count, successes), count);
    total += count - before;
    fallbacks.add(row, change[2], change[3]);
    changed.accept(row);
  }
}
