/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.task.Explanation.Motive;
import java.util.Map;

/** Another policy's decision, or with a small chance one for the agent whose turn it was. */
final class ForcedDecision extends BanditDecision {
  private final BanditDecision own;
  private final double forced;
  private final int turn;
  private final boolean wasForced;
  private final String why;

  /**
   * Wraps a decision.
   *
   * @param forced the chance that the turn went before
   * @param turn whose it was
   * @param why the beginning of the reason of a forced decision, up to the agent's name
   */
  ForcedDecision(
      long id,
      String policy,
      BanditDecision own,
      double forced,
      int turn,
      boolean wasForced,
      String why) {
    super(id, policy, own.agents, wasForced ? turn : own.chosen);
    this.own = own;
    this.forced = forced;
    this.turn = turn;
    this.wasForced = wasForced;
    this.why = why;
  }

  /** What the other policy decided, unless somebody's turn went before. */
  BanditDecision followed() {
    return wasForced ? this : own;
  }

  @Override
  double score(int candidate) {
    return own.score(candidate);
  }

  @Override
  Map<String, Double> parts(int candidate) {
    return own.parts(candidate);
  }

  @Override
  Motive motive() {
    return wasForced ? Motive.EXPLORE : own.motive();
  }

  @Override
  public double probability() {
    double likely = chosen == own.chosen ? own.probability() : own.probability(chosen);
    return blended(chosen, likely);
  }

  @Override
  double probability(int candidate) {
    return blended(candidate, own.probability(candidate));
  }

  private double blended(int candidate, double likely) {
    return (1 - forced) * likely + (candidate == turn ? forced : 0);
  }

  @Override
  public String reason() {
    return wasForced && agents.length > 1 ? why + agent() + second() : own.reason();
  }
}
