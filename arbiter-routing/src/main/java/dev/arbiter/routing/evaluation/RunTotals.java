/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.routing.evaluation.OutcomeMatrix.RecordedTrial;

/** What one run of a replay came to. */
final class RunTotals {
  private final ReplayPlan plan;
  private final int[][] chosen;
  private final int[] solvedFirst;
  private final double[] regret;
  private double spent;
  private int solved;
  private int refused;

  RunTotals(ReplayPlan plan) {
    this.plan = plan;
    this.chosen = new int[plan.buckets()][plan.matrix().registered().size()];
    this.solvedFirst = new int[plan.buckets()];
    this.regret = new double[plan.buckets()];
  }

  void first(int step, int agent, RecordedTrial trial, double newRegret) {
    int bucket = plan.bucket(step);
    chosen[bucket][agent]++;
    regret[bucket] += newRegret;
    solvedFirst[bucket] += trial.success() ? 1 : 0;
    count(trial);
  }

  void fallback(RecordedTrial trial) {
    count(trial);
  }

  void refused() {
    refused++;
  }

  private void count(RecordedTrial trial) {
    spent += trial.cost();
    solved += trial.success() ? 1 : 0;
  }

  double firstChoice() {
    double sum = 0;
    for (int count : solvedFirst) {
      sum += count;
    }
    return sum / plan.steps();
  }

  double firstChoice(int bucket) {
    return solvedFirst[bucket] / (double) (plan.start(bucket + 1) - plan.start(bucket));
  }

  double afterFallback() {
    return solved / (double) plan.steps();
  }

  double spend() {
    return spent / plan.steps();
  }

  /** Tasks and fallbacks the router gave to nobody, a task. */
  double refusedShare() {
    return refused / (double) plan.steps();
  }

  int chosen(int bucket, int agent) {
    return chosen[bucket][agent];
  }

  /** From the first step to the last of a bucket. */
  double regret(int bucket) {
    double sum = 0;
    for (int i = 0; i <= bucket; i++) {
      sum += regret[i];
    }
    return sum;
  }
}
