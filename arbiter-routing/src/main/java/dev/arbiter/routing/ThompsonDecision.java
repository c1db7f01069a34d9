/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation.Motive;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A decision for the highest of random scores, or for whose turn it was. */
final class ThompsonDecision extends BanditDecision {
  private static final int NOBODY = -1;

  private final Draws draws;
  private final double forced;
  private final int turn;
  private final boolean wasForced;
  private final @Nullable ThompsonDecision failed;

  /* Computed when first asked; every thread that computes it gets the same, so no lock. */
  private volatile double probability = Double.NaN;

  private ThompsonDecision(
      long id,
      String policy,
      RegisteredAgent[] agents,
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

  /** Shares agents and draws; those of a fallback hold the draws of the decision that failed. */
  static ThompsonDecision best(
      long id,
      String policy,
      RegisteredAgent[] agents,
      Draws draws,
      int best,
      @Nullable ThompsonDecision failed) {
    return new ThompsonDecision(id, policy, agents, best, draws, 0, NOBODY, false, failed);
  }

  /** A decision that was, with a small chance, for the agent whose turn it was. */
  static ThompsonDecision explored(
      long id,
      String policy,
      RegisteredAgent[] agents,
      Draws draws,
      int best,
      double forced,
      int turn,
      boolean wasForced) {
    int chosen = wasForced ? turn : best;
    return new ThompsonDecision(id, policy, agents, chosen, draws, forced, turn, wasForced, null);
  }

  Draws draws() {
    return draws;
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
    double top = agents.length == 1 ? 1 : topProbability(candidate);
    return (1 - forced) * top + (turn == candidate ? forced : 0);
  }

  private double topProbability(int candidate) {
    List<Distribution> others = new ArrayList<>(agents.length);
    for (int i = 0; i < agents.length; i++) {
      if (i != candidate) {
        others.add(draws.distribution(i));
      }
    }
    return Propensity.of(draws.distribution(candidate), others, above());
  }

  /* Those who failed before because they drew more, highest first. */
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
  public String reason() {
    if (agents.length == 1) {
      return "the only candidate is " + agent();
    }
    if (wasForced) {
      return inTurn();
    }
    int favourite = favourite();
    String drew = agent() + ", which drew " + number(score(chosen)) + " and is expected to reach ";
    String expected = number(draws.distribution(chosen).mean());
    if (failed != null) {
      return "falls back from " + failed.agent() + " to " + drew + expected + second();
    }
    return favourite == chosen
        ? "exploits " + drew + expected + ", the highest" + second()
        : "explores "
            + drew
            + expected
            + ", while "
            + agents[favourite].id()
            + " is expected to reach "
            + number(draws.distribution(favourite).mean())
            + second();
  }

  private int favourite() {
    int favourite = 0;
    double highest = draws.distribution(0).mean();
    for (int i = 1; i < agents.length; i++) {
      double mean = draws.distribution(i).mean();
      if (mean > highest) {
        highest = mean;
        favourite = i;
      }
    }
    return favourite;
  }
}
