/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.internal.EventTime;
import dev.arbiter.tracker.internal.ring.Collector;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.Loss;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.Aggregator;
import dev.arbiter.tracker.internal.window.BucketLevels;
import dev.arbiter.tracker.internal.window.EventCounts;
import dev.arbiter.tracker.internal.window.RecentKeys;
import dev.arbiter.tracker.internal.window.Tracks;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Wires the parts of a tracker and turns each report into a recorded event. */
final class Ingest {
  /*
   * The wall clock is read at most once a millisecond; until then the last reading serves. A
   * reading costs 30 ns, a fifth of recording an attempt.
   */
  private static final long STAMP_NANOS = 1_000_000;

  final Tracks tracks;
  final ListenerDispatch dispatch;
  final EventCounts counts = new EventCounts();
  final Aggregator aggregator;
  final Collector collector;
  final TaskAttempts tasks;
  private final Sources sources;
  private final LongSupplier nanoTime;
  private final TrackerFlags flags;
  private final Map<String, Supplier<String>> parts;
  private final long spillLimit;
  private final LongAdder doubleCompletions = new LongAdder();
  private final LongAdder corrected = new LongAdder();
  private volatile Stamp stamp;

  private record Stamp(long nanos, long millis) {}

  Ingest(PerformanceTracker.Builder builder, TrackerFlags flags) {
    this.sources = builder.sources;
    this.nanoTime = sources.nanoTime();
    this.flags = flags;
    this.parts = Map.copyOf(builder.parts);
    this.spillLimit = builder.spillBytes;
    this.tracks = new Tracks(builder.capacity, builder.tenantCapacity);
    this.dispatch = new ListenerDispatch(builder.listeners, nanoTime, builder.share);
    BucketLevels levels = new BucketLevels(sources.clock());
    this.aggregator =
        new Aggregator(tracks, levels, dispatch, counts, flags::aggregation, builder.remembered);
    this.collector =
        new Collector(
            aggregator,
            builder.slots,
            builder.spillBytes,
            builder.executor,
            nanoTime,
            new Loss(builder.longestWait));
    this.tasks = new TaskAttempts(this::record, counts);
    this.stamp = new Stamp(nanoTime.getAsLong(), sources.clock().millis());
    flags.whenTrackingTurns(tasks::forget);
  }

  Execution start(String agent, String taskType, String tenant, boolean told) {
    int track = tracks.resolve(agent, taskType, tenant);
    return new Execution(this, track, told, nanoTime.getAsLong());
  }

  void ended(int track, int kind, boolean told, long startNanos, double quality, Usage usage) {
    long now = nanoTime.getAsLong();
    long tag =
        EventTag.of(track, kind, EventTag.NORMAL) | EventTag.told(told && kind == EventTag.ATTEMPT);
    put(tag, wallAt(now), notNegative(now - startNanos), quality, usage, SlotLayout.NO_KEY);
  }

  private void record(
      Task task,
      String agent,
      int kind,
      long bits,
      long at,
      long nanos,
      double quality,
      Usage usage) {
    String tenant = task.tenant();
    int track = tracks.resolve(agent, task.type(), tenant);
    boolean told = kind == EventTag.ATTEMPT && dispatch.hears(tenant, task.id());
    long tag =
        EventTag.of(track, kind, EventTag.importanceOf(task.priority()))
            | bits
            | EventTag.told(told);
    put(tag, at, notNegative(nanos), quality, usage, SlotLayout.NO_KEY);
  }

  void record(String id, FinishedAttempt attempt) {
    String tenant = attempt.tenant();
    int track = tracks.resolve(attempt.agent(), attempt.taskType(), tenant);
    boolean told = id.isEmpty() ? dispatch.hearsNext() : dispatch.hears(tenant, id);
    put(
        EventTag.of(track, EventTag.ATTEMPT, EventTag.NORMAL) | EventTag.told(told),
        EventTime.millis(attempt.at()),
        notNegative(nanos(attempt.time())),
        attempt.stands() ? corrected(attempt.quality()) : SlotLayout.DOES_NOT_STAND,
        attempt.usage(),
        id.isEmpty() ? SlotLayout.NO_KEY : RecentKeys.key(id));
  }

  /** Records an event of now that is not an attempt. */
  void recordNow(
      String agent,
      String taskType,
      String tenant,
      int kind,
      int importance,
      long bits,
      double figure,
      double second) {
    long tag = EventTag.of(tracks.resolve(agent, taskType, tenant), kind, importance) | bits;
    long at = wallAt(nanoTime.getAsLong());
    collector.record(tag, at, 0, figure, second, 0, SlotLayout.NO_KEY);
  }

  private void put(long tag, long at, long nanos, double quality, Usage usage, long key) {
    long tokens = SlotLayout.tokens(usage.inputTokens(), usage.outputTokens());
    collector.record(tag, at, nanos, quality, usage.cost(), tokens, key);
  }

  /** Lets an agent be found that has done nothing yet. */
  void know(String agent) {
    tracks.know(agent);
  }

  private long wallAt(long nanos) {
    Stamp last = stamp;
    long since = nanos - last.nanos;
    if (since >= STAMP_NANOS || since <= -STAMP_NANOS) {
      last = new Stamp(nanos, wallMillis());
      stamp = last;
    }
    return last.millis;
  }

  long wallMillis() {
    return sources.clock().millis();
  }

  void endedTwice() {
    doubleCompletions.increment();
  }

  double corrected(double quality) {
    if (quality >= 0 && quality <= 1) {
      return quality;
    }
    corrected.increment();
    return quality > 1 ? 1 : 0;
  }

  private long notNegative(long nanos) {
    if (nanos >= 0) {
      return nanos;
    }
    corrected.increment();
    return 0;
  }

  private static long nanos(Duration time) {
    try {
      return time.toNanos();
    } catch (ArithmeticException e) {
      return time.isNegative() ? -1 : Long.MAX_VALUE;
    }
  }

  void flush() {
    collector.acquire();
    try {
      collector.drain();
    } finally {
      collector.release();
    }
  }

  PerformanceTracker.Stats stats() {
    return new PerformanceTracker.Stats(
        collector.claimed(),
        collector.delivered(),
        collector.spilled(),
        collector.loss().all() + tasks.notOpened(),
        aggregator.late(),
        doubleCompletions.sum(),
        corrected.sum(),
        tracks.count(),
        tasks.open());
  }

  TrackerHealth health() {
    long waiting = Math.max(0, collector.claimed() - collector.delivered());
    Loss loss = collector.loss();
    Duration sinceFlush = Duration.ofNanos(collector.sinceDrained());
    return new TrackerHealth(
        flags.tracking(),
        waiting,
        collector.slots(),
        collector.spillBytes(),
        spillLimit,
        waiting == 0 ? Duration.ZERO : sinceFlush,
        sinceFlush,
        collector.waits(),
        new TrackerHealth.Dropped(
            loss.of(0),
            loss.of(EventTag.NORMAL),
            loss.of(2),
            loss.of(EventTag.CRITICAL),
            tasks.notOpened()),
        aggregator.duplicates(),
        aggregator.late(),
        dispatch.errors(),
        partStates());
  }

  private SortedMap<String, String> partStates() {
    SortedMap<String, String> states = new TreeMap<>();
    parts.forEach(
        (name, state) -> {
          try {
            states.put(name, state.get());
          } catch (RuntimeException e) {
            states.put(name, "unknown: " + e);
          }
        });
    return states;
  }
}
