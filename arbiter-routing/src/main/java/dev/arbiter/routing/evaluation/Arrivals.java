/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.evaluation.OutcomeMatrix.Hindsight;
import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTask;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The candidates of each task at each step, as agents arrive during a run. */
final class Arrivals {
  /*
   * A router caches its look-ups for a list of candidates while it sees the same immutable list. So
   * tasks with the same able agents share one list, in all steps and all runs.
   */
  private static final int NONE = -1;

  private final TreeMap<Integer, Phase> phases = new TreeMap<>();
  private final OutcomeMatrix matrix;
  private final Hindsight hindsight;

  /** The steps between one arrival and the next. */
  private record Phase(List<List<RegisteredAgent>> candidates, int best) {}

  /** Each agent can be chosen from a step on. */
  Arrivals(OutcomeMatrix matrix, int[] from) {
    this.matrix = matrix;
    this.hindsight = new Hindsight(matrix);
    Map<List<RegisteredAgent>, List<RegisteredAgent>> lists = new HashMap<>();
    phases.put(0, phase(0, from, lists));
    for (int start : from) {
      phases.computeIfAbsent(start, step -> phase(step, from, lists));
    }
  }

  private Phase phase(
      int start, int[] from, Map<List<RegisteredAgent>, List<RegisteredAgent>> lists) {
    List<List<RegisteredAgent>> candidates = new ArrayList<>(matrix.size());
    for (RecordedTask task : matrix.tasks) {
      List<RegisteredAgent> able = new ArrayList<>(matrix.registered);
      able.removeIf(agent -> from[agent.number()] > start || !task.has(agent.number()));
      candidates.add(lists.computeIfAbsent(able, List::copyOf));
    }
    return new Phase(candidates, best(start, from));
  }

  private int best(int start, int[] from) {
    int best = NONE;
    for (int agent = 0; agent < from.length; agent++) {
      if (from[agent] <= start && (best == NONE || hindsight.mean(agent) > hindsight.mean(best))) {
        best = agent;
      }
    }
    return best;
  }

  /** The candidates of a task at a step; may be empty. */
  List<RegisteredAgent> candidates(int step, int task) {
    return phases.floorEntry(step).getValue().candidates.get(task);
  }

  /**
   * The reward to expect at a task from the best agent, in hindsight, that arrived by a step: its
   * mean over all tasks if it has no record of this one.
   */
  double best(int step, int task) {
    int best = phases.floorEntry(step).getValue().best;
    RecordedTask recorded = matrix.tasks.get(task);
    return recorded.has(best) ? recorded.rate(best) : hindsight.mean(best);
  }
}
