/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Task;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.EventCounts;
import dev.arbiter.tracker.summary.WindowSummary;
import java.util.SortedMap;

/**
 * Events besides attempts that a host reports when no Arbiter does, and counts of all events by
 * type.
 *
 * <p>Thread-safe. Never throws, takes no lock, and allocates nothing for known names. Evaluations,
 * validations and samples count in the windows of {@link WindowSummary}; other events are only
 * counted. While tracking is off, nothing counts.
 */
public final class HostEvents {
  private final Ingest ingest;
  private final TrackerFlags flags;
  private final EventCounts counts;

  HostEvents(Ingest ingest, TrackerFlags flags) {
    this.ingest = ingest;
    this.flags = flags;
    this.counts = ingest.counts;
  }

  /**
   * Reports that an agent was added: {@code agent_registration}. It appears in {@link
   * PerformanceTracker#agents()} while there is capacity.
   */
  public void registered(String agent) {
    if (flags.tracking()) {
      counts.registrations.increment();
      ingest.know(agent);
    }
  }

  /**
   * Reports that an agent's availability changed: {@code agent_status_change}.
   *
   * @param agent the agent's id; all agents count together
   * @param status the new status, such as {@code offline}
   */
  public void statusChanged(String agent, String status) {
    if (flags.tracking()) {
      counts.statusChanges.increment();
    }
  }

  /**
   * Reports a routing decision: {@code routing_decision} and {@code agent_selection}.
   *
   * @param agent the chosen agent; empty if none could be chosen, which is a decision without a
   *     selection
   */
  public void routed(String agent) {
    if (flags.tracking()) {
      counts.decisions.increment();
      if (!agent.isEmpty()) {
        counts.selections.increment();
      }
    }
  }

  /**
   * Reports a score of an agent's work: {@code evaluation_outcome}.
   *
   * @param agent the agent's id
   * @param taskType the type of task
   * @param tenant the tenant
   * @param score in [0,1]; another value counts as the nearer end, and in {@link
   *     PerformanceTracker.Stats#corrected()}
   */
  public void evaluated(String agent, String taskType, String tenant, double score) {
    if (flags.tracking()) {
      double kept = ingest.corrected(score);
      ingest.recordNow(agent, taskType, tenant, EventTag.EVALUATION, EventTag.NORMAL, 0, kept, 0);
    }
  }

  /**
   * Reports a check of work against rules: {@code constitutional_validation}. A failed check is
   * critical: it is never dropped.
   *
   * @param agent the agent's id
   * @param taskType the type of task
   * @param tenant the tenant
   * @param passed whether the work passed
   * @param violations broken rules, at least 0; more than 65,535 count as that many
   */
  public void validated(
      String agent, String taskType, String tenant, boolean passed, int violations) {
    if (flags.tracking()) {
      int importance = passed ? EventTag.NORMAL : EventTag.CRITICAL;
      double figure = passed ? 1 : SlotLayout.DOES_NOT_STAND;
      long broken = EventTag.violations(violations);
      ingest.recordNow(agent, taskType, tenant, EventTag.VALIDATION, importance, broken, figure, 0);
    }
  }

  /**
   * Reports what an agent's process uses now.
   *
   * @param agent the agent's id
   * @param cpu share of the processor, in [0,1]
   * @param memory share of the memory, in [0,1]
   */
  public void sampled(String agent, double cpu, double memory) {
    if (flags.tracking()) {
      double share = ingest.corrected(cpu);
      double held = ingest.corrected(memory);
      String tenant = Task.DEFAULT_TENANT;
      ingest.recordNow(agent, "", tenant, EventTag.RESOURCES, EventTag.NORMAL, 0, share, held);
    }
  }

  /**
   * Reports any other event, such as {@code anomaly_detected} and {@code system_load_spike} of the
   * vocabulary.
   *
   * @param name the event's type; names beyond 256 count as {@value PerformanceTracker#OTHER}
   */
  public void happened(String name) {
    if (flags.tracking()) {
      counts.add(name);
    }
  }

  /**
   * Counts events by type, including every event reported before this call.
   *
   * <p>The start of a task counts when the task ends, or while an Arbiter runs it; a handle that
   * never ends is not counted. A judged attempt is a validation and an evaluation.
   *
   * @return counts by name: the ten of the vocabulary, {@code task_execution_start} to {@code
   *     system_load_spike}, and every name given to {@link #happened}
   */
  public SortedMap<String, Long> counts() {
    ingest.flush();
    return counts.all(ingest.tasks.open());
  }
}
