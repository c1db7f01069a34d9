/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import dev.arbiter.internal.Require;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads from what a command wrote that its usage limit is reached, and when the limit ends. For
 * {@link ProcessAgent.Builder#usageLimit}. Immutable and thread-safe.
 *
 * <p>It looks at the last 4,000 characters of a command that failed. It knows these forms of an
 * end, in English: seconds or milliseconds since 1970 ({@code usage limit reached|1749924000},
 * {@code resets_at: 1749924000}), an instant ({@code resets at 2026-12-01T09:00:00Z}), a clock time
 * with or without a day and a zone ({@code resets 3pm (Europe/Berlin)}, {@code resets Aug 17, 3pm},
 * {@code try again at 2:51 PM}), and a time from now ({@code try again in 2 days 17 hours}). Any
 * other form is an end that was not said.
 */
public final class UsageLimit {
  private static final int LAST = 4_000;
  private static final int THIS_CENTURY = 2_000;
  private static final int HALF_A_DAY = 12;
  private static final int DAYS_BACK = 31;

  private static final Pattern REACHED =
      Pattern.compile(
          "(usage|session|weekly|5-hour|rate|opus|daily|monthly) limit reached"
              + "|hit your (usage |session |weekly |daily )?limit"
              + "|(usage|quota) limit (was |has been )?(reached|exceeded)"
              + "|exceeded your (current )?(usage|quota)"
              + "|out of (usage|quota)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern EPOCH =
      Pattern.compile(
          "(?:\\|\\s{0,4}|(?:resets?|again)(?:[\\s_]{0,4}(?:at|on))?[\\s:=\"']{1,6})"
              + "(\\d{10})(?:\\d{3})?(?!\\d)",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern LATER =
      Pattern.compile(
          "\\bin\\s{1,4}((?:\\d{1,4}\\s{0,4}(?:days?|d|hours?|hrs?|h|minutes?|mins?|m|seconds?|secs?|s)"
              + "\\b[\\s,]{0,4}(?:and\\s{1,4})?){1,4})",
          Pattern.CASE_INSENSITIVE);
  private static final Pattern PART =
      Pattern.compile("(\\d{1,4})\\s{0,4}([dhms])", Pattern.CASE_INSENSITIVE);

  /* What follows tells that the number before was no hour. */
  private static final String NO_TIME =
      "(?!\\d|[.:/\\-]\\d|\\s{0,4}(?:[dhms]\\b|days?|weeks?|hours?|hrs?|min|sec"
          + "|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))";
  private static final Pattern AT =
      Pattern.compile(
          "(?:resets?|again)(?:[\\s_]{0,4}(?:at|on))?[\\s:=\"']{1,6}"
              + "(?:(?<month>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\s{1,4}"
              + "(?<day>\\d{1,2})(?:st|nd|rd|th)?(?:,?\\s{1,4}(?<year>\\d{4}))?,?"
              + "(?:\\s{1,4}at)?\\s{1,4}"
              + "|(?<date>\\d{4}-\\d{2}-\\d{2})(?:T|,?(?:\\s{1,4}at)?\\s{1,4}))?"
              + "(?<hour>\\d{1,2})(?::(?<minute>\\d{2})(?::(?<second>\\d{2})(?:\\.\\d{1,9})?)?)?"
              + "\\s{0,4}(?<half>am|pm)?"
              + "(?:\\s{0,4}(?:\\((?<zone>[A-Za-z0-9_+/\\-]{1,40})\\)"
              + "|(?<offset>Z\\b|UTC\\b|GMT\\b|[+\\-]\\d{2}:?\\d{2})))?"
              + NO_TIME,
          Pattern.CASE_INSENSITIVE);
  private static final String MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec";

  private final InstantSource clock;
  private final ZoneId zone;
  private final Pattern words;
  private final Set<Integer> exitCodes;
  private final Duration unknown;

  private UsageLimit(
      InstantSource clock, ZoneId zone, Pattern words, Set<Integer> exitCodes, Duration unknown) {
    this.clock = clock;
    this.zone = zone;
    this.words = words;
    this.exitCodes = Set.copyOf(exitCodes);
    this.unknown = unknown;
  }

  /**
   * {@return a limit that is recognised by the words that known coding agents write} Without an end
   * in the words it ends after 15 minutes.
   *
   * @param clock tells what "in two hours" and "3pm" mean
   * @param zone the zone of clock times that name none
   */
  public static UsageLimit inWords(InstantSource clock, ZoneId zone) {
    return new UsageLimit(clock, zone, REACHED, Set.of(), Duration.ofMinutes(15));
  }

  /**
   * {@return the same, recognised by other words}
   *
   * @param regex found anywhere in the last 4,000 characters
   */
  public UsageLimit words(Pattern regex) {
    return new UsageLimit(clock, zone, regex, exitCodes, unknown);
  }

  /**
   * {@return the same, recognised by an exit code too, whatever the command wrote}
   *
   * @param code the exit code
   */
  public UsageLimit exitCode(int code) {
    Set<Integer> codes = new HashSet<>(exitCodes);
    codes.add(code);
    return new UsageLimit(clock, zone, words, codes, unknown);
  }

  /**
   * {@return the same with another time for a limit whose end is not said}
   *
   * @param time a positive duration
   */
  public UsageLimit orAfter(Duration time) {
    Require.that(time.compareTo(Duration.ZERO) > 0, "the time must be positive, got %s", time);
    return new UsageLimit(clock, zone, words, exitCodes, time);
  }

  /**
   * {@return when the limit ends; empty if none is reached}
   *
   * @param exitCode the exit code of a command that failed
   * @param output what it wrote
   */
  public Optional<Instant> end(int exitCode, String output) {
    String last = output.substring(Math.max(0, output.length() - LAST));
    Matcher reached = words.matcher(last);
    boolean isSaid = reached.find();
    if (!isSaid && !exitCodes.contains(exitCode)) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    String behind = isSaid ? last.substring(reached.start()) : last;
    return Optional.of(said(behind, now).orElseGet(() -> later(now)));
  }

  private Instant later(Instant now) {
    try {
      return now.plus(unknown);
    } catch (DateTimeException | ArithmeticException tooFar) {
      return Instant.MAX;
    }
  }

  private Optional<Instant> said(String text, Instant now) {
    Matcher epoch = EPOCH.matcher(text);
    if (epoch.find()) {
      return Optional.of(Instant.ofEpochSecond(Long.parseLong(epoch.group(1))));
    }
    Matcher later = LATER.matcher(text);
    if (later.find()) {
      return Optional.of(now.plus(sum(later.group(1))));
    }
    Matcher at = AT.matcher(text);
    return at.find() ? moment(at, now) : Optional.empty();
  }

  private static Duration sum(String parts) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(parts);
    while (part.find()) {
      long number = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2).toLowerCase(Locale.ROOT)) {
                case "d" -> Duration.ofDays(number);
                case "h" -> Duration.ofHours(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofSeconds(number);
              });
    }
    return sum;
  }

  /* A time without a day is the next one; a day without a year is the next one, or just passed. */
  private Optional<Instant> moment(Matcher at, Instant now) {
    String offset = at.group("offset");
    String date = at.group("date");
    if (offset != null && date == null && !Character.isLetter(offset.charAt(0))) {
      // "15:00-16:00" is a span of time.
      return Optional.empty();
    }
    try {
      ZonedDateTime today = now.atZone(zone(at.group("zone"), offset));
      LocalTime time = time(at);
      if (date != null) {
        return since2000(ZonedDateTime.of(LocalDate.parse(date), time, today.getZone()));
      }
      if (at.group("month") == null) {
        ZonedDateTime then = today.with(time);
        return Optional.of((then.isAfter(today) ? then : then.plusDays(1)).toInstant());
      }
      int month = MONTHS.indexOf(at.group("month").toLowerCase(Locale.ROOT)) / 3 + 1;
      String said = at.group("year");
      int year = said == null ? today.getYear() : Integer.parseInt(said);
      LocalDate day = LocalDate.of(year, month, Integer.parseInt(at.group("day")));
      ZonedDateTime then = ZonedDateTime.of(day, time, today.getZone());
      boolean isOver = said == null && then.isBefore(today.minusDays(DAYS_BACK));
      return since2000(isOver ? then.plusYears(1) : then);
    } catch (DateTimeException noSuchTime) {
      return Optional.empty();
    }
  }

  private static Optional<Instant> since2000(ZonedDateTime then) {
    return then.getYear() < THIS_CENTURY ? Optional.empty() : Optional.of(then.toInstant());
  }

  private ZoneId zone(@Nullable String name, @Nullable String offset) {
    if (name != null) {
      return ZoneId.of(name);
    }
    return offset == null ? zone : ZoneId.of(offset.toUpperCase(Locale.ROOT));
  }

  private static LocalTime time(Matcher at) {
    int hour = Integer.parseInt(at.group("hour"));
    String half = at.group("half");
    if (half != null) {
      hour = hour % HALF_A_DAY + (half.equalsIgnoreCase("pm") ? HALF_A_DAY : 0);
    }
    return LocalTime.of(hour, number(at.group("minute")), number(at.group("second")));
  }

  private static int number(@Nullable String digits) {
    return digits == null ? 0 : Integer.parseInt(digits);
  }
}
