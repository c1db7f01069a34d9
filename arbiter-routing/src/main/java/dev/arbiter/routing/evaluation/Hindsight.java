/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTask;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Means over a whole matrix. */
final class Hindsight {
  private final OutcomeMatrix matrix;
  private final double[] means;

  Hindsight(OutcomeMatrix matrix) {
    this.matrix = matrix;
    this.means = means(matrix.tasks());
  }

  /** An agent's mean over the tasks it has a record of. */
  double mean(int agent) {
    return means[agent];
  }

  OutcomeMatrix.References references() {
    int best = best(means);
    double uniform = 0;
    double any = 0;
    for (RecordedTask task : matrix.tasks()) {
      double sum = 0;
      double highest = 0;
      int count = 0;
      for (int agent = 0; agent < means.length; agent++) {
        if (task.has(agent)) {
          sum += task.rate(agent);
          highest = Math.max(highest, task.rate(agent));
          count++;
        }
      }
      uniform += sum / count;
      any += highest;
    }
    int size = matrix.size();
    return new OutcomeMatrix.References(
        uniform / size,
        matrix.registered().get(best).id(),
        means[best],
        bestPerCategory(),
        any / size);
  }

  private double bestPerCategory() {
    Map<String, List<RecordedTask>> byType = new LinkedHashMap<>();
    for (RecordedTask task : matrix.tasks()) {
      byType.computeIfAbsent(task.task.type(), type -> new ArrayList<>()).add(task);
    }
    double solved = 0;
    for (List<RecordedTask> tasks : byType.values()) {
      double[] within = means(tasks);
      solved += within[best(within)] * tasks.size();
    }
    return solved / matrix.size();
  }

  /* NaN for an agent without a record among these tasks. */
  private double[] means(List<RecordedTask> tasks) {
    double[] means = new double[matrix.registered().size()];
    for (int agent = 0; agent < means.length; agent++) {
      double sum = 0;
      int count = 0;
      for (RecordedTask task : tasks) {
        if (task.has(agent)) {
          sum += task.rate(agent);
          count++;
        }
      }
      means[agent] = sum / count;
    }
    return means;
  }

  private static int best(double[] means) {
    int best = -1;
    for (int agent = 0; agent < means.length; agent++) {
      if (best < 0 ? !Double.isNaN(means[agent]) : means[agent] > means[best]) {
        best = agent;
      }
    }
    return best;
  }
}
