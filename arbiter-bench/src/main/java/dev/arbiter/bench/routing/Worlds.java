/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Task;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** Worlds in which agents change, come and go, or differ by type of task. */
final class Worlds {
  private static final double[][] SEGMENTS = {
    {.2, .5, .9}, {.2, .2, .9}, {.2, .2, .1}, {.7, .2, .1}, {.7, .5, .1}
  };
  private static final int ROUNDS = 5_000;
  private static final int COLD = 24;
  private static final int MANY = 100;
  private static final int PRESENT = 5;

  private Worlds() {}

  static World piecewise(long seed) {
    return World.steady(3, ROUNDS, (agent, round) -> SEGMENTS[round / 1_000][agent]);
  }

  static World silentRegression(long seed) {
    double[] chances = new SeededDraws(seed).chances(9, .2, .8);
    double best = Arrays.stream(chances).max().orElse(0);
    return World.steady(
        9,
        6_000,
        (agent, round) -> chances[agent] - (chances[agent] == best && round >= 3_000 ? .3 : 0));
  }

  static World coldStart(long seed) {
    SeededDraws lots = new SeededDraws(seed);
    double[] chances =
        IntStream.range(0, COLD)
            .mapToDouble(i -> .3 + .3 * i / (COLD - 1) + .2 * (lots.uniform() - .5))
            .toArray();
    List<RegisteredAgent> all = SimulatedAgent.several(COLD);
    List<List<RegisteredAgent>> arrived =
        IntStream.rangeClosed(1, COLD).mapToObj(i -> all.subList(0, i)).map(List::copyOf).toList();
    int apart = ROUNDS * 8 / 10 / COLD;
    return World.changing(
        ROUNDS,
        round -> arrived.get(Math.min(round / apart, COLD - 1)),
        (agent, round) -> chances[agent]);
  }

  static World sparseInTurn(long seed) {
    double[] chances = new SeededDraws(seed).chances(MANY + PRESENT, .2, .8);
    List<RegisteredAgent> all = SimulatedAgent.several(MANY + PRESENT);
    List<List<RegisteredAgent>> present =
        IntStream.range(0, MANY).mapToObj(i -> List.copyOf(all.subList(i, i + PRESENT))).toList();
    return World.changing(
        ROUNDS, round -> present.get(round * MANY / ROUNDS), (agent, round) -> chances[agent]);
  }

  static World sparseAtRandom(long seed) {
    SeededDraws lots = new SeededDraws(seed);
    double[] chances = lots.chances(MANY, .2, .8);
    List<RegisteredAgent> all = SimulatedAgent.several(MANY);
    List<List<RegisteredAgent>> present =
        IntStream.range(0, ROUNDS)
            .mapToObj(
                i ->
                    Arrays.stream(lots.sequence(3 * PRESENT, MANY))
                        .distinct()
                        .limit(PRESENT)
                        .mapToObj(all::get)
                        .toList())
            .toList();
    return World.changing(ROUNDS, present::get, (agent, round) -> chances[agent]);
  }

  static World categories(long seed, double deviation) {
    SeededDraws lots = new SeededDraws(seed);
    double[] abilities = lots.chances(8, .3, .6);
    double[][] chances = new double[8][10];
    for (int agent = 0; agent < 8; agent++) {
      for (int type = 0; type < 10; type++) {
        double chance = abilities[agent] + deviation * lots.normal();
        chances[agent][type] = Math.min(.98, Math.max(.02, chance));
      }
    }
    return World.typed(types(10), lots.sequence(ROUNDS, 10), SimulatedAgent.several(8), chances);
  }

  /** Types t0, t1, ... of tasks that require a capability of the same name. */
  static List<Task> types(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> Task.builder("t" + i).id("T-" + i).requires("t" + i).build())
        .toList();
  }
}
