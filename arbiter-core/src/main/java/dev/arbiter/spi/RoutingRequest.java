/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;

/**
 * One question to a router.
 *
 * @param task what is to be done
 * @param candidates who takes work, has the capabilities and was not tried yet; at least one, in
 *     registry order
 * @param performance how agents did so far
 * @param failed the decisions of this task that failed, oldest first; empty the first time
 * @param exclusions who else is registered and why they are no candidates, for explanations
 */
public record RoutingRequest(
    Task task,
    List<RegisteredAgent> candidates,
    PerformanceView performance,
    List<RoutingDecision> failed,
    Exclusions exclusions) {
  /**
   * A request about candidates of whom nobody was taken out.
   *
   * @param task what is to be done
   * @param candidates who may be chosen; at least one
   * @param performance how agents did so far
   * @param failed the decisions of this task that failed, oldest first
   */
  public RoutingRequest(
      Task task,
      List<RegisteredAgent> candidates,
      PerformanceView performance,
      List<RoutingDecision> failed) {
    this(task, candidates, performance, failed, Exclusions.NONE);
  }

  /** Knows who was registered at one moment and is no candidate; thread-safe. */
  @FunctionalInterface
  public interface Exclusions {
    /** Of requests that were not made by an engine: nobody is known beside the candidates. */
    Exclusions NONE = request -> List.of();

    /**
     * Tells who cannot be chosen, and why; computed anew by each call, in time linear in the number
     * of agents.
     *
     * @param request the request that these belong to
     * @return in registry order
     */
    List<Excluded> of(RoutingRequest request);
  }
}
