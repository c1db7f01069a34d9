/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AgentStatus;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A router and agents of paper, without an engine. */
final class Bench {
  private Bench() {}

  record PaperAgent(AgentProfile profile, int number, int active, int queued)
      implements RegisteredAgent {
    @Override
    public AgentStatus status() {
      return AgentStatus.AVAILABLE;
    }
  }

  static List<RegisteredAgent> agents(int count) {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add(agent(AgentProfile.of("agent-" + i), i));
    }
    return agents;
  }

  static RegisteredAgent agent(AgentProfile profile, int number) {
    return new PaperAgent(profile, number, 0, 0);
  }

  static BanditRouter router(BanditPolicy policy, long seed) {
    return BanditRouter.builder().policy(policy).sources(sources(seed)).build();
  }

  static Sources sources(long seed) {
    return new Sources(() -> Instant.EPOCH, () -> 0, new SplittableRandom(seed));
  }

  static RoutingRequest request(Task task, List<RegisteredAgent> agents) {
    return new RoutingRequest(task, agents, PerformanceView.empty(), List.of());
  }

  static Task task(String type) {
    return Task.builder(type).id("T").build();
  }

  static Outcome outcome(RoutingDecision decision, Task task, double reward) {
    return new Outcome(
        decision,
        task,
        1,
        reward > 0 ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
        reward,
        0,
        Duration.ofSeconds(1));
  }

  /** The regret of one run over agents whose chance of success may depend on the task's number. */
  static double regret(BanditPolicy policy, long seed, int steps, Means means, int arms) {
    BanditRouter router = router(policy, seed);
    SplittableRandom world = new SplittableRandom(~seed);
    List<RegisteredAgent> agents = agents(arms);
    Task task = task("any");
    RoutingRequest request = request(task, agents);
    double regret = 0;
    for (int t = 0; t < steps; t++) {
      double best = 0;
      for (int a = 0; a < arms; a++) {
        best = Math.max(best, means.of(t, a));
      }
      RoutingDecision decision = router.route(request);
      int arm = Integer.parseInt(decision.agent().substring("agent-".length()));
      double mean = means.of(t, arm);
      regret += best - mean;
      router.learn(outcome(decision, task, world.nextDouble() < mean ? 1 : 0));
    }
    return regret;
  }

  /** Who succeeds how often, when. */
  @FunctionalInterface
  interface Means {
    double of(int step, int arm);
  }

  /** Mean and standard error of several runs. */
  record Figure(double mean, double error) {
    static Figure of(int runs, java.util.function.LongToDoubleFunction run) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < runs; i++) {
        double value = run.applyAsDouble(1_000 + i);
        sum += value;
        squares += value * value;
      }
      double mean = sum / runs;
      return new Figure(mean, Math.sqrt(Math.max(0, squares / runs - mean * mean) / (runs - 1)));
    }

    /** The mean less two standard errors: above a bound, the bound is broken. */
    double surely() {
      return mean - 2 * error;
    }
  }
}
