/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import dev.arbiter.example.maintenance.RunLog.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Figures over tasks.
 *
 * @param entries the tasks, in the order in which they ended
 */
record RunFigures(List<Entry> entries) {
  private static final int WINDOWS = 8;

  /** The figures of some of the tasks. */
  RunFigures where(Predicate<Entry> which) {
    return new RunFigures(entries.stream().filter(which).toList());
  }

  /** The figures of the tasks from one place to another, from 0. */
  RunFigures part(int from, int to) {
    return new RunFigures(entries.subList(from, to));
  }

  int size() {
    return entries.size();
  }

  /** {@return the share of tasks that meet a condition; 0 if there are no tasks} */
  double share(Predicate<Entry> so) {
    return entries.isEmpty() ? 0 : (double) where(so).size() / size();
  }

  /** The length of a moving window that fits several times into the run, at least 1. */
  int window() {
    return Math.max(1, size() / WINDOWS);
  }

  /** {@return for each task the share that meets a condition, over a window that ends with it} */
  List<Double> movingShares(int window, Predicate<Entry> so) {
    List<Double> shares = new ArrayList<>(size());
    int count = 0;
    for (int task = 0; task < size(); task++) {
      count += so.test(entries.get(task)) ? 1 : 0;
      count -= task >= window && so.test(entries.get(task - window)) ? 1 : 0;
      shares.add((double) count / Math.min(task + 1, window));
    }
    return shares;
  }

  /** A time of each task that ended in this process in milliseconds, shortest first. */
  List<Double> millis(ToLongFunction<Entry> nanos) {
    return entries.stream()
        .filter(Entry::isMeasured)
        .map(entry -> nanos.applyAsLong(entry) / 1e6)
        .sorted()
        .toList();
  }

  static double median(List<Double> sorted) {
    return sorted.isEmpty() ? 0 : sorted.get(sorted.size() / 2);
  }

  static double p99(List<Double> sorted) {
    return sorted.isEmpty() ? 0 : sorted.get((int) Math.ceil(sorted.size() * 0.99) - 1);
  }
}
