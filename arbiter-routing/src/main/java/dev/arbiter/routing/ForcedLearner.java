/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.Map;

/** Another policy, beside which some decisions are forced on an agent whose turn it is. */
abstract class ForcedLearner implements Learner {
  final Learner inner;

  ForcedLearner(Learner inner) {
    this.inner = inner;
  }

  /**
   * The inner policy's choice. It is shown failed decisions as it made them; forced ones it does
   * not know.
   */
  final BanditDecision chooseInner(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    return inner.choose(id, ofInner(request), candidates, category);
  }

  private static RoutingRequest ofInner(RoutingRequest request) {
    return request.earlier().isEmpty()
        ? request
        : new RoutingRequest(
            request.task(),
            request.candidates(),
            request.performance(),
            ofInner(request.failed()),
            ofInner(request.working()),
            request.exclusions());
  }

  private static List<RoutingDecision> ofInner(List<RoutingDecision> decisions) {
    return decisions.stream()
        .map(decision -> decision instanceof ForcedDecision d ? d.followed() : decision)
        .toList();
  }

  @Override
  public void rows(int count) {
    inner.rows(count);
  }

  @Override
  public void learn(Feedback feedback) {
    inner.learn(feedback);
  }

  @Override
  public void revalue(int row, double more) {
    inner.revalue(row, more);
  }

  @Override
  public void continues(Continuation continuation) {
    inner.continues(continuation.within("inner"));
  }

  @Override
  public void forgetType(int category) {
    inner.forgetType(category);
  }

  @Override
  public void forget(int row) {
    inner.forget(row);
  }

  @Override
  public LearnedSums summed() {
    return inner.summed();
  }

  /** Another policy's decision, or with a small chance one for the agent whose turn it was. */
  static final class ForcedDecision extends BanditDecision {
    private final BanditDecision own;
    private final double forced;
    private final int turn;
    private final boolean wasForced;
    private final String why;

    /**
     * Wraps a decision.
     *
     * @param forced the chance that the turn went before
     * @param turn the candidate whose turn it was
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

    private BanditDecision followed() {
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
    String why() {
      return wasForced ? why + agent() + second() : own.reason();
    }
  }
}
