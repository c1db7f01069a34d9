/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.task.WorkReport.Usage;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** How a task ended. */
public sealed interface TaskResult {

  /** {@return the task with its id} */
  Task task();

  /** {@return the end state: COMPLETED, REJECTED, FAILED or CANCELLED} */
  TaskState state();

  /**
   * An agent did the work, and the constitution approved or waived it.
   *
   * @param task the task
   * @param agent the agent that did it
   * @param attempts the number of the attempt whose work this is, at least 1; agents that worked at
   *     the task at the same time may have had higher ones
   * @param report the report of the agent, with what the attempt used in all of its calls
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
   * The constitution refused the task before any agent saw it.
   *
   * @param task the task
   * @param findings the reasons
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
   * No attempt led to an approved or waived report.
   *
   * @param task the task
   * @param cause the cause of the last failure
   * @param message the failure, the thing concerned and the next step
   * @param attempts the number of agents tried
   * @param verdict the last denial, if any work was judged
   * @param usage what the last attempt used up
   * @param detail the stack trace of the last attempt's exception, empty without one
   */
  record Failed(
      Task task,
      FailureCause cause,
      String message,
      int attempts,
      Optional<Verdict> verdict,
      Usage usage,
      String detail)
      implements TaskResult {

    /**
     * A failure that used up nothing.
     *
     * @param task the task
     * @param cause the cause of the last failure
     * @param message the failure, the thing concerned and the next step
     * @param attempts the number of agents tried
     * @param verdict the last denial, if any work was judged
     */
    public Failed(
        Task task, FailureCause cause, String message, int attempts, Optional<Verdict> verdict) {
      this(task, cause, message, attempts, verdict, Usage.none(), "");
    }

    @Override
    public TaskState state() {
      return TaskState.FAILED;
    }
  }

  /**
   * The task was cancelled.
   *
   * @param task the task
   * @param reason the reason given
   * @param usage what the last attempt used up
   */
  record Cancelled(Task task, String reason, Usage usage) implements TaskResult {

    /**
     * A cancellation before anything was used up.
     *
     * @param task the task
     * @param reason the reason given
     */
    public Cancelled(Task task, String reason) {
      this(task, reason, Usage.none());
    }

    @Override
    public TaskState state() {
      return TaskState.CANCELLED;
    }
  }

  /** {@return the result in one line, for people} */
  default String summary() {
    String end =
        match(
            done -> "completed by " + done.agent() + " in attempt " + done.attempts(),
            rejected ->
                rejected.findings().stream()
                    .map(found -> found.message() + " (" + found.ruleId() + ")")
                    .collect(Collectors.joining("; ", "rejected: ", "")),
            failed -> "failed (" + failed.cause() + "): " + failed.message(),
            cancelled -> "cancelled: " + cancelled.reason());
    return "task '" + task().id() + "' " + end;
  }

  /**
   * Calls the function for this case. Give the answer a variable before it is printed: the compiler
   * cannot choose between {@code println(char[])} and {@code println(String)} for it; or print
   * {@link #summary}.
   *
   * @param completed for {@link Completed}
   * @param rejected for {@link Rejected}
   * @param failed for {@link Failed}
   * @param cancelled for {@link Cancelled}
   * @param <R> the result
   * @return the result of that function
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

  /** The cause of a failed attempt or task. */
  enum FailureCause {
    /** No registered agent may run it. */
    NO_AGENT,
    /** The router refused every candidate, for example to keep a spending limit. */
    REFUSED,
    /** The agent threw an exception or returned null. */
    AGENT_ERROR,
    /** The agent exceeded the attempt limit. */
    AGENT_TIMEOUT,
    /** The constitution denied the report. */
    DENIED,
    /** The task's own deadline passed. */
    DEADLINE,
    /** The spec changed after it was approved. */
    APPROVAL_VOID,
    /** A part of Arbiter or of the host failed: router or constitution, not the agent. */
    INTERNAL,
    /** The store was away for too long: the task ended, and the store may have no record of it. */
    UNRECORDED,
    /** An agent worked when the process ended, and its task type may not run again. */
    UNKNOWN_EFFECT,
    /** The agent could not reach what it needs, such as the service of its model. */
    CONNECTIVITY,
    /** The agent was called too often within a short time. */
    RATE,
    /** The agent has reached its usage limit. */
    QUOTA,
    /** The agent lacked memory, disk or another resource of its machine. */
    RESOURCE,
    /** The agent lacked a right or a credential. */
    AUTHORIZATION,
    /** The instruction cannot be followed by any agent. */
    INVALID_INPUT,
    /** The task has reached its budget. */
    BUDGET,
    /** Nobody answered a question in time. */
    EXPIRED,
    /** Too many attempts of its tenant or its agent within a time, as a guard says. */
    RUNAWAY,
    /** The queue was full, and tasks of higher priority came. */
    OVERLOAD,
    /** Another attempt at the same task was better, or passed first. */
    SUPERSEDED;

    /**
     * {@return whether the agent caused the failure, from which routers learn: true for
     * AGENT_ERROR, AGENT_TIMEOUT, DENIED, CONNECTIVITY, RESOURCE and AUTHORIZATION}
     */
    public boolean byAgent() {
      return switch (this) {
        case AGENT_ERROR, AGENT_TIMEOUT, DENIED, CONNECTIVITY, RESOURCE, AUTHORIZATION -> true;
        default -> false;
      };
    }

    /**
     * {@return whether the agent caused the failure of an attempt: as {@link #byAgent()} says, but
     * not if its work was denied with an excuse}
     *
     * @param verdict the verdict on the work, if there is one
     */
    public boolean byAgent(Optional<Verdict> verdict) {
      return byAgent() && verdict.filter(Verdict::isExcused).isEmpty();
    }
  }
}
