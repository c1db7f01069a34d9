/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import dev.arbiter.task.Admission;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Instant;
import java.util.Optional;

/**
 * One step of one task: exactly one record for each state it enters, in order.
 *
 * <p>A task's events are published by one thread at a time; events of different tasks interleave.
 */
public sealed interface TaskEvent extends ArbiterEvent {

  /**
   * Where and when.
   *
   * @return the step
   */
  Step step();

  /**
   * The state the task entered.
   *
   * @return the state
   */
  TaskState state();

  /**
   * Which task.
   *
   * @return the task
   */
  default Task task() {
    return step().task();
  }

  @Override
  default Instant at() {
    return step().at();
  }

  @Override
  default long nanoTime() {
    return step().nanoTime();
  }

  /**
   * Accepted and recorded.
   *
   * @param step where and when
   */
  record Received(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.RECEIVED;
    }
  }

  /**
   * The constitution begins to read the spec.
   *
   * @param step where and when
   */
  record Validating(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.VALIDATING_SPEC;
    }
  }

  /**
   * The constitution admitted the task.
   *
   * @param step where and when
   * @param admission under which spec
   */
  record Approved(Step step, Admission.Admitted admission) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.SPEC_APPROVED;
    }
  }

  /**
   * An agent is looked for, for the first time or again.
   *
   * @param step where and when; its attempt and agent are those of the attempt that failed before
   * @param failed why the attempt before failed, empty the first time
   */
  record Routing(Step step, Optional<AttemptFailure> failed) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.ROUTING;
    }
  }

  /**
   * Why an attempt failed while the task goes on.
   *
   * @param cause the kind of failure
   * @param message what happened
   * @param verdict the denial, if the work was judged
   */
  record AttemptFailure(FailureCause cause, String message, Optional<Verdict> verdict) {}

  /**
   * An agent was chosen.
   *
   * @param step where and when
   * @param decision who, and why
   */
  record Routed(Step step, RoutingDecision decision) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.ROUTED;
    }
  }

  /**
   * The agent begins.
   *
   * @param step where and when
   */
  record Executing(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTING;
    }
  }

  /**
   * The agent reported.
   *
   * @param step where and when
   * @param report what came back
   * @param nanos how long the agent took
   */
  record Executed(Step step, WorkReport report, long nanos) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTION_COMPLETE;
    }
  }

  /**
   * The constitution begins to judge.
   *
   * @param step where and when
   */
  record Verifying(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.VERIFYING;
    }
  }

  /**
   * The work stands.
   *
   * @param step where and when
   * @param verdict approved or waived
   */
  record Verified(Step step, Verdict verdict) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.VERIFIED;
    }
  }

  /**
   * The task ended.
   *
   * @param step where and when
   * @param result how
   * @param nanos from submission to the end
   */
  record Concluded(Step step, TaskResult result, long nanos) implements TaskEvent {
    @Override
    public TaskState state() {
      return result.state();
    }
  }

  /**
   * Where and when a task's event happened; steps taken at the same moment share one.
   *
   * @param task the task
   * @param attempt 0 before an agent was chosen, then 1 for the first agent tried
   * @param agent who has the attempt, empty before an agent was chosen
   * @param at wall-clock time, at most a millisecond old
   * @param nanoTime nanoseconds of the engine's nano clock
   */
  record Step(Task task, int attempt, String agent, Instant at, long nanoTime) {}
}
