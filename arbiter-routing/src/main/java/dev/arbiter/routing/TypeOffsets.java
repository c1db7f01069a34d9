/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.ScoreView.ChangeLog;
import dev.arbiter.routing.internal.record.SuccessCounts;
import dev.arbiter.routing.internal.record.TypeRecords;
import java.util.Arrays;

/** How each type of task differs from the others, for all agents together and for each. */
final class TypeOffsets {
  /*
   * An agent's excess at a category is its rewards there less those that its overall record foretells.
   * The shared excess of a category is the sum over agents. It is a function of the agents' sums
   * alone, whatever their order, so that routers that add up their sums agree on it. Before a change
   * of an agent's sums or record, lift takes its part out; after it, settle puts the part back.
   */
  private static final double SHARED_PRIOR = 10;
  private static final double OWN_PRIOR = 20;

  final TypeRecords records;

  /** Agents whose record or sums changed. */
  final ChangeLog changes = new ChangeLog();

  private final SuccessCounts counts;
  private double[] excess = new double[0];
  private double[] outcomes = new double[0];

  TypeOffsets(SuccessCounts counts, int mostPages) {
    this.counts = counts;
    this.records = new TypeRecords(mostPages, this::drop);
  }

  private void drop(int category) {
    changes.addAll();
    if (category < outcomes.length) {
      excess[category] = 0;
      outcomes[category] = 0;
    }
  }

  /** How much easier a category is than its agents' records foretell. */
  double shared(int category) {
    return category < outcomes.length ? excess[category] / (outcomes[category] + SHARED_PRIOR) : 0;
  }

  /**
   * How much better an agent is at a category than expected there.
   *
   * @param pages of the category
   * @param mean the success expected there
   * @param claimed the excess that it declares, worth 20 outcomes
   */
  double own(double[][] pages, int row, double mean, double claimed) {
    double sum = records.rewards(pages, row);
    double count = records.count(pages, row);
    return (OWN_PRIOR * claimed + sum - count * mean) / (count + OWN_PRIOR);
  }

  /** Writes the numbers from which a prior makes an agent's distribution, without declarations. */
  void read(int category, int row, double[] to, int at) {
    double[][] pages = records.pages(category);
    double count = records.count(pages, row);
    double weight = 1 / (count + OWN_PRIOR);
    double excess = records.rewards(pages, row) * weight;
    Prior.write(to, at, counts.successes(row), counts.outcomes(row), excess, count * weight);
  }

  /** Takes an agent's part out of the shared excess. */
  void lift(int row) {
    share(row, -1);
  }

  /** Puts an agent's present part back. */
  void settle(int row) {
    share(row, 1);
    changes.add(row);
  }

  private void share(int row, double sign) {
    ensure(records.categories());
    double foretold = counts.expected(row);
    for (int category : records.seen(row)) {
      double[][] pages = records.pages(category);
      double count = records.count(pages, row);
      excess[category] += sign * (records.rewards(pages, row) - foretold * count);
      outcomes[category] += sign * count;
    }
  }

  private void ensure(int categories) {
    if (categories > outcomes.length) {
      excess = Arrays.copyOf(excess, categories);
      outcomes = Arrays.copyOf(outcomes, categories);
    }
  }

  /** Forgets an agent; comes before its record is changed. */
  void forget(int row) {
    lift(row);
    records.forget(row);
    changes.add(row);
  }
}
