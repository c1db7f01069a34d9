/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request to a router to choose an agent.
 *
 * @param task the task
 * @param candidates the agents that take work, have the capabilities and were not tried yet; at
 *     least one, in registry order
 * @param performance the history of agents
 * @param failed the decisions of this task that failed, oldest first; empty the first time
 * @param working the decisions of this task that have not failed, oldest first: their agents work
 *     at it now, or have reported. Empty unless another agent is to join them
 * @param exclusions the other registered agents and why each is no candidate, for explanations
 */
public record RoutingRequest(
    Task task,
    List<RegisteredAgent> candidates,
    PerformanceView performance,
    List<RoutingDecision> failed,
    List<RoutingDecision> working,
    Exclusions exclusions) {
  /**
   * A request beside which no agent works at the task.
   *
   * @param task the task
   * @param candidates the agents that may be chosen; at least one
   * @param performance the history of agents
   * @param failed the decisions of this task that failed, oldest first
   * @param exclusions the other registered agents and why each is no candidate
   */
  public RoutingRequest(
      Task task,
      List<RegisteredAgent> candidates,
      PerformanceView performance,
      List<RoutingDecision> failed,
      Exclusions exclusions) {
    this(task, candidates, performance, failed, List.of(), exclusions);
  }

  /**
   * A request without exclusions.
   *
   * @param task the task
   * @param candidates the agents that may be chosen; at least one
   * @param performance the history of agents
   * @param failed the decisions of this task that failed, oldest first
   */
  public RoutingRequest(
      Task task,
      List<RegisteredAgent> candidates,
      PerformanceView performance,
      List<RoutingDecision> failed) {
    this(task, candidates, performance, failed, Exclusions.NONE);
  }

  /**
   * {@return all decisions of this task so far, those that failed first} Each of their agents has
   * had its chance, so another one is wanted.
   */
  public List<RoutingDecision> earlier() {
    return working.isEmpty() ? failed : Stream.concat(failed.stream(), working.stream()).toList();
  }

  /** The agents that were registered at one moment and are no candidates. Thread-safe. */
  @FunctionalInterface
  public interface Exclusions {
    /** No exclusions, for requests that no engine made. */
    Exclusions NONE = request -> List.of();

    /**
     * Lists the agents that are no candidates, each with the reason. Each call computes the list,
     * in time linear in the number of agents.
     *
     * @param request the request of these exclusions
     * @return in registry order
     */
    List<Excluded> of(RoutingRequest request);
  }
}
