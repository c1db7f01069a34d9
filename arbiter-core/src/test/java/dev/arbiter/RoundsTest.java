/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Several attempts at once: who joins, at which the run looks next, and which is kept. */
class RoundsTest {
  private static final Duration SLOW = Duration.ofSeconds(10);

  private final WaitingWorld world = new WaitingWorld();
  private final List<RoutingRequest> requests = new ArrayList<>();
  private final List<Outcome> learned = new ArrayList<>();
  private Function<RoutingRequest, RoutingDecision> choice = Router.leastLoaded()::route;
  private int atOnce = 9;
  private EngineParts parts = parts(builder -> builder);

  private final class Choice implements Router {
    @Override
    public RoutingDecision route(RoutingRequest request) {
      requests.add(request);
      return choice.apply(request);
    }

    @Override
    public int agentsAtOnce(RoutingRequest request) {
      return atOnce;
    }

    @Override
    public void learn(Outcome outcome) {
      learned.add(outcome);
    }
  }

  private EngineParts parts(UnaryOperator<ArbiterBuilder> with) {
    EngineParts all =
        new EngineParts(
            world, with.apply(world.arbiter().router(new Choice()).hedging(Hedging.none())));
    for (String id : List.of("ada", "bob", "eve")) {
      all.registry.register(
          AgentProfile.builder(id).capacity(1).build(), assignment -> WorkReport.of(id));
    }
    return all;
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1").bestOf(3);
  }

  private TaskRun executing(Task.Builder task, String... agents) {
    return parts.routed(task, TaskState.EXECUTING, agents);
  }

  /* The agents of all three attempts work; the run looks at the last one. */
  private TaskRun three() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);
    Attempt unusedToo = parts.join(run, "bob");
    Attempt unusedThree = parts.join(run, "eve");
    run.width(3, true);
    return run;
  }

  /* All three attempts have work that nobody has judged; the run looks at the last one. */
  private TaskRun reported() {
    TaskRun run = three();
    for (int number = 1; number <= 3; number++) {
      assertThat(run.lookAt(number)).isTrue();
      parts.report(attempt(run), WorkReport.of("work " + number));
      run.noAttempt();
      run.report(WorkReport.of("work " + number), 5);
    }
    return run;
  }

  private static Attempt attempt(TaskRun run) {
    return Objects.requireNonNull(run.attempt());
  }

  private void passes(TaskRun run, int number, double quality) {
    int before = run.number();
    assertThat(run.lookAt(number)).isTrue();
    run.passed(
        new TaskRun.Passed(
            Pipeline.assignment(run, SLOW, AgentLink.none()),
            new Verdict.Approved(List.of(), quality, Seal.none())));
    assertThat(run.lookAt(before)).isTrue();
  }

  private int width(TaskRun run) {
    return parts.rounds.width(
        run, parts.registry.request(run.task(), run.decisions().all(), parts.config.performance()));
  }

  /* How many. */

  @Test
  void a_task_gets_as_many_agents_at_once_as_the_router_gives_it() {
    TaskRun run = executing(task(), "ada");
    assertThat(width(run)).as("at most as many as it wants").isEqualTo(3);
    atOnce = 2;
    assertThat(width(run)).isEqualTo(2);
    atOnce = 0;
    assertThat(width(run)).as("and at least one").isEqualTo(1);
    atOnce = 9;
    assertThat(width(executing(Task.builder("fix").id("T-2"), "ada"))).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0, 1, 3", "2, 2, 2", "1, 2, 1", "3, 3, 2", "4, 2, 3", "0, 2, 1"})
  void attempts_after_the_first_are_fallbacks(int fallbacks, int attempts, int width) {
    parts = parts(builder -> builder.fallbacks(fallbacks));
    TaskRun run = executing(task(), new String[] {"ada", "bob", "eve"});
    while (run.attempts() > attempts) {
      run.dropDecision();
    }

    assertThat(width(run)).isEqualTo(width);
  }

  @ParameterizedTest
  @CsvSource({"9, 9, 3", "2, 9, 2", "1, 9, 1", "9, 2, 2", "9, 1, 1", "9, 0, 1"})
  void no_agent_joins_that_the_budget_would_not_call(int attempts, int calls, int width) {
    TaskBudget budget = TaskBudget.none().withAttempts(attempts).withCalls(calls + 4);
    TaskRun run = executing(task().budget(budget), "ada");
    for (int i = 0; i < 4; i++) {
      run.countCall();
    }

    assertThat(width(run)).isEqualTo(width);
  }

  @Test
  void more_agents_are_called_until_the_round_is_full() {
    TaskRun run = executing(task(), "ada");
    run.width(2, true);

    assertThat(parts.rounds.called(run, parts.call(run))).isEqualTo(Stage.MORE);
    assertThat(parts.rounds.called(run, parts.join(run, "bob"))).isEqualTo(Waits.AGENT);
  }

  @Test
  void a_round_after_failed_attempts_counts_its_own() {
    TaskRun run = executing(task(), "zoe", "ada");
    run.width(3, true);
    assertThat(parts.rounds.called(run, parts.call(run))).isEqualTo(Stage.MORE);

    assertThat(parts.rounds.called(run, parts.join(run, "bob"))).isEqualTo(Stage.MORE);
    assertThat(parts.rounds.called(run, parts.join(run, "eve"))).isEqualTo(Waits.AGENT);
  }

  /* Hedging. */

  private TaskRun hedged(double extra) {
    parts = parts(builder -> builder.hedging(new Hedging(SLOW, extra)));
    TaskRun run = executing(Task.builder("fix").id("T-1").hedged(), "ada");
    run.place(true);
    assertThat(parts.rounds.called(run, parts.call(run))).isEqualTo(Waits.AGENT);
    return run;
  }

  private boolean isToHedge(TaskRun run) {
    return parts.rounds.isToHedge(run, attempt(run), parts.now());
  }

  @Test
  void another_agent_starts_when_the_first_is_slow() {
    TaskRun run = hedged(1);
    long then = parts.now() + SLOW.toNanos();
    assertThat(parts.timers.due(then - 1)).isEmpty();
    world.time.advance(SLOW.minusNanos(1));
    assertThat(isToHedge(run)).isFalse();
    world.time.advance(Duration.ofNanos(1));

    assertThat(parts.timers.due(then)).singleElement().matches(timer -> timer.ofRun() == run);
    assertThat(isToHedge(run)).isTrue();
    assertThat(run.width()).isEqualTo(2);
    assertThat(run.compares()).as("the first that passes is kept").isFalse();
    assertThat(isToHedge(run)).as("one is enough").isFalse();
  }

  @Test
  void hedges_are_earned_by_calls() {
    TaskRun run = hedged(.5);
    world.time.advance(SLOW);
    assertThat(isToHedge(run)).as("one call earns half a hedge").isFalse();

    assertThat(parts.rounds.called(run, attempt(run))).isEqualTo(Waits.AGENT);

    world.time.advance(SLOW);
    assertThat(isToHedge(run)).isTrue();
  }

  @Test
  void calls_of_tasks_that_are_not_hedged_earn_hedges_and_get_none() {
    parts = parts(builder -> builder.hedging(new Hedging(SLOW, 1)));
    TaskRun run = executing(Task.builder("fix").id("T-1"), "ada");
    run.place(true);
    assertThat(parts.rounds.called(run, parts.call(run))).isEqualTo(Waits.AGENT);
    world.time.advance(SLOW);

    assertThat(parts.timers.due(parts.now())).isEmpty();
    assertThat(isToHedge(run)).isFalse();
  }

  /** What keeps a second agent away from a run whose first one is slow. */
  private enum Hindrance {
    NO_PLACE {
      @Override
      void at(TaskRun run) {
        run.place(false);
      }
    },
    ASKS {
      @Override
      void at(TaskRun run) {
        run.state(TaskState.WAITING);
      }
    },
    GOES_ON {
      @Override
      void at(TaskRun run) {
        run.means().again(run.used(), true);
      }
    },
    OVERSPENT {
      @Override
      void at(TaskRun run) {
        run.means().called();
        run.means().called();
      }
    };

    abstract void at(TaskRun run);
  }

  @ParameterizedTest
  @EnumSource(Hindrance.class)
  void no_other_agent_starts_beside_one_that_must_be_alone(Hindrance hindrance) {
    parts = parts(builder -> builder.hedging(new Hedging(SLOW, 1)));
    TaskRun run =
        executing(
            Task.builder("fix").id("T-1").hedged().budget(TaskBudget.none().withCalls(2)), "ada");
    run.place(true);
    assertThat(parts.rounds.called(run, parts.call(run))).isEqualTo(Waits.AGENT);
    assertThat(run.means().calls()).isZero();
    world.time.advance(SLOW);
    hindrance.at(run);

    assertThat(isToHedge(run)).isFalse();

    run.place(true);
    run.state(TaskState.EXECUTING);
    run.means().attemptFailed();
    run.means().notCalled();
    assertThat(isToHedge(run)).as("nothing else kept it away").isTrue();
  }

  @Test
  void a_hedge_that_nobody_made_is_given_back() {
    TaskRun run = hedged(1);
    world.time.advance(SLOW);
    assertThat(isToHedge(run)).isTrue();

    parts.rounds.joinNoMore(run);

    assertThat(run.width()).isEqualTo(1);
    TaskRun other = executing(Task.builder("fix").id("T-2").hedged(), "bob");
    other.place(true);
    Attempt unused = parts.call(other);
    Timers.Timer unusedTimer = other.hedgeTimer();
    world.time.advance(SLOW);
    assertThat(isToHedge(other)).isTrue();
  }

  @Test
  void a_round_that_compares_took_no_hedge_and_gives_none_back() {
    TaskRun run = three();

    parts.rounds.joinNoMore(run);

    assertThat(run.width()).isEqualTo(1);
    assertThat(run.compares()).isTrue();
  }

  /* Who joins. */

  @Test
  void the_router_chooses_among_those_with_a_free_slot() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);
    Slots.Seat taken = parts.seat(parts.run(), "bob");

    assertThat(parts.rounds.join(run)).isTrue();

    assertThat(taken.state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(run.agent()).isEqualTo("eve");
    assertThat(run.number()).isEqualTo(2);
    assertThat(Objects.requireNonNull(run.seat()).state()).isEqualTo(Slots.Seat.State.HELD);
    RoutingRequest asked = requests.get(0);
    assertThat(asked.candidates()).extracting(agent -> agent.id()).containsExactly("eve");
    assertThat(asked.failed()).isEmpty();
    assertThat(asked.working()).extracting(RoutingDecision::agent).containsExactly("ada");
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.Joined.class, joined -> assertThat(joined.step().agent()).isEqualTo("eve"));
  }

  @Test
  void nobody_joins_where_no_slot_is_free() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);
    Slots.Seat bob = parts.seat(parts.run(), "bob");
    Slots.Seat eve = parts.seat(parts.run(), "eve");

    assertThat(parts.rounds.join(run)).isFalse();

    assertThat(List.of(bob, eve)).allMatch(seat -> seat.slots().queued() == 0);
    assertThat(requests).isEmpty();
    assertThat(run.hasOthers()).isFalse();
  }

  @Test
  void a_router_that_refuses_or_fails_keeps_others_away_and_nothing_else() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);

    choice =
        request -> {
          throw new Router.RefusedException("not now");
        };
    assertThat(parts.rounds.join(run)).isFalse();
    choice =
        request -> {
          throw new IllegalStateException("fault");
        };
    assertThat(parts.rounds.join(run)).isFalse();

    assertThat(run.number()).isEqualTo(1);
    assertThat(learned).isEmpty();
    assertThat(parts.heard.events).noneMatch(TaskEvent.Joined.class::isInstance);
  }

  @Test
  void an_agent_that_is_no_candidate_does_not_join() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);
    choice = request -> EngineParts.decision(7, "ada");

    assertThat(parts.rounds.join(run)).isFalse();

    assertThat(learned)
        .singleElement()
        .matches(outcome -> outcome.decision().id() == 7)
        .matches(outcome -> outcome.kind() == Outcome.Kind.INFRASTRUCTURE);
    assertThat(run.attempts()).isEqualTo(1);
  }

  @Test
  void an_agent_whose_slot_was_taken_meanwhile_does_not_join() {
    TaskRun run = executing(task(), "ada");
    Attempt unused = parts.call(run);
    choice =
        request -> {
          Slots.Seat taken = parts.seat(parts.run(), "bob");
          assertThat(taken.state()).isEqualTo(Slots.Seat.State.HELD);
          return EngineParts.decision(7, "bob");
        };

    assertThat(parts.rounds.join(run)).isFalse();

    assertThat(learned).singleElement().matches(outcome -> outcome.decision().id() == 7);
    assertThat(run.attempts()).isEqualTo(1);
  }

  /* Which is looked at. */

  @Test
  void a_run_with_one_attempt_waits_for_it_or_reads_it() {
    TaskRun run = executing(task(), "ada");
    Attempt only = parts.call(run);
    assertThat(parts.rounds.next(run)).isEqualTo(Waits.AGENT);

    parts.report(only, WorkReport.of("done"));

    assertThat(parts.rounds.next(run)).isEqualTo(Stage.REPORT);
    assertThat(parts.rounds.hasWorkToJudge(run)).isFalse();
    assertThat(parts.rounds.hasPassed(run)).isFalse();
    parts.rounds.lookAtBest(run);
    assertThat(run.number()).isEqualTo(1);
  }

  @Test
  void what_has_ended_is_read_the_attempt_in_view_first_then_the_earliest() {
    TaskRun run = three();
    assertThat(parts.rounds.next(run)).isEqualTo(Waits.AGENT);
    assertThat(run.number()).isEqualTo(3);
    for (int number : new int[] {2, 1, 3}) {
      assertThat(run.lookAt(number)).isTrue();
      parts.report(attempt(run), WorkReport.of("done"));
    }

    assertThat(parts.rounds.next(run)).isEqualTo(Stage.REPORT);
    assertThat(run.number()).isEqualTo(3);
    run.noAttempt();
    assertThat(parts.rounds.next(run)).isEqualTo(Stage.REPORT);
    assertThat(run.number()).isEqualTo(1);
    run.noAttempt();
    assertThat(parts.rounds.next(run)).isEqualTo(Stage.REPORT);
    assertThat(run.number()).isEqualTo(2);
  }

  @Test
  void a_run_whose_attempt_was_read_looks_at_one_that_works() {
    TaskRun run = three();
    parts.report(attempt(run), WorkReport.of("done"));
    run.noAttempt();

    assertThat(parts.rounds.next(run)).isEqualTo(Waits.AGENT);

    assertThat(run.number()).isIn(1, 2);
    assertThat(attempt(run).isWorking()).isTrue();
  }

  @Test
  void work_that_nobody_has_judged_is_judged_when_all_have_ended() {
    TaskRun run = reported();
    passes(run, 3, .5);
    assertThat(parts.rounds.hasWorkToJudge(run)).isTrue();

    assertThat(parts.rounds.next(run)).isEqualTo(Stage.KEEP_REPORT);

    assertThat(run.number()).isIn(1, 2);
    assertThat(run.passed()).isNull();
    passes(run, 1, .5);
    passes(run, 2, .5);
    assertThat(parts.rounds.hasWorkToJudge(run)).isFalse();
    assertThat(parts.rounds.next(run)).as("all of it has passed").isEqualTo(Stage.ACCEPT);
  }

  @Test
  void work_that_has_passed_is_accepted_though_other_work_waits_for_a_person() {
    TaskRun run = reported();
    for (int number = 1; number <= 3; number++) {
      assertThat(run.lookAt(number)).isTrue();
      run.needsPerson(true);
    }
    assertThat(parts.rounds.hasPassed(run)).isFalse();
    passes(run, 3, .5);
    assertThat(parts.rounds.hasPassed(run)).as("that of the attempt in view").isTrue();

    assertThat(run.lookAt(1)).isTrue();

    assertThat(parts.rounds.hasPassed(run)).isTrue();
    assertThat(parts.rounds.next(run)).isEqualTo(Stage.ACCEPT);
  }

  @Test
  void work_for_a_person_is_looked_at_in_order_when_no_other_is_left() {
    TaskRun run = reported();
    for (int number : new int[] {2, 1, 3}) {
      assertThat(run.lookAt(number)).isTrue();
      run.needsPerson(true);
    }

    assertThat(parts.rounds.next(run)).isEqualTo(Stage.KEEP_REPORT);

    assertThat(run.number()).isEqualTo(1);
    assertThat(parts.rounds.next(run)).isEqualTo(Stage.KEEP_REPORT);
    assertThat(run.number()).as("it is the first").isEqualTo(1);
  }

  @Test
  void attempts_that_came_to_nothing_are_left_and_another_agent_is_chosen() {
    TaskRun run = three();
    for (int number = 1; number <= 3; number++) {
      assertThat(run.lookAt(number)).isTrue();
      parts.report(attempt(run), WorkReport.of("bad"));
      run.noAttempt();
    }

    assertThat(parts.rounds.next(run)).isEqualTo(Stage.ROUTE);

    assertThat(run.hasOthers()).isFalse();
    assertThat(learned)
        .extracting(outcome -> outcome.decision().agent())
        .containsExactlyInAnyOrder("ada", "bob", "eve");
    assertThat(learned).allMatch(outcome -> outcome.kind() == Outcome.Kind.INFRASTRUCTURE);
  }

  @Test
  void an_attempt_with_work_is_not_left() {
    TaskRun run = reported();
    run.needsPerson(true);

    parts.rounds.leaveEmptyHanded(run);

    assertThat(run.number()).isEqualTo(3);
    assertThat(Objects.requireNonNull(run.round()).others()).hasSize(2);
    assertThat(learned).isEmpty();
  }

  @Test
  void agents_that_work_at_once_are_looked_at_when_their_common_time_is_over() {
    TaskRun run =
        executing(task().budget(TaskBudget.none().withTime(Duration.ofSeconds(20))), "ada");
    Attempt unused = parts.call(run);
    Attempt unusedToo = parts.join(run, "bob");
    long half = parts.now() + Duration.ofSeconds(10).toNanos();

    assertThat(parts.rounds.next(run)).isEqualTo(Waits.AGENT);

    assertThat(parts.timers.due(half - 1)).isEmpty();
    assertThat(parts.timers.due(half)).singleElement().matches(timer -> timer.ofRun() == run);
  }

  @Test
  void a_budget_without_a_limit_of_time_sets_no_time() {
    TaskRun run = executing(task().budget(TaskBudget.ofCost(5)), "ada");
    Attempt unused = parts.call(run);
    Attempt unusedToo = parts.join(run, "bob");
    assertThat(run.means().calls()).isZero();

    assertThat(parts.rounds.next(run)).isEqualTo(Waits.AGENT);

    assertThat(parts.timers.due(Long.MAX_VALUE / 8)).isEmpty();
  }

  /* Which is kept. */

  @ParameterizedTest
  @CsvSource({
    ".5, .6, .7, 3", ".7, .6, .5, 1", ".5, .7, .6, 2", ".5, .5, .5, 1", ".4, .5, .5, 2",
    ".5, .5, .4, 1", "-1, .5, .4, 2", "-1, -1, 0, 3", "0, -1, -1, 1", "-1, -1, -1, 3",
    "-1, .2, -1, 2", ".5, -1, .5, 1"
  })
  void the_best_work_that_passed_is_kept_of_equals_the_earliest(
      double first, double second, double third, int best) {
    double[] qualities = {first, second, third};
    TaskRun run = reported();
    for (int i = 0; i < 3; i++) {
      if (qualities[i] >= 0) {
        passes(run, i + 1, qualities[i]);
      }
    }

    parts.rounds.lookAtBest(run);

    assertThat(run.number()).isEqualTo(best);
  }

  /* How they end. */

  @Test
  void an_attempt_of_several_that_fails_is_left_and_told() {
    TaskRun run = three();
    AttemptFailure failure = new AttemptFailure(FailureCause.AGENT_ERROR, "down", Optional.empty());
    Outcome outcome =
        Objects.requireNonNull(parts.lessons.outcome(run, Outcome.Kind.FAILURE, 0, 0));

    assertThat(parts.rounds.ended(run, failure, outcome)).isEqualTo(Waits.AGENT);

    assertThat(learned).containsExactly(outcome);
    assertThat(run.number()).isEqualTo(2);
    assertThat(run.abandonedDecisions()).extracting(RoutingDecision::agent).containsExactly("eve");
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.AttemptEnded.class,
            end -> {
              assertThat(end.failure()).isSameAs(failure);
              assertThat(end.step().attempt()).isEqualTo(3);
              assertThat(end.state()).isEqualTo(TaskState.EXECUTING);
            });
  }

  @Test
  void work_that_is_set_aside_waits_for_the_others() {
    TaskRun run = three();
    run.noAttempt();
    run.report(WorkReport.of("work 3"), 5);
    run.state(TaskState.VERIFYING);
    passes(run, 3, .5);

    assertThat(parts.rounds.aside(run)).isEqualTo(Waits.AGENT);

    assertThat(run.number()).isNotEqualTo(3);
    assertThat(parts.rounds.hasPassed(run)).isTrue();
    assertThat(parts.last())
        .isInstanceOfSatisfying(
            TaskEvent.SetAside.class,
            aside -> {
              assertThat(aside.step().attempt()).isEqualTo(3);
              assertThat(aside.verdict().map(Verdict::quality)).contains(.5);
            });
  }
}
