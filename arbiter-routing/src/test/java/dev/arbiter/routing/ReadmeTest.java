/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.evaluation.LoggedDecision;
import dev.arbiter.routing.evaluation.OffPolicyEvaluator;
import dev.arbiter.routing.evaluation.OffPolicyReport;
import dev.arbiter.routing.evaluation.OutcomeMatrix;
import dev.arbiter.routing.evaluation.ReplayEvaluator;
import dev.arbiter.routing.evaluation.ReplayReport;
import dev.arbiter.routing.evaluation.TargetPolicy;
import dev.arbiter.routing.rollout.Rollout;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the module's README shows, compiled and run; change both together. */
class ReadmeTest {
  private static OutcomeMatrix matrix() {
    OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
    for (int i = 0; i < 300; i++) {
      matrix.trial("t" + i, "fix", "ada", i % 3 == 0).trial("t" + i, "fix", "bob", i % 3 != 0);
    }
    return matrix.build();
  }

  @Test
  void chooses_a_policy_by_replay_and_explains_a_choice() {
    OutcomeMatrix matrix = matrix();

    ReplayEvaluator replay = ReplayEvaluator.builder(matrix).runs(50).fallbacks(1).build();
    for (String name : List.of("default", "thompson", "ucb1")) {
      BanditPolicy policy = BanditPolicy.named(name);
      ReplayReport report =
          replay.evaluate(
              seed -> BanditRouter.builder().policy(policy).sources(Sources.system(seed)).build());

      assertThat(report.firstChoice().value()).isGreaterThan(report.references().uniform());
    }

    BanditRouter router =
        BanditRouter.builder()
            .policy(BanditPolicy.named("kl-ucb"))
            .spendingLimit(50, 1_000)
            .build();
    RoutingDecision decision =
        router.route(Simulation.request(Simulation.TASK, FakeAgent.several(2)));
    assertThat(decision.agent() + ": " + decision.reason()).contains(decision.agent());
    assertThat(decision.probability()).isEqualTo(1);
  }

  @Test
  void judges_another_policy_by_a_log() {
    BanditRouter router = Simulation.router(BanditPolicy.uniform(), 1);
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      RoutingDecision decision =
          router.route(Simulation.request(Simulation.TASK, FakeAgent.several(2)));
      boolean success = decision.agent().equals("a0") && i % 4 > 0;
      Outcome outcome = Simulation.outcome(decision, Simulation.TASK, success);
      router.learn(outcome);
      LoggedDecision.of(outcome).ifPresent(log::add);
    }

    OffPolicyReport judged = OffPolicyEvaluator.of(log).evaluate(TargetPolicy.fixed("a0"));

    assertThat(judged.isSupported()).isTrue();
    assertThat(judged.gain().low()).isGreaterThan(.2);
  }

  @Test
  void goes_on_after_a_restart_and_beside_another_policy() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);

    BanditRouter restarted = BanditRouter.builder().state(router.state()).build();
    Rollout rollout =
        Rollout.builder("gittins")
            .current(restarted)
            .candidate(BanditRouter.builder().policy(BanditPolicy.optimisticGittins()).build())
            .percentage(.1)
            .build();

    assertThat(rollout.status().state()).isEqualTo(Rollout.State.RUNNING);
  }
}
