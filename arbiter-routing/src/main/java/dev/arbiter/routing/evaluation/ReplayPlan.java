/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.SplittableRandom;

/** What all runs of a replay have in common. */
record ReplayPlan(
    OutcomeMatrix matrix,
    Arrivals arrivals,
    int steps,
    boolean withReplacement,
    int delay,
    int fallbacks,
    int buckets) {

  /** The number of the task at each step. */
  int[] order(SplittableRandom random) {
    int[] order = new int[steps];
    for (int step = 0; step < steps; step++) {
      order[step] = withReplacement ? random.nextInt(matrix.size()) : step;
    }
    for (int step = withReplacement ? 0 : steps - 1; step > 0; step--) {
      int other = random.nextInt(step + 1);
      int task = order[step];
      order[step] = order[other];
      order[other] = task;
    }
    return order;
  }

  int bucket(int step) {
    return (int) ((long) step * buckets / steps);
  }

  /** The first step of a bucket; of the one after the last, how many steps there are. */
  int start(int bucket) {
    return (int) (((long) bucket * steps + buckets - 1) / buckets);
  }
}
