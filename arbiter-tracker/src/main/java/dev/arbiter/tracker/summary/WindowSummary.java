/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.summary;

import dev.arbiter.spi.Performance;
import java.time.Duration;
import java.util.Optional;

/**
 * Everything known of one agent at one task type within one window, in seven groups: latency,
 * throughput, accuracy, resource use, compliance, cost and reliability. A snapshot that never
 * changes. A mean without values is NaN.
 *
 * @param performance the view of routers: count, accuracy, percentiles and cost
 * @param successes attempts whose work was accepted
 * @param excused attempts that ended without fault of the agent: cancelled, out of the task's time,
 *     approval void, a fault inside Arbiter; counted in no other figure but cost and tokens
 * @param confidence 0 without attempts, rising with their number to 1 at the window's minimum: 10,
 *     50, 100 and 500 from the shortest window to the longest
 * @param latency further figures of the time of an attempt
 * @param inputTokens tokens read
 * @param outputTokens tokens written
 * @param evaluations scores of the agent's work, without those of the constitution
 * @param compliance checks against rules
 * @param resources the use of resources by the agent's process
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
   * The time of an attempt, within 1.6 %; all zero without attempts. {@link Performance#count()}
   * has their number.
   *
   * @param mean arithmetic mean
   * @param fastest the shortest
   * @param slowest the longest
   * @param p999 99.9th percentile
   * @param p999Holds whether there were a thousand attempts; otherwise the 99.9th percentile is
   *     just the slowest
   */
  public record Latency(
      Duration mean, Duration fastest, Duration slowest, Duration p999, boolean p999Holds) {}

  /**
   * Scores of work.
   *
   * @param count the number of scores
   * @param meanScore their mean, in [0,1]
   */
  public record Evaluations(long count, double meanScore) {}

  /**
   * Checks against rules: judgements of attempts and validations by the host.
   *
   * @param validations the number of checks
   * @param passed passed checks
   * @param violations broken rules in all checks, including waived ones
   */
  public record Compliance(long validations, long passed, long violations) {
    /** {@return the share of checks that passed, in [0,1]; NaN without checks} */
    public double passRate() {
      return validations == 0 ? Double.NaN : (double) passed / validations;
    }

    /** {@return broken rules for each check, at least 0; NaN without checks} */
    public double violationRate() {
      return validations == 0 ? Double.NaN : (double) violations / validations;
    }
  }

  /**
   * The use of resources by a process, as the host reported it.
   *
   * @param samples the number of reports
   * @param meanCpu mean share of the processor, in [0,1]
   * @param meanMemory mean share of the memory, in [0,1]
   */
  public record Resources(long samples, double meanCpu, double meanMemory) {}

  /** {@return the one empty summary} */
  public static WindowSummary none() {
    return NONE;
  }

  /** {@return the throughput over the window's span, in attempts an hour} */
  public double attemptsPerHour() {
    return span.isZero() ? 0 : performance.count() / (span.toNanos() / HOUR);
  }

  /**
   * {@return US dollars for each accepted piece of work, including failed attempts; NaN without a
   * success}
   */
  public double costPerSuccess() {
    return successes == 0 ? Double.NaN : performance.cost() / successes;
  }

  /** {@return the share of attempts whose work was not accepted, in [0,1]; NaN without attempts} */
  public double errorRate() {
    return 1 - performance.successRate();
  }

  /**
   * {@return the mean time between failures: the span for each failed attempt; empty without
   * failures}
   */
  public Optional<Duration> timeBetweenFailures() {
    long failures = performance.count() - successes;
    return failures == 0 ? Optional.empty() : Optional.of(span.dividedBy(failures));
  }
}
