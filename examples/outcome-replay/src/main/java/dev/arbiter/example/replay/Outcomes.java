/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Who solved what: tasks by agents, as recorded. A missing pair means that the agent was not
 * available; several records of a pair are trials.
 *
 * @param tasks the recorded tasks, in the order of the file
 */
record Outcomes(List<RecordedTask> tasks) {

  /**
   * One trial.
   *
   * @param success whether the agent solved the task
   * @param cost US dollars
   * @param seconds how long it took
   */
  record Trial(boolean success, double cost, double seconds) {}

  /**
   * One task and all trials at it.
   *
   * @param id names it
   * @param category its type
   * @param trials by agent, at least one each
   */
  record RecordedTask(String id, String category, Map<String, List<Trial>> trials) {
    Trial draw(String agent, RandomGenerator random) {
      List<Trial> all = trials.getOrDefault(agent, List.of());
      if (all.isEmpty()) {
        throw new IllegalStateException("no outcome of agent '" + agent + "' for task " + id);
      }
      return all.get(all.size() == 1 ? 0 : random.nextInt(all.size()));
    }

    double successOf(String agent) {
      return trials.getOrDefault(agent, List.of()).stream()
          .mapToDouble(trial -> trial.success() ? 1 : 0)
          .average()
          .orElse(0);
    }
  }

  /** All agents, by name. */
  List<String> agents() {
    TreeSet<String> names = new TreeSet<>();
    tasks.forEach(task -> names.addAll(task.trials().keySet()));
    return new ArrayList<>(names);
  }

  /** Success when an available agent is chosen at random. */
  double uniform() {
    return mean(
        task -> task.trials().keySet().stream().mapToDouble(task::successOf).average().orElse(0));
  }

  /** Success when the task goes to whichever agent solved it, if any did. */
  double anyAgent() {
    return mean(
        task -> task.trials().keySet().stream().mapToDouble(task::successOf).max().orElse(0));
  }

  /** The agent that is best over the tasks it has a record for, with its success there. */
  Map.Entry<String, Double> bestFixed() {
    return best(tasks);
  }

  /** Success when every category has its own best agent, picked in hindsight. */
  double bestPerCategory() {
    Map<String, List<RecordedTask>> byCategory = new TreeMap<>();
    for (RecordedTask task : tasks) {
      byCategory.computeIfAbsent(task.category(), c -> new ArrayList<>()).add(task);
    }
    double solved = 0;
    for (List<RecordedTask> category : byCategory.values()) {
      solved += best(category).getValue() * category.size();
    }
    return solved / tasks.size();
  }

  private static Map.Entry<String, Double> best(List<RecordedTask> tasks) {
    Map<String, double[]> sums = new LinkedHashMap<>();
    for (RecordedTask task : tasks) {
      for (String agent : task.trials().keySet()) {
        double[] sum = sums.computeIfAbsent(agent, a -> new double[2]);
        sum[0] += task.successOf(agent);
        sum[1]++;
      }
    }
    Map.Entry<String, Double> best = Map.entry("", -1.0);
    for (Map.Entry<String, double[]> sum : sums.entrySet()) {
      double mean = sum.getValue()[0] / sum.getValue()[1];
      if (mean > best.getValue()) {
        best = Map.entry(sum.getKey(), mean);
      }
    }
    return best;
  }

  private double mean(java.util.function.ToDoubleFunction<RecordedTask> of) {
    return tasks.stream().mapToDouble(of).average().orElse(0);
  }
}
