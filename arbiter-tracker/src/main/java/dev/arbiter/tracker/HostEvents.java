/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Task;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.EventCounts;
import dev.arbiter.tracker.summary.WindowSummary;
import java.util.SortedMap;

/**
 * What a host tells of besides attempts, where no Arbiter does; and how many events of each type
 * there were, whoever told.
 *
 * <p>Thread-safe; never throws, takes no lock, and allocates nothing for names it has seen.
 * Evaluations, validations and samples count in the windows of {@link WindowSummary}; all else is
 * counted only. Nothing is while tracking is switched off.
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
   * An agent was added: {@code agent_registration}.
   *
   * @param agent who; from now on among {@link PerformanceTracker#agents()} while there is capacity
   */
  public void registered(String agent) {
    if (flags.tracking()) {
      counts.registrations.increment();
      ingest.know(agent);
    }
  }

  /**
   * Whether an agent takes work changed: {@code agent_status_change}.
   *
   * @param agent who; counted for all agents together
   * @param status what it is now, such as {@code offline}
   */
  public void statusChanged(String agent, String status) {
    if (flags.tracking()) {
      counts.statusChanges.increment();
    }
  }

  /**
   * An agent was chosen for a task: {@code routing_decision} and {@code agent_selection}.
   *
   * @param agent who, empty when nobody could be chosen: a decision without a selection
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
   * Somebody scored an agent's work: {@code evaluation_outcome}.
   *
   * @param agent whose work
   * @param taskType at what
   * @param tenant for whom
   * @param score how good it is, in [0,1]; anything else counts as the nearest of the two, and in
   *     {@link PerformanceTracker.Stats#corrected()}
   */
  public void evaluated(String agent, String taskType, String tenant, double score) {
    if (flags.tracking()) {
      double kept = ingest.corrected(score);
      ingest.recordNow(agent, taskType, tenant, EventTag.EVALUATION, EventTag.NORMAL, 0, kept, 0);
    }
  }

  /**
   * Work was held to rules: {@code constitutional_validation}. One that did not pass is critical:
   * it is never dropped.
   *
   * @param agent whose work
   * @param taskType at what
   * @param tenant for whom
   * @param passed whether it stands
   * @param violations how many rules were broken, at least 0, more than 65,535 count as that many
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
   * What an agent's process uses now.
   *
   * @param agent whose
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
   * Anything else; of the vocabulary {@code anomaly_detected} and {@code system_load_spike}.
   *
   * @param name what; names beyond 256 count as {@value PerformanceTracker#OTHER}
   */
  public void happened(String name) {
    if (flags.tracking()) {
      counts.add(name);
    }
  }

  /**
   * How many events of each type there were, everything told before the call included.
   *
   * <p>A task's start counts when it ends, or while an Arbiter runs it: a handle that is never
   * ended is not counted. A judgement of an attempt is a validation and an evaluation.
   *
   * @return counts by name: the ten of the vocabulary, {@code task_execution_start} to {@code
   *     system_load_spike}, and every name that {@link #happened} was given
   */
  public SortedMap<String, Long> counts() {
    ingest.flush();
    return counts.all(ingest.tasks.open());
  }
}
