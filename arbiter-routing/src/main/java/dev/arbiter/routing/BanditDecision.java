/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A decision of a {@link BanditRouter}; immutable once the router returned it.
 *
 * <p>Scores are those at decision time, even if they are computed later.
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
  final List<RegisteredAgent> agents;
  final int chosen;

  /* Written before the router returns the decision. */
  private @Nullable RoutingRequest request;
  private List<RegisteredAgent> all;
  private List<RegisteredAgent> healthy;

  /** Shares the list of agents, which never changes. */
  BanditDecision(long id, String policy, List<RegisteredAgent> agents, int chosen) {
    this.id = id;
    this.policy = policy;
    this.agents = agents;
    this.all = agents;
    this.healthy = agents;
    this.chosen = chosen;
  }

  /** Keeps the request, its candidates, and those of them that were healthy. */
  final void answers(
      RoutingRequest asked, List<RegisteredAgent> candidates, List<RegisteredAgent> healthyOnes) {
    request = asked;
    all = candidates;
    healthy = healthyOnes;
  }

  /** Whether its agent joined others that work at the task. */
  final boolean joins() {
    return request != null && !request.working().isEmpty();
  }

  /** The score of a candidate. */
  abstract double score(int candidate);

  /** The chance that a candidate had to be chosen. */
  abstract double probability(int candidate);

  @Override
  public double probability() {
    return probability(chosen);
  }

  /** Whether the policy exploits records, explores, or does neither. */
  abstract Motive motive();

  /** The reason of a choice among several candidates. */
  abstract String why();

  /** The parts whose sum is the score; empty if it has none. */
  Map<String, Double> parts(int candidate) {
    return Map.of();
  }

  @Override
  public final long id() {
    return id;
  }

  @Override
  public final String agent() {
    return agents.get(chosen).id();
  }

  @Override
  public final String policy() {
    return policy;
  }

  @Override
  public final List<Scored> candidates() {
    List<Scored> scored = new ArrayList<>(all.size());
    int next = 0;
    for (RegisteredAgent agent : all) {
      boolean masked = next == agents.size() || agents.get(next) != agent;
      scored.add(new Scored(agent.id(), masked ? Double.NEGATIVE_INFINITY : score(next++)));
    }
    return Collections.unmodifiableList(scored);
  }

  @Override
  public final String reason() {
    return agents.size() == 1 ? "the only candidate is " + agent() : why();
  }

  @Override
  public final Explanation explanation() {
    List<Explanation.Candidate> compared = new ArrayList<>(agents.size());
    for (int i = 0; i < agents.size(); i++) {
      compared.add(new Explanation.Candidate(agents.get(i).id(), score(i), parts(i)));
    }
    return new Explanation(overallMotive(), compared, excluded());
  }

  private Motive overallMotive() {
    if (agents.size() == 1) {
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
    Set<RegisteredAgent> compared = new HashSet<>(agents);
    Set<RegisteredAgent> well = new HashSet<>(healthy);
    for (RegisteredAgent candidate : all) {
      if (!compared.contains(candidate)) {
        excluded.add(new Excluded(candidate.id(), well.contains(candidate) ? UNAFFORDABLE : SICK));
      }
    }
    return excluded;
  }

  /** The next best candidate, in words; empty if there is no other. */
  final String second() {
    int second = -1;
    for (int i = 0; i < agents.size(); i++) {
      if (i != chosen && (second < 0 || score(i) > score(second))) {
        second = i;
      }
    }
    return second < 0
        ? ""
        : "; next was " + agents.get(second).id() + " with " + number(score(second));
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
