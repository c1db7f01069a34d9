/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;

/**
 * A router that, before each decision, is made to learn of agents and types of task that nobody saw
 * before or will see again.
 */
final class Flood implements Router {
  /* Numbers are given again some time after an agent retired; these never clash with the world's. */
  private static final int FIRST_NUMBER = 1_000;
  private static final int NUMBERS = 1_000;

  private final BanditRouter router;
  private final int each;
  private long passed;

  /**
   * A flood.
   *
   * @param each how many agents, each with a type of task of its own, pass before a decision
   */
  Flood(BanditRouter router, int each) {
    this.router = router;
    this.each = each;
  }

  @Override
  public RoutingDecision route(RoutingRequest request) {
    for (int i = 0; i < each; i++) {
      pass(passed++);
    }
    return router.route(request);
  }

  private void pass(long number) {
    Task task = Task.builder("passing-" + number).id("P-1").build();
    int reused = FIRST_NUMBER + (int) (number % NUMBERS);
    RegisteredAgent agent = SimulatedAgent.of("passing-" + number, reused);
    RoutingDecision decision = router.route(Walk.request(task, List.of(agent)));
    Outcome.Kind kind = number % 2 == 0 ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    router.learn(Walk.outcome(decision, task, kind));
  }

  @Override
  public void learn(Outcome outcome) {
    router.learn(outcome);
  }
}
