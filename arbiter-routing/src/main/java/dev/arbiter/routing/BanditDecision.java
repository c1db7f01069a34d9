/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

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

  private final long id;
  private final String policy;
  final RegisteredAgent[] agents;
  final int chosen;

  /* Everybody who was asked about, the masked among them; written before the decision is given. */
  private RegisteredAgent[] everybody;

  /** Shares the array of agents, which nobody changes. */
  BanditDecision(long id, String policy, RegisteredAgent[] agents, int chosen) {
    this.id = id;
    this.policy = policy;
    this.agents = agents;
    this.everybody = agents;
    this.chosen = chosen;
  }

  /** Adds those who were candidates and could not be chosen. */
  final void mask(RegisteredAgent[] all) {
    everybody = all;
  }

  /** What the policy compared. */
  abstract double score(int candidate);

  /** How likely a candidate was to be chosen, chosen or not. */
  abstract double probability(int candidate);

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
