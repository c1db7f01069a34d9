/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptRound;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** A run with several attempts: at which it looks, which are open, and what a store keeps of it. */
class RunRoundTest {
  private static final long SECOND = 1_000_000_000L;

  private final EngineParts parts = EngineParts.of().agents("ada", "bob", "eve");

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1").bestOf(3);
  }

  /* An attempt of ada has failed; bob works, and eve has joined. */
  private TaskRun two() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada", "bob");
    Attempt unused = parts.call(run);
    Attempt unusedToo = parts.join(run, "eve");
    return run;
  }

  private static List<String> agents(List<RoutingDecision> decisions) {
    return decisions.stream().map(RoutingDecision::agent).toList();
  }

  private static Attempt attempt(TaskRun run) {
    return Objects.requireNonNull(run.attempt());
  }

  @Test
  void a_run_looks_at_the_attempt_that_joined_last() {
    TaskRun run = two();

    assertThat(run.number()).isEqualTo(3);
    assertThat(run.agent()).isEqualTo("eve");
    assertThat(run.hasOthers()).isTrue();
    assertThat(run.othersWork()).isTrue();
    assertThat(Objects.requireNonNull(run.round()).first()).isEqualTo(2);
  }

  @Test
  void a_run_looks_at_an_attempt_by_its_number_or_its_call() {
    TaskRun run = two();
    Attempt eve = attempt(run);

    assertThat(run.lookAt(2)).isTrue();
    assertThat(run.agent()).isEqualTo("bob");
    Attempt bob = attempt(run);
    assertThat(run.lookAt(2)).as("it looks at it already").isTrue();
    assertThat(run.lookAt(1)).as("it has failed").isFalse();
    assertThat(run.agent()).isEqualTo("bob");

    assertThat(run.lookAt(eve)).isTrue();
    assertThat(run.agent()).isEqualTo("eve");
    assertThat(run.lookAt(eve)).isTrue();
    assertThat(run.lookAt(parts.call(parts.routed(task(), TaskState.EXECUTING, "ada")))).isFalse();
    run.leave();
    assertThat(run.lookAt(eve)).as("it was left").isFalse();
    assertThat(run.attempt()).isSameAs(bob);
    assertThat(run.hasOthers()).isFalse();
    assertThat(run.othersWork()).isFalse();
  }

  @Test
  void a_moment_of_one_attempt_is_none_of_another() {
    TaskRun run = two();
    assertThat(run.moment(1, parts.world::now).agent()).isEqualTo("eve");

    assertThat(run.lookAt(2)).isTrue();

    assertThat(run.lastMoment()).isNull();
    assertThat(run.moment(2, parts.world::now).attempt()).isEqualTo(2);
  }

  @Test
  void a_run_with_one_attempt_has_no_others() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt own = parts.call(run);

    assertThat(run.othersWork()).isFalse();
    assertThat(run.lookAt(own)).isTrue();
    assertThat(run.besides(own)).isEqualTo(Usage.none());
    assertThat(run.workedBesides(own)).isZero();
    assertThat(run.workingBesides(own)).isZero();
    assertThatThrownBy(run::leave).hasMessageContaining("one attempt only");
    assertThatThrownBy(() -> run.lookAtEnded(1)).hasMessageContaining("one attempt only");
    assertThatThrownBy(() -> run.lookAt(new Lane(1))).hasMessageContaining("one attempt only");
  }

  @Test
  void an_attempt_knows_what_those_beside_it_use_and_do() {
    TaskRun run = two();
    Attempt eve = attempt(run);
    assertThat(run.lookAt(2)).isTrue();
    Attempt bob = attempt(run);
    bob.assignment().meter().add(Usage.cost(2));
    parts.world.time.advance(Duration.ofSeconds(3));

    assertThat(run.besides(eve)).isEqualTo(Usage.cost(2));
    assertThat(run.besides(bob)).isEqualTo(Usage.none());
    assertThat(run.workedBesides(eve)).isEqualTo(3 * SECOND);
    assertThat(run.workingBesides(eve)).isEqualTo(1);
    parts.report(bob, WorkReport.of("done"));
    parts.world.time.advance(Duration.ofSeconds(4));
    assertThat(run.workingBesides(eve)).isZero();
    assertThat(run.workedBesides(eve)).isEqualTo(3 * SECOND);
    assertThat(run.workedBesides(bob)).isEqualTo(7 * SECOND);
  }

  /** What an attempt used up before is its own past, and not of another beside it. */
  @Test
  void the_last_of_several_that_is_called_again_works_alone() {
    TaskRun run = two();
    attempt(run).assignment().meter().add(Usage.cost(2));
    run.leave();
    attempt(run).assignment().meter().add(Usage.cost(3));
    assertThat(Objects.requireNonNull(run.round()).anyWorking()).isNotNull();

    Attempt again = parts.call(run);

    assertThat(run.besides(again)).isEqualTo(Usage.none());
    assertThat(run.workingBesides(again)).isZero();
    assertThat(Objects.requireNonNull(run.round()).anyWorking()).isSameAs(again);
  }

  @Test
  void the_decisions_of_a_round_are_apart_from_those_that_failed() {
    TaskRun run = two();

    assertThat(agents(run.roundDecisions())).containsExactly("bob", "eve");
    assertThat(agents(run.openDecisions())).containsExactly("bob", "eve");
    assertThat(agents(run.failedDecisions())).containsExactly("ada");
    assertThat(run.abandonedDecisions()).isEmpty();

    run.leave();
    assertThat(agents(run.roundDecisions())).containsExactly("bob", "eve");
    assertThat(agents(run.openDecisions())).containsExactly("bob");
    assertThat(agents(run.failedDecisions())).containsExactly("ada", "eve");
    assertThat(agents(run.abandonedDecisions())).containsExactly("eve");
  }

  @Test
  void of_one_attempt_after_the_other_only_the_last_is_open() {
    TaskRun run = parts.run();
    assertThat(run.roundDecisions()).isEmpty();
    assertThat(run.openDecisions()).isEmpty();
    run.routed(EngineParts.decision(1, "ada"));
    run.routed(EngineParts.decision(2, "bob"));

    assertThat(agents(run.roundDecisions())).containsExactly("bob");
    assertThat(agents(run.openDecisions())).containsExactly("bob");
    assertThat(agents(run.failedDecisions())).containsExactly("ada");
    assertThat(run.abandonedDecisions()).isEmpty();
  }

  @Test
  void the_decisions_of_a_round_are_taken_back_together() {
    TaskRun run = two();
    run.waitsFor(new WaitReason.NotBefore(parts.world.now()));
    run.usedInAll(Usage.cost(3));
    assertThat(run.moment(1, parts.world::now).attempt()).isEqualTo(3);

    run.dropDecision();

    assertThat(agents(run.decisions().all())).containsExactly("ada");
    assertThat(run.number()).isEqualTo(1);
    assertThat(run.round()).isNull();
    assertThat(run.reason()).isNull();
    assertThat(run.used()).isEqualTo(Usage.none());
    assertThat(run.lastMoment()).isNull();
  }

  @Test
  void one_decision_is_taken_back_alone() {
    TaskRun run =
        parts.routed(task().budget(TaskBudget.ofCost(9)), TaskState.EXECUTING, "ada", "bob");
    run.usedInAll(Usage.cost(3));

    run.dropDecision();

    assertThat(agents(run.decisions().all())).containsExactly("ada");
    assertThat(run.means().spent()).as("what it used up stays paid").isEqualTo(Usage.cost(3));
  }

  @Test
  void what_all_attempts_use_up_includes_those_that_were_left() {
    TaskRun run = parts.routed(task().budget(TaskBudget.ofCost(90)), TaskState.EXECUTING, "ada");
    Attempt unused = parts.call(run);
    run.used(Usage.cost(1));
    Attempt unusedToo = parts.join(run, "bob");
    run.used(Usage.cost(2));
    assertThat(run.usedByAll()).isEqualTo(Usage.cost(3));

    run.leave();

    assertThat(run.used()).isEqualTo(Usage.cost(1));
    assertThat(run.usedByAll()).isEqualTo(Usage.cost(3));
  }

  @Test
  void a_new_decision_ends_the_round() {
    TaskRun run = two();
    run.width(3, true);

    run.routed(EngineParts.decision(4, "zoe"));

    assertThat(run.round()).isNull();
    assertThat(run.width()).isEqualTo(1);
    assertThat(run.number()).isEqualTo(4);
    assertThat(agents(run.failedDecisions())).containsExactly("ada", "bob", "eve");
  }

  @Test
  void an_attempt_with_a_verdict_is_not_empty_handed() {
    TaskRun run = two();
    run.noAttempt();
    assertThat(run.isEmptyHanded()).isTrue();
    Attempt call = parts.call(run);
    run.noAttempt();

    run.passed(
        new TaskRun.Passed(call.assignment(), new Verdict.Approved(List.of(), .7, Seal.none())));

    assertThat(run.isEmptyHanded()).isFalse();
    assertThat(run.passed()).isNotNull();
    assertThat(run.takePassed()).isNotNull();
    assertThat(run.takePassed()).isNull();
  }

  /* Hedging. */

  @Test
  void one_timer_lets_one_other_agent_start() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    assertThat(run.takeHedge()).as("nobody set a timer").isFalse();
    Attempt slow = parts.call(run);
    Timers.Timer timer = run.hedgeTimer();
    assertThat(timer.ofRun()).isSameAs(run);
    assertThat(timer.isOver()).isFalse();

    assertThat(run.takeHedge()).isTrue();
    assertThat(run.takeHedge()).isFalse();

    assertThat(timer.isOver()).isTrue();
    assertThat(run.attempt()).isSameAs(slow);
  }

  @Test
  void the_time_of_a_hedge_is_over_with_the_agent_that_was_slow() {
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada");
    Attempt unused = parts.call(run);
    Timers.Timer timer = run.hedgeTimer();

    run.noAttempt();

    assertThat(timer.isOver()).isTrue();
    Timers.Timer next = run.hedgeTimer();
    assertThat(next.isOver()).isFalse();
    run.close();
    assertThat(next.isOver()).isTrue();
  }

  @Test
  void a_time_to_look_at_all_matters_while_one_works() {
    TaskRun run = two();
    Attempt eve = attempt(run);
    Timers.Timer timer = run.timeTimer(eve);
    assertThat(timer.isOver()).isFalse();

    parts.report(eve, WorkReport.of("done"));

    assertThat(timer.isOver()).isTrue();
  }

  /* What a store keeps. */

  @Test
  void work_that_was_set_aside_is_kept_with_its_attempt() {
    TaskRun run = two();
    run.report(WorkReport.of("of eve"), 5);
    run.usedInAll(Usage.cost(2));
    assertThat(run.lookAt(2)).isTrue();

    KeptProgress kept = run.progress();

    assertThat(kept.round().first()).isEqualTo(2);
    assertThat(kept.round().at()).isEqualTo(2);
    assertThat(kept.round().aside())
        .containsExactly(new KeptRound.Work(3, WorkReport.of("of eve"), 5, Usage.cost(2)));
    assertThat(kept.report()).isNull();
    assertThat(agents(kept.decisions())).containsExactly("ada", "bob", "eve");
  }

  @Test
  void another_process_goes_on_with_the_work_that_was_kept() {
    TaskRun run = two();
    run.report(WorkReport.of("of eve"), 5);
    run.usedInAll(Usage.cost(2));
    assertThat(run.lookAt(2)).isTrue();
    run.report(WorkReport.of("of bob"), 6);
    run.usedInAll(Usage.cost(1));
    KeptProgress kept = run.progress();

    TaskRun next = parts.run(task());
    next.rewind(kept, parts.world.now(), parts.now());

    assertThat(next.progress()).isEqualTo(kept);
    assertThat(next.agent()).isEqualTo("bob");
    assertThat(next.nanos()).isEqualTo(6);
    assertThat(next.specDigest()).isEqualTo("sha256:1");
    assertThat(next.compares()).isTrue();
    assertThat(next.lookAt(3)).isTrue();
    assertThat(next.report().output()).isEqualTo("of eve");
    assertThat(next.used()).isEqualTo(Usage.cost(2));
  }

  @Test
  void a_round_of_a_hedged_task_compares_nothing() {
    KeptProgress kept = two().progress();

    TaskRun next = parts.run(Task.builder("fix").id("T-1").hedged());
    next.rewind(kept, parts.world.now(), parts.now());

    assertThat(next.round()).isNotNull();
    assertThat(next.compares()).isFalse();
  }

  @Test
  void the_attempts_that_work_here_go_on_when_the_store_comes_back() {
    TaskRun run = two();
    Attempt eve = attempt(run);
    Round round = run.round();
    KeptProgress kept = run.progress();

    run.rewind(kept, parts.world.now(), parts.now());

    assertThat(run.round()).isSameAs(round);
    assertThat(run.attempt()).isSameAs(eve);
    assertThat(run.number()).isEqualTo(3);
    assertThat(run.grant()).as("it was used").isNull();
  }

  @Test
  void what_the_store_did_not_keep_is_forgotten() {
    TaskRun run = parts.routed(task(), TaskState.ROUTED, "ada");
    KeptProgress kept = run.progress();
    int batch = run.batch();
    News.Decided deciding =
        new News.Decided(
            new Approval("r-1", Point.START, "sha256:0", Answer.approve("eve"), parts.world.now()),
            new CompletableFuture<>());
    run.deciding(deciding);
    run.waitsFor(new WaitReason.NotBefore(parts.world.now()));
    run.routed(EngineParts.decision(2, "bob"));
    run.state(TaskState.VERIFYING);
    run.report(WorkReport.of("done"), 5);
    run.usedInAll(Usage.cost(1));
    assertThat(run.decide()).isTrue();
    assertThat(run.moment(1, parts.world::now).attempt()).isEqualTo(2);

    run.rewind(kept, parts.world.now(), parts.now());

    assertThat(run.progress()).isEqualTo(kept);
    assertThat(run.number()).isEqualTo(1);
    assertThat(run.batch()).as("the answer about an old batch is stale").isEqualTo(batch + 1);
    assertThat(run.deciding()).isNull();
    assertThat(deciding.kept).isCompletedExceptionally();
    assertThat(run.lastMoment()).isNull();
    assertThat(run.cancel("enough")).as("its end is open again").isTrue();
    assertThat(run.meansOrNull()).as("it needed none").isNull();
  }

  @Test
  void what_people_gave_comes_back_with_the_store() {
    TaskRun run = parts.routed(task().budget(TaskBudget.ofCost(9)), TaskState.WAITING, "ada");
    run.waitsFor(new WaitReason.NotBefore(parts.world.now()));
    run.countCall();
    KeptProgress kept = run.progress();
    assertThat(kept.means()).isNotEqualTo(KeptMeans.none());
    assertThat(kept.waits()).isEqualTo(new WaitReason.NotBefore(parts.world.now()));
    run.state(TaskState.ROUTED);
    assertThat(run.progress().waits()).as("it waits no more").isNull();

    TaskRun next = parts.run(task());
    next.rewind(kept, parts.world.now(), parts.now());
    assertThat(next.means().calls()).isEqualTo(1);

    run.countCall();
    run.rewind(kept, parts.world.now(), parts.now());
    assertThat(run.means().calls()).isEqualTo(1);
  }

  @Test
  void a_run_is_at_the_attempt_that_the_store_has_kept_or_at_another() {
    TaskRun fresh = parts.run(task());
    assertThat(fresh.isAtAttempt(KeptProgress.none())).isTrue();
    TaskRun run = parts.routed(task(), TaskState.EXECUTING, "ada", "bob");
    KeptProgress kept = run.progress();

    assertThat(run.isAtAttempt(kept)).isTrue();
    assertThat(run.isAtAttempt(KeptProgress.none())).isFalse();
    assertThat(parts.routed(task(), TaskState.EXECUTING, "ada").isAtAttempt(kept)).isFalse();
    assertThat(parts.routed(task(), TaskState.EXECUTING, "ada", "eve").isAtAttempt(kept))
        .as("the same number, another agent")
        .isFalse();
  }

  @Test
  void of_several_the_store_says_at_which_it_looked() {
    TaskRun run = two();
    assertThat(run.lookAt(2)).isTrue();
    KeptProgress kept = run.progress();
    assertThat(run.isAtAttempt(kept)).isTrue();

    assertThat(run.lookAt(3)).isTrue();

    assertThat(run.isAtAttempt(kept)).isFalse();
    run.lookAtEnded(2);
    assertThat(run.isAtAttempt(kept)).isTrue();
    assertThat(run.isEmptyHanded()).as("nothing is known of it").isTrue();
    assertThat(run.hasOthers()).isTrue();
  }
}
