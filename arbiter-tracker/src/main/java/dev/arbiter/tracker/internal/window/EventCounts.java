/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.ring.EventTag;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** How many events of each type there were. */
public final class EventCounts {
  /*
   * Events with a slot are counted by the one reading thread, which costs next to nothing; all
   * others by adders.
   */
  private static final int MOST_NAMES = 256;

  public final LongAdder decisions = new LongAdder();
  public final LongAdder selections = new LongAdder();
  public final LongAdder registrations = new LongAdder();
  public final LongAdder statusChanges = new LongAdder();
  public final LongAdder admissions = new LongAdder();
  private final AtomicLongArray slots = new AtomicLongArray(EventTag.SHAPES);
  private final Map<String, LongAdder> named = new ConcurrentHashMap<>();

  /** Counts the event of a slot; one thread at a time. */
  void add(long tag) {
    int shape = EventTag.shape(tag);
    slots.setOpaque(shape, slots.getPlain(shape) + 1);
  }

  private long ofKind(int kind) {
    return slots.get(EventTag.shape(kind, false)) + slots.get(EventTag.shape(kind, true));
  }

  /** Those of a kind, and all that were judged. */
  private long judgedOr(int kind) {
    long sum = slots.get(EventTag.shape(kind, false));
    for (int any = 0; any < EventTag.KINDS; any++) {
      sum += slots.get(EventTag.shape(any, true));
    }
    return sum;
  }

  /** Counts an event with a name; names beyond 256 count as one. */
  public void add(String name) {
    LongAdder adder = named.get(name);
    if (adder == null) {
      String kept = named.size() < MOST_NAMES ? name : Tracks.OTHER;
      adder = named.computeIfAbsent(kept, any -> new LongAdder());
    }
    adder.increment();
  }

  /** All counts by name. */
  public SortedMap<String, Long> all(int open) {
    SortedMap<String, Long> all = new TreeMap<>();
    long ended = ofKind(EventTag.ATTEMPT) + ofKind(EventTag.EXCUSED);
    all.put("task_execution_start", ended + open);
    all.put("task_execution_complete", ended);
    all.put("routing_decision", decisions.sum());
    all.put("agent_selection", selections.sum());
    all.put("agent_registration", registrations.sum());
    all.put("agent_status_change", statusChanges.sum());
    all.put("constitutional_validation", admissions.sum() + judgedOr(EventTag.VALIDATION));
    all.put("evaluation_outcome", judgedOr(EventTag.EVALUATION));
    all.put("anomaly_detected", 0L);
    all.put("system_load_spike", 0L);
    named.forEach((name, count) -> all.merge(name, count.sum(), Long::sum));
    return all;
  }
}
