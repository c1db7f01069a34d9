/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.routing.BanditRouter.SpendingReport;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Outcomes of decisions that a router before this one made, as an engine tells them. */
class EarlierOutcomesTest {
  private static final List<RegisteredAgent> AGENTS =
      List.of(
          new FakeAgent(AgentProfile.builder("p0").capability("java", .5).price(1).build(), 0),
          new FakeAgent(AgentProfile.builder("p1").capability("java", .9).price(2).build(), 1),
          new FakeAgent(AgentProfile.builder("p2").capability("java").price(4).build(), 2));
  private static final Task TASK = Task.builder("work").id("T-1").requires("java").build();

  private static BanditRouter.Builder builder(long seed) {
    return BanditRouter.builder().policy(BanditPolicy.ucb1()).sources(Sources.system(seed));
  }

  private static BanditRouter restarted(BanditRouter.Builder builder, byte[] snapshot) {
    BanditRouter router = builder.build();
    router.restore(snapshot);
    return router;
  }

  private static Outcome outcome(RoutingDecision decision, int attempt, double cost) {
    return new Outcome(
        decision, TASK, attempt, Outcome.Kind.SUCCESS, .75, cost, Duration.ofSeconds(1));
  }

  private static RoutingRequest request(RegisteredAgent agent) {
    return Simulation.request(TASK, List.of(agent));
  }

  /**
   * Decisions, outcomes, snapshots and crashes in any order, some 180 lives a run. Outcomes come in
   * any life, some twice. A crash comes at any point between a decision and its outcome.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void spent_is_the_sum_of_all_outcomes_over_any_crash(long seed) {
    SplittableRandom luck = new SplittableRandom(seed);
    BanditRouter.Builder builder = builder(seed).spendingLimit(1e6, 1_000_000);
    BanditRouter router = builder.build();
    byte[] snapshot = router.snapshot();
    List<RoutingDecision> open = new ArrayList<>();
    List<Outcome> told = new ArrayList<>();
    long ignored = 0;
    double sum = 0;
    for (int step = 0; step < 6_000; step++) {
      int draw = luck.nextInt(100);
      if (draw < 45) {
        open.add(router.route(request(AGENTS.get(luck.nextInt(3)))));
      } else if (draw < 88 && !open.isEmpty()) {
        Outcome outcome =
            outcome(open.remove(luck.nextInt(open.size())), 1, luck.nextInt(512) / 64.0);
        router.learn(outcome);
        told.add(outcome);
        sum += outcome.cost();
        // An outcome that no snapshot has is lost with a crash: that is the promise.
        snapshot = router.snapshot();
      } else if (draw < 91 && !told.isEmpty()) {
        Outcome again = told.get(luck.nextInt(told.size()));
        router.learn(again);
        ignored++;
        assertThat(router.ignoredOutcomes()).isEqualTo(ignored);
      } else if (draw < 94) {
        snapshot = router.snapshot();
      } else if (draw < 97) {
        // A crash: the tasks in the store have decisions that the snapshot has, and newer ones.
        router = restarted(builder.sources(Sources.system(luck.nextLong())), snapshot);
        open.replaceAll(KeptDecision::of);
        told.replaceAll(one -> outcome(KeptDecision.of(one.decision()), 1, one.cost()));
        ignored = 0;
        for (RoutingDecision old : open) {
          Outcome outcome = outcome(old, 1, luck.nextInt(512) / 64.0);
          router.learn(outcome);
          told.add(outcome);
          sum += outcome.cost();
        }
        open.clear();
        SpendingReport report = router.spending();
        assertThat(report.spent()).as("step %s", step).isCloseTo(sum, within(1e-3));
        assertThat(report.reserved()).isZero();
        assertThat(router.outstandingDecisions()).isZero();
        snapshot = router.snapshot();
      }
    }
    for (RoutingDecision last : open) {
      router.learn(outcome(last, 1, 1));
      sum += 1;
    }
    assertThat(router.spending().spent()).isCloseTo(sum, within(1e-3));
    assertThat(router.spending().reserved()).isCloseTo(0, within(1e-3));
    assertThat(router.outstandingDecisions()).isZero();
  }

  static List<BanditPolicy> policies() {
    return EveryPolicyTest.policies();
  }

  /** A router that crashes between decision and outcome ends with the sums of one that does not. */
  @ParameterizedTest
  @MethodSource("policies")
  void a_crash_between_decision_and_outcome_changes_no_sum(BanditPolicy policy) {
    BanditRouter.Builder builder = builder(1).policy(policy).newcomers(.1, 3);
    BanditRouter plain = builder.build();
    BanditRouter crashing = builder.build();
    for (int i = 0; i < 60; i++) {
      RegisteredAgent agent = AGENTS.get(i % 3);
      RoutingDecision one = plain.route(request(agent));
      RoutingDecision other = crashing.route(request(agent));
      RoutingDecision failed = other;
      if (i % 4 == 3) {
        plain.learn(outcome(one, 1, .5));
        crashing.learn(outcome(other, 1, .5));
        RegisteredAgent next = AGENTS.get((i + 1) % 3);
        one = plain.route(fallback(next, one));
        other = crashing.route(fallback(next, failed));
      }
      crashing = restarted(builder.sources(Sources.system(i)), crashing.snapshot());
      // A snapshot computes some sums anew, in both.
      byte[] unused = plain.snapshot();
      plain.learn(outcome(one, i % 4 == 3 ? 2 : 1, .25));
      crashing.learn(outcome(KeptDecision.of(other), i % 4 == 3 ? 2 : 1, .25));
    }

    assertThat(crashing.ignoredOutcomes()).isZero();
    assertThat(crashing.state()).isEqualTo(plain.state());
  }

  private static RoutingRequest fallback(RegisteredAgent agent, RoutingDecision failed) {
    return new RoutingRequest(TASK, List.of(agent), PerformanceView.empty(), List.of(failed));
  }

  @Test
  void a_decision_after_the_last_snapshot_is_learned_once() {
    BanditRouter.Builder builder = builder(1);
    BanditRouter first = builder.build();
    byte[] before = first.snapshot();
    RoutingDecision late = KeptDecision.of(first.route(request(AGENTS.get(0))));

    BanditRouter second = restarted(builder.sources(Sources.system(2)), before);
    second.learn(outcome(late, 1, 1));
    second.learn(outcome(late, 1, 1));
    BanditRouter third = restarted(builder.sources(Sources.system(3)), second.snapshot());
    third.learn(outcome(late, 1, 1));

    assertThat(second.ignoredOutcomes()).isEqualTo(1);
    assertThat(third.ignoredOutcomes()).isEqualTo(1);
    assertThat(third.specialties("p0").get(0).outcomes()).isCloseTo(1, within(1e-9));
  }

  @Test
  void a_router_that_left_no_state_has_decisions_too() {
    RoutingDecision old = KeptDecision.of(builder(1).build().route(request(AGENTS.get(0))));
    BanditRouter second = builder(2).build();

    second.learn(outcome(old, 1, 1));

    assertThat(second.ignoredOutcomes()).isZero();
    assertThat(second.specialties("p0").get(0).outcomes()).isCloseTo(1, within(1e-9));
  }

  @Test
  void an_outcome_that_the_snapshot_has_is_not_learned_again() {
    BanditRouter.Builder builder = builder(1);
    BanditRouter first = builder.build();
    RoutingDecision decision = first.route(request(AGENTS.get(0)));
    first.learn(outcome(decision, 1, 1));

    BanditRouter second = restarted(builder.sources(Sources.system(2)), first.snapshot());
    second.learn(outcome(KeptDecision.of(decision), 1, 1));

    assertThat(second.ignoredOutcomes()).isEqualTo(1);
    assertThat(second.state()).isEqualTo(first.state());
  }

  @Test
  void a_decision_of_another_router_is_still_unknown() {
    BanditRouter.Builder builder = builder(1);
    BanditRouter second = restarted(builder, builder.build().snapshot());

    second.learn(outcome(builder(3).build().route(request(AGENTS.get(0))), 1, 1));

    assertThat(second.ignoredOutcomes()).isEqualTo(1);
  }

  /** Outcomes of the last minute go with a crash: their decisions do not stay for ever. */
  @Test
  void a_decision_whose_outcome_was_lost_goes_with_the_third_restart() {
    BanditRouter.Builder builder = builder(1).spendingLimit(100, 100);
    BanditRouter router = builder.build();
    RoutingDecision lost = router.route(request(AGENTS.get(1)));
    for (int restart = 1; restart <= 3; restart++) {
      assertThat(router.outstandingDecisions()).isEqualTo(1);
      router = restarted(builder.sources(Sources.system(restart)), router.snapshot());
      assertThat(router.spending().reserved()).isZero();
      assertThat(router.spending().spent()).isCloseTo(2, within(.1));
    }
    assertThat(router.outstandingDecisions()).isZero();
    router.learn(outcome(KeptDecision.of(lost), 1, 1));
    assertThat(router.ignoredOutcomes()).isEqualTo(1);
  }

  /** The period of a decision may have ended when its outcome comes. */
  @Test
  void an_outcome_of_an_earlier_period_corrects_that_period() {
    BanditRouter.Builder builder = builder(1).spendingLimit(10, 2);
    BanditRouter plain = builder.build();
    List<RoutingDecision> decisions = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      decisions.add(plain.route(request(AGENTS.get(0))));
    }
    BanditRouter second = restarted(builder.sources(Sources.system(2)), plain.snapshot());
    for (RoutingDecision decision : decisions) {
      plain.learn(outcome(decision, 1, 3));
      second.learn(outcome(KeptDecision.of(decision), 1, 3));
    }

    assertThat(second.spending().spent()).isCloseTo(plain.spending().spent(), within(1e-6));
    assertThat(second.spending().reserved()).isZero();
  }

  @Test
  void what_is_open_is_bounded() {
    BanditRouter.Builder builder = builder(1);
    BanditRouter first = builder.build();
    int most = EarlierDecisions.MOST;
    RoutingDecision oldest = first.route(request(AGENTS.get(0)));
    RoutingDecision newest = oldest;
    for (int i = 0; i < most; i++) {
      newest = first.route(request(AGENTS.get(0)));
    }

    BanditRouter second = restarted(builder.sources(Sources.system(2)), first.snapshot());

    assertThat(second.outstandingDecisions()).isEqualTo(most);
    second.learn(outcome(KeptDecision.of(oldest), 1, 1));
    assertThat(second.ignoredOutcomes()).isEqualTo(1);
    second.learn(outcome(KeptDecision.of(newest), 1, 1));
    assertThat(second.ignoredOutcomes()).isEqualTo(1);
  }

  @Test
  void an_outcome_may_bring_an_agent_that_this_router_never_saw() {
    BanditRouter second = builder(2).build();
    second.learn(outcome(new KeptDecision(5, "unseen", "ucb1"), 1, 1));

    assertThat(second.specialties("unseen").get(0).outcomes()).isCloseTo(1, within(1e-9));
    Router routes = second;
    assertThat(routes.route(Simulation.request(TASK, AGENTS)).agent()).startsWith("p");
  }
}
