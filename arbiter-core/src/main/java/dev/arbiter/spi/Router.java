/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.task.RoutingDecision;

/**
 * Chooses an agent among candidates, and learns from the outcomes.
 *
 * <p>Threads: both methods are called from many threads at once. Order: the outcome of a decision
 * comes after it, perhaps much later, never, or twice; the router ignores the second. Errors: an
 * exception from {@link #route} fails the task with cause INTERNAL; an exception from {@link
 * #learn} is counted and changes nothing; the first is logged. Crash: learned state that the router
 * itself did not store is lost.
 *
 * <p>A decision of a router of your own can be a record:
 *
 * <pre>{@code
 * record Choice(long id, String agent, String policy, double probability, String reason,
 *     List<Scored> candidates) implements RoutingDecision {}
 *
 * Router first =
 *     request -> {
 *       String agent = request.candidates().get(0).profile().id();
 *       return new Choice(ids.getAndIncrement(), agent, "first", 1, "it is the first", List.of());
 *     };
 * }</pre>
 */
public interface Router {

  /**
   * Chooses a candidate.
   *
   * @param request the task and at least one candidate
   * @return a decision for one of the candidates
   * @throws RefusedException if no candidate may have the task
   */
  RoutingDecision route(RoutingRequest request);

  /**
   * Decides how many agents get a task at once. Asked before each first attempt and each fallback
   * of a task that allows several.
   *
   * @param request the task and the candidates
   * @return by default as many as the task allows; the engine takes 1 to that number
   */
  default int agentsAtOnce(RoutingRequest request) {
    return request.task().terms().bestOf();
  }

  /**
   * {@return a new router that does not learn} It chooses the candidate that uses the smallest
   * share of its capacity; of equals, the first in registry order.
   */
  static Router leastLoaded() {
    return new LeastLoadedRouter();
  }

  /**
   * Learns from the outcome of a decision. Does nothing by default.
   *
   * <p>After a restart the engine tells the outcomes of the decisions that the store kept. Such a
   * decision is another object with the same id, agent and policy; its probability is NaN.
   *
   * @param outcome the outcome
   */
  default void learn(Outcome outcome) {}

  /**
   * Refuses a task although there are candidates, for example because its cost would exceed a
   * limit. The task fails with cause REFUSED, and with the verdict of the attempt before, if any.
   *
   * <p>Has no stack trace: it is an answer, not a fault.
   */
  static final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Refuses.
     *
     * @param message the task refused, the reason and the next step
     */
    public RefusedException(String message) {
      super(message, null, false, false);
    }
  }
}
