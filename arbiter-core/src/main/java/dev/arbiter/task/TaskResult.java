/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** How a task ended. */
public sealed interface TaskResult {

  /**
   * The task, as it was run.
   *
   * @return the task with its id
   */
  Task task();

  /**
   * The end state that belongs to this result.
   *
   * @return one of the four ends
   */
  TaskState state();

  /**
   * Done, and the work stands.
   *
   * @param task the task
   * @param agent who did it
   * @param attempts how many agents were tried, at least 1
   * @param report what came back
   * @param verdict approved or waived
   */
  record Completed(Task task, String agent, int attempts, WorkReport report, Verdict verdict)
      implements TaskResult {
    @Override
    public TaskState state() {
      return TaskState.COMPLETED;
    }
  }

  /**
   * Refused before any agent saw it.
   *
   * @param task the task
   * @param findings why
   */
  record Rejected(Task task, List<Finding> findings) implements TaskResult {
    /** Copies. */
    public Rejected {
      findings = List.copyOf(findings);
    }

    @Override
    public TaskState state() {
      return TaskState.REJECTED;
    }
  }

  /**
   * Tried, without a report that stands.
   *
   * @param task the task
   * @param cause why the last attempt failed
   * @param message what happened, naming the thing and the next step
   * @param attempts how many agents were tried
   * @param verdict the last denial, if the work was judged at all
   */
  record Failed(
      Task task, FailureCause cause, String message, int attempts, Optional<Verdict> verdict)
      implements TaskResult {
    @Override
    public TaskState state() {
      return TaskState.FAILED;
    }
  }

  /**
   * Called off.
   *
   * @param task the task
   * @param reason who or what called it off
   */
  record Cancelled(Task task, String reason) implements TaskResult {
    @Override
    public TaskState state() {
      return TaskState.CANCELLED;
    }
  }

  /**
   * Calls the function of the case this is.
   *
   * @param completed for {@link Completed}
   * @param rejected for {@link Rejected}
   * @param failed for {@link Failed}
   * @param cancelled for {@link Cancelled}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(
      Function<Completed, R> completed,
      Function<Rejected, R> rejected,
      Function<Failed, R> failed,
      Function<Cancelled, R> cancelled) {
    if (this instanceof Completed c) {
      return completed.apply(c);
    }
    if (this instanceof Rejected r) {
      return rejected.apply(r);
    }
    if (this instanceof Failed f) {
      return failed.apply(f);
    }
    return cancelled.apply((Cancelled) this);
  }

  /** Why an attempt, or a whole task, failed. */
  enum FailureCause {
    /** No registered agent may run it. */
    NO_AGENT,
    /** The router would give it to nobody, such as for want of money. */
    REFUSED,
    /** The agent threw, or returned nothing. */
    AGENT_ERROR,
    /** The agent took longer than an attempt may. */
    AGENT_TIMEOUT,
    /** The constitution denied the report. */
    DENIED,
    /** The task's own deadline passed. */
    DEADLINE,
    /** Task or spec changed after they were approved. */
    APPROVAL_VOID,
    /** A part of Arbiter or of the host failed: router, constitution, journal. Not the agent's. */
    INTERNAL;

    /**
     * Tells whether the agent is to blame, so that routers learn from it.
     *
     * @return true for what the agent did, false for what happened around it
     */
    public boolean byAgent() {
      return this == AGENT_ERROR || this == AGENT_TIMEOUT || this == DENIED;
    }
  }
}
