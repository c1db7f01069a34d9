/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import dev.arbiter.task.Admission;
import dev.arbiter.task.Approval;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Instant;
import java.util.Optional;

/**
 * One step of one task: one record for each state that it enters, in order.
 *
 * <p>One thread at a time publishes the events of a task; events of different tasks interleave.
 */
public sealed interface TaskEvent extends ArbiterEvent {

  /** {@return place and time of the event} */
  Step step();

  /** {@return the state that the task entered} */
  TaskState state();

  /** {@return the task} */
  default Task task() {
    return step().task();
  }

  /** {@return the one id that ties together all that belongs to the task; may cost a SHA-256} */
  default String correlation() {
    return task().correlation();
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
   * The task was accepted and recorded.
   *
   * @param step place and time
   */
  record Received(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.RECEIVED;
    }
  }

  /**
   * The constitution starts to read the spec.
   *
   * @param step place and time
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
   * @param step place and time
   * @param admission the admission, with the digest of the spec
   */
  record Approved(Step step, Admission.Admitted admission) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.SPEC_APPROVED;
    }
  }

  /**
   * The router starts to choose an agent, for the first time or again.
   *
   * @param step place and time; attempt and agent are those of the failed attempt
   * @param failed the failure of the attempt before, empty the first time
   */
  record Routing(Step step, Optional<AttemptFailure> failed) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.ROUTING;
    }
  }

  /**
   * The failure of an attempt after which the task continues.
   *
   * @param cause the kind of failure
   * @param message the failure in one sentence
   * @param verdict the denial, if the work was judged
   * @param usage what the attempt used up
   * @param detail the stack trace of the agent's exception, empty without one
   */
  record AttemptFailure(
      FailureCause cause, String message, Optional<Verdict> verdict, Usage usage, String detail) {

    /**
     * A failure that used up nothing.
     *
     * @param cause the kind of failure
     * @param message the failure in one sentence
     * @param verdict the denial, if the work was judged
     */
    public AttemptFailure(FailureCause cause, String message, Optional<Verdict> verdict) {
      this(cause, message, verdict, Usage.none(), "");
    }
  }

  /**
   * The router chose an agent.
   *
   * @param step place and time
   * @param decision the decision
   */
  record Routed(Step step, RoutingDecision decision) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.ROUTED;
    }
  }

  /**
   * The agent starts.
   *
   * @param step place and time
   */
  record Executing(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTING;
    }
  }

  /**
   * The agent returned a report.
   *
   * @param step place and time
   * @param report the report, with what the attempt used in all of its calls
   * @param nanos the duration of the last call in nanoseconds
   */
  record Executed(Step step, WorkReport report, long nanos) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTION_COMPLETE;
    }
  }

  /**
   * The constitution starts to judge the report.
   *
   * @param step place and time
   */
  record Verifying(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.VERIFYING;
    }
  }

  /**
   * The constitution accepted the work.
   *
   * @param step place and time
   * @param verdict approved or waived
   */
  record Verified(Step step, Verdict verdict) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.VERIFIED;
    }
  }

  /**
   * The router chose one more agent, which works beside those that work at the task already.
   *
   * @param step place and time
   * @param decision the decision
   */
  record Joined(Step step, RoutingDecision decision) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTING;
    }
  }

  /**
   * The work of one of several attempts at once waits until the others have ended.
   *
   * @param step place and time
   * @param verdict approved or waived; empty if a person must look at the work first
   */
  record SetAside(Step step, Optional<Verdict> verdict) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTING;
    }
  }

  /**
   * One of several attempts at once has ended without being the result, and the task goes on with
   * the others; or an attempt has failed, and a person is asked for more before the next one.
   *
   * @param step place and time; attempt and agent are those of the attempt that ended
   * @param failure why it is not the result; cause SUPERSEDED if another one is
   * @param state the state of the task
   */
  record AttemptEnded(Step step, AttemptFailure failure, TaskState state) implements TaskEvent {}

  /**
   * The task waits for something outside. It holds no place, and no slot unless its agent waits
   * within its call. Published again when the next audience is asked.
   *
   * @param step place and time
   * @param reason what it waits for
   */
  record Waiting(Step step, WaitReason reason) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.WAITING;
    }
  }

  /**
   * A person decided. The task is still WAITING, and goes on when the store has kept this.
   *
   * @param step place and time
   * @param approval the decision
   */
  record Decided(Step step, Approval approval) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.WAITING;
    }
  }

  /**
   * An agent that waited within its call goes on.
   *
   * @param step place and time
   */
  record Resumed(Step step) implements TaskEvent {
    @Override
    public TaskState state() {
      return TaskState.EXECUTING;
    }
  }

  /**
   * The task ended.
   *
   * @param step place and time
   * @param result the result
   * @param nanos nanoseconds from submission to end
   */
  record Concluded(Step step, TaskResult result, long nanos) implements TaskEvent {
    @Override
    public TaskState state() {
      return result.state();
    }
  }

  /**
   * The store came back after an error, and the task goes on from the state that the store has
   * kept. Steps after that state are taken again.
   *
   * @param step place and time
   * @param state the state that was kept
   */
  record Recovered(Step step, TaskState state) implements TaskEvent {}

  /**
   * Place and time of a task's event. Events at the same moment share one.
   *
   * @param task the task
   * @param attempt 0 before an agent was chosen, then 1 for the first agent tried
   * @param agent the agent of the attempt, empty before one was chosen
   * @param at wall-clock time, at most a millisecond old
   * @param nanoTime nanoseconds of the engine's nano clock
   */
  record Step(Task task, int attempt, String agent, Instant at, long nanoTime) {}
}
