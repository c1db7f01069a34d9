/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Eight agents that own up to their failures, and a poor ninth that always claims success.
 *
 * @param hearsClaims whether the router learns unchecked claims
 */
record Liar(boolean hearsClaims) {
  private static final double[] CHANCES = {.3, .35, .4, .4, .45, .45, .5, .55, .15};
  private static final int LIAR = 8;
  private static final int ROUNDS = 10_000;
  private static final Task WORK = Task.builder("work").id("T-1").build();

  /** The ninth agent's share of the tasks, in percent. */
  double share(BanditRouter router, long seed) {
    SplittableRandom luck = new SplittableRandom(500 + seed);
    List<RegisteredAgent> agents = SimulatedAgent.several(CHANCES.length);
    int lies = 0;
    for (int round = 0; round < ROUNDS; round++) {
      RoutingDecision decision = router.route(SimulatedRun.request(WORK, agents));
      int agent = Integer.parseInt(decision.agent().substring(1));
      boolean stands = luck.nextDouble() < CHANCES[agent];
      boolean claims = stands || agent == LIAR;
      lies += agent == LIAR ? 1 : 0;
      if (router.shouldAudit(decision)) {
        router.learn(SimulatedRun.outcome(decision, WORK, checked(stands, claims)));
      } else if (hearsClaims) {
        router.learn(
            SimulatedRun.outcome(
                decision, WORK, claims ? Outcome.Kind.CLAIMED : Outcome.Kind.FAILURE));
      }
    }
    return 100.0 * lies / ROUNDS;
  }

  private static Outcome.Kind checked(boolean stands, boolean claims) {
    if (stands) {
      return Outcome.Kind.SUCCESS;
    }
    return claims ? Outcome.Kind.REFUTED : Outcome.Kind.FAILURE;
  }
}
