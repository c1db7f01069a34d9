/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/**
 * A run of one router through one world.
 *
 * @param model what the router learns of outcomes
 * @param delay how many further tasks are routed before an outcome is learned
 */
record SimulatedRun(World world, ObservationModel model, int delay) {
  /** What a router learns of an attempt. */
  enum Observed {
    SUCCESS,
    FAILURE,
    NOTHING
  }

  /** Turns an outcome into what the router learns of it. */
  @FunctionalInterface
  interface ObservationModel {
    Observed of(int agent, boolean success, SplittableRandom luck);

    ObservationModel TRUTH =
        (agent, success, luck) -> success ? Observed.SUCCESS : Observed.FAILURE;
  }

  /** How many tasks fewer are expected to be solved than with the best candidate every time. */
  double regret(Router router, long seed) {
    SplittableRandom luck = new SplittableRandom(1_000_003 * seed + 17);
    SplittableRandom noise = new SplittableRandom(seed + 31);
    Queue<Runnable> underway = new ArrayDeque<>();
    double regret = 0;
    for (int round = 0; round < world.rounds(); round++) {
      Task task = world.tasks().apply(round);
      List<RegisteredAgent> candidates = world.candidates().apply(round);
      RoutingDecision decision = router.route(request(task, candidates));
      int agent = Integer.parseInt(decision.agent().substring(1));
      double chance = world.chances().of(agent, round);
      regret += world.best(round) - chance;
      Observed observed = model.of(agent, luck.nextDouble() < chance, noise);
      underway.add(() -> learn(router, decision, task, observed));
      if (underway.size() > delay) {
        underway.remove().run();
      }
    }
    return regret;
  }

  static RoutingRequest request(Task task, List<RegisteredAgent> candidates) {
    return new RoutingRequest(task, candidates, PerformanceView.empty(), List.of());
  }

  private static void learn(Router router, RoutingDecision decision, Task task, Observed observed) {
    if (observed != Observed.NOTHING) {
      boolean success = observed == Observed.SUCCESS;
      Outcome.Kind kind = success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
      router.learn(outcome(decision, task, kind));
    }
  }

  static Outcome outcome(RoutingDecision decision, Task task, Outcome.Kind kind) {
    boolean good = kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.CLAIMED;
    return new Outcome(decision, task, 1, kind, good ? 1 : 0, 0, Duration.ofSeconds(1));
  }
}
