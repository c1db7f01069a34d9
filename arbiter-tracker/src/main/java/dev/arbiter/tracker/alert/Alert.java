/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.internal.Sanitizer;
import java.time.Instant;
import java.util.Locale;

/**
 * Something is worse than usual, or is so no longer.
 *
 * <p>{@code value}, {@code baseline}, {@code low} and {@code high} are milliseconds for {@link
 * Kind#LATENCY_SPIKE}, percent for {@link Kind#RESOURCE_SATURATION}, else shares in [0,1].
 *
 * @param kind what
 * @param subject whose: an agent's id or a gauge's name, as it was given
 * @param firing true when it began, false when it is over
 * @param critical whether the change is at least twice what is allowed
 * @param since when it was found, in event time
 * @param at when this was said, in event time
 * @param measure what was measured, such as {@code p50}
 * @param value lately
 * @param baseline usually; the limit for a gauge
 * @param low lower end of the interval of {@code value}
 * @param high upper end of it
 * @param samples how many attempts, judgements or readings are behind {@code value}
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
   * What stays the same from alert to alert about one thing: kind and subject, nothing of time.
   *
   * @return the kind's id, a colon, the subject
   */
  public String key() {
    return kind.id() + ':' + subject;
  }

  /**
   * The alert in one line of printable characters, whatever the subject holds.
   *
   * @return at most about 500 characters
   */
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

  /** What an {@link Alert} is about. */
  public enum Kind {
    /** Attempts take a multiple of their usual time, in the middle or at the 95th percentile. */
    LATENCY_SPIKE("latency_spike"),
    /** The mean quality fell, work that does not stand counting as 0. */
    ACCURACY_DROP("accuracy_drop"),
    /** More attempts than usual end without work that stands. */
    ERROR_RATE_INCREASE("error_rate_increase"),
    /** A gauge stays near its end. */
    RESOURCE_SATURATION("resource_saturation"),
    /** The constitution denies more of the work it judges than usual. */
    VIOLATION_SPIKE("constitutional_violation_spike");

    private final String id;

    Kind(String id) {
      this.id = id;
    }

    /**
     * The name in keys, messages and records.
     *
     * @return lower case with underscores
     */
    public String id() {
      return id;
    }
  }
}
