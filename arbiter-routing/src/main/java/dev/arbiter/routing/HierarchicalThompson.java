/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.routing.internal.record.Fallbacks;
import dev.arbiter.routing.internal.record.SuccessCounts;
import dev.arbiter.routing.internal.record.TypeRecords;
import dev.arbiter.spi.RoutingRequest;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/** See {@link BanditPolicy#hierarchicalThompson()}. */
final class HierarchicalThompson extends ThompsonLearner implements LearnedSums {
  /*
   * At a type of task an agent's chance is Beta(K m, K (1 - m)), and m, the agent's own mean, is
   * itself uncertain. N outcomes of one type, whose chance may be off by luck, say as much about m as
   * N (K+1)/(K+N) independent ones, so no type counts for more than K+1. Their sum over all types
   * gives m a beta distribution. Given m, the chance at the type is beta distributed again. Over all
   * m it is not; it is drawn from the beta distribution of the same mean and variance. So the
   * distribution of a draw is known, and with it the probability of a choice.
   *
   * The records by type lie in pages (TypeRecords). If the cap takes a page away, the agent's own mean
   * keeps what it learned from it.
   */
  static final String NAME = "hierarchical-thompson";
  private static final double CLOSENESS = 20;
  private static final int MOST_PAGES = 1 << 16;

  private final SuccessCounts means = new SuccessCounts();
  private final TypeRecords types = new TypeRecords(MOST_PAGES, category -> {});
  private final Fallbacks fallbacks = new Fallbacks();
  private double[][] pages = {};
  private long choices;

  HierarchicalThompson(RandomGenerator random) {
    super(NAME, random);
  }

  @Override
  void begin(RoutingRequest request, int category) {
    pages = types.pages(category, ++choices);
  }

  @Override
  void draw(Draws draws, int place, int row) {
    double rate = rate(pages, row);
    double weight = weight(row, rate);
    drawBeta(draws, place, weight * rate, weight * (1 - rate));
  }

  /** The alpha + beta of a beta distribution as uncertain as the rate. */
  private double weight(int row, double rate) {
    double mean = mean(row);
    double known = CLOSENESS + types.count(pages, row);
    double share = CLOSENESS / known;
    double doubt = share * share * mean * (1 - mean) / (3 + means.outcomes(row));
    double spread = rate * (1 - rate);
    return spread * (known + 1) / (spread + known * doubt) - 1;
  }

  /** The success rate to expect of an agent over all types. */
  private double mean(int row) {
    return means.expected(row);
  }

  /** The success rate to expect of an agent at one type of task. */
  private double rate(double[][] pagesOfType, int row) {
    double count = types.count(pagesOfType, row);
    double successes = Math.min(count, types.rewards(pagesOfType, row));
    return (CLOSENESS * mean(row) + successes) / (CLOSENESS + count);
  }

  @Override
  public void rows(int count) {
    means.rows(count);
    types.rows(count);
    fallbacks.rows(count);
  }

  @Override
  public void learn(Feedback feedback) {
    if (feedback.isFallback()) {
      double expected = rate(types.pages(feedback.category(), choices), feedback.row());
      double value = fallbacks.learn(feedback.failedRow(), expected, feedback.reward());
      add(feedback, value, Fallbacks.WEIGHT);
    } else {
      add(feedback, feedback.reward(), 1);
    }
  }

  private void add(Feedback feedback, double reward, double weight) {
    int row = feedback.row();
    int category = feedback.category();
    change(row, category, () -> types.add(category, row, 1, reward, weight, 0));
  }

  /** Changes a record by type, and the agent's mean by the change of that record's worth. */
  private void change(int row, int category, Runnable how) {
    double[][] before = types.pages(category, choices);
    double successes = -worth(before, row, types.rewards(before, row));
    double count = -worth(before, row, types.count(before, row));
    how.run();
    double[][] after = types.pages(category, choices);
    successes += worth(after, row, types.rewards(after, row));
    count += worth(after, row, types.count(after, row));
    double newCount = Math.max(0, means.outcomes(row) + count);
    double rate = newCount == 0 ? 0 : Sampler.clip((means.successes(row) + successes) / newCount);
    means.set(row, rate * newCount, newCount);
  }

  /** The worth of a sum over outcomes of one type to the agent's mean. */
  private double worth(double[][] pagesOfType, int row, double sum) {
    return sum * (CLOSENESS + 1) / (CLOSENESS + types.count(pagesOfType, row));
  }

  @Override
  public void forget(int row) {
    means.set(row, 0, 0);
    types.forget(row);
    fallbacks.forget(row);
  }

  @Override
  public void continues(Continuation continuation) {
    continuation.rows(
        "means",
        row -> new double[] {means.successes(row), means.outcomes(row)},
        (numbers, row) -> means.set(row, numbers[0], numbers[1]));
    for (int row : continuation.order()) {
      types.unscale(row);
    }
  }

  @Override
  public void forgetType(int category) {
    types.drop(category);
  }

  @Override
  public LearnedSums summed() {
    return this;
  }

  @Override
  public Widths widths() {
    return new Widths(2, 4, TypeRecords.CELLS);
  }

  @Override
  public double[] totals() {
    return fallbacks.totals();
  }

  /** Rewards and outcomes of all types are reported, never added: they follow from the types. */
  @Override
  public double[] sums(int row) {
    double rewards = 0;
    double count = 0;
    int[] seen = types.seen(row).clone();
    Arrays.sort(seen); // the order of first outcomes is not known after a restart
    for (int category : seen) {
      double[][] pagesOfType = types.pages(category);
      rewards += types.rewards(pagesOfType, row);
      count += types.count(pagesOfType, row);
    }
    double[] after = fallbacks.sums(row);
    return new double[] {rewards, count, after[0], after[1]};
  }

  @Override
  public TypeRecords types() {
    return types;
  }

  @Override
  public void addTotals(double[] change) {
    fallbacks.addTotals(change[0], change[1]);
  }

  @Override
  public void add(int row, double[] change) {
    fallbacks.add(row, Arrays.copyOfRange(change, 2, 4));
  }

  @Override
  public void add(int category, int row, double[] change) {
    change(row, category, () -> types.add(category, row, change));
  }
}
