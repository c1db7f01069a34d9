/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.RoutingDecision;

/**
 * Chooses an agent among candidates, and is told what came of it.
 *
 * <p>Threads: both methods are called from many threads at once. Order: the outcome of a decision
 * comes after it, maybe much later, maybe never, maybe twice (the second counts for nothing).
 * Errors: an exception from {@link #route} fails the task with cause INTERNAL; an exception from
 * {@link #learn} is logged and changes nothing. Crash: what was learned and not kept by the router
 * itself is lost.
 */
public interface Router {

  /**
   * Chooses.
   *
   * @param request who asks, and who is eligible: at least one candidate
   * @return a decision for one of the candidates
   * @throws RefusedException if none of them is to have the task
   */
  RoutingDecision route(RoutingRequest request);

  /**
   * A router that learns nothing: the candidate with the smallest share of its capacity taken, the
   * first such in registry order.
   *
   * @return a new router
   */
  static Router leastLoaded() {
    return new LeastLoadedRouter();
  }

  /**
   * Is told what came of a decision.
   *
   * @param outcome what came of it
   */
  default void learn(Outcome outcome) {}

  /**
   * What a {@link Router} throws when it would give a task to nobody, though there are candidates:
   * what the task would cost is not to be spent, for example. The task fails with cause REFUSED,
   * and with the verdict of the attempt before if there was one.
   *
   * <p>Carries no stack trace: it is an answer, not an accident.
   */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses.
     *
     * @param message who is refused, why, and the next step
     */
    public RefusedException(String message) {
      super(message, null, false, false);
    }
  }
}
