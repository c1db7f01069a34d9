/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Reads the moments of waivers and specs. */
final class Times {
  private static final int DATE_LENGTH = "2026-01-01".length();
  private static final int LONGEST = 40;

  private Times() {}

  /**
   * Reads a moment; a date alone is the start of that day in UTC.
   *
   * <p>So something that expires on a date is over when the day begins in UTC, the earlier of the
   * two readings. A time without a zone could mean any of 26 hours and is not read.
   *
   * @return null when it cannot be read
   */
  static @Nullable Instant expiry(String text) {
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
