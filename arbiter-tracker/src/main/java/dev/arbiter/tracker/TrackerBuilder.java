/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.ring.Loss;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Collects the parts of a {@link PerformanceTracker}; not thread-safe. */
public final class TrackerBuilder {
  private static final int MOST_SLOTS = 1 << 20;
  private static final int FEWEST_SLOTS = 64;
  private static final int MOST_REMEMBERED = 1 << 24;

  Sources sources = Sources.system();
  int capacity = 4096;
  int tenantCapacity = Integer.MAX_VALUE;
  int slots = 1024;
  long spillBytes = 16L << 20;
  int remembered = 1 << 16;
  long longestWait = Loss.NEVER;
  @Nullable Executor executor;
  final List<AttemptListener> listeners = new ArrayList<>();
  final Map<String, Supplier<String>> parts = new LinkedHashMap<>();
  double share = 1;
  private @Nullable TrackerFlags flags;

  TrackerBuilder() {}

  TrackerFlags flags() {
    return flags == null ? new TrackerFlags(true, true, true, true) : flags;
  }

  /**
   * Says what is switched on, default everything. Of use where a listener is to look at the same
   * flags: {@code listener(training.when(flags::training))}.
   *
   * @param flags may be flipped later
   * @return this
   */
  public TrackerBuilder flags(TrackerFlags flags) {
    this.flags = flags;
    return this;
  }

  /**
   * Takes flags and share of tasks from a configuration.
   *
   * @param config what was read
   * @return this
   */
  public TrackerBuilder config(TrackerConfig config) {
    this.flags = config.flags();
    return tellShare(config.samplingRate());
  }

  /**
   * Says where time comes from: the clock for what is now, the nano clock for durations of {@link
   * PerformanceTracker#start}; default the machine's.
   *
   * @param sources the same the Arbiter has
   * @return this
   */
  public TrackerBuilder sources(Sources sources) {
    this.sources = sources;
    return this;
  }

  /**
   * Limits how many triples of agent, task type and tenant have a series of their own, default
   * 4,096.
   *
   * @param series at least 1
   * @return this
   */
  public TrackerBuilder capacity(int series) {
    if (series < 1) {
      throw new IllegalArgumentException("tracker.capacity must be at least 1, got " + series);
    }
    this.capacity = series;
    return this;
  }

  /**
   * Limits how many of the {@link #capacity} one tenant may take, so that its flood of names leaves
   * room for the others; default all. What it does beyond counts where it counts without capacity.
   *
   * @param series at least 1
   * @return this
   */
  public TrackerBuilder tenantCapacity(int series) {
    if (series < 1) {
      throw new IllegalArgumentException(
          "tracker.tenantCapacity must be at least 1, got " + series);
    }
    this.tenantCapacity = series;
    return this;
  }

  /**
   * Sizes a ring, of which there are two to four for each core, default 1,024. A slot is 64 bytes.
   *
   * @param slots 64 to 1,048,576, made a power of two by rounding up
   * @return this
   */
  public TrackerBuilder slots(int slots) {
    if (slots < FEWEST_SLOTS || slots > MOST_SLOTS) {
      throw new IllegalArgumentException("tracker.slots must be 64 to 1048576, got " + slots);
    }
    this.slots = Integer.highestOneBit(2 * slots - 1);
    return this;
  }

  /**
   * Limits the spare room for attempts that end while the folding is stalled and their ring is
   * full; when it is used up too, whoever records waits. Default 16 MiB, for 262,144 attempts.
   *
   * @param bytes at least 0
   * @return this
   */
  public TrackerBuilder spillBytes(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("tracker.spillBytes must not be negative, got " + bytes);
    }
    this.spillBytes = bytes;
    return this;
  }

  /**
   * Allows loss: whoever finds neither a slot nor spare room waits for so long, then drops what it
   * would have recorded, which {@link TrackerHealth#dropped()} counts by class. Attempts of tasks
   * of priority 10 and validations that did not pass are never dropped. By default whoever records
   * waits as long as it takes and nothing is lost.
   *
   * @param longestWait at least zero
   * @return this
   */
  public TrackerBuilder dropAfter(Duration longestWait) {
    if (longestWait.isNegative()) {
      throw new IllegalArgumentException(
          "tracker.dropAfter must not be negative, got " + longestWait);
    }
    this.longestWait = longestWait.toNanos();
    return this;
  }

  /**
   * Says who folds a full batch in place of the thread that filled it. When it refuses or falls
   * behind, that thread still does.
   *
   * @param executor is given one short run at a time
   * @return this
   */
  public TrackerBuilder executor(Executor executor) {
    this.executor = executor;
    return this;
  }

  /**
   * Adds somebody who is told of finished attempts.
   *
   * @param listener called by whoever folds, in the order in which listeners were added
   * @return this
   */
  public TrackerBuilder listener(AttemptListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Limits what listeners are told to a share of the tasks, default 1. All attempts of a task are
   * told, or none, by a hash of its tenant and id; {@link FinishedAttempt#weight()} makes up for
   * the others. Windows and counts always have all.
   *
   * @param share above 0, at most 1
   * @return this
   */
  public TrackerBuilder tellShare(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("tracker.tellShare must be in (0,1], got " + share);
    }
    this.share = share;
    return this;
  }

  /**
   * Says how many ids of {@link PerformanceTracker#record} are remembered at least to tell
   * duplicates, default 65,536. Takes 64 bytes for each, once the first id comes.
   *
   * @param ids 0 to 16,777,216
   * @return this
   */
  public TrackerBuilder remember(int ids) {
    if (ids < 0 || ids > MOST_REMEMBERED) {
      throw new IllegalArgumentException("tracker.remember must be 0 to 16777216, got " + ids);
    }
    this.remembered = ids;
    return this;
  }

  /**
   * Adds the state of something beside the tracker to {@link TrackerHealth#parts()}, such as alert
   * channels.
   *
   * @param name its name
   * @param state asked for each report; what it throws is the state
   * @return this
   */
  public TrackerBuilder part(String name, Supplier<String> state) {
    parts.put(name, state);
    return this;
  }

  /**
   * Builds the tracker.
   *
   * @return a new tracker
   */
  public PerformanceTracker build() {
    return new PerformanceTracker(this);
  }
}
