/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;

/** See {@link BanditPolicy#ucb1()}. */
final class Ucb1 extends MeanLearner {
  static final String NAME = "ucb1";

  private long total;

  @Override
  public BanditDecision choose(RoutingRequest request, long id) {
    int[] rows = rows(request.candidates(), id);
    double[] scores = new double[rows.length];
    double twoLogT = 2 * Math.log((double) Math.max(1, total));
    for (int i = 0; i < rows.length; i++) {
      double pulls = arms.pulls[rows[i]];
      scores[i] =
          pulls == 0 ? Double.POSITIVE_INFINITY : arms.mean(rows[i]) + Math.sqrt(twoLogT / pulls);
    }
    int chosen = BanditDecision.best(scores);
    total++;
    arms.pulls[rows[chosen]]++;
    return new SimpleDecision(
        this, id, NAME, request.candidates(), scores, chosen, rows[chosen], 1, false);
  }
}
