/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Task;
import dev.arbiter.tracker.internal.ring.Loss;
import dev.arbiter.tracker.internal.window.Branch;
import dev.arbiter.tracker.internal.window.BucketSeries;
import dev.arbiter.tracker.internal.window.Tracks;
import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers how every attempt of every agent ended, and answers from it.
 *
 * <p>As the listener of an Arbiter it derives attempts from the events of tasks: an attempt begins
 * when its agent does and ends, once, with the verdict, the return to routing or the end of the
 * task. Only work that stands is a success; a denied, failed or timed-out attempt is none. What
 * ended for no fault of the agent (called off, out of the task's time, approval void, a fault
 * inside Arbiter) is told apart: {@link WindowSummary#excused()}. An attempt's time is what the
 * engine measured; without a report, the time from the agent's begin to the failure. A host without
 * an Arbiter calls {@link #start} and ends the handle, and tells the rest through {@link #events}.
 *
 * <p><b>Windows</b> slide. Each reaches back at least as far as its name says and at most one
 * sub-window further: 10 s for {@link Window#REALTIME}, 2 min for {@link Window#SHORT}, 1 h for
 * {@link Window#MEDIUM}, 6 h for {@link Window#LONG}. An attempt counts where its event time puts
 * it, in whatever order attempts come, up to 7 days late; later ones are counted in {@link
 * Stats#late()}. A clock that is set back does not turn windows back. Percentiles are within 1.6 %
 * of a value that occurred.
 *
 * <p><b>Threads.</b> There is no thread of its own: a library should not keep a process alive, wake
 * an idle one, or have to be closed for its threads' sake. Whoever records the 256th attempt on a
 * ring folds those, about 20 us, and whoever asks folds the rest. Give an {@link Builder#executor}
 * to have the folding done there instead. Recording takes no lock, allocates nothing but the {@link
 * Execution}, and waits only when the folding has been stalled for so long that all spare room is
 * used up; unless {@link Builder#dropAfter} allows loss, nothing is lost before the close. The
 * first sight of a name takes a lock.
 *
 * <p><b>Memory</b> is bounded by {@link Builder#capacity}: agents, task types and tenants beyond it
 * count under {@value #OTHER}. An agent that works at one type for one tenant takes one series,
 * some hundred bytes, else there is one for each type and tenant too. Of what is over, a sub-window
 * with a few attempts takes 15 to 40 bytes, and one with many up to 100 for each octave their times
 * span; the one that fills takes about 200, or 128 for each octave.
 */
public final class PerformanceTracker implements ArbiterListener, PerformanceView, AutoCloseable {
  /** Under this name counts what has no series of its own. */
  public static final String OTHER = Tracks.OTHER;

  private static final long LONGEST_WAIT_NANOS = 1_000_000;

  private final Ingest ingest;
  private final TrackerFlags flags;
  private final HostEvents events;
  private final Execution untracked;

  PerformanceTracker(Builder builder) {
    this.flags = builder.flags();
    this.ingest = new Ingest(builder, flags);
    this.events = new HostEvents(ingest, flags);
    this.untracked = new Execution(ingest, Execution.NO_TRACK, false, 0);
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

  /**
   * Takes an event of an Arbiter, which publishes each once. An event that comes again while its
   * attempt runs, or after it ended, changes nothing; all events of an attempt over again, as from
   * a queue that may deliver twice, are another attempt: bridge those by {@link #record}.
   */
  @Override
  public void on(ArbiterEvent event) {
    if (!flags.tracking()) {
      return;
    }
    if (event instanceof TaskEvent taskEvent) {
      ingest.tasks.on(taskEvent);
    } else if (event instanceof AgentEvent.Registered registered) {
      events.registered(registered.agent());
    } else if (event instanceof AgentEvent.StatusChanged changed) {
      events.statusChanged(changed.agent(), changed.after().name());
    }
  }

  /**
   * Begins an attempt that no Arbiter runs, at a task without a name, for {@link
   * Task#DEFAULT_TENANT}.
   *
   * @param agent who works
   * @param taskType at what, empty to count for the agent only
   * @return the handle that ends it
   */
  public Execution start(String agent, String taskType) {
    if (!flags.tracking()) {
      return untracked;
    }
    return ingest.start(agent, taskType, Task.DEFAULT_TENANT, ingest.dispatch.hearsNext());
  }

  /**
   * Begins an attempt that no Arbiter runs.
   *
   * @param agent who works
   * @param taskType at what, empty to count for the agent only
   * @param tenant for whom
   * @param taskId which task; listeners are told of all attempts at a task or of none
   * @return the handle that ends it
   */
  public Execution start(String agent, String taskType, String tenant, String taskId) {
    if (!flags.tracking()) {
      return untracked;
    }
    return ingest.start(agent, taskType, tenant, ingest.dispatch.hears(tenant, taskId));
  }

  /**
   * Takes an attempt that ended elsewhere, as from a log or a queue that may deliver twice. It
   * counts where its time puts it, up to 7 days late. An id that came within the last {@link
   * Builder#remember} attempts that had one counts once, the others in {@link
   * TrackerHealth#duplicates()}; one that comes again later counts again.
   *
   * @param id names the attempt, empty for one that cannot come twice
   * @param attempt how it ended; its weight is not looked at
   */
  public void record(String id, FinishedAttempt attempt) {
    if (flags.tracking()) {
      ingest.record(id, attempt);
    }
  }

  /**
   * What else a host tells, and how many events of each type there were.
   *
   * @return the one instance of this tracker
   */
  public HostEvents events() {
    return events;
  }

  /**
   * What is switched on.
   *
   * @return the flags, which may be flipped
   */
  public TrackerFlags flags() {
    return flags;
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
    return summary(agent, taskType, "", window);
  }

  /**
   * All that is known of how an agent did for one tenant. Asked for all types of one tenant it adds
   * them up each time, and waits for another thread that folds as long as it takes.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param tenant for whom, empty for all tenants together
   * @param window how far back
   * @return a snapshot, {@link WindowSummary#none()} for the unknown
   */
  public WindowSummary summary(String agent, String taskType, String tenant, Window window) {
    List<Branch> branches = ingest.tracks.find(agent, taskType, tenant);
    if (branches.isEmpty()) {
      return WindowSummary.none();
    }
    BucketSeries series = branches.get(0).series();
    boolean single = branches.size() == 1;
    if (single && ingest.collector.isEmpty()) {
      WindowSummary current = series.current(window, ingest.wallMillis());
      if (current != null) {
        return current;
      }
    }
    if (!single) {
      ingest.collector.acquire();
    } else if (!ingest.collector.acquire(LONGEST_WAIT_NANOS)) {
      return series.last(window);
    }
    try {
      ingest.collector.drain();
      return ingest.aggregator.summarize(branches, window);
    } finally {
      ingest.collector.release();
    }
  }

  /**
   * Where an agent is heading, everything recorded before the call included. Waits for another
   * thread that folds, as {@link #flush} does.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param tenant for whom, empty for all tenants together
   * @param window how far back
   * @return a trend for each metric, each stable when there is too little to tell
   */
  public Trends trends(String agent, String taskType, String tenant, Window window) {
    ingest.collector.acquire();
    try {
      ingest.collector.drain();
      return ingest.aggregator.trends(ingest.tracks.find(agent, taskType, tenant), window);
    } finally {
      ingest.collector.release();
    }
  }

  /**
   * Who was seen, as far as they have series of their own.
   *
   * @return agent ids and {@value #OTHER}, in alphabetical order
   */
  public Set<String> agents() {
    return ingest.tracks.agents();
  }

  /**
   * What an agent was seen at, as far as it has series of its own.
   *
   * @param agent the agent's id
   * @return types of tasks in alphabetical order, empty for an unknown agent
   */
  public Set<String> taskTypes(String agent) {
    return ingest.tracks.taskTypes(agent);
  }

  /**
   * Whom an agent was seen working for, as far as they have series of their own.
   *
   * @param agent the agent's id
   * @param taskType at what
   * @return tenants in alphabetical order, empty for an unknown agent or type
   */
  public Set<String> tenants(String agent, String taskType) {
    return ingest.tracks.tenants(agent, taskType);
  }

  /**
   * Puts everything recorded before the call into the windows and tells listeners, however long
   * another thread that does so takes. A host that has listeners calls it now and then, every 10 s
   * say: while nothing is recorded, nobody else does.
   */
  public void flush() {
    ingest.flush();
  }

  /**
   * How the tracker is doing; folds nothing.
   *
   * @return counts, each exact when nobody records meanwhile
   */
  public Stats stats() {
    return ingest.stats();
  }

  /**
   * How the tracker is, in one report; folds nothing.
   *
   * @return the report, its figures exact when nobody records meanwhile
   */
  public TrackerHealth health() {
    return ingest.health();
  }

  /**
   * Accepts nothing any more, and puts all that was accepted into the windows, which can still be
   * asked. Attempts that end later are counted in {@link Stats#dropped()}.
   */
  @Override
  public void close() {
    ingest.collector.close();
  }

  /** Collects the parts of a {@link PerformanceTracker}; not thread-safe. */
  public static final class Builder {
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

    Builder() {}

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
    public Builder flags(TrackerFlags flags) {
      this.flags = flags;
      return this;
    }

    /**
     * Takes flags and share of tasks from a configuration.
     *
     * @param config what was read
     * @return this
     */
    public Builder config(TrackerConfig config) {
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
    public Builder sources(Sources sources) {
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
    public Builder capacity(int series) {
      Require.that(series >= 1, "tracker.capacity must be at least 1, got %s", series);
      this.capacity = series;
      return this;
    }

    /**
     * Limits how many of the {@link #capacity} one tenant may take, so that its flood of names
     * leaves room for the others; default all. What it does beyond counts where it counts without
     * capacity.
     *
     * @param series at least 1
     * @return this
     */
    public Builder tenantCapacity(int series) {
      Require.that(series >= 1, "tracker.tenantCapacity must be at least 1, got %s", series);
      this.tenantCapacity = series;
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
      Require.that(
          slots >= FEWEST_SLOTS && slots <= MOST_SLOTS,
          "tracker.slots must be 64 to 1048576, got %s",
          slots);
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
      Require.that(bytes >= 0, "tracker.spillBytes must not be negative, got %s", bytes);
      this.spillBytes = bytes;
      return this;
    }

    /**
     * Allows loss: whoever finds neither a slot nor spare room waits for so long, then drops what
     * it would have recorded, which {@link TrackerHealth#dropped()} counts by class. Attempts of
     * tasks of priority 10 and validations that did not pass are never dropped. By default whoever
     * records waits as long as it takes and nothing is lost.
     *
     * @param longestWait at least zero
     * @return this
     */
    public Builder dropAfter(Duration longestWait) {
      Require.that(
          !longestWait.isNegative(), "tracker.dropAfter must not be negative, got %s", longestWait);
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
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Adds somebody who is told of finished attempts.
     *
     * @param listener called by whoever folds, in the order in which listeners were added
     * @return this
     */
    public Builder listener(AttemptListener listener) {
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
    public Builder tellShare(double share) {
      Require.that(share > 0 && share <= 1, "tracker.tellShare must be in (0,1], got %s", share);
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
    public Builder remember(int ids) {
      Require.that(
          ids >= 0 && ids <= MOST_REMEMBERED,
          "tracker.remember must be 0 to 16777216, got %s",
          ids);
      this.remembered = ids;
      return this;
    }

    /**
     * Adds the state of something beside the tracker to {@link TrackerHealth#parts()}, such as
     * alert channels.
     *
     * @param name its name
     * @param state asked for each report; what it throws is the state
     * @return this
     */
    public Builder part(String name, Supplier<String> state) {
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

  /**
   * How a tracker is doing; every count is since it was made.
   *
   * @param claimed finished attempts, evaluations, validations and samples that were accepted
   * @param delivered of those, how many were folded; the others wait to be, and none do after a
   *     flush or the close
   * @param spilled of those accepted, how many had to go to spare chunks because a ring was full
   * @param dropped what was not accepted, in all; {@link TrackerHealth#dropped()} has it by class
   * @param late attempts delivered more than the longest window after they happened, which count
   *     nowhere
   * @param doubleCompletions calls that would have ended an {@link Execution} a second time
   * @param corrected figures outside their range, such as a negative duration, that were counted as
   *     the nearest one inside
   * @param series triples of agent, task type and tenant that have a series of their own
   * @param open attempts of tasks that began and did not end yet; those of {@link Execution} are
   *     not known to the tracker before they end
   */
  public record Stats(
      long claimed,
      long delivered,
      long spilled,
      long dropped,
      long late,
      long doubleCompletions,
      long corrected,
      int series,
      int open) {}
}
