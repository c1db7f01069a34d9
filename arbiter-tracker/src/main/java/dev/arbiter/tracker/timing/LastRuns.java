/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import dev.arbiter.tracker.timing.TimedRun.Pair;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The recent runs of a bounded number of pairs. Not thread-safe. */
final class LastRuns {
  private final Map<Pair, ArrayDeque<TimedRun>> pairs = new LinkedHashMap<>(16, 0.75f, true);
  private final int capacity;
  private long forgotten;

  LastRuns(int capacity) {
    this.capacity = capacity;
  }

  /** Adds a run; removes the least recently used pair if there are too many. */
  void add(TimedRun run) {
    ArrayDeque<TimedRun> runs = pairs.computeIfAbsent(run.pair(), pair -> new ArrayDeque<>());
    runs.addLast(run);
    if (runs.size() > AgentTimings.KEPT) {
      runs.removeFirst();
    }
    if (pairs.size() > capacity) {
      pairs.remove(pairs.keySet().iterator().next());
      forgotten++;
    }
  }

  AgentTimings.Summary summary(Pair pair) {
    ArrayDeque<TimedRun> runs = pairs.getOrDefault(pair, new ArrayDeque<>());
    long[] nanos =
        runs.stream()
            .filter(TimedRun::success)
            .mapToLong(run -> run.duration().toNanos())
            .toArray();
    return AgentTimings.Summary.of(pair, runs.size(), nanos);
  }

  /** The pairs of an agent. */
  List<Pair> of(String agent) {
    return pairs.keySet().stream().filter(pair -> pair.agent().equals(agent)).toList();
  }

  /** All runs, the oldest first. */
  List<TimedRun> all() {
    List<TimedRun> all = new ArrayList<>();
    pairs.values().forEach(all::addAll);
    all.sort(Comparator.comparing(TimedRun::at));
    return all;
  }

  long forgotten() {
    return forgotten;
  }
}
