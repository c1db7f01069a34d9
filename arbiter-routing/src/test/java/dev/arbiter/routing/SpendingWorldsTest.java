/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * What holds for a spending limit in random worlds: 300 of them, of 1 to 9 agents with true or
 * false or no prices, periods of 10 to 2,000 tasks, late and lost outcomes, up to two fallbacks.
 *
 * <p>Among ten tasks to a period a single task may be a tenth above the dearest seen, so a period
 * may miss its limit by 1.2 % and not by .4 %; the next one pays for that, so all together never
 * do.
 */
class SpendingWorldsTest {
  private static final int WORLDS = 300;

  /**
   * An agent: its chance of success, mean cost, spread of costs around it, declared price or NaN.
   */
  private record Spender(double chance, double cost, double spread, double declared) {
    double draw(SplittableRandom luck) {
      return cost * (1 + spread * (2 * luck.nextDouble() - 1));
    }

    double most() {
      return cost * (1 + spread);
    }
  }

  /** A world; the limit is what a task of the period may cost. */
  record World(
      List<Spender> agents,
      double limit,
      int tasks,
      int periods,
      int delay,
      double lost,
      int fallbacks) {
    static World random(SplittableRandom random) {
      int size = 1 + random.nextInt(9);
      double spread = List.of(0.0, .2, .5).get(random.nextInt(3));
      int honesty = random.nextInt(4);
      boolean dearIsBetter = random.nextBoolean();
      List<Spender> agents = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        double cost = .01 * Math.pow(40, random.nextDouble());
        double declared =
            switch (honesty) {
              case 0 -> Double.NaN;
              case 1 -> cost * Math.pow(5, 2 * random.nextDouble() - 1);
              default -> cost;
            };
        double lift = dearIsBetter ? .25 * Math.log(cost / .01) : .8 * random.nextDouble();
        agents.add(new Spender(.05 + lift * .95, cost, spread, declared));
      }
      int tasks = List.of(10, 30, 100, 500, 2_000).get(random.nextInt(5));
      double cheapest = agents.stream().mapToDouble(Spender::cost).min().orElse(0);
      double dearest = agents.stream().mapToDouble(Spender::cost).max().orElse(0);
      double limit = cheapest * (.3 + 4 * random.nextDouble());
      if (honesty == 0) {
        limit = Math.max(limit, 4 * dearest / tasks);
      }
      int mostDelay = honesty < 2 ? 3 : Math.min(50, tasks / 4);
      return new World(
          agents,
          Math.max(limit, 2.5 * cheapest / tasks),
          tasks,
          Math.max(4, 2_000 / tasks),
          random.nextInt(2) * random.nextInt(mostDelay + 1),
          random.nextInt(3) == 0 ? .05 : 0,
          random.nextInt(3));
    }

    List<RegisteredAgent> registered() {
      List<RegisteredAgent> registered = new ArrayList<>();
      for (int i = 0; i < agents.size(); i++) {
        AgentProfile.Builder profile = AgentProfile.builder("a" + i);
        double declared = agents.get(i).declared();
        registered.add(
            new FakeAgent(
                Double.isNaN(declared) ? profile.build() : profile.price(declared).build(), i));
      }
      return List.copyOf(registered);
    }
  }

  /** What came of a world. */
  record Came(double worstPeriod, double all, int refused, int refusedWithMoney, double solved) {}

  static Came run(World world, long seed) {
    SplittableRandom luck = new SplittableRandom(seed);
    double limit = world.limit() * world.tasks();
    BanditRouter router =
        BanditRouter.builder()
            .sources(Sources.system(seed))
            .spendingLimit(limit, world.tasks())
            .build();
    List<RegisteredAgent> agents = world.registered();
    double[] most = world.agents().stream().mapToDouble(Spender::most).sorted().toArray();
    Queue<Outcome> underway = new ArrayDeque<>();
    Queue<Integer> due = new ArrayDeque<>();
    int step = 0;
    double worst = 0;
    double all = 0;
    int refused = 0;
    int refusedWithMoney = 0;
    double solved = 0;
    for (int period = 0; period < world.periods(); period++) {
      double spent = 0;
      for (int task = 0; task < world.tasks(); task++) {
        List<RoutingDecision> failed = new ArrayList<>();
        List<String> tried = new ArrayList<>();
        for (int attempt = 0; attempt <= world.fallbacks() && tried.size() < agents.size(); ) {
          RoutingDecision decision;
          try {
            decision =
                router.route(
                    new RoutingRequest(
                        Simulation.TASK,
                        tried.isEmpty() ? agents : Simulation.without(agents, tried),
                        PerformanceView.empty(),
                        List.copyOf(failed)));
          } catch (Router.RefusedException e) {
            if (failed.isEmpty()) {
              refused++;
              boolean safe = world.delay() == 0 && world.lost() == 0;
              refusedWithMoney += safe && limit - spent >= 1.02 * most[0] ? 1 : 0;
            }
            break;
          }
          Spender agent = world.agents().get(Integer.parseInt(decision.agent().substring(1)));
          double cost = agent.draw(luck);
          spent += cost;
          boolean success = luck.nextDouble() < agent.chance();
          Outcome outcome =
              new Outcome(
                  decision,
                  Simulation.TASK,
                  ++attempt,
                  success ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE,
                  success ? 1 : 0,
                  cost,
                  Duration.ofSeconds(1));
          solved += success ? 1 : 0;
          boolean last = success || attempt > world.fallbacks();
          if (luck.nextDouble() >= world.lost()) {
            if (last) {
              underway.add(outcome);
              due.add(step + world.delay());
            } else {
              router.learn(outcome);
            }
          }
          if (success) {
            break;
          }
          failed.add(decision);
          tried.add(decision.agent());
        }
        while (!due.isEmpty() && due.element() <= step) {
          due.remove();
          router.learn(underway.remove());
        }
        step++;
      }
      worst = Math.max(worst, spent / limit);
      all += spent;
    }
    double total = limit * world.periods();
    double done = (double) world.tasks() * world.periods();
    return new Came(worst, all / total, refused, refusedWithMoney, solved / done);
  }

  /* The agent that solves most costs more than there is for a task, so all money has a use. */
  private static boolean isWorthSpending(World world) {
    Spender best =
        world.agents().stream().max(Comparator.comparingDouble(Spender::chance)).orElseThrow();
    double cheaper =
        world.agents().stream()
            .filter(agent -> agent.cost() < best.cost())
            .mapToDouble(Spender::chance)
            .max()
            .orElse(0);
    return best.cost() > 1.3 * world.limit() && best.chance() - cheaper > .1;
  }

  /* In periods of a few tasks one task more or less is more than a tenth of the money. */
  private static boolean isFine(World world) {
    double dearest = world.agents().stream().mapToDouble(Spender::most).max().orElse(0);
    return dearest < .1 * world.limit() * world.tasks() && world.delay() < world.tasks() / 10;
  }

  private static boolean isHonest(World world) {
    return world.agents().stream().allMatch(agent -> agent.declared() == agent.cost());
  }

  @Test
  void a_limit_is_kept_and_used_and_refuses_nothing_that_it_can_pay() {
    SplittableRandom random = new SplittableRandom(42);
    int honest = 0;
    int used = 0;
    for (int i = 0; i < WORLDS; i++) {
      World world = World.random(random);
      Came came = run(world, i);
      assertThat(came.all()).as("world %d %s: %s", i, world, came).isLessThan(1.004);
      if (isHonest(world)) {
        honest++;
        boolean few = world.tasks() <= 10;
        assertThat(came.worstPeriod())
            .as("world %d %s: %s", i, world, came)
            .isLessThan(few ? 1.012 : 1.004);
        assertThat(came.refusedWithMoney())
            .as("world %d %s: %s", i, world, came)
            .isLessThanOrEqualTo(few ? 6 : 0);
      }
      if (isFine(world) && isWorthSpending(world)) {
        used++;
        assertThat(came.all()).as("world %d %s: %s", i, world, came).isGreaterThan(.9);
      }
    }
    assertThat(honest).isGreaterThan(WORLDS / 3);
    assertThat(used).isGreaterThan(WORLDS / 20);
  }
}
