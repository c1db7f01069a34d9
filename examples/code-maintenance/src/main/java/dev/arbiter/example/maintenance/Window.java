/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.Ledger.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Looks back over the last tasks from each task on; at the start, over all so far.
 *
 * @param tasks how many it looks back over, at least 1
 */
record Window(int tasks) {
  private static final int WINDOWS = 8;

  /** One that fits several times into a run. */
  static Window over(List<Entry> run) {
    return new Window(Math.max(1, run.size() / WINDOWS));
  }

  /** For each task of a run, the share of tasks in the window that are so. */
  List<Double> shares(List<Entry> run, Predicate<Entry> so) {
    List<Double> shares = new ArrayList<>(run.size());
    int count = 0;
    for (int task = 0; task < run.size(); task++) {
      count += so.test(run.get(task)) ? 1 : 0;
      count -= task >= tasks && so.test(run.get(task - tasks)) ? 1 : 0;
      shares.add((double) count / Math.min(task + 1, tasks));
    }
    return shares;
  }
}
