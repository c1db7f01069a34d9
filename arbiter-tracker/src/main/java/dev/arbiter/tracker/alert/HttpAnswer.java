/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The beginning of an HTTP answer.
 *
 * @param status 100 to 599
 * @param retryAfter as sent; empty if there was none
 * @param date as sent; empty if there was none
 */
record HttpAnswer(int status, String retryAfter, String date) {
  private static final int MOST_STATUS = 4096;
  private static final int MOST_HEADERS = 1 << 15;
  private static final int HUNDRED = 100;

  /** A time-out on the way, too many requests, and what a gateway says about a server behind it. */
  private static final Set<Integer> TRANSIENT = Set.of(408, 425, 429, 502, 503, 504);

  /** RFC 9110, section 5.6.7: the format of today and the two obsolete ones. */
  private static final List<DateTimeFormatter> DATES =
      List.of(
          DateTimeFormatter.RFC_1123_DATE_TIME,
          new DateTimeFormatterBuilder()
              .appendPattern("EEEE, dd-MMM-")
              .appendValueReduced(ChronoField.YEAR, 2, 2, 1970)
              .appendPattern(" HH:mm:ss 'GMT'")
              .toFormatter(Locale.US),
          DateTimeFormatter.ofPattern("EEE MMM ppd HH:mm:ss yyyy", Locale.US));

  /** Reads the status, and the headers unless it is a success. */
  static HttpAnswer read(InputStream in) throws IOException {
    int status = status(in);
    if (status / HUNDRED == 2) {
      return new HttpAnswer(status, "", "");
    }
    try {
      return headers(in, status);
    } catch (IOException e) {
      return new HttpAnswer(status, "", ""); // the status is what counts
    }
  }

  private static HttpAnswer headers(InputStream in, int status) throws IOException {
    String retryAfter = "";
    String date = "";
    int room = MOST_HEADERS;
    for (String line = line(in, room); !line.isEmpty() && room > 0; line = line(in, room)) {
      room -= line.length() + 1;
      String name = line.substring(0, Math.max(0, line.indexOf(':'))).toLowerCase(Locale.ROOT);
      String value = line.substring(line.indexOf(':') + 1).trim();
      retryAfter = name.equals("retry-after") ? value : retryAfter;
      date = name.equals("date") ? value : date;
    }
    return new HttpAnswer(status, retryAfter, date);
  }

  /** Reads the answer of a proxy up to the bytes of the tunnel behind it. */
  static int throughProxy(InputStream in) throws IOException {
    int status = status(in);
    headers(in, status);
    return status;
  }

  private static int status(InputStream in) throws IOException {
    String[] parts = line(in, MOST_STATUS).split(" ", 3);
    if (parts.length < 2 || !parts[0].startsWith("HTTP/1.") || !parts[1].matches("[1-5][0-9]{2}")) {
      throw new UndeliveredException("the answer is not HTTP");
    }
    return Integer.parseInt(parts[1]);
  }

  private static String line(InputStream in, int most) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0 || line.length() >= most) {
        throw new UndeliveredException("the answer is not HTTP");
      }
      line.append((char) c);
    }
    return line.toString().trim();
  }

  boolean isSuccess() {
    return status / HUNDRED == 2;
  }

  /** How long the server asks to wait, zero if it names no time; null if it refuses for good. */
  @Nullable Duration wait(Instant now) {
    Duration told = told(now);
    return told != null ? told : TRANSIENT.contains(status) ? Duration.ZERO : null;
  }

  private @Nullable Duration told(Instant now) {
    if (status / HUNDRED == 3 || retryAfter.isEmpty()) {
      return null;
    }
    if (retryAfter.matches("[0-9]{1,9}")) {
      return Duration.ofSeconds(Integer.parseInt(retryAfter));
    }
    if (retryAfter.matches("[0-9]+")) {
      return Duration.ofSeconds(Integer.MAX_VALUE);
    }
    Instant until = moment(retryAfter);
    Instant sent = moment(date);
    return until == null ? null : Duration.between(sent == null ? now : sent, until);
  }

  private static @Nullable Instant moment(String text) {
    for (DateTimeFormatter format : DATES) {
      try {
        return LocalDateTime.parse(text, format).toInstant(ZoneOffset.UTC);
      } catch (DateTimeException e) {
        // perhaps the next format
      }
    }
    return null;
  }
}
