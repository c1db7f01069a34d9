/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.routing.internal.record.SuccessCounts;
import java.util.function.IntConsumer;

/** Success rates, and nothing else, of every agent. */
final class MeanRecord implements LearnedSums {
  private final double keep;
  private final IntConsumer changed;
  private final SuccessCounts counts = new SuccessCounts();
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
    counts.rows(count);
    fallbacks.rows(count);
  }

  /** The share of outcomes that were successes, 0 without an outcome. */
  double rate(int row) {
    return counts.rate(row);
  }

  /** The success to expect of an agent nobody has seen. */
  double populationMean() {
    return counts.populationMean();
  }

  /** The success to expect of an agent, shrunk towards the population. */
  double mean(int row, double populationMean) {
    return counts.mean(row, populationMean);
  }

  /** Successes of one agent. */
  double successes(int row) {
    return counts.successes(row);
  }

  /** Outcomes of one agent; a fallback's counts half. */
  double count(int row) {
    return counts.outcomes(row);
  }

  /** Outcomes of all agents. */
  double total() {
    return total;
  }

  /** Learns a first choice as it is, and a fallback corrected for the task being a hard one. */
  void learn(Feedback feedback) {
    int row = feedback.row();
    if (feedback.isFallback()) {
      double value = fallbacks.learn(feedback.failedRow(), counts.rate(row), feedback.reward());
      add(row, value, Fallbacks.WEIGHT);
    } else {
      add(row, feedback.reward(), 1);
    }
  }

  private void add(int row, double reward, double weight) {
    double before = counts.outcomes(row);
    counts.add(row, keep, reward, weight);
    total += counts.outcomes(row) - before;
    changed.accept(row);
  }

  void forget(int row) {
    total -= counts.outcomes(row);
    counts.set(row, 0, 0);
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
    return new double[] {counts.successes(row), counts.outcomes(row), after[0], after[1]};
  }

  @Override
  public void addTotals(double[] change) {
    fallbacks.addTotals(change[0], change[1]);
  }

  @Override
  public void add(int row, double[] change) {
    double before = counts.outcomes(row);
    counts.addSums(row, change[0], change[1]);
    total += counts.outcomes(row) - before;
    fallbacks.add(row, change[2], change[3]);
    changed.accept(row);
  }

  /** A policy that knows success rates and nothing else. */
  interface RecordLearner extends Learner {
    /** All that the policy knows. */
    MeanRecord record();

    @Override
    default void rows(int count) {
      record().rows(count);
    }

    @Override
    default void learn(Feedback feedback) {
      record().learn(feedback);
    }

    @Override
    default void forget(int row) {
      record().forget(row);
    }

    @Override
    default LearnedSums summed() {
      return record();
    }
  }
}
