/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.spi.Sources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/** Collects the parts of {@link Alerts}; not thread-safe. */
public final class AlertsBuilder {
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

  AlertsBuilder() {}

  /**
   * Says where time comes from; default the machine's clocks.
   *
   * @param sources the nano clock for retries and idle agents, the clock for gauges
   * @return this
   */
  public AlertsBuilder sources(Sources sources) {
    this.sources = sources;
    return this;
  }

  /**
   * Says from which multiple of the usual on a latency is a spike, default 3.0.
   *
   * @param multiplier above 1
   * @return this
   */
  public AlertsBuilder latencyMultiplier(double multiplier) {
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
  public AlertsBuilder accuracyDrop(double points) {
    this.accuracyDrop = points("accuracyDrop", points);
    return this;
  }

  /**
   * Says how far the error rate may rise, default 25 points.
   *
   * @param points above 0, at most 100
   * @return this
   */
  public AlertsBuilder errorIncrease(double points) {
    this.errorIncrease = points("errorIncrease", points);
    return this;
  }

  /**
   * Says how far the share of denied work may rise, default 10 points.
   *
   * @param points above 0, at most 100
   * @return this
   */
  public AlertsBuilder violationIncrease(double points) {
    this.violationIncrease = points("violationIncrease", points);
    return this;
  }

  /**
   * Says where a gauge is at its end, default 95 percent.
   *
   * @param percent above 10, at most 100
   * @return this
   */
  public AlertsBuilder saturation(double percent) {
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
  public AlertsBuilder minSamples(int samples) {
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
  public AlertsBuilder cooldown(Duration pause) {
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
  public AlertsBuilder capacity(int agents) {
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
  public AlertsBuilder gauge(String name, DoubleSupplier percent) {
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
  public AlertsBuilder channel(AlertChannel channel) {
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
  public AlertsBuilder executor(Executor executor) {
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
