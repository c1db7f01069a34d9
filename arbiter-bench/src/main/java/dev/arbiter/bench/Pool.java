/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Agents of a real registry, and a router that has 20 to 200 outcomes of each, over five types of
 * task.
 */
final class Pool implements AutoCloseable {
  static final long SEED = 42;
  private static final int TYPES = 5;
  private static final Duration TIME = Duration.ofSeconds(3);

  private final SplittableRandom luck = new SplittableRandom(SEED);
  private final Arbiter registry;
  private final BanditRouter router;
  private final List<RoutingRequest> requests = new ArrayList<>();
  private int next;

  Pool(int agents, BanditPolicy policy) {
    WorkReport report = BenchSpec.report();
    ArbiterBuilder builder = Arbiter.builder().withoutConstitution();
    for (int i = 0; i < agents; i++) {
      builder.agent(AgentProfile.of(id(i), "java"), assignment -> report);
    }
    registry = builder.build();
    router = BanditRouter.builder().policy(policy).sources(Sources.system(SEED)).build();
    for (int type = 0; type < TYPES; type++) {
      Task task = Task.builder("type-" + type).requires("java").build();
      requests.add(request(task, registry.agents().candidates(task.capabilities())));
    }
    teach();
  }

  /** An agent's id; its last digit decides the agent's chance of success. */
  static String id(int agent) {
    return "agent-" + agent + "-" + agent * 7 % 10;
  }

  static double chance(String id) {
    return .2 + .06 * (id.charAt(id.length() - 1) - '0');
  }

  static int outcomes(int agent) {
    return 20 + (int) (agent * 7919L % 181);
  }

  private void teach() {
    List<RegisteredAgent> agents = requests.get(0).candidates();
    for (int i = 0; i < agents.size(); i++) {
      List<RegisteredAgent> alone = List.of(agents.get(i));
      for (int left = outcomes(i); left > 0; left--) {
        routeAndLearn(request(requests.get(left % TYPES).task(), alone));
      }
    }
  }

  private static RoutingRequest request(Task task, List<RegisteredAgent> candidates) {
    return new RoutingRequest(task, candidates, PerformanceView.empty(), List.of());
  }

  /** Routes the next task and learns its outcome; the type changes with every call. */
  long routeAndLearn() {
    next = next + 1 < TYPES ? next + 1 : 0;
    return routeAndLearn(requests.get(next));
  }

  private long routeAndLearn(RoutingRequest request) {
    RoutingDecision decision = router.route(request);
    boolean success = luck.nextDouble() < chance(decision.agent());
    Outcome.Kind kind = success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    router.learn(new Outcome(decision, request.task(), 1, kind, success ? 1 : 0, 0, TIME));
    return decision.id();
  }

  @Override
  public void close() {
    registry.close();
  }
}
