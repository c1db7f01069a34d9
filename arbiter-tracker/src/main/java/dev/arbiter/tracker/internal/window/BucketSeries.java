/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.summary.WindowSummary;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The buckets of one agent, of one of its task types, or of a tenant of that. */
public final class BucketSeries {
  /*
   * The present bucket is open, and older ones when events come late; all others are bytes, closed
   * when the tick ends. An event touches one bucket, whatever windows it is in. There are at most
   * as many late buckets as sub-windows, 116: closing them at eight made events in random order
   * cost 2 us each.
   *
   * Buckets belong to the holder of the collector's lock. An answer is cached with a stamp: the
   * present bucket, its number of changes, that of older ones, and the wall-clock time for which it
   * holds. None of these ever repeats, so a thread that finds them unchanged, and no event waiting
   * in the collector, needs no lock.
   */
  private byte[] closed = ClosedBuckets.NOTHING;
  private @Nullable OpenBucket present;
  private int lateChanges;
  private long tick = Long.MIN_VALUE;
  private volatile @Nullable AtomicReferenceArray<@Nullable Answer> answers;

  private record Answer(
      @Nullable OpenBucket present,
      int changes,
      int lateChanges,
      long from,
      long until,
      WindowSummary summary) {}

  /** The bucket that attempts go to until the tick ends. */
  OpenBucket present(ClosedBuckets past) {
    roll(past);
    OpenBucket bucket = present;
    if (bucket == null) {
      bucket = new OpenBucket(past.time.present(), null);
      present = bucket;
    }
    return bucket;
  }

  /** Adds the event in a slot at a closed place that is not too old. */
  void addLate(ClosedBuckets past, long place, long[] words, int slot) {
    late(past, place).add(words, slot);
    lateChanges++;
  }

  private OpenBucket late(ClosedBuckets past, long place) {
    OpenBucket newer = present(past);
    OpenBucket older = newer.older;
    while (older != null && older.place() < place) {
      newer = older;
      older = older.older;
    }
    if (older != null && older.place() == place) {
      return older;
    }
    OpenBucket bucket = new OpenBucket(place, older);
    newer.older = bucket;
    return bucket;
  }

  /** Closes late buckets; the present one stays open until the tick ends. */
  private void closeLate(ClosedBuckets past) {
    OpenBucket bucket = present(past);
    closed = past.close(closed, bucket.older);
    bucket.older = null;
  }

  private void roll(ClosedBuckets past) {
    if (tick != past.time.tick()) {
      tick = past.time.tick();
      closed = past.close(closed, present);
      present = null;
    }
  }

  /** Answers, and keeps the answer. */
  WindowSummary summarize(ClosedBuckets past, Window window, Accumulator sum) {
    sum.clear();
    addTo(sum, past, window);
    WindowSummary summary = sum.summary(window);
    AtomicReferenceArray<@Nullable Answer> kept = answers;
    if (kept == null) {
      kept = new AtomicReferenceArray<>(BucketLevels.COUNT);
      answers = kept;
    }
    Answer answer =
        new Answer(present, changes(), lateChanges, past.time.from(), past.time.until(), summary);
    kept.setRelease(BucketLevels.of(window), answer);
    return summary;
  }

  private int changes() {
    OpenBucket bucket = present;
    return bucket == null ? 0 : bucket.changes();
  }

  /** Adds the events of a window to a sum. */
  void addTo(Accumulator sum, ClosedBuckets past, Window window) {
    roll(past);
    int level = BucketLevels.of(window);
    OpenBucket bucket = present;
    while (bucket != null && BucketLevels.level(bucket.place()) <= level) {
      bucket.addTo(sum);
      bucket = bucket.older;
    }
    past.addTo(sum, closed, level);
  }

  /** Shows every sub-window of a window, the newest first. */
  void forEach(ClosedBuckets past, Window window, ClosedBuckets.Visitor visitor) {
    closeLate(past);
    past.forEach(present(past), closed, BucketLevels.of(window), visitor);
  }

  /** The content as bytes: that of the present too. */
  byte[] content(ClosedBuckets past) {
    roll(past);
    return past.close(closed, present);
  }

  /** Takes content, in place of the own. */
  void content(byte[] bytes) {
    closed = bytes;
    present = null;
    tick = Long.MIN_VALUE;
    lateChanges++;
  }

  /** The same content, apart. */
  BucketSeries copy() {
    BucketSeries copy = new BucketSeries();
    copy.closed = closed;
    copy.present = present == null ? null : present.copy();
    copy.tick = tick;
    return copy;
  }

  /** The last answer, if it would be the same now. */
  public @Nullable WindowSummary current(Window window, long wallMillis) {
    Answer answer = answer(window);
    return answer != null
            && answer.present == present
            && answer.changes == changes()
            && answer.lateChanges == lateChanges
            && answer.from <= wallMillis
            && wallMillis < answer.until
        ? answer.summary
        : null;
  }

  /** The last answer, however old. */
  public WindowSummary last(Window window) {
    Answer answer = answer(window);
    return answer == null ? WindowSummary.none() : answer.summary;
  }

  private @Nullable Answer answer(Window window) {
    AtomicReferenceArray<@Nullable Answer> kept = answers;
    return kept == null ? null : kept.getAcquire(BucketLevels.of(window));
  }
}
