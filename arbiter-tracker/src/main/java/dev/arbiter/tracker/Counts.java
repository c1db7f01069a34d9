/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
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
  private final AtomicLongArray slots = new AtomicLongArray(Tag.SHAPES);
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();

  /** Counts what a slot held; one thread at a time. */
  void add(long tag) {
    int shape = Tag.shape(tag);
    slots.setOpaque(shape, slots.getPlain(shape) + 1);
  }

  private long ofKind(int kind) {
    return slots.get(Tag.shape(kind, false)) + slots.get(Tag.shape(kind, true));
  }

  /** Those of a kind, and all that were judged. */
  private long judgedOr(int kind) {
    long sum = slots.get(Tag.shape(kind, false));
    for (int any = 0; any < Tag.KINDS; any++) {
      sum += slots.get(Tag.shape(any, true));
    }
    return sum;
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
    long ended = ofKind(Tag.ATTEMPT) + ofKind(Tag.EXCUSED);
    all.put("task_execution_start", ended + open);
    all.put("task_execution_complete", ended);
    all.put("routing_decision", decisions.sum());
    all.put("agent_selection", selections.sum());
    all.put("agent_registration", registrations.sum());
    all.put("agent_status_change", statusChanges.sum());
    all.put("constitutional_validation", admissions.sum() + judgedOr(Tag.VALIDATION));
    all.put("evaluation_outcome", judgedOr(Tag.EVALUATION));
    all.put("anomaly_detected", 0L);
    all.put("system_load_spike", 0L);
    named.forEach((name, count) -> all.merge(name, count.sum(), Long::sum));
    return all;
  }
}
