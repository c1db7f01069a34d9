/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Ended;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a run knows of its attempts: whose they are, what they use up, what is kept of them. */
class RunAttemptsTest {
  private final EngineParts parts = EngineParts.of().agents("ada", "bob");
  private final WaitingWorld world = parts.world;

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  @ParameterizedTest
  @EnumSource(Caller.class)
  void a_thread_knows_the_run_that_it_drives_or_whose_agent_it_calls(Caller caller)
      throws InterruptedException {
    TaskRun run = parts.routed(task().bestOf(2), TaskState.EXECUTING, "ada");
    Attempt first = parts.call(run);
    Attempt second = parts.join(run, "bob");
    run.drivenBy(null);
    assertThat(run.isOnThisThread()).isFalse();
    CompletableFuture<Boolean> there = new CompletableFuture<>();

    Thread thread =
        new Thread(
            () -> {
              switch (caller) {
                case DRIVES -> run.drivenBy(parts.crew.new Worker(true));
                case CALLS_THE_LAST -> second.begin(Thread.currentThread());
                case CALLS_ANOTHER -> first.begin(Thread.currentThread());
                case NONE -> {}
              }
              there.complete(run.isOnThisThread());
            });
    thread.start();
    thread.join();

    assertThat(there).isCompletedWithValue(caller != Caller.NONE);
    assertThat(run.isOnThisThread()).isFalse();
  }

  @Test
  void a_thread_that_calls_the_only_agent_knows_the_run() throws InterruptedException {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt only = parts.call(run);
    run.drivenBy(null);
    CompletableFuture<Boolean> there = new CompletableFuture<>();

    Thread thread =
        new Thread(
            () -> {
              boolean unused = only.begin(Thread.currentThread());
              there.complete(run.isOnThisThread());
            });
    thread.start();
    thread.join();

    assertThat(there).isCompletedWithValue(true);
    assertThat(run.isOnThisThread()).isFalse();
  }

  /** What a thread does with a run. */
  private enum Caller {
    DRIVES,
    CALLS_THE_LAST,
    CALLS_ANOTHER,
    NONE
  }

  @Test
  void a_run_that_nobody_drives_has_no_worker() {
    TaskRun run = parts.run();
    assertThat(run.worker()).isNotNull();
    assertThat(run.isOnThisThread()).isTrue();

    run.drivenBy(null);

    assertThatThrownBy(run::worker).hasMessageContaining("nobody drives the run");
  }

  @Test
  void the_attempts_of_a_process_before_are_not_this_ones() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada", "bob");
    run.restored(2);
    assertThat(run.isOfBefore()).isTrue();
    assertThat(run.hasBegun()).isFalse();
    assertThat(run.wasCalled()).isFalse();

    Attempt unused = parts.call(run);

    assertThat(run.isOfBefore()).as("its agent was called here").isFalse();
    assertThat(run.hasBegun()).isTrue();
    assertThat(run.wasCalled()).isTrue();
    run.routed(EngineParts.decision(3, "eve"));
    assertThat(run.isOfBefore()).as("an attempt of this process").isFalse();
    assertThat(run.wasCalled()).isFalse();
  }

  @Test
  void a_run_is_in_work_unless_its_wait_leaves_it_to_the_store() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    assertThat(run.isInWork()).as("no agent was called").isFalse();
    Attempt unused = parts.call(run);
    assertThat(run.isInWork()).isTrue();

    run.state(TaskState.WAITING);
    assertThat(run.waitsBetweenCalls()).as("what it waited for is over").isTrue();
    ApprovalRequest request =
        ApprovalRequest.start(run.task(), "sha256:1", Question.of("What?"), world.now());
    run.waitsFor(new WaitReason.Input(request, "", true));
    assertThat(run.waitsBetweenCalls()).as("its agent asks").isFalse();
    assertThat(run.isInWork()).isTrue();
    run.waitsFor(new WaitReason.Input(request, "", false));
    assertThat(run.waitsBetweenCalls()).as("its agent has left").isTrue();
    assertThat(run.isInWork()).isFalse();
  }

  @Test
  void the_agent_of_an_attempt_is_called_once() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt attempt = parts.call(run);
    assertThat(run.takeToCall()).isSameAs(attempt);
    assertThat(run.takeToCall()).isNull();

    Attempt again = parts.call(run);
    run.noAttempt();

    assertThat(again).isNotSameAs(attempt);
    assertThat(run.attempt()).isNull();
    assertThat(run.takeToCall()).as("it has ended before its call").isNull();
  }

  @Test
  void a_store_brings_back_no_decision_of_before_the_last_call() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    run.dropDecision();
    List<RoutingDecision> ada = List.of(EngineParts.decision(1, "ada"));
    assertThat(run.decisions().wereTakenBack(ada)).isTrue();

    run.routed(EngineParts.decision(2, "bob"));
    Attempt unused = parts.call(run);

    assertThat(run.decisions().wereTakenBack(ada)).isFalse();
  }

  @Test
  void a_call_that_was_counted_and_not_made_is_known_once() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    assertThat(run.takeUnmadeCall()).isFalse();
    run.countCall();
    assertThat(run.meansOrNull()).as("without a budget nobody counts").isNull();
    assertThat(run.takeUnmadeCall()).isTrue();
    assertThat(run.takeUnmadeCall()).isFalse();

    run.countCall();
    Attempt unused = parts.call(run);
    assertThat(run.takeUnmadeCall()).as("it was made").isFalse();
  }

  @Test
  void a_failure_is_told_as_one_of_its_attempt_though_another_has_begun() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    AttemptFailure failure = new AttemptFailure(FailureCause.AGENT_ERROR, "down", Optional.empty());
    run.means().again(Usage.cost(1), true);

    run.failure(failure);
    assertThat(run.means().isBegun()).as("its agent is not called again for it").isFalse();
    run.dropDecision();
    TaskEvent.Step step = run.ofFailed(run.moment(9, world::now));

    assertThat(run.failure()).isSameAs(failure);
    assertThat(run.number()).isZero();
    assertThat(step.attempt()).isEqualTo(1);
    assertThat(step.agent()).isEqualTo("ada");
    assertThat(step.nanoTime()).isEqualTo(9);
    run.means().again(Usage.none(), true);
    run.failure(null);
    assertThat(run.means().isBegun()).as("no failure ends no attempt").isTrue();
  }

  /* What is used up. */

  @Test
  void the_calls_of_one_attempt_are_used_up_together() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.used(Usage.cost(1));
    assertThat(run.used()).isEqualTo(Usage.cost(1));
    assertThat(run.usedByAll()).as("nobody asks").isNull();

    run.means().again(Usage.cost(1), true);
    run.used(Usage.cost(2));
    assertThat(run.used()).isEqualTo(Usage.cost(3));
    assertThat(run.usedByAll()).isEqualTo(Usage.cost(3));
    run.usedInAll(Usage.cost(2));
    assertThat(run.used()).isEqualTo(Usage.cost(2));
  }

  @Test
  void an_attempt_that_goes_on_is_no_further_one() {
    TaskRun run = parts.routed(task().budget(TaskBudget.ofCost(9)), TaskState.EXECUTING, "ada");
    run.used(Usage.cost(2));
    run.countCall();
    assertThat(run.spent().attempts()).isEqualTo(1);
    assertThat(run.spent().calls()).isEqualTo(1);

    run.means().again(Usage.cost(2), true);
    assertThat(run.spent().attempts()).isZero();
    run.routed(EngineParts.decision(2, "bob"));
    run.used(Usage.cost(4));

    assertThat(run.spent().attempts()).isEqualTo(2);
    assertThat(run.spent().usage()).isEqualTo(Usage.cost(6));
    assertThat(run.reached()).isEmpty();
    run.used(Usage.cost(7));
    assertThat(run.reached()).isEqualTo("cost of 9.0 of 9.0 US dollars");
  }

  @Test
  void a_task_without_a_budget_reaches_none() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.used(Usage.cost(1e9));

    assertThat(run.reached()).isEmpty();
    assertThat(run.means().spent()).isEqualTo(Usage.none());
    assertThat(run.reached()).isEmpty();
  }

  @Test
  void what_this_process_knows_to_be_used_up_is_not_forgotten() {
    TaskRun run = parts.routed(task().budget(TaskBudget.ofCost(9)), TaskState.EXECUTING, "ada");
    run.used(Usage.cost(1));

    run.usedByAll(null);
    assertThat(run.usedByAll()).isEqualTo(Usage.cost(1));
    run.usedByAll(Usage.cost(5));
    assertThat(run.usedByAll()).isEqualTo(Usage.cost(5));
    run.usedByAll(Usage.cost(3));
    assertThat(run.usedByAll()).as("it never shrinks").isEqualTo(Usage.cost(5));
  }

  /* What is kept. */

  @Test
  void a_batch_has_the_steps_since_the_last_one() {
    TaskRun run = parts.run();
    int before = run.batch();
    KeptStep step = KeptStep.of(new TaskEvent.Validating(run.moment(1, world::now)));
    KeptStep next = KeptStep.of(new TaskEvent.Executing(run.moment(2, world::now)));
    run.add(step);
    run.add(next);

    assertThat(run.takeSteps()).containsExactly(step, next);
    assertThat(run.batch()).isEqualTo(before + 1);
    assertThat(run.takeSteps()).isEmpty();
    assertThat(run.batch()).isEqualTo(before + 2);
  }

  @Test
  void a_person_may_change_the_instruction() {
    TaskRun run = parts.run(task().payload("one"));
    assertThat(run.assigned()).isSameAs(run.task());

    run.means()
        .add(new Approval("r-1", Point.START, "sha256:0", Answer.edit("eve", "two"), world.now()));

    assertThat(run.assigned().payload()).isEqualTo("two");
    assertThat(run.task().payload()).isEqualTo("one");
  }

  @Test
  void a_decision_is_open_until_its_outcome_is_told() {
    TaskRun run = parts.run();
    assertThat(run.openDecision()).isNull();
    run.routed(EngineParts.decision(1, "ada"));
    assertThat(run.openDecision()).isEqualTo(EngineParts.decision(1, "ada"));

    assertThat(run.decisions().settle(EngineParts.decision(1, "ada"))).isTrue();

    assertThat(run.openDecision()).isNull();
  }

  @Test
  void a_report_is_there_until_another_attempt_begins() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    assertThatThrownBy(run::report).hasMessageContaining("no report was kept");
    WorkReport report = WorkReport.of("done");
    run.report(report, 7);
    assertThat(run.report()).isSameAs(report);
    assertThat(run.nanos()).isEqualTo(7);

    run.routed(EngineParts.decision(2, "bob"));

    assertThat(run.reportOrNull()).isNull();
    assertThat(run.used()).isEqualTo(Usage.none());
  }

  @Test
  void each_attempt_has_its_own_grant() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    Grant first = Objects.requireNonNull(run.grant());
    assertThat(first.redeem("sha256:1")).isEmpty();
    assertThat(first.redeem("sha256:1")).contains("used before");

    run.grantAgain();

    Grant second = Objects.requireNonNull(run.grant());
    assertThat(second.redeem("sha256:2")).contains("the spec changed");
    assertThat(second.redeem("sha256:1")).isEmpty();
  }

  @Test
  void a_run_that_has_ended_keeps_what_its_caller_asks_for() {
    TaskRun run = parts.routed(task(), TaskState.CANCELLED, "ada");
    TaskResult result = new TaskResult.Cancelled(run.task(), "enough", Usage.none());
    run.ending(new Ended(result, null));
    run.complete(result);
    Timers.Timer unused = run.wakeAt(5);
    assertThat(run.moment(1, world::now).agent()).isEqualTo("ada");

    run.letGo();

    assertThat(run.ending()).isNull();
    assertThat(run.grant()).isNull();
    assertThat(run.lastMoment()).isNull();
    assertThat(run.shard()).isNull();
    assertThat(run.takeWake()).isNull();
    assertThat(run.agent()).isEmpty();
    assertThat(run.attempts()).isZero();
    assertThat(run.state()).isEqualTo(TaskState.CANCELLED);
    assertThat(run.result().toCompletableFuture()).isCompletedWithValue(result);
  }
}
