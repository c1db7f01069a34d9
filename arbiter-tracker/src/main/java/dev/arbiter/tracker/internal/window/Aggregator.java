/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.WindowSummary;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Adds events to series and passes attempts to listeners. Used under the collector's lock. */
public final class Aggregator implements SlotLayout.Reader {
  /*
   * If a track counts in one series only, its open bucket is cached until the tick ends or branches
   * part: looking it up for each event took as long as adding to it. Testing for listeners before
   * adding instead of afterwards saves a quarter.
   */
  private final Tracks tracks;
  private final BucketLevels levels;
  private final ClosedBuckets past;
  private final Sink listeners;
  private final EventCounts counts;
  private final BooleanSupplier enabled;
  private final RecentKeys recent;
  private final Accumulator sum = new Accumulator();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private boolean aggregating;
  private @Nullable OpenBucket[] buckets = {};
  private long bucketsTick = Long.MIN_VALUE;
  private int partings;

  /** Receives the attempts for listeners. */
  public interface Sink {
    /** Takes the attempt in a slot. */
    void tell(Track track, long[] words, int slot);
  }

  public Aggregator(
      Tracks tracks,
      BucketLevels levels,
      Sink listeners,
      EventCounts counts,
      BooleanSupplier enabled,
      int remembered) {
    this.tracks = tracks;
    this.levels = levels;
    this.past = new ClosedBuckets(levels);
    this.listeners = listeners;
    this.counts = counts;
    this.enabled = enabled;
    this.recent = new RecentKeys(remembered);
  }

  @Override
  public void begin() {
    levels.update();
    aggregating = enabled.getAsBoolean();
    if (bucketsTick != levels.tick()) {
      bucketsTick = levels.tick();
      forgetBuckets();
    }
  }

  @Override
  public void read(long[] words, int slot) {
    long key = SlotLayout.key(words, slot);
    if (key != SlotLayout.NO_KEY && !recent.add(key)) {
      duplicates.setRelease(duplicates.getPlain() + 1);
      return;
    }
    long tag = SlotLayout.tag(words, slot);
    counts.add(tag);
    if (EventTag.isTold(tag)) {
      fold(EventTag.track(tag), words, slot);
      listeners.tell(tracks.get(EventTag.track(tag)), words, slot);
    } else {
      fold(EventTag.track(tag), words, slot);
    }
  }

  private void fold(int track, long[] words, int slot) {
    if (!aggregating) {
      return;
    }
    OpenBucket bucket = track < buckets.length ? buckets[track] : null;
    if (!levels.isPresent(SlotLayout.at(words, slot))) {
      addLate(track, words, slot);
    } else if (bucket != null) {
      bucket.add(words, slot);
    } else {
      addPresent(track, words, slot);
    }
  }

  private void addPresent(int track, long[] words, int slot) {
    OpenBucket bucket = tracks.get(track).add(past, words, slot);
    if (partings != tracks.partings()) {
      forgetBuckets();
    }
    if (bucket != null) {
      if (track >= buckets.length) {
        buckets = Arrays.copyOf(buckets, 2 * track + 1);
      }
      buckets[track] = bucket;
    }
  }

  private void addLate(int track, long[] words, int slot) {
    long place = levels.at(SlotLayout.at(words, slot));
    if (place == BucketLevels.TOO_OLD) {
      late.setRelease(late.getPlain() + 1);
      return;
    }
    tracks.get(track).addLate(past, place, words, slot);
    if (partings != tracks.partings()) {
      forgetBuckets();
    }
  }

  private void forgetBuckets() {
    partings = tracks.partings();
    Arrays.fill(buckets, null);
  }

  /** All windows, and the keys of recent attempts, as bytes. */
  public byte[] snapshot() {
    levels.update();
    return new WindowSnapshot(tracks, levels, past).bytes(recent);
  }

  /**
   * Goes on from a snapshot; before the first event.
   *
   * @throws IllegalArgumentException if it is none, damaged, or of a newer version
   */
  public void restore(byte[] snapshot) {
    new WindowSnapshot(tracks, levels, past).restore(snapshot, recent);
    forgetBuckets();
    bucketsTick = Long.MIN_VALUE;
  }

  /** Sums up one window of the branches. */
  public WindowSummary summarize(List<Branch> branches, Window window) {
    if (branches.size() == 1) {
      return branches.get(0).series().summarize(past, window, sum);
    }
    sum.clear();
    for (Branch branch : branches) {
      branch.series().addTo(sum, past, window);
    }
    return sum.summary(window);
  }

  /**
   * Fits the trends of one window of the branches.
   *
   * @param usualLog the logarithm of the usual latency at a wall-clock time in milliseconds; NaN
   *     where it is unknown
   */
  public Trends trends(List<Branch> branches, Window window, DoubleUnaryOperator usualLog) {
    TrendFit fit = new TrendFit(millis -> usualLog.applyAsDouble(levels.wall(millis)));
    for (Branch branch : branches) {
      branch.series().forEach(past, window, fit::visit);
      if (window == Window.SHORT) {
        branch.series().forEach(past, Window.MEDIUM, fit::visitHour);
      }
    }
    return fit.trends();
  }

  /** Attempts older than the longest window when they came. */
  public long late() {
    return late.get();
  }

  /** Attempts with a repeated key. */
  public long duplicates() {
    return duplicates.get();
  }
}
