/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Library;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.tracker.internal.ring.Loss;
import dev.arbiter.tracker.internal.window.Branch;
import dev.arbiter.tracker.internal.window.BucketSeries;
import dev.arbiter.tracker.internal.window.Tracks;
import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.DoubleUnaryOperator;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * Records how every attempt of every agent ended, and answers questions about it.
 *
 * <p>As the listener of an Arbiter it derives attempts from task events. An attempt begins when its
 * agent begins. It ends once: with the verdict, the return to routing, or the end of the task. Only
 * accepted work is a success; a denied, failed or timed-out attempt is a failure. Attempts that
 * ended without fault of the agent (cancelled, out of the task's time, approval void, a fault
 * inside Arbiter) count separately, in {@link WindowSummary#excused()}. The engine measures an
 * attempt's time; without a report it is the time from the agent's begin to the failure. A host
 * without an Arbiter calls {@link #start}, ends the handle, and reports other events through {@link
 * #events}.
 *
 * <p><b>Windows</b> slide. Each reaches back at least as far as its name says and at most one
 * sub-window further: 10 s for {@link Window#REALTIME}, 2 min for {@link Window#SHORT}, 1 h for
 * {@link Window#MEDIUM}, 6 h for {@link Window#LONG}. An attempt counts at its event time, in any
 * order of arrival, up to 7 days late; later ones count in {@link Stats#late()}. A clock that is
 * set back does not turn windows back. Percentiles are within 1.6 % of a value that occurred.
 *
 * <p><b>Threads.</b> The tracker has no thread: a library should not keep a process alive or wake
 * an idle one. The thread that records the 256th attempt on a ring aggregates those, in about 20
 * us; a reading thread aggregates the rest. {@link Builder#executor} moves this work elsewhere.
 * Recording takes no lock and allocates only the {@link Execution}. It waits only when aggregation
 * has stalled until all spare room is used. Unless {@link Builder#dropAfter} allows loss, no event
 * is lost before the close. The first use of a name takes a lock.
 *
 * <p><b>Memory</b> is bounded by {@link Builder#capacity}: agents, task types and tenants beyond it
 * count under {@value #OTHER}. An agent with one task type and one tenant takes one series of some
 * hundred bytes; otherwise each type and tenant takes one more. A closed sub-window with a few
 * attempts takes 15 to 40 bytes, one with many up to 100 for each octave of their times; the open
 * one takes about 200, or 128 for each octave.
 *
 * <p><b>Restart.</b> With a store that outlives the process, an Arbiter keeps the windows in it,
 * about once a minute and at close ({@link Durable}), with the ids of {@link #record} that were
 * remembered. After a restart they go on, as old as they are by then; a crash loses the last
 * minute. Counts of {@link Stats}, {@link TrackerHealth} and {@link #events} begin anew.
 */
public final class PerformanceTracker
    implements ArbiterListener, PerformanceView, Durable, AutoCloseable {
  /** The name that events without a series of their own count under. */
  public static final String OTHER = Tracks.OTHER;

  private static final long LONGEST_WAIT_NANOS = 1_000_000;

  private final Ingest ingest;
  private final TrackerFlags flags;
  private final HostEvents events;
  private final Execution untracked;
  private final String durableName;

  PerformanceTracker(Builder builder) {
    this.durableName = builder.durableName;
    this.flags = builder.flags();
    this.ingest = new Ingest(builder, flags);
    this.events = new HostEvents(ingest, flags);
    this.untracked = new Execution(ingest, Execution.NO_TRACK, false, 0);
  }

  /** {@return a new tracker with defaults for everything} */
  public static PerformanceTracker create() {
    return builder().build();
  }

  /** {@return a builder with defaults for everything} */
  public static Builder builder() {
    Library.SLF4J.require(PerformanceTracker.class);
    return new Builder();
  }

  /**
   * Receives an event of an Arbiter, which publishes each event once. A repeated event changes
   * nothing while its attempt runs and after it ended. A whole repeated sequence, as from a queue
   * that may deliver twice, is another attempt: use {@link #record} for such a source.
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
    } else if (event instanceof HealthEvent health) {
      events.happened(name(health));
    }
  }

  private static String name(HealthEvent event) {
    return switch (event.action()) {
      case SHED -> "system_load_spike";
      case ISOLATE -> "anomaly_detected";
      case SWITCH_OVER, RESTART -> "recovery_action";
    };
  }

  /**
   * Starts an attempt that no Arbiter runs, at a task without a name, for {@link
   * Task#DEFAULT_TENANT}.
   *
   * @param agent the agent's id
   * @param taskType the type of task, empty to count for the agent only
   * @return the handle that ends it
   */
  public Execution start(String agent, String taskType) {
    if (!flags.tracking()) {
      return untracked;
    }
    return ingest.start(agent, taskType, Task.DEFAULT_TENANT, ingest.dispatch.hearsNext());
  }

  /**
   * Starts an attempt that no Arbiter runs.
   *
   * @param agent the agent's id
   * @param taskType the type of task, empty to count for the agent only
   * @param tenant the tenant
   * @param taskId the task's id; listeners receive all attempts at a task or none
   * @return the handle that ends it
   */
  public Execution start(String agent, String taskType, String tenant, String taskId) {
    if (!flags.tracking()) {
      return untracked;
    }
    return ingest.start(agent, taskType, tenant, ingest.dispatch.hears(tenant, taskId));
  }

  /**
   * Records an attempt that ended elsewhere, as from a log or a queue that may deliver twice. It
   * counts at its event time, up to 7 days late. A repeated id counts once within the last {@link
   * Builder#remember} attempts with an id; repetitions count in {@link TrackerHealth#duplicates()}.
   *
   * @param id the attempt's id, empty for one that cannot come twice
   * @param attempt how it ended; its weight is ignored
   */
  public void record(String id, FinishedAttempt attempt) {
    if (flags.tracking()) {
      ingest.record(id, attempt);
    }
  }

  /** {@return the one instance that reports other events and counts events by type} */
  public HostEvents events() {
    return events;
  }

  /** {@return the switches of this tracker; they may be changed at any time} */
  public TrackerFlags flags() {
    return flags;
  }

  /**
   * How an agent performed, including every event recorded before this call.
   *
   * <p>Costs about 0.1 us if nothing changed since the last call, else some microseconds. While
   * another thread aggregates, it waits at most a millisecond and then returns the previous answer;
   * {@link #flush} waits as long as needed.
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
   * {@return the full summary of how an agent performed; otherwise as {@link #performance}; a
   * snapshot, {@link WindowSummary#none()} for the unknown}
   */
  public WindowSummary summary(String agent, String taskType, Window window) {
    return summary(agent, taskType, "", window);
  }

  /**
   * The full summary for one tenant. For all types of one tenant it adds the types up on each call,
   * and waits for another aggregating thread as long as needed.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param tenant the tenant, empty for all tenants together
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
   * The trends of an agent, including every event recorded before this call. Waits for another
   * aggregating thread, as {@link #flush} does.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param tenant the tenant, empty for all tenants together
   * @param window how far back
   * @return one trend for each metric; stable when there is too little data
   */
  public Trends trends(String agent, String taskType, String tenant, Window window) {
    return trends(agent, taskType, tenant, window, at -> 1);
  }

  /**
   * The trends of an agent, with latencies as multiples of what is usual at their time. So a daily
   * or weekly cycle that is known is no trend. Otherwise as {@link #trends(String, String, String,
   * Window)}.
   *
   * @param agent the agent's id, or {@value #OTHER}
   * @param taskType the type of task, empty for all types together
   * @param tenant the tenant, empty for all tenants together
   * @param window how far back
   * @param usual the usual latency at a time, in any unit, such as {@code baseline::typical} of a
   *     {@link dev.arbiter.tracker.analysis.Baseline}; not above 0, or NaN, where it is not known:
   *     latencies of that time are left out. It is asked under the tracker's lock, some hundred
   *     times, so it must be quick and must not call the tracker
   * @return one trend for each metric; stable when there is too little data
   */
  public Trends trends(
      String agent,
      String taskType,
      String tenant,
      Window window,
      ToDoubleFunction<Instant> usual) {
    DoubleUnaryOperator log =
        millis -> {
          double latency = usual.applyAsDouble(Instant.ofEpochMilli((long) millis));
          return latency > 0 ? Math.log(latency) : Double.NaN;
        };
    ingest.collector.acquire();
    try {
      ingest.collector.drain();
      return ingest.aggregator.trends(ingest.tracks.find(agent, taskType, tenant), window, log);
    } finally {
      ingest.collector.release();
    }
  }

  /**
   * {@return the ids of agents with a series of their own, and {@value #OTHER}, in alphabetical
   * order}
   */
  public Set<String> agents() {
    return ingest.tracks.agents();
  }

  /**
   * {@return the task types for which an agent has a series of its own, in alphabetical order;
   * empty for an unknown agent}
   */
  public Set<String> taskTypes(String agent) {
    return ingest.tracks.taskTypes(agent);
  }

  /**
   * {@return the tenants for which an agent has a series of its own at a task type, in alphabetical
   * order; empty for an unknown agent or type}
   */
  public Set<String> tenants(String agent, String taskType) {
    return ingest.tracks.tenants(agent, taskType);
  }

  /**
   * Aggregates every event recorded before this call and passes attempts to listeners. Waits for
   * another aggregating thread as long as needed. A host with listeners should call it regularly,
   * for example every 10 s, because nothing else does while no event is recorded.
   */
  public void flush() {
    ingest.flush();
  }

  /** {@return the tracker's counts, exact while no thread records} Aggregates nothing. */
  public Stats stats() {
    return ingest.stats();
  }

  /** {@return the tracker's health, exact while no thread records} Aggregates nothing. */
  public TrackerHealth health() {
    return ingest.health();
  }

  /** {@inheritDoc} It is {@link Builder#durableName}. */
  @Override
  public String durableName() {
    return durableName;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Includes every event recorded before this call, and holds up aggregation meanwhile, some 5
   * us for each series. Has some hundred bytes for each series, and at most about 64 MB; agents
   * beyond, in alphabetical order, are left out.
   */
  @Override
  public byte[] snapshot() {
    ingest.collector.acquire();
    try {
      ingest.collector.drain();
      return ingest.aggregator.snapshot();
    } finally {
      ingest.collector.release();
    }
  }

  /**
   * {@inheritDoc}
   *
   * <p>Does nothing if the tracker has recorded an event. Series beyond {@link Builder#capacity}
   * are left out.
   */
  @Override
  public void restore(byte[] snapshot) {
    ingest.collector.acquire();
    try {
      ingest.collector.drain();
      if (ingest.collector.claimed() == 0) {
        ingest.aggregator.restore(snapshot);
      }
    } finally {
      ingest.collector.release();
    }
  }

  /**
   * Refuses further events and aggregates all accepted ones. Questions can still be asked. Attempts
   * that end later count in {@link Stats#dropped()}.
   */
  @Override
  public void close() {
    ingest.collector.close();
  }

  /** Builder of {@link PerformanceTracker}. Not thread-safe. */
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
    String durableName = "tracker";
    private @Nullable TrackerFlags flags;

    Builder() {}

    TrackerFlags flags() {
      return flags == null ? new TrackerFlags(true, true, true, true) : flags;
    }

    /**
     * Sets the switches, default all on. A listener can share them: {@code
     * listener(training.when(flags::training))}.
     *
     * @param flags may be changed later
     */
    public Builder flags(TrackerFlags flags) {
      this.flags = flags;
      return this;
    }

    /**
     * Takes flags and sampling rate from a configuration.
     *
     * @param config the configuration
     */
    public Builder config(TrackerConfig config) {
      this.flags = config.flags();
      return tellShare(config.samplingRate());
    }

    /**
     * Sets the time source: the clock for event times, the nano clock for durations of {@link
     * PerformanceTracker#start}. Default: the machine's clocks.
     *
     * @param sources the same as the Arbiter's
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Limits the triples of agent, task type and tenant that have a series of their own, default
     * 4,096.
     *
     * @param series at least 1
     */
    public Builder capacity(int series) {
      Require.that(series >= 1, "tracker.capacity must be at least 1, got %s", series);
      this.capacity = series;
      return this;
    }

    /**
     * Limits how much of {@link #capacity} one tenant may use, so that a flood of names from one
     * tenant leaves room for the others. Default: all. Further names of that tenant count as if the
     * capacity were used up.
     *
     * @param series at least 1
     */
    public Builder tenantCapacity(int series) {
      Require.that(series >= 1, "tracker.tenantCapacity must be at least 1, got %s", series);
      this.tenantCapacity = series;
      return this;
    }

    /**
     * Sets the size of a ring, default 1,024 slots of 64 bytes. There are two to four rings for
     * each core.
     *
     * @param slots 64 to 1,048,576, rounded up to a power of two
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
     * Limits the spare room for attempts that end while aggregation is stalled and their ring is
     * full. When it is used up, recording threads wait. Default 16 MiB, for 262,144 attempts.
     *
     * @param bytes at least 0
     */
    public Builder spillBytes(long bytes) {
      Require.that(bytes >= 0, "tracker.spillBytes must not be negative, got %s", bytes);
      this.spillBytes = bytes;
      return this;
    }

    /**
     * Allows loss. A thread that finds neither a slot nor spare room waits this long, then drops
     * its event; {@link TrackerHealth#dropped()} counts drops by class. Attempts of tasks of
     * priority 10 and failed validations are never dropped. By default recording threads wait as
     * long as needed and nothing is lost.
     *
     * @param longestWait at least zero
     */
    public Builder dropAfter(Duration longestWait) {
      Require.that(
          !longestWait.isNegative(), "tracker.dropAfter must not be negative, got %s", longestWait);
      this.longestWait = longestWait.toNanos();
      return this;
    }

    /**
     * Sets the executor that aggregates full batches. Without it, and whenever it refuses or falls
     * behind, the recording thread does.
     *
     * @param executor receives one short run at a time
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Adds a listener of finished attempts.
     *
     * @param listener called by the aggregating thread, in the order of addition
     */
    public Builder listener(AttemptListener listener) {
      listeners.add(listener);
      return this;
    }

    /**
     * Limits listeners to a share of the tasks, default 1. A hash of tenant and id selects tasks;
     * all attempts of a task are passed on or none. {@link FinishedAttempt#weight()} makes up for
     * the others. Windows and counts always include all.
     *
     * @param share above 0, at most 1
     */
    public Builder tellShare(double share) {
      Require.that(share > 0 && share <= 1, "tracker.tellShare must be in (0,1], got %s", share);
      this.share = share;
      return this;
    }

    /**
     * Sets how many ids of {@link PerformanceTracker#record} are remembered at least, to find
     * duplicates. Default 65,536. Takes 64 bytes for each, from the first id on. Over a restart
     * 131,072 are kept at most; of more, it is not those that came last.
     *
     * @param ids 0 to 16,777,216
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
     * Sets the name under which a store keeps the windows, default {@code tracker}. Give each
     * tracker of one arbiter its own, and keep it over restarts.
     *
     * @param name the name
     */
    public Builder durableName(String name) {
      this.durableName = name;
      return this;
    }

    /**
     * Adds a part to {@link TrackerHealth#parts()}, such as alert channels.
     *
     * @param name the part's name
     * @param state asked for each report; an exception becomes the state
     */
    public Builder part(String name, Supplier<String> state) {
      parts.put(name, state);
      return this;
    }

    /** {@return a new tracker} */
    public PerformanceTracker build() {
      return new PerformanceTracker(this);
    }
  }

  /**
   * Counts of a tracker since it was built.
   *
   * @param claimed accepted events: finished attempts, evaluations, validations and samples
   * @param delivered aggregated events; the others wait, none after a flush or the close
   * @param spilled accepted events that went to spare chunks because a ring was full
   * @param dropped refused events, in all; {@link TrackerHealth#dropped()} has them by class
   * @param late attempts that arrived later than the longest window after they happened; they count
   *     nowhere
   * @param doubleCompletions calls on an {@link Execution} that had already ended
   * @param corrected values outside their range, such as a negative duration, that were counted as
   *     the nearest valid one
   * @param series triples of agent, task type and tenant that have a series of their own
   * @param open attempts of tasks that began and did not end yet, without those of {@link
   *     Execution}
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
