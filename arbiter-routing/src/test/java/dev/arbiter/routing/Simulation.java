/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;

/** Routes made-up tasks to agents that succeed by chance, without an engine. */
public final class Simulation {
  public static final Task TASK = Task.builder("work").id("T-1").build();

  private Simulation() {}

  /** The chance that an agent solves the task of a round. */
  @FunctionalInterface
  public interface Bed {
    double chance(int agent, int round);
  }

  public static Bed fixed(double... means) {
    return (agent, round) -> means[agent];
  }

  /** A mean over runs, with its standard error. */
  public record Measured(double mean, double error) {}

  public static BanditRouter router(BanditPolicy policy, long seed) {
    return BanditRouter.builder().policy(policy).sources(Sources.system(seed)).build();
  }

  /** What a router lends to its policy. */
  static BanditPolicy.Setting setting(long seed) {
    Prices prices = new Prices(Double.POSITIVE_INFINITY, 0);
    return new BanditPolicy.Setting(new SplittableRandom(seed), 0, prices, new Spending());
  }

  /** A first choice's outcome, at type 0. */
  static Feedback feedback(int row, double reward) {
    return new Feedback(row, 0, PendingDecisions.FIRST_CHOICE, Float.NaN, reward, 0, TASK);
  }

  public static RoutingRequest request(Task task, List<RegisteredAgent> agents) {
    return new RoutingRequest(task, agents, PerformanceView.empty(), List.of());
  }

  public static Outcome outcome(RoutingDecision decision, Task task, boolean success) {
    Outcome.Kind kind = success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
    return new Outcome(decision, task, 1, kind, success ? 1 : 0, 0, Duration.ZERO);
  }

  public static Measured regret(BanditPolicy policy, Bed bed, int agents, int rounds, int runs) {
    return regret(policy, bed, agents, rounds, runs, 0);
  }

  public static Measured regret(
      BanditPolicy policy, Bed bed, int agents, int rounds, int runs, int delay) {
    double[] regrets = new double[runs];
    for (int run = 0; run < runs; run++) {
      regrets[run] = regret(router(policy, run), bed, agents, rounds, run, delay);
    }
    return summary(regrets);
  }

  /** The regret of one run whose luck is pinned to the run's number. */
  public static double regret(
      BanditRouter router, Bed bed, int agents, int rounds, int run, int delay) {
    SplittableRandom luck = new SplittableRandom(1_000_003L * run + 17);
    RoutingRequest request = request(TASK, FakeAgent.several(agents));
    Queue<Outcome> underway = new ArrayDeque<>();
    double regret = 0;
    for (int round = 0; round < rounds; round++) {
      RoutingDecision decision = router.route(request);
      int chosen = Integer.parseInt(decision.agent().substring(1));
      double best = 0;
      for (int agent = 0; agent < agents; agent++) {
        best = Math.max(best, bed.chance(agent, round));
      }
      double chance = bed.chance(chosen, round);
      regret += best - chance;
      underway.add(outcome(decision, TASK, luck.nextDouble() < chance));
      if (underway.size() > delay) {
        router.learn(underway.remove());
      }
    }
    return regret;
  }

  public static Measured summary(double[] values) {
    double sum = 0;
    double squares = 0;
    for (double value : values) {
      sum += value;
      squares += value * value;
    }
    double mean = sum / values.length;
    double variance = Math.max(0, squares / values.length - mean * mean);
    return new Measured(mean, Math.sqrt(variance / Math.max(1, values.length - 1)));
  }

  /** Everybody but the agents tried. */
  public static List<RegisteredAgent> without(List<RegisteredAgent> agents, List<String> tried) {
    List<RegisteredAgent> rest = new ArrayList<>(agents);
    rest.removeIf(agent -> tried.contains(agent.id()));
    return List.copyOf(rest);
  }
}
