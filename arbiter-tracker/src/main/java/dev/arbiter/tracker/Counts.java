/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** How many events of each type there were. */
final class Counts {
  /*
   * What becomes a slot is counted when the slot is read, by one thread, which costs next to
   * nothing; the rest by adders.
   */
  private static final int MOST_NAMES = 256;

  final LongAdder decisions = new LongAdder();
  final LongAdder selections = new LongAdder();
  final LongAdder registrations = new LongAdder();
  final LongAdder statusChanges = new LongAdder();
  final LongAdder admissions = new LongAdder();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong validations = new AtomicLong();
  private final AtomicLong evaluations = new AtomicLong();
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();

  /** Counts what a slot held; one thread at a time. */
  void add(long tag) {
    int kind = Tag.kind(tag);
    if (kind == Tag.ATTEMPT || kind == Tag.EXCUSED) {
      increment(ended);
    }
    if (Tag.isJudged(tag) || kind == Tag.VALIDATION) {
      increment(validations);
    }
    if (Tag.isJudged(tag) || kind == Tag.EVALUATION) {
      increment(evaluations);
    }
  }

  private static void increment(AtomicLong counter) {
    counter.setRelease(counter.getPlain() + 1);
  }

  /** Counts an event with a name; names beyond 256 count as one. */
  void add(String name) {
    LongAdder adder = named.get(name);
    if (adder == null) {
      String kept = named.size() < MOST_NAMES ? name : PerformanceTracker.OTHER;
      adder = named.computeIfAbsent(kept, any -> new LongAdder());
    }
    adder.increment();
  }

  /** All counts by name. */
  SortedMap<String, Long> all(int open) {
    SortedMap<String, Long> all = new TreeMap<>();
    all.put("task_execution_start", ended.get() + open);
    all.put("task_execution_complete", ended.get());
    all.put("routing_decision", decisions.sum());
    all.put("agent_selection", selections.sum());
    all.put("agent_registration", registrations.sum());
    all.put("agent_status_change", statusChanges.sum());
    all.put("constitutional_validation", admissions.sum() + validations.get());
    all.put("evaluation_outcome", evaluations.get());
    all.put("anomaly_detected", 0L);
    all.put("system_load_spike", 0L);
    named.forEach((name, count) -> all.merge(name, count.sum(), Long::sum));
    return all;
  }
}
