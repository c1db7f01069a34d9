/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.PerformanceTracker;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/** The watches of all agents, bounded. Not thread-safe. */
final class AgentWatches {
  /*
   * When there are too many agents, the one that was idle for longest goes, if it was idle long
   * enough. Otherwise a flood of made-up names would displace working agents. Further names share
   * one watch.
   */
  private final Map<String, AgentWatch> watches = new LinkedHashMap<>(16, 0.75f, true);
  private final AlertLimits limits;
  private final int capacity;
  private AgentWatch others;
  private long inOthers;

  AgentWatches(AlertLimits limits, int capacity) {
    this.limits = limits;
    this.capacity = capacity;
    this.others = new AgentWatch(PerformanceTracker.OTHER, limits);
  }

  AgentWatch of(String agent, long nanos, Consumer<Alert> out) {
    AgentWatch known = watches.get(agent);
    if (known != null) {
      return known;
    }
    if (agent.equals(PerformanceTracker.OTHER)
        || (watches.size() >= capacity && !forgetOne(nanos, out))) {
      inOthers++;
      return others;
    }
    AgentWatch watch = new AgentWatch(agent, limits);
    watches.put(agent, watch);
    return watch;
  }

  /** Removes agents that were idle for long and ends their anomalies. */
  void forget(long nanos, Consumer<Alert> out) {
    int left = watches.size();
    while (left > 0 && forgetOne(nanos, out)) {
      left--;
    }
    if (others.isIdle(nanos)) {
      others.end(out);
    }
  }

  private boolean forgetOne(long nanos, Consumer<Alert> out) {
    Iterator<AgentWatch> eldest = watches.values().iterator();
    AgentWatch watch = eldest.next();
    if (!watch.isIdle(nanos)) {
      return false;
    }
    watch.end(out);
    eldest.remove();
    return true;
  }

  void relearn(String agent, Consumer<Alert> out) {
    if (agent.equals(PerformanceTracker.OTHER)) {
      others.end(out);
      others = new AgentWatch(PerformanceTracker.OTHER, limits);
      return;
    }
    AgentWatch watch = watches.remove(agent);
    if (watch != null) {
      watch.end(out);
    }
  }

  void firing(Consumer<Alert> sink) {
    watches.values().forEach(watch -> watch.firing(sink));
    others.firing(sink);
  }

  int count() {
    return watches.size();
  }

  int learning() {
    return (int) watches.values().stream().filter(AgentWatch::isLearning).count();
  }

  /** Attempts and judgements of agents without a watch of their own. */
  long inOthers() {
    return inOthers;
  }
}
