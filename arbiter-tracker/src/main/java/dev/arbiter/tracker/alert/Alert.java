/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Sanitizer;
import java.time.Instant;
import java.util.Locale;

/**
 * An anomaly began or ended.
 *
 * <p>{@code value}, {@code baseline}, {@code low} and {@code high} are milliseconds for {@link
 * Kind#LATENCY_SPIKE}, percent for {@link Kind#RESOURCE_SATURATION}, else shares in [0,1].
 *
 * @param kind the kind of anomaly
 * @param subject an agent's id or a gauge's name, unchanged
 * @param firing true at the begin, false at the end
 * @param critical whether the change is at least twice its limit
 * @param since when it was found, in event time
 * @param at when this alert was sent, in event time
 * @param measure the measured figure, such as {@code p50}
 * @param value its recent value
 * @param baseline its usual value; the limit for a gauge
 * @param low lower end of the interval of {@code value}
 * @param high upper end of the interval
 * @param samples attempts, judgements or readings behind {@code value}
 */
public record Alert(
    Kind kind,
    String subject,
    boolean firing,
    boolean critical,
    Instant since,
    Instant at,
    String measure,
    double value,
    double baseline,
    double low,
    double high,
    int samples) {
  /** Most characters of foreign text in one line. */
  static final int LONGEST = 256;

  /**
   * {@return the key that all alerts about one anomaly share: the kind's id, a colon, the subject}
   */
  public String key() {
    return kind.id() + ':' + subject;
  }

  /** {@return the alert as one line of printable characters, at most about 500, for any subject} */
  public String text() {
    return String.format(
        Locale.ROOT,
        "%s%s %s %s: %s %s, usually %s; interval %s to %s, %d samples, since %s",
        firing ? "FIRING" : "RESOLVED",
        firing && critical ? " CRITICAL" : "",
        kind.id(),
        Sanitizer.text(subject, LONGEST),
        measure,
        figure(value),
        figure(baseline),
        figure(low),
        figure(high),
        samples,
        since);
  }

  private String figure(double figure) {
    return switch (kind) {
      case LATENCY_SPIKE -> String.format(Locale.ROOT, "%.1f ms", figure);
      case RESOURCE_SATURATION -> String.format(Locale.ROOT, "%.1f %%", figure);
      default -> String.format(Locale.ROOT, "%.1f %%", 100 * figure);
    };
  }

  Alert resolved(Instant when) {
    return new Alert(
        kind, subject, false, critical, since, when, measure, value, baseline, low, high, samples);
  }

  Alert told(Instant when) {
    return new Alert(
        kind, subject, true, critical, since, when, measure, value, baseline, low, high, samples);
  }

  /** The kind of anomaly. */
  public enum Kind {
    /** Attempts take a multiple of their usual time, at the median or the 95th percentile. */
    LATENCY_SPIKE("latency_spike"),
    /** The mean quality fell; work that is not accepted counts as 0. */
    ACCURACY_DROP("accuracy_drop"),
    /** More attempts than usual end without accepted work. */
    ERROR_RATE_INCREASE("error_rate_increase"),
    /** A gauge stays near its end. */
    RESOURCE_SATURATION("resource_saturation"),
    /** The constitution denies more of the judged work than usual. */
    VIOLATION_SPIKE("constitutional_violation_spike");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /** {@return the name in keys, messages and records: lower case with underscores} */
    public String id() {
      return id;
    }
  }
}
