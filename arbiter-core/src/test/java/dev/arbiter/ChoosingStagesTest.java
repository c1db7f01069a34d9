/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stages from the choice of an agent to the right to call it, one by one. */
class ChoosingStagesTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<RoutingRequest> requests = new ArrayList<>();
  private final List<Outcome> learned = new ArrayList<>();
  private Function<RoutingRequest, @Nullable RoutingDecision> choice = Router.leastLoaded()::route;
  private EngineParts parts = parts(builder -> builder);

  private final class Choice implements Router {
    @Override
    @SuppressWarnings("NullAway") // a router may be wrong
    public RoutingDecision route(RoutingRequest request) {
      requests.add(request);
      return choice.apply(request);
    }

    @Override
    public void learn(Outcome outcome) {
      learned.add(outcome);
    }
  }

  private EngineParts parts(UnaryOperator<ArbiterBuilder> with) {
    EngineParts all = new EngineParts(world, with.apply(world.arbiter().router(new Choice())));
    all.tenure.begin(all.shard);
    return all.agents("ada", "bob");
  }

  private static Task.Builder task() {
    return Task.builder("fix").id("T-1");
  }

  /* A task that was admitted. */
  private TaskRun admitted(Task.Builder task) {
    TaskRun run = parts.routed(task, TaskState.SPEC_APPROVED);
    run.approved("none");
    run.place(true);
    return run;
  }

  private TaskRun at(TaskState state, Task.Builder task, String agent) {
    TaskRun run = admitted(task);
    run.routed(EngineParts.decision(1, agent));
    run.state(state);
    return run;
  }

  private static AttemptFailure denied() {
    return new AttemptFailure(
        FailureCause.DENIED,
        "denied: bad",
        Optional.of(new Verdict.Denied(List.of(Finding.error("a", "", "bad")), Seal.none())));
  }

  private static TaskResult.Failed failed(Move move) {
    return (TaskResult.Failed) ((Ended) move).result();
  }

  private <E extends TaskEvent> E last(Class<E> type) {
    return type.cast(
        parts.heard.events.stream().filter(type::isInstance).reduce((a, b) -> b).orElseThrow());
  }

  private int active(String agent) {
    return parts.registry.find(agent).map(RegisteredAgent::active).orElseThrow();
  }

  /* ROUTE. */

  @Test
  void an_agent_is_chosen_and_its_slot_is_taken() {
    TaskRun run = admitted(task());

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.SEAT);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.state()).isEqualTo(TaskState.ROUTED);
    assertThat(Objects.requireNonNull(run.seat()).state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(run.width()).isEqualTo(1);
    assertThat(last(TaskEvent.Routing.class).failed()).isEmpty();
    assertThat(last(TaskEvent.Routed.class).step().agent()).isEqualTo("ada");
  }

  @Test
  void an_agent_that_failed_is_not_chosen_again_and_its_failure_is_told() {
    TaskRun run = at(TaskState.VERIFYING, task(), "ada");
    AttemptFailure failure = denied();
    run.failure(failure);

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.SEAT);

    assertThat(run.agent()).isEqualTo("bob");
    assertThat(run.failure()).isNull();
    TaskEvent.Routing told = last(TaskEvent.Routing.class);
    assertThat(told.failed()).contains(failure);
    assertThat(told.step().agent()).isEqualTo("ada");
    assertThat(told.step().attempt()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"route", "seat", "seatAgain", "run", "more"})
  void a_cancelled_task_gets_no_agent(String stage) {
    TaskRun run = at(TaskState.ROUTING, task(), "ada");
    assertThat(run.cancel("enough")).isTrue();

    Move move =
        switch (stage) {
          case "route" -> parts.choosing.route(run);
          case "seat" -> parts.choosing.seat(run);
          case "seatAgain" -> parts.choosing.seatAgain(run);
          case "run" -> parts.choosing.run(run);
          default -> parts.choosing.more(run);
        };

    assertThat(((Ended) move).result()).isInstanceOf(TaskResult.Cancelled.class);
    assertThat(requests).isEmpty();
  }

  @Test
  void a_task_that_no_agent_can_do_fails() {
    TaskRun run = admitted(task().requires("cobol"));

    TaskResult.Failed failed = failed(parts.choosing.route(run));

    assertThat(failed.cause()).isEqualTo(FailureCause.NO_AGENT);
    assertThat(failed.message()).contains("no agent can run task 'T-1'").contains("cobol");
    assertThat(requests).isEmpty();
  }

  @Test
  void a_router_may_refuse_and_the_last_denial_stays_known() {
    TaskRun run = at(TaskState.VERIFYING, task(), "ada");
    run.failure(denied());
    choice =
        request -> {
          throw new Router.RefusedException("too dear");
        };

    TaskResult.Failed failed = failed(parts.choosing.route(run));

    assertThat(failed.cause()).isEqualTo(FailureCause.REFUSED);
    assertThat(failed.message()).isEqualTo("too dear");
    assertThat(failed.verdict()).isEqualTo(denied().verdict());
  }

  @Test
  void a_router_that_refuses_the_first_attempt_leaves_no_verdict() {
    choice =
        request -> {
          throw new Router.RefusedException("too dear");
        };

    assertThat(failed(parts.choosing.route(admitted(task()))).verdict()).isEmpty();
  }

  @Test
  void a_router_that_returns_nothing_or_a_stranger_is_named() {
    choice = request -> null;
    assertThatThrownBy(() -> parts.choosing.route(admitted(task())))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Choice returned null; return a decision for a candidate");

    choice = request -> EngineParts.decision(7, "zoe");
    TaskRun run = admitted(task());
    assertThatThrownBy(() -> parts.choosing.route(run))
        .hasMessageContaining("chose agent 'zoe', which is none of the 2 candidates");
    assertThat(run.attempts()).as("its decision gets an outcome with the end").isEqualTo(1);
  }

  @Test
  void agents_that_go_away_again_and_again_are_not_chosen_for_ever() {
    choice =
        request -> {
          RegisteredAgent first = request.candidates().get(0);
          parts.registry.setStatus(first.id(), Status.OFFLINE);
          parts.registry.setStatus(first.id().equals("ada") ? "bob" : "ada", Status.AVAILABLE);
          return EngineParts.decision(requests.size(), first.id());
        };
    TaskRun run = admitted(task());

    assertThatThrownBy(() -> parts.choosing.route(run))
        .hasMessageContaining("went away again and again");

    assertThat(requests).hasSize(100);
    assertThat(learned).hasSize(100);
    assertThat(run.attempts()).isZero();
  }

  @Test
  void a_task_waits_for_the_limit_that_ends_first() {
    Instant soon = world.now().plusSeconds(30);
    parts.registry.limit("ada", world.now().plusSeconds(60));
    parts.registry.limit("bob", soon);
    TaskRun run = admitted(task());

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.HOLD);

    assertThat(run.reason()).isEqualTo(new WaitReason.Quota("bob", soon));
    assertThat(run.seat()).isNull();
    assertThat(run.attempts()).isEqualTo(1);
  }

  @Test
  void a_decision_that_waited_for_a_limit_is_made_again() {
    TaskRun run = at(TaskState.WAITING, task(), "ada");
    run.waitsFor(new WaitReason.Quota("ada", world.now()));
    assertThat(run.means().isBegun()).isFalse();

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.SEAT);

    assertThat(run.attempts()).isEqualTo(1);
    assertThat(requests.get(0).failed()).isEmpty();
    assertThat(learned).singleElement().matches(outcome -> outcome.decision().id() == 1);
  }

  @Test
  void a_task_for_several_agents_says_how_many() {
    TaskRun run = admitted(task().bestOf(2));

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.SEAT);

    assertThat(run.width()).isEqualTo(2);
    assertThat(run.compares()).isTrue();
  }

  /* A budget that is used up. */

  private TaskRun spent(AtLimit atLimit) {
    TaskRun run =
        at(TaskState.EXECUTING, task().budget(TaskBudget.ofCost(5).atLimit(atLimit)), "ada");
    run.used(Usage.cost(6));
    run.failure(denied());
    assertThat(run.means().calls()).isZero();
    return run;
  }

  @Test
  void a_task_that_has_used_up_its_budget_fails() {
    TaskRun run = spent(AtLimit.STOP);

    TaskResult.Failed failed = failed(parts.choosing.route(run));

    assertThat(failed.cause()).isEqualTo(FailureCause.BUDGET);
    assertThat(failed.message())
        .isEqualTo("task 'T-1' has reached its budget, a cost of 6.0 of 5.0 US dollars");
    assertThat(failed.verdict()).isEqualTo(denied().verdict());
    assertThat(last(TaskEvent.Routing.class).failed()).as("its failure is told").isPresent();
    assertThat(requests).isEmpty();
  }

  @Test
  void a_person_is_asked_for_more_where_the_task_says_so() {
    TaskRun run = spent(AtLimit.ASK);

    assertThat(parts.choosing.route(run)).isEqualTo(Stage.HOLD);

    assertThat(run.reason()).isInstanceOf(WaitReason.Budget.class);
    assertThat(Objects.requireNonNull(run.request()).question().text())
        .isEqualTo(
            "task 'T-1' has reached its budget, a cost of 6.0 of 5.0 US dollars."
                + " Give it more?");
    TaskEvent.AttemptEnded ended = last(TaskEvent.AttemptEnded.class);
    assertThat(ended.step().agent()).isEqualTo("ada");
    assertThat(ended.failure().cause()).isEqualTo(FailureCause.DENIED);
    assertThat(run.failure()).isNull();
  }

  /* SEAT. */

  @Test
  void a_run_waits_for_its_slot() {
    TaskRun run = at(TaskState.ROUTED, task(), "ada");
    assertThat(parts.choosing.seat(run)).as("it has no seat").isEqualTo(Stage.ROUTE);
    while (active("ada") < 10) {
      assertThat(parts.seat(parts.run(), "ada").state()).isEqualTo(Slots.Seat.State.HELD);
    }
    run.seat(parts.seat(run, "ada"));
    assertThat(parts.choosing.seat(run)).isEqualTo(Waits.SLOT);
    run.seat(parts.seat(run, "bob"));

    assertThat(parts.choosing.seat(run)).isEqualTo(Stage.RUN);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void a_run_whose_agent_has_gone_gets_another_unless_its_attempt_has_begun(boolean begun) {
    TaskRun run = at(TaskState.ROUTED, task(), "ada");
    if (begun) {
      run.means().again(Usage.none(), true);
    }
    parts.registry.setStatus("ada", Status.OFFLINE);
    run.seat(parts.seat(run, "ada"));

    assertThat(parts.choosing.seat(run)).isEqualTo(begun ? Stage.SEAT_AGAIN : Stage.ROUTE);

    assertThat(run.seat()).isNull();
    assertThat(run.attempts()).isEqualTo(begun ? 1 : 0);
    assertThat(learned).hasSize(begun ? 0 : 1);
  }

  /* SEAT_AGAIN. */

  @Test
  void the_same_agent_works_on_at_the_same_attempt() {
    TaskRun run = at(TaskState.WAITING, task(), "bob");
    Grant before = run.grant();

    assertThat(parts.choosing.seatAgain(run)).isEqualTo(Stage.SEAT);

    assertThat(Objects.requireNonNull(run.seat()).agent().id()).isEqualTo("bob");
    assertThat(run.grant()).isNotSameAs(before);
    assertThat(run.attempts()).isEqualTo(1);
    assertThat(requests).isEmpty();
  }

  @Test
  void an_attempt_whose_budget_is_used_up_does_not_go_on() {
    assertThat(failed(parts.choosing.seatAgain(spent(AtLimit.STOP))).cause())
        .isEqualTo(FailureCause.BUDGET);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void an_attempt_whose_agent_takes_no_work_has_failed(boolean comesBack) {
    TaskRun run = at(TaskState.WAITING, task(), "ada");
    if (comesBack) {
      parts.registry.limit("ada", world.now().plusSeconds(60));
    } else {
      parts.registry.setStatus("ada", Status.OFFLINE);
    }

    assertThat(parts.choosing.seatAgain(run)).isEqualTo(Stage.ROUTE);

    AttemptFailure failure = Objects.requireNonNull(run.failure());
    assertThat(failure.cause()).isEqualTo(FailureCause.NO_AGENT);
    assertThat(failure.message())
        .isEqualTo("agent 'ada' takes no work, so its attempt does not go on");
    assertThat(run.attempts()).as("one that comes back may try again").isEqualTo(comesBack ? 0 : 1);
    assertThat(learned).hasSize(1);
  }

  /* RUN. */

  @Test
  void the_store_keeps_that_an_agent_is_called() {
    TaskRun run = at(TaskState.ROUTED, task().budget(TaskBudget.ofCost(5)), "ada");

    assertThat(parts.choosing.run(run)).isEqualTo(Stage.CALL);

    assertThat(run.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(run.means().calls()).isEqualTo(1);
    assertThat(parts.last()).isInstanceOf(TaskEvent.Executing.class);
    assertThat(run.takeUnmadeCall()).as("it is to be made").isTrue();
  }

  @Test
  void an_attempt_without_an_approval_that_holds_is_not_made() {
    TaskRun changed = at(TaskState.ROUTED, task(), "ada");
    changed.approved("sha256:other");
    changed.grantAgain();
    TaskRun used = at(TaskState.ROUTED, task(), "ada");
    assertThat(Objects.requireNonNull(used.grant()).redeem("none")).isEmpty();
    TaskRun without = parts.run(task());
    without.state(TaskState.ROUTED);

    assertThat(failed(parts.choosing.run(changed)).message()).contains("the spec changed");
    assertThat(failed(parts.choosing.run(used)).message()).contains("used before");
    assertThat(failed(parts.choosing.run(without)).message())
        .isEqualTo("no approval was given for this attempt");
    assertThat(failed(parts.choosing.run(used)).cause()).isEqualTo(FailureCause.APPROVAL_VOID);
    assertThat(used.state()).isEqualTo(TaskState.ROUTED);
  }

  @Test
  void a_tenant_without_means_calls_no_agent() {
    parts =
        parts(
            builder ->
                builder.tenantBudget(
                    "default", TenantBudget.per(Duration.ofDays(1), TaskBudget.ofCost(5))));
    Ledger.Tab tab = Objects.requireNonNull(parts.ledger.tab("default"));
    assertThat(tab.count(Usage.cost(5), Duration.ZERO, Store.Level.BUFFERED)).isNotNull();
    TaskRun run = at(TaskState.ROUTED, task(), "ada");

    assertThat(parts.choosing.run(run)).isEqualTo(Stage.HOLD);

    assertThat(Waiting.isOfTenant(run.reason())).isTrue();
    assertThat(run.state()).isEqualTo(TaskState.ROUTED);
  }

  /* MORE. */

  private TaskRun one(String digest) {
    TaskRun run = admitted(task().bestOf(2).budget(TaskBudget.ofCost(5)));
    run.approved(digest);
    run.routed(EngineParts.decision(1, "ada"));
    run.state(TaskState.EXECUTING);
    run.width(2, true);
    Attempt unused = parts.call(run);
    return run;
  }

  @Test
  void one_more_agent_works_at_the_task() {
    TaskRun run = one("none");

    assertThat(parts.choosing.more(run)).isEqualTo(Stage.CALL);

    assertThat(run.agent()).isEqualTo("bob");
    assertThat(run.means().calls()).isEqualTo(1);
    assertThat(run.takeToCall()).as("the first is on its way").isNull();
    assertThat(parts.last()).isInstanceOf(TaskEvent.Executing.class);
  }

  @Test
  void nobody_joins_where_nobody_is_free() {
    TaskRun run = one("none");
    parts.registry.setStatus("bob", Status.OFFLINE);

    assertThat(parts.choosing.more(run)).isEqualTo(Waits.AGENT);

    assertThat(run.width()).isEqualTo(1);
    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.means().calls()).isZero();
  }

  @Test
  void nobody_joins_under_another_spec() {
    TaskRun run = one("sha256:other");

    assertThat(failed(parts.choosing.more(run)).cause()).isEqualTo(FailureCause.APPROVAL_VOID);

    assertThat(run.means().calls()).isZero();
  }

  @Test
  void an_agent_above_its_rate_does_not_join() {
    parts = parts(builder -> builder.agentRate("bob", RateLimit.of(1, Duration.ofHours(1))));
    TaskRun first = one("none");
    assertThat(parts.choosing.more(first)).isEqualTo(Stage.CALL);
    parts.registry.setStatus("bob", Status.AVAILABLE);
    TaskRun run = one("none");
    learned.clear();

    assertThat(parts.choosing.more(run)).isEqualTo(Waits.AGENT);

    assertThat(run.agent()).isEqualTo("ada");
    assertThat(run.attempts()).isEqualTo(1);
    assertThat(run.width()).isEqualTo(1);
    assertThat(active("bob")).isEqualTo(1);
    assertThat(last(TaskEvent.AttemptEnded.class).failure().cause())
        .isEqualTo(FailureCause.SUPERSEDED);
    assertThat(learned)
        .singleElement()
        .matches(outcome -> outcome.decision().agent().equals("bob"));
  }
}
