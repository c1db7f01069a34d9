/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.ScoreView.ChangeLog;
import dev.arbiter.routing.internal.math.Sampler;
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

  /** Computes the sums over all agents anew. */
  void recount(int[] rows) {
    Arrays.fill(excess, 0);
    Arrays.fill(outcomes, 0);
    for (int row : rows) {
      records.unscale(row);
      share(row, 1);
    }
    changes.addAll();
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
}
