/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.task.Task;
import java.util.SplittableRandom;

/** One row of an {@link OutcomeMatrix}. */
final class RecordedTask {
  final Task task;
  private final RecordedTrial[][] trials;
  private final double[] rates;

  /** Takes over the trials, by agent; an agent without any has no record of this task. */
  RecordedTask(Task task, RecordedTrial[][] trials) {
    this.task = task;
    this.trials = trials;
    this.rates = new double[trials.length];
    for (int agent = 0; agent < trials.length; agent++) {
      double solved = 0;
      for (RecordedTrial trial : trials[agent]) {
        solved += trial.reward();
      }
      rates[agent] = solved / trials[agent].length;
    }
  }

  boolean has(int agent) {
    return trials[agent].length > 0;
  }

  /** The share of an agent's trials that succeeded, NaN without a record. */
  double rate(int agent) {
    return rates[agent];
  }

  /** One trial; the same luck gives the same trial. */
  RecordedTrial trial(int agent, long luck) {
    RecordedTrial[] all = trials[agent];
    return all[all.length == 1 ? 0 : new SplittableRandom(luck + agent).nextInt(all.length)];
  }
}
