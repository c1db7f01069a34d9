/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.record.RowSums;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/** The policies that learn nothing. */
final class PlainPolicies {
  static final String FIXED_RANKING = "fixed-ranking";
  static final String LEAST_LOADED = "least-loaded";
  static final String ROUND_ROBIN = "round-robin";
  static final String UNIFORM = "uniform";

  private PlainPolicies() {}

  /** See {@link BanditPolicy#fixedRanking(List)}. */
  static final class FixedRanking extends IndexLearner {
    private final Map<String, Integer> ranks = new HashMap<>();

    FixedRanking(List<String> agents) {
      super(FIXED_RANKING);
      for (String agent : agents) {
        ranks.putIfAbsent(agent, 1 + ranks.size());
      }
    }

    /** One over the rank; agents that are not listed rank after all that are. */
    @Override
    double index(CandidateSet candidates, int candidate) {
      int last = ranks.size() + 1 + candidate;
      return 1.0 / ranks.getOrDefault(candidates.agents[candidate].id(), last);
    }

    @Override
    String why(CandidateSet candidates, int chosen) {
      return "takes the first in the ranking, ";
    }
  }

  /** See {@link BanditPolicy#leastLoaded()}. */
  static final class LeastLoaded extends IndexLearner {
    LeastLoaded() {
      super(LEAST_LOADED);
    }

    @Override
    double index(CandidateSet candidates, int candidate) {
      RegisteredAgent agent = candidates.agents[candidate];
      double slots = candidates.slots[candidate];
      return (slots - agent.active() - agent.queued()) / slots;
    }

    @Override
    String why(CandidateSet candidates, int chosen) {
      return "takes who has the largest share of its slots free, ";
    }
  }

  /** See {@link BanditPolicy#roundRobin()}. */
  static final class RoundRobin extends IndexLearner {
    /* When each agent was last chosen, counted in decisions; 0 for never. */
    private long[] last = new long[0];
    private long now;

    RoundRobin() {
      super(ROUND_ROBIN);
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
    public void continues(Continuation continuation) {
      super.continues(continuation);
      continuation.numbers("now", () -> new double[] {now}, numbers -> now = (long) numbers[0]);
      continuation.rows(
          "last", row -> new double[] {last[row]}, (numbers, row) -> last[row] = (long) numbers[0]);
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
      last = RowSums.grown(last, count);
    }

    @Override
    public void forget(int row) {
      super.forget(row);
      last[row] = 0;
    }
  }

  /** See {@link BanditPolicy#uniform()}. */
  static final class Uniform implements Learner {
    private final RandomGenerator random;

    Uniform(RandomGenerator random) {
      this.random = random;
    }

    @Override
    public BanditDecision choose(
        long id, RoutingRequest request, CandidateSet candidates, int category) {
      int size = candidates.size();
      double[] scores = new double[size];
      Arrays.fill(scores, 1.0 / size);
      return new ScoredDecision(
          id,
          UNIFORM,
          candidates.listed,
          random.nextInt(size),
          scores,
          candidate -> scores[candidate],
          Motive.RULE,
          "takes any with the same chance, ",
          candidate -> Map.of());
    }

    @Override
    public void rows(int count) {}

    @Override
    public void learn(Feedback feedback) {}

    @Override
    public void forget(int row) {}
  }
}
