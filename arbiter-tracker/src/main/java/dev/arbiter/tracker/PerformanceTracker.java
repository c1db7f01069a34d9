/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Window;
import dev.arbiter.task.Usage;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how every attempt of every agent ended, and answers from it.
 *
 * <p>As the listener of an Arbiter it derives attempts from the events of tasks: an attempt begins
 * when its agent does and ends, once, with the verdict, the return to routing or the end of the
 * task. Only work that stands is a success; a denied, failed, timed-out or cancelled attempt is
 * none. Its time is what the engine measured; without a report, the time from the agent's begin to
 * the failure. A host without an Arbiter calls {@link #start} and ends the handle.
 *
 * <p><b>Windows</b> slide. Each reaches back at least as far as its name says and at most one
 * sub-window further: 10 s for {@link Window#REALTIME}, 2 min for {@link Window#SHORT}, 1 h for
 * {@link Window#MEDIUM}, 6 h for {@link Window#LONG}. An attempt counts where its event time puts
 * it, in whatever order attempts come, up to 7 days late; later ones are counted in {@link
 * TrackerStats#late()}. A clock that is set back does not turn windows back. Percentiles are within
 * 1.6 % of a value that occurred.
 *
 * <p><b>Threads.</b> There is no thread of its own: a library should not keep a process alive, wake
 * an idle one, or have to be closed for its threads' sake. Whoever records the 256th attempt on a
 * ring folds those, about 20 us, and whoever asks folds the rest. Give an {@link Builder#executor}
 * to have the folding done there instead. Recording takes no lock, allocates nothing but the {@link
 * Execution}, and waits only when the folding has been stalled for so long that all spare room is
 * used up; nothing is lost before the close. The first sight of an agent or a task type takes a
 * lock.
 *
 * <p><b>Memory</b> is bounded by {@link Builder#capacity}: agents and task types beyond it count
 * under {@value #OTHER}. A series takes some hundred bytes; each sub-window with a few attempts
 * about 150 bytes, and with many about 150 for each octave that their times span. 10,000 agents
 * with 100 attempts each, spread over an hour, take 111 MB.
 */
public final class PerformanceTracker implements ArbiterListener, PerformanceView, AutoCloseable {
  /** Under this name counts what has no series of its own. */
  public static final String OTHER = "(other)";

  private static final long LONGEST_WAIT_NANOS = 1_000_000;

  private final Sources sources;
  private final Tracks tracks;
  private final Folding folding;
  private final Collector collector;
  private final TaskAttempts taskAttempts = new TaskAttempts(this::record);
  private final LongAdder doubleCompletions = new LongAdder();
  private final LongAdder corrected = new LongAdder();

  private PerformanceTracker(Builder builder) {
    this.sources = builder.sources;
    this.tracks = new Tracks(builder.capacity);
    this.folding = new Folding(tracks, new Levels(sources.clock()));
    this.collector = new Collector(folding, builder.slots, builder.spillBytes, builder.executor);
  }

  /**
   * A tracker with defaults for everything.
   *
   * @return a new tracker
   */
  public static PerformanceTracker create() {
    return builder().build();
  }

  /**
   * Starts a tracker.
   *
   * @return a builder with defaults for everything
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent taskEvent) {
      taskAttempts.on(taskEvent);
    }
  }

  /**
   * Begins an attempt that no Arbiter runs.
   *
   * @param agent who works
   * @param taskType at what, empty to count for the agent only
   * @return the handle that ends it
   */
  public Execution start(String agent, String taskType) {
    return new Execution(
        this, tracks.resolve(agent, taskType).id(), sources.nanoTime().getAsLong());
  }

  /**
   * How an agent did, everything recorded before the call included.
   *
   * <p>Costs about 0.1 us when nothing changed since the last call, else some microseconds. While
   * another thread folds it waits for that, at most a millisecond, then answers as of the call
   * before; {@link #flush} waits as long as it takes.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param window how far back
   * @return a snapshot, {@link Performance#none()} for the unknown
   */
  @Override
  public Performance performance(String agent, String taskType, Window window) {
    return summary(agent, taskType, window).performance();
  }

  /**
   * All that is known of how an agent did; as {@link #performance}, with more in it.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param window how far back
   * @return a snapshot, {@link WindowSummary#none()} for the unknown
   */
  public WindowSummary summary(String agent, String taskType, Window window) {
    Series series = tracks.find(agent, taskType);
    if (series == null) {
      return WindowSummary.none();
    }
    if (collector.isEmpty()) {
      WindowSummary current = series.current(window, sources.clock().millis());
      if (current != null) {
        return current;
      }
    }
    if (!collector.acquire(LONGEST_WAIT_NANOS)) {
      return series.last(window);
    }
    try {
      collector.drain();
      return folding.summarize(series, window);
    } finally {
      collector.release();
    }
  }

  /**
   * Who was seen, as far as they have series of their own.
   *
   * @return agent ids and {@value #OTHER}, in alphabetical order
   */
  public Set<String> agents() {
    return tracks.agents();
  }

  /**
   * What an agent was seen at, as far as it has series of its own.
   *
   * @param agent the agent's id
   * @return types of tasks in alphabetical order, empty for an unknown agent
   */
  public Set<String> taskTypes(String agent) {
    return tracks.taskTypes(agent);
  }

  /**
   * Puts everything recorded before the call into the windows, however long another thread that
   * does so takes.
   */
  public void flush() {
    collector.acquire();
    try {
      collector.drain();
    } finally {
      collector.release();
    }
  }

  /**
   * How the tracker is doing; folds nothing.
   *
   * @return counts, each exact when nobody records meanwhile
   */
  public TrackerStats stats() {
    return new TrackerStats(
        collector.claimed(),
        collector.delivered(),
        collector.spilled(),
        collector.dropped() + taskAttempts.notOpened(),
        folding.late(),
        doubleCompletions.sum(),
        corrected.sum(),
        tracks.count(),
        taskAttempts.open());
  }

  /**
   * Accepts nothing any more, and puts all that was accepted into the windows, which can still be
   * asked. Attempts that end later are counted in {@link TrackerStats#dropped()}.
   */
  @Override
  public void close() {
    collector.close();
  }

  private void record(
      String agent, String taskType, long at, long nanos, double quality, Usage usage) {
    int track = tracks.resolve(agent, taskType).id();
    collector.record(track, at, notNegative(nanos), quality, usage);
  }

  void ended(int track, long startNanos, double quality, Usage usage) {
    long nanos = sources.nanoTime().getAsLong() - startNanos;
    collector.record(track, sources.clock().millis(), notNegative(nanos), quality, usage);
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

  /** Collects the parts of a {@link PerformanceTracker}; not thread-safe. */
  public static final class Builder {
    private static final int MOST_SLOTS = 1 << 20;
    private static final int FEWEST_SLOTS = 64;

    private Sources sources = Sources.system();
    private int capacity = 4096;
    private int slots = 1024;
    private long spillBytes = 16L << 20;
    private @Nullable Executor executor;

    private Builder() {}

    /**
     * Says where time comes from: the clock for what is now, the nano clock for durations of {@link
     * #start}; default the machine's.
     *
     * @param sources the same the Arbiter has
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Limits how many pairs of agent and task type have a series of their own, default 4,096.
     *
     * @param series at least 1
     * @return this
     */
    public Builder capacity(int series) {
      if (series < 1) {
        throw new IllegalArgumentException("tracker.capacity must be at least 1, got " + series);
      }
      this.capacity = series;
      return this;
    }

    /**
     * Sizes a ring, of which there are two to four for each core, default 1,024. A slot is 64
     * bytes.
     *
     * @param slots 64 to 1,048,576, made a power of two by rounding up
     * @return this
     */
    public Builder slots(int slots) {
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
    public Builder spillBytes(long bytes) {
      if (bytes < 0) {
        throw new IllegalArgumentException("tracker.spillBytes must not be negative, got " + bytes);
      }
      this.spillBytes = bytes;
      return this;
    }

    /**
     * Says who folds a full batch in place of the thread that filled it. When it refuses or falls
     * behind, that thread still does.
     *
     * @param executor is given one short run at a time
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
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
}
