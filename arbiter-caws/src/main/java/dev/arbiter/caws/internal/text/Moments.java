/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.text;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Reads the moments of waivers and specs. */
public final class Moments {
  private static final int DATE_LENGTH = "2026-01-01".length();
  private static final int LONGEST = 40;

  private Moments() {}

  /** Whether a text is a date and a time with its zone, as RFC 3339 writes them. */
  static boolean isMoment(String text) {
    return moment(text) != null;
  }

  /**
   * Reads a date and a time with its zone; a space may be between them.
   *
   * @return null when it cannot be read
   */
  public static @Nullable Instant moment(String text) {
    if (text.length() <= DATE_LENGTH || text.length() > LONGEST) {
      return null;
    }
    char separator = text.charAt(DATE_LENGTH);
    boolean separated = separator == 'T' || separator == 't' || separator == ' ';
    String date = text.substring(0, DATE_LENGTH);
    return separated ? expiry(date + "T" + zoned(text.substring(DATE_LENGTH + 1))) : null;
  }

  /** Writes the zone out in full: {@code +01} and {@code +0100} are read as well. */
  private static String zoned(String time) {
    int sign = Math.max(time.lastIndexOf('+'), time.lastIndexOf('-'));
    if (sign < 0) {
      return time.endsWith("z") ? time.substring(0, time.length() - 1) + "Z" : time;
    }
    int digits = time.length() - sign - 1;
    boolean joined = digits == 4 && time.indexOf(':', sign) < 0;
    return digits == 2
        ? time + ":00"
        : joined ? time.substring(0, sign + 3) + ":" + time.substring(sign + 3) : time;
  }

  /**
   * Reads a moment; a date alone is the start of that day in UTC.
   *
   * <p>So a waiver that expires on a date is over when the day begins in UTC, the earlier of two
   * readings. A time without a zone could be any of 26 hours and is not read.
   *
   * @return null when it cannot be read
   */
  public static @Nullable Instant expiry(String text) {
    if (text.length() > LONGEST) {
      return null;
    }
    try {
      return text.length() == DATE_LENGTH
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }
}
