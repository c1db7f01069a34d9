/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.Library;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.internal.Require;
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
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Detects when an agent is suddenly worse than it used to be, and sends alerts to channels.
 *
 * <p>Each agent is compared with itself: with the usual time, quality and failures of its attempts.
 * These are learned from the first 50 to 250 attempts, then followed slowly, and never learned from
 * an anomaly. The detector looks at the last {@link Builder#minSamples} to sixteen times as many
 * attempts. An anomaly begins with attempts of the last 5 minutes, and needs two things: the
 * measured change reaches its limit, and chance is excluded at 99.9999 % by a likelihood ratio that
 * holds for any distribution. One error of four is no anomaly; ten of ten after fifty without
 * errors are one. At one attempt a second, a fourfold latency or an error rate of 60 % where 5 % is
 * usual raises an alert within 30 s of event time in 97 of 100 cases (AnomalyTest). The evidence
 * needs 10 to 28 attempts, however long those take.
 *
 * <p>With 100 healthy agents and 20,000 attempts each, at a coefficient of variation from 0.1 to
 * 1.3, at most one false alarm comes in 500,000 attempts (AnomalyTest, 2,000,000 attempts a
 * figure).
 *
 * <p>Attempts that depend on those before them are less evidence: how many are worth one is learned
 * for each agent. So the promise also holds where latencies are AR(1), up to 0.99, and for a daily
 * cycle within the limits (DependentAttemptsTest). The more they depend, the more must change: at
 * 0.9 a tenfold latency is found in 97 of 100 cases, a fourfold one in 50. It does not hold for
 * failures that come in runs (at AR(1) 0.9, one in 10,000 attempts), as the first fifty attempts
 * may hold no run, nor for a daily cycle beyond the limits.
 *
 * <p>An anomaly ends, however slowly attempts come, when since it began the p95 is at most 1.2
 * times the usual, the quality within 5 points, the error or violation rate within 2 points, or the
 * gauge 10 below its limit, and an anomaly at its limit is excluded at 99.9 %. To accept a new
 * level as usual, call {@link #relearn}.
 *
 * <p><b>Wiring.</b> Attempts come from a tracker, as its {@link AttemptListener}. Verdicts come
 * from an Arbiter, as its listener, or from {@link #judged}. Gauges are read when the host calls
 * {@link #check}, best every 1 or 2 s from its own scheduler.
 *
 * <p><b>Threads and cost.</b> Thread-safe. An attempt takes about a microsecond under one lock,
 * which is never held while a gauge or a channel is called. Never throws. <b>Memory:</b> 3 KB for
 * each of at most {@link Builder#capacity} agents. Further agents count together as {@value
 * dev.arbiter.tracker.PerformanceTracker#OTHER}, until an agent that was idle for an hour gives up
 * its place. <b>Time</b> is event time. A clock step may shorten one cooldown.
 *
 * <p>Source of the bound: Chernoff's inequality in its Kullback-Leibler form (Hoeffding,
 * "Probability inequalities for sums of bounded random variables", JASA 58 (1963), theorem 1).
 */
public final class Alerts implements AttemptListener, ArbiterListener {
  private final Sources sources;
  private final Object lock = new Object();
  private final AgentWatches watches;
  private final List<GaugeWatch> gauges;
  private final List<Outbox> outboxes;
  private final Consumer<Alert> out = this::tell;
  private final LogLimiter gaugeLog;
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
    this.gaugeLog = new LogLimiter(sources.nanoTime());
  }

  /** {@return a builder with the required limits and no channel} */
  public static Builder builder() {
    Library.SLF4J.require(Alerts.class);
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

  /** Takes verdicts from task events; ignores other events. */
  @Override
  public void on(ArbiterEvent event) {
    if (event instanceof TaskEvent.Verified verified) {
      judged(verified.step().agent(), false, verified.at());
    } else if (event instanceof TaskEvent.Routing routing) {
      Optional<Verdict> verdict = routing.failed().flatMap(TaskEvent.AttemptFailure::verdict);
      verdict
          .filter(v -> !v.isExcused())
          .ifPresent(v -> judged(routing.step().agent(), !v.passed(), routing.at()));
    } else if (event instanceof TaskEvent.AttemptEnded ended) {
      Optional<Verdict> verdict = ended.failure().verdict();
      verdict
          .filter(v -> !v.isExcused())
          .ifPresent(v -> judged(ended.step().agent(), !v.passed(), ended.at()));
    } else if (event instanceof TaskEvent.Concluded concluded
        && concluded.result() instanceof TaskResult.Failed failed
        && failed.cause() == FailureCause.DENIED
        && failed.cause().byAgent(failed.verdict())) {
      judged(concluded.step().agent(), true, concluded.at());
    }
  }

  /**
   * Reports one judgement, for hosts without an Arbiter.
   *
   * @param agent the agent's id
   * @param violated whether the work was denied
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
   * Reads every gauge on this thread, retries failed alerts, and removes agents that were idle for
   * an hour, which ends their anomalies.
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
        LoggerFactory.getLogger(Alerts.class)
            .warn("a gauge threw; {} such readings so far", gaugeFailures.get() + 1, e);
      }
      return Double.NaN;
    }
  }

  /**
   * Discards the learned behaviour of an agent and ends its anomalies. Agents beyond the capacity
   * have none of their own: {@value dev.arbiter.tracker.PerformanceTracker#OTHER} discards what
   * they share.
   *
   * @param agent the agent's id
   */
  public void relearn(String agent) {
    synchronized (lock) {
      watches.relearn(agent, out);
    }
    wake();
  }

  /**
   * {@return the current anomalies in no particular order, including those not sent yet because of
   * a cooldown}
   */
  public List<Alert> firing() {
    List<Alert> firing = new ArrayList<>();
    synchronized (lock) {
      watches.firing(firing::add);
      gauges.forEach(gauge -> gauge.firing(firing::add));
    }
    return List.copyOf(firing);
  }

  /** {@return the counts} */
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

  /** Builder of {@link Alerts}. Not thread-safe. */
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
     * Sets the time source; default the machine's clocks.
     *
     * @param sources the nano clock for retries and idle agents, the clock for gauges
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Sets the multiple of the usual latency that is a spike, default 3.0.
     *
     * @param multiplier above 1
     */
    public Builder latencyMultiplier(double multiplier) {
      Require.that(
          multiplier > 1 && multiplier <= 1000,
          "alerts.latencyMultiplier must be above 1 and at most 1000, got %s",
          multiplier);
      this.latencyMultiplier = multiplier;
      return this;
    }

    /**
     * Sets how far the mean quality may fall, default 15 points.
     *
     * @param points above 0, at most 100
     */
    public Builder accuracyDrop(double points) {
      this.accuracyDrop = points("accuracyDrop", points);
      return this;
    }

    /**
     * Sets how far the error rate may rise, default 25 points.
     *
     * @param points above 0, at most 100
     */
    public Builder errorIncrease(double points) {
      this.errorIncrease = points("errorIncrease", points);
      return this;
    }

    /**
     * Sets how far the share of denied work may rise, default 10 points.
     *
     * @param points above 0, at most 100
     */
    public Builder violationIncrease(double points) {
      this.violationIncrease = points("violationIncrease", points);
      return this;
    }

    /**
     * Sets the limit of a saturated gauge, default 95 percent.
     *
     * @param percent above 10, at most 100
     */
    public Builder saturation(double percent) {
      Require.that(
          percent > AlertLimits.RESOLVED_SATURATION && percent <= POINTS,
          "alerts.saturation must be above 10 and at most 100, got %s",
          percent);
      this.saturation = percent;
      return this;
    }

    /**
     * Sets the least number of attempts, judgements or readings of an anomaly, default 10. All of
     * them must come within 5 minutes for it to begin.
     *
     * @param samples 5 to 1,000
     */
    public Builder minSamples(int samples) {
      Require.that(
          samples >= FEWEST_SAMPLES && samples <= MOST_SAMPLES,
          "alerts.minSamples must be 5 to 1000, got %s",
          samples);
      this.minSamples = samples;
      return this;
    }

    /**
     * Sets the pause between two alerts about one anomaly, default 5 min.
     *
     * @param pause in event time, not negative
     */
    public Builder cooldown(Duration pause) {
      Require.that(!pause.isNegative(), "alerts.cooldown must not be negative, got %s", pause);
      this.cooldown = pause;
      return this;
    }

    /**
     * Limits the agents with a watch of their own, default 4,096.
     *
     * @param agents at least 1
     */
    public Builder capacity(int agents) {
      Require.that(agents >= 1, "alerts.capacity must be at least 1, got %s", agents);
      this.capacity = agents;
      return this;
    }

    /**
     * Adds a gauge that is watched for saturation.
     *
     * @param name its name, such as {@code cpu}
     * @param percent returns 0 to 100; a negative value or NaN is no reading
     */
    public Builder gauge(String name, DoubleSupplier percent) {
      Require.that(
          !gauges.containsKey(name), "alerts.gauge %s is there already; name each once", name);
      gauges.put(name, percent);
      return this;
    }

    /**
     * Adds a channel; needs an {@link #executor}.
     *
     * @param channel receives every begin and end
     */
    public Builder channel(AlertChannel channel) {
      channels.add(channel);
      return this;
    }

    /**
     * Sets the executor that delivers alerts. A hanging channel blocks one of its threads, so give
     * it one thread for each channel. It must not run on the caller's thread.
     *
     * @param executor receives one run for each channel at a time
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
      Require.that(
          channels.isEmpty() || executor != null,
          "alerts.executor must be given when there are channels, got %s channels",
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
      Require.that(
          points > 0 && points <= POINTS,
          "alerts.%s must be above 0 and at most 100, got %s",
          key,
          points);
      return points;
    }
  }

  /**
   * Counts since the alerts were built.
   *
   * @param watched agents with a watch of their own
   * @param learning watched agents with too few attempts to compare with
   * @param inOthers attempts and judgements of agents that share a watch
   * @param began anomalies that were sent
   * @param ended anomalies whose end was sent
   * @param gaugeFailures readings of gauges that threw or were invalid
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
    /** Copies the lists. */
    public Stats {
      channels = List.copyOf(channels);
    }
  }
}
