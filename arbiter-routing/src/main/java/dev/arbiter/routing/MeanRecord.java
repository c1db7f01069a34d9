/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.routing.internal.record.SuccessCounts;
import java.util.Arrays;
import java.util.function.IntConsumer;

/** The success rate of every agent, and how much less a fallback succeeds. */
final class MeanRecord implements LearnedSums {
  private final double keep;
  private final IntConsumer changed;
  final SuccessCounts counts = new SuccessCounts();
  private final Fallbacks fallbacks = new Fallbacks();
  private double total;

  MeanRecord() {
    this(1, row -> {});
  }

  /**
   * A record that fades.
   *
   * @param keep the share of an agent's earlier outcomes that a new one leaves, in [0,1]
   * @param changed called with an agent whose record changed
   */
  MeanRecord(double keep, IntConsumer changed) {
    this.keep = keep;
    this.changed = changed;
  }

  void rows(int count) {
    counts.rows(count);
    fallbacks.rows(count);
  }

  /** Outcomes of all agents. */
  double total() {
    return total;
  }

  /** Learns a first choice as it is, and a fallback corrected for the hard task. */
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

  void continues(Continuation continuation) {
    int[] order = continuation.order();
    counts.recount(order);
    total = 0;
    for (int row : order) {
      total += counts.outcomes(row);
    }
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
    fallbacks.add(row, Arrays.copyOfRange(change, 2, 4));
    changed.accept(row);
  }

  /** A policy whose whole knowledge is such a record. */
  interface RecordLearner extends Learner {
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
    default void continues(Continuation continuation) {
      record().continues(continuation);
    }

    @Override
    default LearnedSums summed() {
      return record();
    }
  }
}
