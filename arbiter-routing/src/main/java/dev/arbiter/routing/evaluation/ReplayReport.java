/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results of a router over an {@link OutcomeMatrix}, as means over runs.
 *
 * <p>Errors measure the luck in order, trials and draws. They say nothing of other tasks: the tasks
 * are the same in every run.
 *
 * @param steps tasks in each run
 * @param firstChoice share of tasks that the first choice solved
 * @param afterFallback share of tasks solved, by the first choice or a fallback
 * @param spend US dollars a task, all attempts together
 * @param spendByRun the same of each run
 * @param refused mean share of tasks, and of fallbacks, that the router gave to no agent
 * @param regret how many tasks fewer in a run the first choices solve than the best fixed agent, or
 *     until that arrives the best one that has; by the agents' means at each task, so that the luck
 *     of a trial adds nothing
 * @param shares of all first choices, by agent
 * @param references for comparison; they assume all agents from the start
 * @param curve the run in parts of about equal length, oldest first
 */
public record ReplayReport(
    int runs,
    int steps,
    IntervalEstimate firstChoice,
    IntervalEstimate afterFallback,
    IntervalEstimate spend,
    List<Double> spendByRun,
    double refused,
    IntervalEstimate regret,
    Map<String, Double> shares,
    OutcomeMatrix.References references,
    List<Bucket> curve) {
  /** Copies; agents stay in their order. */
  public ReplayReport {
    shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    spendByRun = List.copyOf(spendByRun);
    curve = List.copyOf(curve);
  }

  /**
   * A part of a run.
   *
   * @param start its first step, from 0
   * @param end the step after its last
   * @param success mean over runs of the share of its tasks that the first choice solved
   * @param successDeviation standard deviation of that over runs
   * @param regret mean over runs of the regret from step 0 to the end of this part
   * @param regretDeviation standard deviation of that over runs
   * @param shares of first choices in this part, by agent
   */
  public record Bucket(
      int start,
      int end,
      double success,
      double successDeviation,
      double regret,
      double regretDeviation,
      Map<String, Double> shares) {
    /** Copies; agents stay in their order. */
    public Bucket {
      shares = Collections.unmodifiableMap(new LinkedHashMap<>(shares));
    }
  }
}
