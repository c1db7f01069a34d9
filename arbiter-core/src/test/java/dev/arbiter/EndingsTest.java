/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Outcome.Kind;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ends that are no completion: what the caller is told, and what the router learns. */
class EndingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Verdict APPROVED = new Verdict.Approved(List.of(), 0.8, Seal.none());

  private final EngineParts parts = EngineParts.of().agents("ada", "bob", "eve");
  private final List<Outcome> learned = new ArrayList<>();
  private final List<String> withdrawn = new ArrayList<>();
  private boolean fails;
  private final Endings endings =
      new Endings(
          parts.holdings,
          new Lessons(new Learner()),
          parts.publisher,
          new Rules(),
          parts.config.sources(),
          MINUTE);

  private final class Learner implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      throw new AssertionError("nothing is chosen here");
    }

    @Override
    public void learn(Outcome outcome) {
      learned.add(outcome);
    }
  }

  /* Notes what is taken back. */
  private final class Rules extends StubConstitution {
    @Override
    public void withdraw(Assignment assignment, Verdict verdict, String reason) {
      note("verdict of " + assignment.agent() + ": " + reason);
    }

    @Override
    public void withdrawEarlier(
        Assignment assignment, WorkReport report, Instant since, String reason) {
      note("earlier of " + assignment.agent() + ", " + report.output() + ": " + reason);
    }

    private void note(String what) {
      withdrawn.add(what);
      if (fails) {
        throw new IllegalStateException("disk full");
      }
    }
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  private static Task.Builder dueInAMinute() {
    return task().deadline(MINUTE);
  }

  private void pass(Duration time) {
    parts.world.time.advance(time);
  }

  /* A run that this thread drives: what others tell it waits. */
  private static void claim(TaskRun run) {
    assertThat(run.post(new News.Stop())).isTrue();
    assertThat(run.claim()).isTrue();
  }

  private static TaskResult.Failed failed(@Nullable Ended end) {
    return (TaskResult.Failed) Objects.requireNonNull(end).result();
  }

  private static Kind kind(@Nullable Ended end) {
    return Objects.requireNonNull(Objects.requireNonNull(end).outcome()).kind();
  }

  /* Cancellations and deadlines. */

  @Test
  void a_run_that_is_in_time_goes_on() {
    TaskRun free = parts.routed(task(), TaskState.EXECUTING, "ada");
    TaskRun due = parts.routed(dueInAMinute(), TaskState.EXECUTING, "ada");

    pass(MINUTE.minusNanos(1));

    assertThat(endings.stopped(due)).isNull();
    pass(Duration.ofDays(1_000));
    assertThat(endings.stopped(free)).isNull();
  }

  @Test
  void a_run_that_was_cancelled_ends_with_the_reason_and_without_its_agent() {
    TaskRun run = parts.routed(dueInAMinute(), TaskState.EXECUTING, "ada");
    Attempt attempt = parts.call(run);
    attempt.assignment().meter().add(Usage.cost(3));
    claim(run);
    assertThat(run.cancel("enough")).isTrue();
    pass(MINUTE);

    Ended end = Objects.requireNonNull(endings.stopped(run));

    assertThat(end.result())
        .as("the deadline has passed too")
        .isEqualTo(new TaskResult.Cancelled(run.task(), "enough", Usage.cost(3)));
    assertThat(kind(end)).isEqualTo(Kind.INFRASTRUCTURE);
    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(run.attempt()).isNull();
    assertThat(learned).as("the router learns when the end is kept").isEmpty();
  }

  @Test
  void a_run_that_waited_until_its_deadline_blames_no_agent() {
    TaskRun run = parts.routed(dueInAMinute(), TaskState.ROUTED, "ada");
    pass(MINUTE);

    Ended end = endings.stopped(run);

    assertThat(failed(end).cause()).isEqualTo(FailureCause.DEADLINE);
    assertThat(failed(end).message())
        .isEqualTo(
            "task 'T-1' missed its deadline of PT1M while ROUTED; give it more time or a higher"
                + " priority");
    assertThat(failed(end).attempts()).isEqualTo(1);
    assertThat(failed(end).verdict()).isEmpty();
    assertThat(kind(end)).isEqualTo(Kind.INFRASTRUCTURE);
    assertThat(Objects.requireNonNull(Objects.requireNonNull(end).outcome()).time())
        .isEqualTo(MINUTE);
  }

  @ParameterizedTest
  @CsvSource({"0, FAILURE", "30, FAILURE", "31, INFRASTRUCTURE", "59, INFRASTRUCTURE"})
  void an_agent_that_had_half_of_the_time_has_failed(int began, Kind kind) {
    TaskRun run = parts.routed(dueInAMinute(), TaskState.EXECUTING, "ada");
    pass(Duration.ofSeconds(began));
    Attempt attempt = parts.call(run);
    pass(MINUTE.minusSeconds(began));

    assertThat(kind(endings.stopped(run))).isEqualTo(kind);

    assertThat(attempt.isAbandoned()).isTrue();
  }

  /* Other failures. */

  @Test
  void a_failure_without_a_fault_of_an_agent_says_why() {
    TaskRun run = parts.routed(task(), TaskState.VERIFYING, "ada", "bob");
    run.used(Usage.cost(2));

    Ended end = endings.failed(run, FailureCause.REFUSED, "no", APPROVED);

    assertThat(failed(end).cause()).isEqualTo(FailureCause.REFUSED);
    assertThat(failed(end).message()).isEqualTo("no");
    assertThat(failed(end).attempts()).isEqualTo(2);
    assertThat(failed(end).verdict()).contains(APPROVED);
    assertThat(failed(end).usage()).isEqualTo(Usage.cost(2));
    assertThat(kind(end)).isEqualTo(Kind.INFRASTRUCTURE);
    assertThat(Objects.requireNonNull(end.outcome()).decision().agent()).isEqualTo("bob");
    assertThat(endings.failed(parts.run(), FailureCause.NO_AGENT, "none", null).outcome())
        .as("nobody was chosen")
        .isNull();
  }

  @Test
  void an_error_inside_ends_the_task_and_names_its_state() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");

    Ended end = endings.broken(run, new IllegalStateException("bug"));

    assertThat(failed(end).cause()).isEqualTo(FailureCause.INTERNAL);
    assertThat(failed(end).message())
        .isEqualTo("failed inside Arbiter while ROUTED: java.lang.IllegalStateException: bug");
  }

  @Test
  void a_constitution_that_is_not_called_passes_nothing() {
    TaskRun run = parts.routed(task(), TaskState.VERIFYING, "ada");

    Ended end = endings.broken(run, new Fuse.OpenException("the constitution"));

    assertThat(failed(end).cause()).isEqualTo(FailureCause.INTERNAL);
    assertThat(failed(end).message())
        .isEqualTo(
            "the constitution failed too often and is not called now; its breaker is open, so"
                + " nothing passes");
  }

  /* Several attempts at once. */

  /* Ada's work has passed, bob works since the beginning, and eve since half a minute. */
  private TaskRun three() {
    TaskRun run = parts.routed(dueInAMinute().bestOf(3), TaskState.EXECUTING, "ada");
    Attempt ada = parts.call(run);
    Attempt unused = parts.join(run, "bob");
    pass(Duration.ofSeconds(31));
    Attempt unusedToo = parts.join(run, "eve");
    assertThat(run.lookAt(1)).isTrue();
    parts.report(ada, WorkReport.of("done"));
    run.noAttempt();
    run.report(WorkReport.of("done"), 5);
    run.passed(new TaskRun.Passed(Pipeline.assignment(run, MINUTE, AgentLink.none()), APPROVED));
    return run;
  }

  private List<AttemptFailure> ended() {
    return parts.heard.events.stream()
        .filter(TaskEvent.AttemptEnded.class::isInstance)
        .map(event -> ((TaskEvent.AttemptEnded) event).failure())
        .toList();
  }

  @Test
  void the_other_attempts_end_with_the_task_and_the_one_in_view_stays() {
    TaskRun run = three();
    assertThat(run.lookAt(3)).isTrue();
    Attempt eve = run.attempt();
    pass(Duration.ofSeconds(29));

    endings.endOthers(run, FailureCause.DEADLINE, "late");

    assertThat(run.number()).isEqualTo(3);
    assertThat(run.attempt()).isSameAs(eve);
    assertThat(run.hasOthers()).isFalse();
    assertThat(ended())
        .extracting(AttemptFailure::cause)
        .containsExactlyInAnyOrder(FailureCause.SUPERSEDED, FailureCause.DEADLINE);
    assertThat(ended()).extracting(AttemptFailure::message).containsOnly("late");
    assertThat(learned)
        .extracting(outcome -> outcome.decision().agent() + " " + outcome.kind())
        .as("bob had half of the time")
        .containsExactlyInAnyOrder("ada SUCCESS", "bob FAILURE");
    assertThat(learned)
        .filteredOn(outcome -> outcome.kind() == Kind.SUCCESS)
        .singleElement()
        .matches(outcome -> outcome.quality() == 0.8);
    assertThat(withdrawn).containsExactly("verdict of ada: late");
  }

  @Test
  void an_agent_that_came_late_is_not_to_blame_for_the_deadline() {
    TaskRun run = three();
    pass(Duration.ofSeconds(29));
    endings.endOthers(run, FailureCause.DEADLINE, "late");

    assertThat(learned)
        .extracting(outcome -> outcome.decision().agent() + " " + outcome.kind())
        .containsExactlyInAnyOrder("bob FAILURE", "eve INFRASTRUCTURE");
    assertThat(withdrawn).as("the one in view").isEmpty();
  }

  @Test
  void only_a_deadline_is_a_fault_of_an_agent() {
    TaskRun run = three();
    pass(Duration.ofSeconds(29));

    endings.endOthers(run, FailureCause.SUPERSEDED, "another was better");

    assertThat(learned).extracting(Outcome::kind).containsOnly(Kind.INFRASTRUCTURE);
  }

  @Test
  void work_that_passed_is_lost_with_an_end_that_has_no_record() {
    TaskRun run = three();
    assertThat(run.lookAt(2)).isTrue();

    endings.endOthers(run, FailureCause.UNRECORDED, "disk full");

    assertThat(ended()).extracting(AttemptFailure::cause).containsOnly(FailureCause.UNRECORDED);
    assertThat(ended().stream().flatMap(failure -> failure.verdict().stream()))
        .containsExactly(APPROVED);
  }

  @Test
  void one_attempt_alone_has_no_others_to_end() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    endings.endOthers(run, FailureCause.DEADLINE, "late");
    assertThat(ended()).isEmpty();
    assertThat(run.attempts()).isEqualTo(1);
  }

  /* Verdicts that are taken back. */

  @Test
  void a_verdict_is_taken_back_once_whatever_the_constitution_does() {
    TaskRun run = three();
    fails = true;

    endings.withdraw(run, "cancelled");
    endings.withdraw(run, "again");

    assertThat(withdrawn).containsExactly("verdict of ada: cancelled");
    assertThat(run.passed()).isNull();
  }

  @Test
  void work_of_a_process_before_may_have_a_verdict_to_take_back() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTION_COMPLETE, "ada");
    run.restored(1);
    endings.withdrawEarlier(run, "late");
    assertThat(withdrawn).as("it has no report").isEmpty();

    run.report(WorkReport.of("work"), 5);
    fails = true;
    endings.withdrawEarlier(run, "late");

    assertThat(withdrawn).containsExactly("earlier of ada, work: late");
  }

  @Test
  void work_of_this_process_has_no_earlier_verdict() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTION_COMPLETE, "ada");
    run.report(WorkReport.of("work"), 5);
    endings.withdrawEarlier(run, "late");
    assertThat(withdrawn).isEmpty();
  }

  /* Ends without a record. */

  @Test
  void an_end_without_a_record_says_so() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt attempt = parts.call(run);
    attempt.assignment().meter().add(Usage.cost(3));
    pass(MINUTE);

    assertThat(endings.giveUp(run, "disk full")).isEqualTo(Stage.TELL);

    Ended end = run.ending();
    assertThat(failed(end).cause()).isEqualTo(FailureCause.UNRECORDED);
    assertThat(failed(end).message())
        .isEqualTo(
            "task 'T-1' ended while EXECUTING, and the store has no record of the end: disk full");
    assertThat(failed(end).usage()).isEqualTo(Usage.cost(3));
    assertThat(kind(end)).isEqualTo(Kind.INFRASTRUCTURE);
    assertThat(attempt.isAbandoned()).isTrue();
    assertThat(run.isUnrecorded()).isTrue();
    assertThat(run.state()).isEqualTo(TaskState.FAILED);
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.Concluded.class,
            told -> {
              assertThat(told.result()).isEqualTo(failed(end));
              assertThat(told.nanos()).isEqualTo(MINUTE.toNanos());
            });
  }

  @Test
  void an_end_that_was_meant_is_told_with_it() {
    TaskRun run = parts.routed(task(), TaskState.VERIFIED, "ada");
    run.passed(new TaskRun.Passed(Pipeline.assignment(run, MINUTE, AgentLink.none()), APPROVED));
    Ended meant = endings.failed(run, FailureCause.REFUSED, "no", null);
    run.ending(meant);

    assertThat(endings.giveUp(run, "disk full")).isEqualTo(Stage.TELL);

    Ended end = Objects.requireNonNull(run.ending());
    assertThat(failed(end).message())
        .endsWith("disk full; it would have been: " + meant.result().summary());
    assertThat(end.outcome()).isSameAs(meant.outcome());
    assertThat(withdrawn).containsExactly("verdict of ada: " + failed(end).message());
  }

  @Test
  void a_cancellation_without_a_record_stays_one() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    run.await(Waits.AGENT);
    claim(run);
    assertThat(run.cancel("enough")).isTrue();

    assertThat(endings.giveUp(run, "disk full")).isEqualTo(Stage.TELL);

    TaskResult.Cancelled end = (TaskResult.Cancelled) Objects.requireNonNull(run.ending()).result();
    assertThat(end.reason())
        .isEqualTo(
            "enough; task 'T-1' ended while EXECUTING, and the store has no record of the end:"
                + " disk full");
    assertThat(run.state()).isEqualTo(TaskState.CANCELLED);
  }
}
