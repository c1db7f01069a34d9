/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.rollout.Rollout;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Agents that join others at a task: nobody has failed at it. */
class JoiningTest {
  private static final BanditPolicy EXACT = BanditPolicy.adaptiveThompson(1);
  private static final int REWARDS = 0;
  private static final int OUTCOMES = 1;

  private final List<RegisteredAgent> agents = FakeAgent.several(3);

  private static RoutingDecision join(
      Router router,
      Task task,
      List<RegisteredAgent> agents,
      List<RoutingDecision> failed,
      List<RoutingDecision> working) {
    List<String> tried = new ArrayList<>();
    failed.forEach(decision -> tried.add(decision.agent()));
    working.forEach(decision -> tried.add(decision.agent()));
    return router.route(
        new RoutingRequest(
            task,
            Simulation.without(agents, tried),
            PerformanceView.empty(),
            failed,
            working,
            RoutingRequest.Exclusions.NONE));
  }

  private static double[] sums(BanditRouter router, String agent) {
    return Objects.requireNonNull(router.state().agents().get(agent));
  }

  static List<BanditPolicy> policies() {
    return List.of(
        EXACT, BanditPolicy.thompson(), BanditPolicy.ucb1(), BanditPolicy.epsilonGreedy());
  }

  @ParameterizedTest
  @MethodSource("policies")
  void each_is_learned_as_a_first_choice(BanditPolicy policy) {
    BanditRouter router = Simulation.router(policy, 5);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    RoutingDecision second = join(router, Simulation.TASK, agents, List.of(), List.of(first));
    RoutingDecision third =
        join(router, Simulation.TASK, agents, List.of(), List.of(first, second));

    for (RoutingDecision each : List.of(third, first, second)) {
      router.learn(Simulation.outcome(each, Simulation.TASK, true));
    }

    for (RegisteredAgent agent : agents) {
      assertThat(sums(router, agent.id())[REWARDS]).isEqualTo(1);
      assertThat(sums(router, agent.id())[OUTCOMES]).isEqualTo(1);
    }
  }

  @Test
  void takes_the_next_best_of_the_same_draws_and_says_whom_it_joins() {
    BanditRouter router = Simulation.router(EXACT, 5);
    BanditRouter falling = Simulation.router(EXACT, 5);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    RoutingDecision same = falling.route(Simulation.request(Simulation.TASK, agents));

    RoutingDecision second = join(router, Simulation.TASK, agents, List.of(), List.of(first));
    RoutingDecision fallback = join(falling, Simulation.TASK, agents, List.of(same), List.of());

    assertThat(second.agent()).isEqualTo(fallback.agent());
    assertThat(second.reason()).startsWith("joins " + first.agent() + ": " + second.agent());
    assertThat(second.explanation().motive()).isNotEqualTo(Motive.FALLBACK);
    assertThat(fallback.reason()).startsWith("falls back from " + same.agent() + " to ");
  }

  @Test
  void one_that_joins_after_a_failure_is_a_fallback() {
    BanditRouter router = Simulation.router(EXACT, 5);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    router.learn(Simulation.outcome(first, Simulation.TASK, false));
    RoutingDecision second = join(router, Simulation.TASK, agents, List.of(first), List.of());
    RoutingDecision third = join(router, Simulation.TASK, agents, List.of(first), List.of(second));

    router.learn(Simulation.outcome(third, Simulation.TASK, true));

    assertThat(sums(router, third.agent())[OUTCOMES]).isEqualTo(.5);
  }

  @Test
  void a_task_counts_once_for_a_spending_limit_however_many_join() {
    BanditRouter router =
        BanditRouter.builder().sources(Sources.system(5)).spendingLimit(1_000, 10).build();
    List<RegisteredAgent> priced = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      priced.add(new FakeAgent(AgentProfile.builder("a" + i).price(1).build(), i));
    }
    for (int i = 0; i < 10; i++) {
      RoutingDecision first = router.route(Simulation.request(Simulation.TASK, priced));
      RoutingDecision second = join(router, Simulation.TASK, priced, List.of(), List.of(first));
      router.learn(paid(first, 1));
      router.learn(paid(second, 1));
    }

    assertThat(router.spending().decided()).isEqualTo(10);
    assertThat(router.spending().spent()).isEqualTo(20);
  }

  private static Outcome paid(RoutingDecision decision, double dollars) {
    return new Outcome(
        decision, Simulation.TASK, 1, Outcome.Kind.SUCCESS, 1, dollars, Duration.ofSeconds(1));
  }

  @Test
  void is_learned_as_a_first_choice_after_a_restart_too() {
    BanditRouter before = Simulation.router(EXACT, 5);
    RoutingDecision first = before.route(Simulation.request(Simulation.TASK, agents));
    RoutingDecision second = join(before, Simulation.TASK, agents, List.of(), List.of(first));
    BanditRouter after = BanditRouter.builder().policy(EXACT).state(before.state()).build();

    after.learn(Simulation.outcome(second, Simulation.TASK, true));

    assertThat(sums(after, second.agent())[OUTCOMES]).isEqualTo(1);
  }

  @Test
  void stays_with_its_side_of_a_rollout_and_is_no_first_choice_there() {
    BanditRouter current = Simulation.router(EXACT, 5);
    BanditRouter candidate = Simulation.router(EXACT, 6);
    Rollout rollout =
        Rollout.builder("joins").current(current).candidate(candidate).percentage(.5).build();
    for (int i = 0; i < 100; i++) {
      Task task = Task.builder("work").id("T-" + i).build();
      RoutingDecision first = rollout.route(Simulation.request(task, agents));
      rollout.shadow(); // moves tasks that come later, not this one
      RoutingDecision second = join(rollout, task, agents, List.of(), List.of(first));
      rollout.percentage(.5);
      rollout.learn(Simulation.outcome(first, task, true));
      rollout.learn(Simulation.outcome(second, task, true));
      assertThat(second.reason()).startsWith("joins " + first.agent());
    }

    assertThat(rollout.status().current().tasks() + rollout.status().candidate().tasks())
        .isEqualTo(100);
    assertThat(rollout.status().current().outcomes() + rollout.status().candidate().outcomes())
        .isEqualTo(100);
    assertThat(current.outstandingDecisions() + candidate.outstandingDecisions()).isZero();
  }
}
