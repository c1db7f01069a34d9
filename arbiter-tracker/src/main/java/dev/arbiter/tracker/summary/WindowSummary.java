/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.summary;

import dev.arbiter.spi.Performance;
import java.time.Duration;
import java.util.Optional;

/**
 * All that is known of one agent at one type of task within one window, in seven groups: latency,
 * throughput, accuracy, resource use, compliance with rules, cost and reliability. A snapshot: it
 * never changes. A mean of nothing is NaN.
 *
 * @param performance what routers look at: count, accuracy, percentiles and cost
 * @param successes attempts whose work stands
 * @param excused attempts that ended for no fault of the agent: called off, out of the task's time,
 *     approval void, a fault inside Arbiter; in no other figure but cost and tokens
 * @param confidence 0 without attempts, rising with their number to 1 at the window's minimum: 10,
 *     50, 100 and 500 from the shortest window to the longest
 * @param latency more about the time of an attempt
 * @param inputTokens tokens read in all
 * @param outputTokens tokens written in all
 * @param evaluations scores given to the agent's work by others than the constitution
 * @param compliance checks against rules
 * @param resources what the agent's process used
 * @param span the window's span
 */
public record WindowSummary(
    Performance performance,
    long successes,
    long excused,
    double confidence,
    Latency latency,
    long inputTokens,
    long outputTokens,
    Evaluations evaluations,
    Compliance compliance,
    Resources resources,
    Duration span) {
  private static final WindowSummary NONE =
      new WindowSummary(
          Performance.none(),
          0,
          0,
          0,
          new Latency(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, false),
          0,
          0,
          new Evaluations(0, Double.NaN),
          new Compliance(0, 0, 0),
          new Resources(0, Double.NaN, Double.NaN),
          Duration.ZERO);
  private static final double HOUR = Duration.ofHours(1).toNanos();

  /**
   * The time of an attempt, within 1.6 %; all zero when there was none. The number of attempts
   * behind it is {@link Performance#count()}.
   *
   * @param mean arithmetic mean
   * @param fastest the shortest
   * @param slowest the longest
   * @param p999 99.9th percentile
   * @param p999Holds whether there were a thousand attempts, without which the 99.9th percentile is
   *     but the slowest
   */
  public record Latency(
      Duration mean, Duration fastest, Duration slowest, Duration p999, boolean p999Holds) {}

  /**
   * Scores given to work.
   *
   * @param count how many
   * @param meanScore their mean, in [0,1]
   */
  public record Evaluations(long count, double meanScore) {}

  /**
   * Checks against rules: judgements of attempts and validations told by the host.
   *
   * @param validations how many
   * @param passed how many of them passed
   * @param violations rules that were broken in them, waived ones included
   */
  public record Compliance(long validations, long passed, long violations) {
    /**
     * Share of validations that passed.
     *
     * @return in [0,1], NaN without validations
     */
    public double passRate() {
      return validations == 0 ? Double.NaN : (double) passed / validations;
    }

    /**
     * Rules broken for each validation.
     *
     * @return at least 0, NaN without validations
     */
    public double violationRate() {
      return validations == 0 ? Double.NaN : (double) violations / validations;
    }
  }

  /**
   * What a process used, as the host told.
   *
   * @param samples how often it told
   * @param meanCpu mean share of the processor, in [0,1]
   * @param meanMemory mean share of the memory, in [0,1]
   */
  public record Resources(long samples, double meanCpu, double meanMemory) {}

  /**
   * The summary of nothing.
   *
   * @return the one instance
   */
  public static WindowSummary none() {
    return NONE;
  }

  /**
   * Throughput over the window's span.
   *
   * @return attempts an hour
   */
  public double attemptsPerHour() {
    return span.isZero() ? 0 : performance.count() / (span.toNanos() / HOUR);
  }

  /**
   * Cost efficiency: what a piece of work that stands costs, failed attempts paid too.
   *
   * @return US dollars, NaN without a success
   */
  public double costPerSuccess() {
    return successes == 0 ? Double.NaN : performance.cost() / successes;
  }

  /**
   * Share of attempts whose work does not stand.
   *
   * @return in [0,1], NaN without attempts
   */
  public double errorRate() {
    return 1 - performance.successRate();
  }

  /**
   * Reliability: the window's span for each attempt that failed.
   *
   * @return mean time between failures, empty when none failed
   */
  public Optional<Duration> timeBetweenFailures() {
    long failures = performance.count() - successes;
    return failures == 0 ? Optional.empty() : Optional.of(span.dividedBy(failures));
  }
}
