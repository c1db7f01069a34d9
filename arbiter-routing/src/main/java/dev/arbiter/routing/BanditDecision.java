/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What all decisions of a bandit have in common; immutable once it left the router.
 *
 * <p>Scores are those that were compared, or would have been had it mattered, whenever they are
 * computed: never of what was learned since.
 */
abstract class BanditDecision implements RoutingDecision {
  static final String IN_TURN =
      "explores: agents have changed before, so one decision in a hundred goes to the next in turn,"
          + " here ";

  private static final String SICK = "is not healthy";
  private static final String UNAFFORDABLE =
      "may cost more than the spending limit has left for it";

  private final long id;
  private final String policy;
  final RegisteredAgent[] agents;
  final int chosen;

  /* Written before the decision is given. */
  private @Nullable RoutingRequest request;
  private RegisteredAgent[] everybody;
  private RegisteredAgent[] healthy;

  /** Shares the array of agents, which nobody changes. */
  BanditDecision(long id, String policy, RegisteredAgent[] agents, int chosen) {
    this.id = id;
    this.policy = policy;
    this.agents = agents;
    this.everybody = agents;
    this.healthy = agents;
    this.chosen = chosen;
  }

  /** Keeps what was asked, who the candidates were, and who of them was healthy. */
  final void answers(
      RoutingRequest asked, RegisteredAgent[] candidates, RegisteredAgent[] whoWasHealthy) {
    request = asked;
    everybody = candidates;
    healthy = whoWasHealthy;
  }

  /** What the policy compared. */
  abstract double score(int candidate);

  /** How likely a candidate was to be chosen, chosen or not. */
  abstract double probability(int candidate);

  /** Whether records were exploited, or somebody was tried, or neither. */
  abstract Motive motive();

  /** What the score is the sum of; empty if it has no parts. */
  Map<String, Double> parts(int candidate) {
    return Map.of();
  }

  @Override
  public final long id() {
    return id;
  }

  @Override
  public final String agent() {
    return agents[chosen].id();
  }

  @Override
  public final String policy() {
    return policy;
  }

  @Override
  public final List<Scored> candidates() {
    List<Scored> scored = new ArrayList<>(everybody.length);
    int next = 0;
    for (RegisteredAgent agent : everybody) {
      boolean masked = next == agents.length || agents[next] != agent;
      scored.add(new Scored(agent.id(), masked ? Double.NEGATIVE_INFINITY : score(next++)));
    }
    return Collections.unmodifiableList(scored);
  }

  @Override
  public final Explanation explanation() {
    List<Explanation.Candidate> compared = new ArrayList<>(agents.length);
    for (int i = 0; i < agents.length; i++) {
      compared.add(new Explanation.Candidate(agents[i].id(), score(i), parts(i)));
    }
    return new Explanation(overallMotive(), compared, excluded());
  }

  private Motive overallMotive() {
    if (agents.length == 1) {
      return Motive.ONLY_CANDIDATE;
    }
    boolean fallback = request != null && !request.failed().isEmpty();
    return fallback ? Motive.FALLBACK : motive();
  }

  private List<Excluded> excluded() {
    if (request == null) {
      return List.of();
    }
    List<Excluded> excluded = new ArrayList<>(request.exclusions().of(request));
    Set<RegisteredAgent> compared = new HashSet<>(Arrays.asList(agents));
    Set<RegisteredAgent> well = new HashSet<>(Arrays.asList(healthy));
    for (RegisteredAgent candidate : everybody) {
      if (!compared.contains(candidate)) {
        excluded.add(new Excluded(candidate.id(), well.contains(candidate) ? UNAFFORDABLE : SICK));
      }
    }
    return excluded;
  }

  /** Who would have been next, in words; empty if nobody else could be chosen. */
  final String second() {
    int second = -1;
    for (int i = 0; i < agents.length; i++) {
      if (i != chosen && (second < 0 || score(i) > score(second))) {
        second = i;
      }
    }
    return second < 0 ? "" : "; next was " + agents[second].id() + " with " + number(score(second));
  }

  /** The reason of a decision that went to the next agent in turn. */
  final String inTurn() {
    return IN_TURN + agent() + second();
  }

  static String number(double score) {
    return Double.isInfinite(score) ? "no outcome yet" : String.format(Locale.ROOT, "%.3f", score);
  }

  @Override
  public final String toString() {
    return policy + " chose " + agent() + ": " + reason();
  }
}
