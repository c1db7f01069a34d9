/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Another policy's decision, or one for the agent whose turn it was. */
final class RestartingDecision extends BanditDecision {
  private final BanditDecision own;
  private final double forced;
  private final int turn;
  private final boolean wasForced;

  RestartingDecision(
      long id, String policy, BanditDecision own, double forced, int turn, boolean wasForced) {
    super(id, policy, own.agents, wasForced ? turn : own.chosen);
    this.own = own;
    this.forced = forced;
    this.turn = turn;
    this.wasForced = wasForced;
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
    return wasForced && agents.length > 1 ? inTurn() : own.reason();
  }
}
