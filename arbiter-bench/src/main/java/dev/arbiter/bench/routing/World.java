/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.function.IntFunction;

/**
 * What a router meets in one run.
 *
 * @param rounds how many tasks come
 * @param tasks the task of a round
 * @param candidates who could take it; their numbers are what {@code chances} asks for
 * @param chances how likely an agent solves the task of a round
 */
record World(
    int rounds,
    IntFunction<Task> tasks,
    IntFunction<List<RegisteredAgent>> candidates,
    Chances chances) {
  private static final Task WORK = Task.builder("work").id("T-1").build();

  /** How likely an agent solves the task of a round. */
  @FunctionalInterface
  interface Chances {
    double of(int agent, int round);
  }

  /** One type of task, and the same agents all the time. */
  static World steady(int agents, int rounds, Chances chances) {
    List<RegisteredAgent> all = SimulatedAgent.several(agents);
    return changing(rounds, round -> all, chances);
  }

  /** One type of task, and agents that come and go. */
  static World changing(
      int rounds, IntFunction<List<RegisteredAgent>> candidates, Chances chances) {
    return new World(rounds, round -> WORK, candidates, chances);
  }

  /** Agents whose chances depend on the type of the task, types at random. */
  static World typed(
      List<Task> types, int[] sequence, List<RegisteredAgent> agents, double[][] by) {
    return new World(
        sequence.length,
        round -> types.get(sequence[round]),
        round -> agents,
        (agent, round) -> by[agent][sequence[round]]);
  }

  double best(int round) {
    double best = 0;
    for (RegisteredAgent candidate : candidates.apply(round)) {
      best = Math.max(best, chances.of(candidate.number(), round));
    }
    return best;
  }
}
