/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import java.util.Arrays;

/** See {@link BanditPolicy#roundRobin()}. */
final class RoundRobin extends IndexLearner {
  static final String NAME = "round-robin";

  /* When each agent was last chosen, counted in decisions; 0 for never. */
  private long[] last = new long[0];
  private long now;

  RoundRobin() {
    super(NAME);
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    now++;
    BanditDecision decision = super.choose(id, request, candidates, category);
    last[candidates.rows[decision.chosen]] = now;
    return decision;
  }

  @Override
  double index(CandidateSet candidates, int candidate) {
    return now - last[candidates.rows[candidate]];
  }

  @Override
  String why(CandidateSet candidates, int chosen) {
    return "takes who was chosen longest ago, counted in decisions, ";
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    if (count > last.length) {
      last = Arrays.copyOf(last, Math.max(count, 2 * last.length));
    }
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    last[row] = 0;
  }
}
