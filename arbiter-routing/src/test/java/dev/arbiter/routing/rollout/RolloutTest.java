/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class RolloutTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private final List<RegisteredAgent> agents = FakeAgent.several(3);
  private final ScriptedRouter current = ScriptedRouter.of("a0");
  private final ScriptedRouter candidate = ScriptedRouter.of("a1");
  private final Rollout rollout = rollout().percentage(.5).build();

  @Test
  void the_same_task_always_comes_to_the_same_router() {
    for (int i = 0; i < 100; i++) {
      String chosen = rollout.route(request(i)).agent();

      assertThat(rollout.route(request(i)).agent()).isEqualTo(chosen);
      assertThat(rollout().percentage(.5).build().route(request(i)).agent()).isEqualTo(chosen);
    }
  }

  @Test
  void a_larger_share_only_moves_tasks_from_current_to_the_candidate() {
    for (double share = 0; share < 1; share += .1) {
      Rollout smaller = rollout().percentage(share).build();
      Rollout larger = rollout().percentage(Math.min(1, share + .1)).build();
      for (int i = 0; i < 1_000; i++) {
        if (smaller.route(request(i)).agent().equals("a1")) {
          assertThat(larger.route(request(i)).agent()).isEqualTo("a1");
        }
      }
    }
  }

  @Test
  void nobody_comes_to_the_candidate_at_0_and_everybody_at_1() {
    Rollout none = rollout().percentage(0).build();
    Rollout all = rollout().percentage(1).build();

    for (int i = 0; i < 1_000; i++) {
      assertThat(none.route(request(i)).agent()).isEqualTo("a0");
      assertThat(all.route(request(i)).agent()).isEqualTo("a1");
    }
  }

  @Test
  void a_fallback_keeps_the_exclusions_of_its_request() {
    List<Excluded> gone = List.of(new Excluded("a9", "is offline"));
    for (int i = 0; i < 20; i++) {
      RoutingDecision first = rollout.route(request(i));
      rollout.route(
          new RoutingRequest(
              request(i).task(),
              Simulation.without(agents, List.of(first.agent())),
              PerformanceView.empty(),
              List.of(first),
              request -> gone));
    }

    List<RoutingRequest> asked = new ArrayList<>(current.asked);
    asked.addAll(candidate.asked);
    asked.removeIf(request -> request.failed().isEmpty());
    assertThat(asked.size()).isGreaterThanOrEqualTo(20);
    assertThat(asked.stream().map(request -> request.exclusions().of(request))).containsOnly(gone);
  }

  @Test
  void a_decision_is_the_inner_one_under_an_id_of_its_own() {
    RoutingDecision first = rollout.route(request(1));
    RoutingDecision second = rollout.route(request(1));

    assertThat(second.id()).isNotEqualTo(first.id());
    assertThat(first.policy()).isEqualTo("scripted");
    assertThat(first.probability()).isEqualTo(.25);
    assertThat(first.reason()).isEqualTo("the script says " + first.agent());
    assertThat(first.candidates()).containsExactly(new RoutingDecision.Scored(first.agent(), 1));
  }

  @Test
  void an_outcome_goes_to_the_router_that_decided_as_one_of_its_own_decision() {
    RoutingDecision decision = rollout.route(request(taskOf("a1")));

    rollout.learn(outcome(decision, Outcome.Kind.SUCCESS));

    assertThat(candidate.learned)
        .extracting(Outcome::decision)
        .containsExactly(new ScriptedRouter.Choice(1, "a1"));
    assertThat(current.learned).isEmpty();
  }

  @Test
  void a_second_outcome_counts_for_nothing() {
    RoutingDecision decision = rollout.route(request(taskOf("a1")));

    rollout.learn(outcome(decision, Outcome.Kind.SUCCESS));
    rollout.learn(outcome(decision, Outcome.Kind.FAILURE));

    RolloutStatus status = rollout.status();
    assertThat(status.candidate().outcomes()).isEqualTo(1);
    assertThat(status.candidate().reward()).hasValue(1);
    assertThat(status.ignoredOutcomes()).isEqualTo(1);
    assertThat(candidate.learned).hasSize(1);
  }

  @Test
  void an_outcome_of_another_rollout_counts_for_nothing() {
    RoutingDecision foreign = rollout().percentage(.5).build().route(request(1));

    rollout.learn(outcome(foreign, Outcome.Kind.SUCCESS));
    rollout.learn(outcome(current.route(request(1)), Outcome.Kind.SUCCESS));

    assertThat(rollout.status().ignoredOutcomes()).isEqualTo(2);
    assertThat(current.learned).isEmpty();
    assertThat(candidate.learned).isEmpty();
  }

  @Test
  void a_rollout_within_a_rollout_learns_its_part() {
    Rollout outer =
        Rollout.builder("outer").current(rollout).candidate(ScriptedRouter.of("a2")).build();

    outer.learn(outcome(outer.route(request(taskOf("a1"))), Outcome.Kind.SUCCESS));

    assertThat(outer.status().current().outcomes()).isEqualTo(1);
    assertThat(rollout.status().candidate().outcomes()).isEqualTo(1);
    assertThat(candidate.learned).hasSize(1);
  }

  @Test
  void infrastructure_outcomes_are_passed_on_and_not_counted() {
    RoutingDecision decision = rollout.route(request(taskOf("a1")));

    rollout.learn(outcome(decision, Outcome.Kind.INFRASTRUCTURE));

    assertThat(candidate.learned).hasSize(1);
    assertThat(rollout.status().candidate())
        .isEqualTo(new RolloutStatus.Side(1, 0, 0, OptionalDouble.empty()));
  }

  @Test
  void a_fallback_stays_with_its_router_and_does_not_count() {
    int task = taskOf("a1");
    RoutingDecision failed = rollout.route(request(task));
    rollout.learn(outcome(failed, Outcome.Kind.FAILURE));
    rollout.percentage(0);

    RoutingDecision fallback = rollout.route(request(task, failed));
    rollout.learn(outcome(fallback, Outcome.Kind.SUCCESS));

    assertThat(fallback.agent()).isEqualTo("a1");
    assertThat(candidate.asked)
        .last()
        .extracting(RoutingRequest::failed)
        .isEqualTo(List.of(new ScriptedRouter.Choice(1, "a1")));
    assertThat(candidate.learned).hasSize(2);
    assertThat(rollout.status().candidate().outcomes()).isEqualTo(1);
  }

  @Test
  void a_fallback_of_current_stays_there_when_the_share_grows() {
    int task = taskOf("a0");
    RoutingDecision failed = rollout.route(request(task));
    rollout.percentage(1);

    assertThat(rollout.route(request(task, failed)).agent()).isEqualTo("a0");
  }

  @Test
  void after_a_rollback_current_decides_everything_and_sees_the_other_decisions_wrapped() {
    int task = taskOf("a1");
    RoutingDecision failed = rollout.route(request(task));

    assertThat(rollout.rollback()).isTrue();

    assertThat(rollout.route(request(task)).agent()).isEqualTo("a0");
    assertThat(rollout.route(request(task, failed)).agent()).isEqualTo("a0");
    assertThat(current.asked).last().extracting(RoutingRequest::failed).isEqualTo(List.of(failed));
    assertThat(candidate.asked).hasSize(1);
    assertThat(rollout.status().reason()).isEqualTo("rolled back by hand");
  }

  @Test
  void an_outstanding_decision_is_learned_from_after_a_rollback() {
    RoutingDecision decision = rollout.route(request(taskOf("a1")));
    rollout.rollback();

    rollout.learn(outcome(decision, Outcome.Kind.SUCCESS));

    assertThat(candidate.learned).hasSize(1);
    assertThat(rollout.status().candidate().outcomes()).isEqualTo(1);
    assertThat(rollout.status().candidate().compared()).isZero();
  }

  @Test
  void after_a_promotion_the_candidate_decides_everything() {
    assertThat(rollout.promote()).isTrue();

    assertThat(rollout.route(request(taskOf("a0"))).agent()).isEqualTo("a1");
    assertThat(rollout.status().share()).isEqualTo(1);
    assertThat(rollout.status().state()).isEqualTo(Rollout.State.PROMOTED);
  }

  @Test
  void what_is_over_stays_over() {
    rollout.rollback();

    assertThat(rollout.promote()).isFalse();
    assertThat(rollout.rollback()).isFalse();
    assertThat(rollout.status().state()).isEqualTo(Rollout.State.ROLLED_BACK);
    assertThatThrownBy(() -> rollout.abTest(.5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "rollout 'thompson' cannot change to AB_TEST, it was rolled back by hand; build a new"
                + " rollout to go on");
  }

  @Test
  void a_new_share_begins_a_new_comparison_and_the_same_one_does_not() {
    RoutingDecision early = rollout.route(request(taskOf("a1")));
    rollout.learn(outcome(rollout.route(request(taskOf("a1"))), Outcome.Kind.SUCCESS));

    rollout.abTest(.5);
    assertThat(rollout.status().candidate().compared()).isEqualTo(1);
    rollout.abTest(.6);
    rollout.learn(outcome(early, Outcome.Kind.SUCCESS));

    assertThat(rollout.status().candidate())
        .isEqualTo(new RolloutStatus.Side(2, 2, 0, OptionalDouble.empty()));
  }

  @Test
  void a_candidate_that_throws_fails_no_task() {
    ScriptedRouter failing = ScriptedRouter.failing();
    Rollout brave = rollout().candidate(failing).percentage(1).build();

    RoutingDecision decision = brave.route(request(1));
    brave.learn(outcome(decision, Outcome.Kind.SUCCESS));

    RolloutStatus status = brave.status();
    assertThat(decision.agent()).isEqualTo("a0");
    assertThat(status.faults()).isEqualTo(1);
    assertThat(status.lastFault()).contains("no model loaded");
    assertThat(status.candidate()).isEqualTo(new RolloutStatus.Side(1, 1, 1, OptionalDouble.of(0)));
    assertThat(status.current()).isEqualTo(new RolloutStatus.Side(0, 0, 0, OptionalDouble.empty()));
    assertThat(current.learned).hasSize(1);
    assertThat(brave.route(request(1, decision)).agent()).isEqualTo("a0");
    assertThat(failing.asked).hasSize(1);
  }

  @Test
  void a_candidate_that_chooses_nobody_known_counts_as_one_that_throws() {
    Rollout brave = rollout().candidate(ScriptedRouter.of("ghost")).percentage(1).build();

    assertThat(brave.route(request(1)).agent()).isEqualTo("a0");
    assertThat(brave.status().lastFault()).contains("agent 'ghost' is none of the 3 candidates");
  }

  @Test
  void the_beginning_says_that_nothing_is_known() {
    RolloutStatus status =
        rollout()
            .abTest(.5)
            .costMargin(.1, 2)
            .timeMargin(Duration.ofSeconds(1), MINUTE)
            .build()
            .status();

    assertThat(status.state()).isEqualTo(Rollout.State.RUNNING);
    assertThat(status.reason())
        .isEqualTo("running, as no guard is certain of harm and nobody ended it");
    assertThat(status.difference()).isEqualTo(new RolloutStatus.Interval(-1, 1, .95));
    assertThat(status.guards())
        .containsExactly(
            new RolloutStatus.Guard("failure rate", "", 0, 0, -1, 1),
            new RolloutStatus.Guard("mean cost", "USD", .1, 0, -2, 2),
            new RolloutStatus.Guard("mean time", "s", 1, 0, -60, 60));
    assertThat(status.agreement().share()).isEmpty();
  }

  @Test
  void a_builder_names_what_is_wrong() {
    assertThatThrownBy(() -> Rollout.builder(" ")).hasMessageContaining("name must not be blank");
    assertThatThrownBy(() -> rollout().percentage(1.5))
        .hasMessage("rollout 'thompson': share must be 0 to 1, got 1.5; try 0.05");
    assertThatThrownBy(() -> rollout().abTest(1)).hasMessageContaining("got 1.0; try 0.5");
    assertThatThrownBy(() -> rollout.percentage(Double.NaN)).hasMessageContaining("got NaN");
    assertThatThrownBy(() -> rollout().successMargin(-.1))
        .hasMessage("rollout 'thompson': successMargin must be at least 0 and below 1.0, got -0.1");
    assertThatThrownBy(() -> rollout().costMargin(2, 1)).hasMessageContaining("below 1.0, got 2.0");
    assertThatThrownBy(() -> rollout().timeMargin(MINUTE, Duration.ZERO))
        .hasMessageContaining("got PT1M of PT0S");
    assertThatThrownBy(() -> rollout().promotion(1)).hasMessageContaining("promotion");
    assertThatThrownBy(() -> rollout().error(0)).hasMessageContaining("got 0.0; try 0.05");
    assertThatThrownBy(() -> Rollout.builder("x").current(current).build())
        .hasMessage("rollout 'x' has no candidate router; give its builder both");
    assertThatThrownBy(() -> rollout().candidate(current).build())
        .hasMessageContaining("one router on both sides");
  }

  private Rollout.Builder rollout() {
    return Rollout.builder("thompson").current(current).candidate(candidate);
  }

  /* The first task that comes to the router of this agent at a share of a half. */
  private static int taskOf(String agent) {
    int number = 0;
    while (new Bucketing("thompson").of(task(number)) < .5 != agent.equals("a1")) {
      number++;
    }
    return number;
  }

  private static Task task(int number) {
    return Task.builder("work").id("T-" + number).build();
  }

  private RoutingRequest request(int number, RoutingDecision... failed) {
    return new RoutingRequest(task(number), agents, PerformanceView.empty(), List.of(failed));
  }

  private static Outcome outcome(RoutingDecision decision, Outcome.Kind kind) {
    double quality = kind == Outcome.Kind.SUCCESS ? 1 : 0;
    return new Outcome(decision, task(1), 1, kind, quality, 0, Duration.ZERO);
  }
}
