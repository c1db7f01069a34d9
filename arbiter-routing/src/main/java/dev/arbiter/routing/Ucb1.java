/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import java.util.Arrays;

/** See {@link BanditPolicy#ucb1()}. */
final class Ucb1 implements Learner {
  private final MeanRecord record = new MeanRecord();

  /* Decisions for each agent, so that while outcomes are late the untried are tried in turn. */
  private long[] asked = new long[0];

  @Override
  public BanditDecision choose(long id, RoutingRequest request, Slate slate, int category) {
    int size = slate.size();
    double[] scores = new double[size];
    double spread = 2 * Math.log(Math.max(1, record.total()));
    int chosen = 0;
    int favourite = 0;
    for (int i = 0; i < size; i++) {
      int row = slate.rows[i];
      double count = record.count(row);
      scores[i] =
          count > 0 ? record.rate(row) + Math.sqrt(spread / count) : Double.POSITIVE_INFINITY;
      if (isBefore(scores[i], asked[row], scores[chosen], asked[slate.rows[chosen]])) {
        chosen = i;
      }
      if (record.rate(row) > record.rate(slate.rows[favourite])) {
        favourite = i;
      }
    }
    asked[slate.rows[chosen]]++;
    String why =
        chosen == favourite
            ? "exploits the highest bound, which has the best record, "
            : "explores the highest bound, which has not the best record, ";
    return new ScoredDecision(id, "ucb1", slate.agents, chosen, scores, 1, why);
  }

  private static boolean isBefore(double score, long asked, double best, long bestAsked) {
    return score > best
        || (score == Double.POSITIVE_INFINITY && score == best && asked < bestAsked);
  }

  @Override
  public void rows(int count) {
    record.rows(count);
    if (count > asked.length) {
      asked = Arrays.copyOf(asked, Math.max(count, 2 * asked.length));
    }
  }

  @Override
  public void learn(Feedback feedback) {
    record.learn(feedback);
  }

  @Override
  public void forget(int row) {
    record.forget(row);
    asked[row] = 0;
  }
}
