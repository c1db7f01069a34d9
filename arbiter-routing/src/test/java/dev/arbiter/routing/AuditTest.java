/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Simulation.Measured;
import dev.arbiter.routing.internal.record.Audits;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Eight agents that own up to their failures, and a poor one, a8, that always claims success. */
class AuditTest {
  private static final double[] CHANCES = {.3, .35, .4, .4, .45, .45, .5, .55, .15};
  private static final int TASKS = 10_000;
  private static final int RUNS = 20;

  private static Outcome outcome(RoutingDecision decision, Outcome.Kind kind) {
    boolean claims = kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.CLAIMED;
    return new Outcome(
        decision, Simulation.TASK, 1, kind, claims ? 1 : 0, 0, Duration.ofSeconds(1));
  }

  /** The liar's share of the tasks. */
  private static double share(int seed, boolean useClaims) {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), seed);
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(9));
    SplittableRandom luck = new SplittableRandom(500 + seed);
    int lies = 0;
    for (int i = 0; i < TASKS; i++) {
      RoutingDecision decision = router.route(request);
      int agent = Integer.parseInt(decision.agent().substring(1));
      boolean stands = luck.nextDouble() < CHANCES[agent];
      boolean claims = stands || agent == 8;
      lies += agent == 8 ? 1 : 0;
      if (router.shouldAudit(decision)) {
        router.learn(outcome(decision, checked(claims, stands)));
      } else if (useClaims) {
        router.learn(outcome(decision, claims ? Outcome.Kind.CLAIMED : Outcome.Kind.FAILURE));
      }
    }
    return lies / (double) TASKS;
  }

  private static Outcome.Kind checked(boolean claims, boolean stands) {
    if (stands) {
      return Outcome.Kind.SUCCESS;
    }
    return claims ? Outcome.Kind.REFUTED : Outcome.Kind.FAILURE;
  }

  private static Measured shares(boolean useClaims) {
    double[] shares = new double[RUNS];
    for (int seed = 0; seed < RUNS; seed++) {
      shares[seed] = share(seed, useClaims);
    }
    return Simulation.summary(shares);
  }

  @Test
  void an_agent_that_always_claims_success_gains_nothing_by_it() {
    Measured audited = shares(false);
    Measured believed = shares(true);

    assertThat(believed.mean() - 2 * believed.error()).isLessThan(1.1 * audited.mean());
    assertThat(believed.mean()).isLessThan(.01);
  }

  @Test
  void past_claims_are_worth_what_checks_find_later() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    RoutingRequest alone = Simulation.request(Simulation.TASK, FakeAgent.several(1));
    for (int i = 0; i < 100; i++) {
      router.learn(outcome(router.route(alone), Outcome.Kind.CLAIMED));
    }
    double believed = mean(router, alone);
    for (int i = 0; i < 12; i++) {
      router.learn(outcome(router.route(alone), Outcome.Kind.REFUTED));
    }

    assertThat(believed).isBetween(.42, .58);
    assertThat(mean(router, alone)).isLessThan(.2);
  }

  private static double mean(BanditRouter router, RoutingRequest request) {
    double sum = 0;
    for (int i = 0; i < 200; i++) {
      sum += router.route(request).candidates().get(0).score();
    }
    return sum / 200;
  }

  @Test
  void a_claim_nobody_checked_counts_half_until_the_first_checks() {
    Audits audits = new Audits();
    audits.rows(1);
    assertThat(audits.belief(0)).isEqualTo(.5);
    assertThat(audits.chance(0)).isEqualTo(1);
    for (int i = 0; i < 36; i++) {
      audits.learn(0, i % 4 != 0);
    }

    assertThat(audits.belief(0)).isEqualTo(29 / 40.0);
    assertThat(audits.chance(0)).isEqualTo(.1);
    audits.forget(0);
    assertThat(audits.belief(0)).isEqualTo(.5);
  }
}
