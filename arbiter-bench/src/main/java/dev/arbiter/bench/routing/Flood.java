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
 * A router that, before each decision, is made to learn of agents or types of task that nobody saw
 * before or will see again.
 */
final class Flood implements Router {
  /* Numbers are given again some time after an agent retired; these never clash with the world's. */
  private static final int FIRST_NUMBER = 1_000;
  private static final int NUMBERS = 1_000;
  private static final Task WORK = Task.builder("passing").id("P-1").build();
  private static final RegisteredAgent STAND_IN = SimulatedAgent.of("stand-in", FIRST_NUMBER);

  private final BanditRouter router;
  private final int each;
  private final boolean ofTypes;
  private long passed;

  /**
   * A flood.
   *
   * @param each how many pass before a decision
   * @param ofTypes true for types of task, false for agents
   */
  Flood(BanditRouter router, int each, boolean ofTypes) {
    this.router = router;
    this.each = each;
    this.ofTypes = ofTypes;
  }

  @Override
  public RoutingDecision route(RoutingRequest request) {
    for (int i = 0; i < each; i++) {
      pass(passed++);
    }
    return router.route(request);
  }

  private void pass(long number) {
    Task task = ofTypes ? Task.builder("passing-" + number).id("P-1").build() : WORK;
    RegisteredAgent agent = ofTypes ? STAND_IN : passing(number);
    RoutingDecision decision = router.route(SimulatedRun.request(task, List.of(agent)));
    Outcome.Kind kind = number % 2 == 0 ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    router.learn(SimulatedRun.outcome(decision, task, kind));
  }

  private static RegisteredAgent passing(long number) {
    int reused = FIRST_NUMBER + (int) (number % NUMBERS);
    return SimulatedAgent.of("passing-" + number, reused);
  }

  @Override
  public void learn(Outcome outcome) {
    router.learn(outcome);
  }
}
