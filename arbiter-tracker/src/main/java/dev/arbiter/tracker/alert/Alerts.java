/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.LogGate;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.tracker.AttemptListener;
import dev.arbiter.tracker.FinishedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when an agent is suddenly worse than it used to be, and tells channels.
 *
 * <p>Each agent is compared with itself: with what its attempts usually take, are worth and fail,
 * learned from the first 50 to 250 and followed slowly from then on, never from an anomaly. Looked
 * at are the last {@link Builder#minSamples} to sixteen times as many attempts, none older than 5
 * minutes. An anomaly needs both: the measured change reaches its limit, and chance is excluded at
 * 99.9999 % by a likelihood ratio that holds for any distribution. One error of four is none; ten
 * of ten after fifty without are one. At one attempt a second, a fourfold latency or an error rate
 * of 60 % where 5 % is usual is told within 30 s of event time in 97 of 100 cases (AnomalyTest); it
 * takes the 10 to 28 attempts that the evidence needs, however long those take.
 *
 * <p>Of 100 healthy agents with 20,000 attempts each, at a coefficient of variation from 0.1 to
 * 1.3, at most one false alarm comes in 500,000 attempts (AnomalyTest, 2,000,000 attempts a
 * figure).
 *
 * <p>It is over when, since it began, the p95 is at most 1.2 times the usual, the quality within 5
 * points, the error or violation rate within 2 points, the gauge 10 below its limit, and an anomaly
 * at its limit would not look like this at 99.9 %. When what is new is to be the usual from now on,
 * call {@link #relearn}.
 *
 * <p><b>Wiring.</b> Attempts come from a tracker that this is the {@link AttemptListener} of;
 * verdicts from an Arbiter that this is a listener of, or from {@link #judged}; gauges are read
 * when the host calls {@link #check}, best every 1 or 2 s from its own scheduler.
 *
 * <p><b>Threads and cost.</b> Thread-safe; an attempt takes about a microsecond under one lock that
 * is never held while a gauge or a channel is called. Never throws. <b>Memory</b> is bounded: 3 KB
 * for each of at most {@link Builder#capacity} agents; those beyond count together as {@value
 * dev.arbiter.tracker.PerformanceTracker#OTHER}, until one has not been seen for an hour and gives
 * its place. <b>Time</b> is that of events. A clock that steps may shorten one cooldown, no more.
 *
 * <p>Source of the bound: Chernoff's inequality in its Kullback-Leibler form (Hoeffding,
 * "Probability inequalities for sums of bounded random variables", JASA 58 (1963), theorem 1).
 */
public final class Alerts implements AttemptListener, ArbiterListener {
  private static final Logger LOG = LoggerFactory.getLogger(Alerts.class);

  private final Sources sources;
  private final Object lock = new Object();
  private final AgentWatches watches;
  private final List<GaugeWatch> gauges;
  private final List<Outbox> outboxes;
  private final Consumer<Alert> out = this::tell;
  private final LogGate gaugeLog;
  private final AtomicLong began = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final AtomicLong gaugeFailures = new AtomicLong();

  Alerts(Builder builder) {
    AlertLimits limits = builder.limits();
    this.sources = builder.sources;
    this.watches = new AgentWatches(limits, builder.capacity);
    this.gauges =
        builder.gauges.entrySet().stream()
            .map(gauge -> new GaugeWatch(gauge.getKey(), gauge.getValue(), limits))
            .toList();
    this.outboxes =
        builder.channels.stream()
            .map(channel -> new Outbox(channel, builder.executor(), sources.nanoTime()))
            .toList();
    this.gaugeLog = new LogGate(sources.nanoTime());
  }

  /**
   * Starts with the limits of the requirements, and no channel.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void ended(FinishedAttempt attempt) {
    long nanos = sources.nanoTime().getAsLong();
    synchronized (lock) {
      AgentWatch watch = watches.of(attempt.agent(), nanos, out);
      watch.seen(attempt.at(), nanos);
      watch.ended(attempt, out);
    }
    wake();
  }

  /** Takes verdicts out of the events of tasks; everything else passes. */
  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent.Verified verified) {
      judged(verified.step().agent(), false, verified.at());
    } else if (event instanceof TaskEvent.Routing routing) {
      Optional<Verdict> verdict = routing.failed().flatMap(TaskEvent.AttemptFailure::verdict);
      verdict.ifPresent(v -> judged(routing.step().agent(), !v.passed(), routing.at()));
    } else if (event instanceof TaskEvent.Concluded concluded
        && concluded.result() instanceof TaskResult.Failed failed
        && failed.cause() == FailureCause.DENIED) {
      judged(concluded.step().agent(), true, concluded.at());
    }
  }

  /**
   * Takes one judgement, for hosts without an Arbiter.
   *
   * @param agent whose work
   * @param violated whether it was denied
   * @param at when, in event time
   */
  public void judged(String agent, boolean violated, Instant at) {
    long nanos = sources.nanoTime().getAsLong();
    synchronized (lock) {
      AgentWatch watch = watches.of(agent, nanos, out);
      watch.seen(at, nanos);
      watch.judged(violated, at, out);
    }
    wake();
  }

  /**
   * Reads every gauge, tries again what channels could not carry, and forgets agents that were not
   * seen for an hour, ending what was on for them. Gauges are read on this thread.
   */
  public void check() {
    Instant now = sources.clock().instant();
    for (GaugeWatch gauge : gauges) {
      double value = read(gauge);
      if (value >= 0) {
        synchronized (lock) {
          gauge.add(value, now, out);
        }
      } else {
        gaugeFailures.incrementAndGet();
      }
    }
    synchronized (lock) {
      watches.forget(sources.nanoTime().getAsLong(), out);
    }
    wake();
  }

  private double read(GaugeWatch gauge) {
    try {
      return gauge.read();
    } catch (RuntimeException | Error e) {
      if (gaugeLog.passes()) {
        LOG.warn("a gauge threw; {} such readings so far", gaugeFailures.get() + 1, e);
      }
      return Double.NaN;
    }
  }

  /**
   * Forgets what is usual for an agent and learns it anew; what is on for it ends.
   *
   * @param agent its id
   */
  public void relearn(String agent) {
    synchronized (lock) {
      watches.relearn(agent, out);
    }
    wake();
  }

  /**
   * What is on now, including what is not told yet because of its cooldown.
   *
   * @return a snapshot in no particular order
   */
  public List<Alert> firing() {
    List<Alert> firing = new ArrayList<>();
    synchronized (lock) {
      watches.firing(firing::add);
      gauges.forEach(gauge -> gauge.firing(firing::add));
    }
    return List.copyOf(firing);
  }

  /**
   * How the watching is doing.
   *
   * @return a snapshot
   */
  public Stats stats() {
    List<AlertChannel.State> channels = outboxes.stream().map(Outbox::state).toList();
    synchronized (lock) {
      return new Stats(
          watches.count(),
          watches.learning(),
          watches.inOthers(),
          began.get(),
          ended.get(),
          gaugeFailures.get(),
          channels);
    }
  }

  private void tell(Alert alert) {
    (alert.firing() ? began : ended).incrementAndGet();
    for (Outbox outbox : outboxes) {
      outbox.add(alert);
    }
  }

  private void wake() {
    for (Outbox outbox : outboxes) {
      outbox.wake();
    }
  }

  /** Collects the parts of {@link Alerts}; not thread-safe. */
  public static final class Builder {
    private static final double POINTS = 100;
    private static final int FEWEST_SAMPLES = 5;
    private static final int MOST_SAMPLES = 1000;

    private double latencyMultiplier = 3.0;
    private double accuracyDrop = 15;
    private double errorIncrease = 25;
    private double violationIncrease = 10;
    private double saturation = 95;
    private int minSamples = 10;
    private Duration cooldown = Duration.ofMinutes(5);
    private @Nullable Executor executor;
    Sources sources = Sources.system();
    int capacity = 4096;
    final Map<String, DoubleSupplier> gauges = new LinkedHashMap<>();
    final List<AlertChannel> channels = new ArrayList<>();

    Builder() {}

    /**
     * Says where time comes from; default the machine's clocks.
     *
     * @param sources the nano clock for retries and idle agents, the clock for gauges
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Says from which multiple of the usual on a latency is a spike, default 3.0.
     *
     * @param multiplier above 1
     * @return this
     */
    public Builder latencyMultiplier(double multiplier) {
      require(
          multiplier > 1 && multiplier <= 1000,
          "latencyMultiplier must be above 1 and at most 1000, got %s",
          multiplier);
      this.latencyMultiplier = multiplier;
      return this;
    }

    /**
     * Says how far the mean quality may fall, default 15 points.
     *
     * @param points above 0, at most 100
     * @return this
     */
    public Builder accuracyDrop(double points) {
      this.accuracyDrop = points("accuracyDrop", points);
      return this;
    }

    /**
     * Says how far the error rate may rise, default 25 points.
     *
     * @param points above 0, at most 100
     * @return this
     */
    public Builder errorIncrease(double points) {
      this.errorIncrease = points("errorIncrease", points);
      return this;
    }

    /**
     * Says how far the share of denied work may rise, default 10 points.
     *
     * @param points above 0, at most 100
     * @return this
     */
    public Builder violationIncrease(double points) {
      this.violationIncrease = points("violationIncrease", points);
      return this;
    }

    /**
     * Says where a gauge is at its end, default 95 percent.
     *
     * @param percent above 10, at most 100
     * @return this
     */
    public Builder saturation(double percent) {
      require(
          percent > AlertLimits.RESOLVED_SATURATION && percent <= POINTS,
          "saturation must be above 10 and at most 100, got %s",
          percent);
      this.saturation = percent;
      return this;
    }

    /**
     * Says how many attempts, judgements or readings an anomaly needs at least, default 10.
     *
     * @param samples 5 to 1,000
     * @return this
     */
    public Builder minSamples(int samples) {
      require(
          samples >= FEWEST_SAMPLES && samples <= MOST_SAMPLES,
          "minSamples must be 5 to 1000, got %s",
          samples);
      this.minSamples = samples;
      return this;
    }

    /**
     * Says how long after one alert the next about the same thing may come, default 5 min.
     *
     * @param pause in event time, not negative
     * @return this
     */
    public Builder cooldown(Duration pause) {
      require(!pause.isNegative(), "cooldown must not be negative, got %s", pause);
      this.cooldown = pause;
      return this;
    }

    /**
     * Limits the agents that are watched on their own, default 4,096.
     *
     * @param agents at least 1
     * @return this
     */
    public Builder capacity(int agents) {
      require(agents >= 1, "capacity must be at least 1, got %s", agents);
      this.capacity = agents;
      return this;
    }

    /**
     * Adds a gauge to watch for saturation.
     *
     * @param name what to call it, such as {@code cpu}
     * @param percent gives 0 to 100; anything negative or NaN is no reading
     * @return this
     */
    public Builder gauge(String name, DoubleSupplier percent) {
      require(!gauges.containsKey(name), "gauge %s is there already; name each once", name);
      gauges.put(name, percent);
      return this;
    }

    /**
     * Adds a channel; it needs an {@link #executor}.
     *
     * @param channel is told of everything that begins and ends
     * @return this
     */
    public Builder channel(AlertChannel channel) {
      channels.add(channel);
      return this;
    }

    /**
     * Says who carries alerts. A channel that hangs holds one of its threads, so give it one thread
     * for each channel, and one that does not run on the caller's.
     *
     * @param executor is given one run for each channel at a time
     * @return this
     */
    public Builder executor(Executor executor) {
      this.executor = executor;
      return this;
    }

    /**
     * Builds the alerts.
     *
     * @return new alerts that know no agent yet
     * @throws IllegalArgumentException if there is a channel and no executor
     */
    public Alerts build() {
      require(
          channels.isEmpty() || executor != null,
          "executor must be given when there are channels, got %s channels",
          channels.size());
      return new Alerts(this);
    }

    Executor executor() {
      return executor == null ? Runnable::run : executor;
    }

    AlertLimits limits() {
      return new AlertLimits(
          latencyMultiplier,
          accuracyDrop / POINTS,
          errorIncrease / POINTS,
          violationIncrease / POINTS,
          saturation,
          minSamples,
          Math.log(1e6),
          Duration.ofMinutes(5),
          cooldown,
          Duration.ofHours(1));
    }

    private static double points(String key, double points) {
      require(
          points > 0 && points <= POINTS, key + " must be above 0 and at most 100, got %s", points);
      return points;
    }

    private static void require(boolean condition, String message, Object got) {
      if (!condition) {
        throw new IllegalArgumentException(String.format(Locale.ROOT, "alerts." + message, got));
      }
    }
  }

  /**
   * How the watching is doing; every count is since the alerts were built.
   *
   * @param watched agents with a watch of their own
   * @param learning of those, how many have too few attempts to compare with
   * @param inOthers attempts and judgements of agents that count together, for want of room
   * @param began anomalies that were told
   * @param ended anomalies whose end was told
   * @param gaugeFailures readings of gauges that threw or were no figure
   * @param channels one state for each channel, in the order in which they were added
   */
  public record Stats(
      int watched,
      int learning,
      long inOthers,
      long began,
      long ended,
      long gaugeFailures,
      List<AlertChannel.State> channels) {
    /** Copies. */
    public Stats {
      channels = List.copyOf(channels);
    }
  }
}
