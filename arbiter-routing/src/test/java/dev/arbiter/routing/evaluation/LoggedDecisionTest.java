/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.FakeAgent;
import dev.arbiter.routing.Simulation;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LoggedDecisionTest {
  private final RoutingDecision decision =
      Simulation.router(BanditPolicy.adaptiveThompson(), 3)
          .route(Simulation.request(Simulation.TASK, FakeAgent.several(4)));

  @Test
  void an_outcome_gives_its_line() {
    LoggedDecision logged = LoggedDecision.of(outcome(1, Outcome.Kind.SUCCESS, .7)).orElseThrow();

    assertThat(logged.type()).isEqualTo("work");
    assertThat(logged.candidates()).containsExactly("a0", "a1", "a2", "a3");
    assertThat(logged.agent()).isEqualTo(decision.agent());
    assertThat(logged.probability()).isEqualTo(decision.probability());
    assertThat(logged.reward()).isEqualTo(.7);
  }

  @Test
  void a_violation_is_logged_without_reward() {
    LoggedDecision logged = LoggedDecision.of(outcome(1, Outcome.Kind.VIOLATION, .7)).orElseThrow();

    assertThat(logged.reward()).isZero();
  }

  @Test
  void a_fallback_and_a_failure_around_the_agent_are_left_out() {
    assertThat(LoggedDecision.of(outcome(2, Outcome.Kind.SUCCESS, 1))).isEmpty();
    assertThat(LoggedDecision.of(outcome(1, Outcome.Kind.INFRASTRUCTURE, 0))).isEmpty();
  }

  @Test
  void candidates_cannot_change_later() {
    List<String> candidates = new ArrayList<>(List.of("ada", "bob"));
    LoggedDecision logged = new LoggedDecision("fix", candidates, "ada", .5, 1);

    candidates.clear();

    assertThat(logged.candidates()).containsExactly("ada", "bob");
  }

  @Test
  void wrong_values_are_refused() {
    assertRefused("ada", Double.NaN, 1, "logged probability of agent 'ada' must be in (0,1]");
    assertRefused("ada", 0, 1, "got 0.0; take it from RoutingDecision.probability()");
    assertRefused("ada", 1.01, 1, "got 1.01");
    assertRefused("ada", .5, Double.NaN, "logged reward of agent 'ada' must be in [0,1], got NaN");
    assertRefused("ada", .5, -.1, "got -0.1; take it from Outcome.reward()");
    assertRefused("ada", .5, 1.1, "got 1.1");
    assertRefused("zoe", .5, 1, "logged agent 'zoe' is not among the candidates [ada, bob]");
    assertThatThrownBy(() -> new LoggedDecision("fix", Arrays.asList("ada", "ada"), "ada", 1, 1))
        .hasMessageContaining("once each, got [ada, ada]");
  }

  private static void assertRefused(
      String agent, double probability, double reward, String message) {
    assertThatThrownBy(
            () -> new LoggedDecision("fix", List.of("ada", "bob"), agent, probability, reward))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  private Outcome outcome(int attempt, Outcome.Kind kind, double quality) {
    return new Outcome(decision, Simulation.TASK, attempt, kind, quality, 0, Duration.ofSeconds(1));
  }
}
