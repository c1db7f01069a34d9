/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.math.Distribution;
import dev.arbiter.routing.internal.math.Propensity;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decision for the highest of random scores, or for the agent whose turn it was. */
final class ThompsonDecision extends BanditDecision {
  static final int NONE = -1;

  private final Draws draws;
  private final double forced;
  private final int turn;
  private final boolean wasForced;
  private final @Nullable ThompsonDecision failed;

  /* Computed at the first call. All threads compute the same number, so there is no lock. */
  private volatile double probability = Double.NaN;

  /** Shares agents and draws; a fallback holds the draws of the decision that failed. */
  ThompsonDecision(
      long id,
      String policy,
      List<RegisteredAgent> agents,
      Draws draws,
      int best,
      @Nullable ThompsonDecision failed) {
    this(id, policy, agents, best, draws, 0, NONE, false, failed);
  }

  /**
   * A decision that was, with a small chance, for the agent whose turn it was.
   *
   * @param forced the chance
   * @param turn the candidate whose turn it was
   */
  ThompsonDecision(
      long id,
      String policy,
      List<RegisteredAgent> agents,
      int chosen,
      Draws draws,
      double forced,
      int turn,
      boolean wasForced,
      @Nullable ThompsonDecision failed) {
    super(id, policy, agents, chosen);
    this.draws = draws;
    this.forced = forced;
    this.turn = turn;
    this.wasForced = wasForced;
    this.failed = failed;
  }

  Draws draws() {
    return draws;
  }

  /** The last of the decisions that failed, if the policy made it; else null. */
  static @Nullable ThompsonDecision last(List<RoutingDecision> failed, String policy) {
    RoutingDecision last = failed.isEmpty() ? null : failed.get(failed.size() - 1);
    return last instanceof ThompsonDecision d && d.policy().equals(policy) ? d : null;
  }

  /** The place that each candidate had in this decision; {@value #NONE} for one that had none. */
  int[] placesOf(CandidateSet candidates) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < agents.size(); i++) {
      places.put(agents.get(i).id(), i);
    }
    int[] found = new int[candidates.size()];
    for (int i = 0; i < found.length; i++) {
      found[i] = places.getOrDefault(candidates.agents[i].id(), NONE);
    }
    return found;
  }

  @Override
  double score(int candidate) {
    return draws.score(candidate);
  }

  @Override
  Map<String, Double> parts(int candidate) {
    return draws.parts(candidate);
  }

  @Override
  Motive motive() {
    return wasForced || favourite() != chosen ? Motive.EXPLORE : Motive.EXPLOIT;
  }

  @Override
  public double probability() {
    if (Double.isNaN(probability)) {
      probability = probability(chosen);
    }
    return probability;
  }

  @Override
  double probability(int candidate) {
    double top = agents.size() == 1 ? 1 : topProbability(candidate);
    return (1 - forced) * top + (turn == candidate ? forced : 0);
  }

  private double topProbability(int candidate) {
    List<Distribution> others = new ArrayList<>(agents.size());
    for (int i = 0; i < agents.size(); i++) {
      if (i != candidate) {
        others.add(draws.distribution(i));
      }
    }
    return Propensity.of(draws.distribution(candidate), others, above());
  }

  /* Distributions of the agents that failed: they drew more. Highest first. */
  private List<Distribution> above() {
    List<Distribution> above = new ArrayList<>();
    for (ThompsonDecision d = failed; d != null; d = d.failed) {
      if (!d.wasForced) {
        above.add(0, d.draws.distribution(d.chosen));
      }
    }
    return above;
  }

  @Override
  String why() {
    if (wasForced) {
      return inTurn();
    }
    int favourite = favourite();
    String drew = agent() + ", which drew " + number(score(chosen)) + " and is expected to reach ";
    String expected = number(draws.distribution(chosen).mean());
    if (failed != null) {
      return (joins()
              ? "joins " + failed.agent() + ": "
              : "falls back from " + failed.agent() + " to ")
          + drew
          + expected
          + second();
    }
    return favourite == chosen
        ? "exploits " + drew + expected + ", the highest" + second()
        : "explores "
            + drew
            + expected
            + ", while "
            + agents.get(favourite).id()
            + " is expected to reach "
            + number(draws.distribution(favourite).mean())
            + second();
  }

  private int favourite() {
    int favourite = 0;
    double highest = draws.distribution(0).mean();
    for (int i = 1; i < agents.size(); i++) {
      double mean = draws.distribution(i).mean();
      if (mean > highest) {
        highest = mean;
        favourite = i;
      }
    }
    return favourite;
  }
}
