/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What command lines write about their usage limits. */
class UsageLimitTest {
  private static final Instant NOW = Instant.parse("2026-08-14T10:30:00Z");
  private static final UsageLimit LIMIT =
      UsageLimit.inWords(InstantSource.fixed(NOW), ZoneId.of("Europe/Berlin"));

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Claude AI usage limit reached|1786711800; 2026-08-14T12:50:00Z",
        "5-hour limit reached \u2219 resets 3pm; 2026-08-14T13:00:00Z",
        "You've hit your limit \u00b7 resets 3pm (America/New_York); 2026-08-14T19:00:00Z",
        "Claude usage limit reached. Your limit will reset at 12am.; 2026-08-14T22:00:00Z",
        "Weekly limit reached \u2219 resets Aug 17, 3pm (UTC); 2026-08-17T15:00:00Z",
        "You've hit your usage limit. Upgrade to Pro (https://x) or try again in 2 days 17 hours 14"
            + " minutes.; 2026-08-17T03:44:00Z",
        "You've hit your usage limit. Visit https://x/y or try again at 2:51 PM.;"
            + " 2026-08-14T12:51:00Z",
        "You've hit your usage limit, try again at 9:15 AM.; 2026-08-15T07:15:00Z",
        "You have hit your limit. Try again at Sep 21st, 2026 2:51 PM.; 2026-09-21T12:51:00Z",
        "usage limit exceeded, retry in 3h 5m; 2026-08-14T13:35:00Z",
        "hit your usage limit, resets Jan 2, 9am (UTC); 2027-01-02T09:00:00Z",
        "usage limit reached, resets at 2026-12-01T09:00:00Z; 2026-12-01T09:00:00Z",
        "usage limit reached, resets at 2026-12-01T09:00:07.250-05:00.; 2026-12-01T14:00:07Z",
        "usage limit reached, resets on 2026-12-01 09:00; 2026-12-01T08:00:00Z",
        "usage limit reached, resets at 2026-12-01 at 9:30 pm UTC; 2026-12-01T21:30:00Z",
        "usage limit reached, resets at 1786711800; 2026-08-14T12:50:00Z",
        "usage limit reached {'resets_at': 1786711800000}; 2026-08-14T12:50:00Z",
        "usage limit reached, resets 3pm UTC; 2026-08-14T15:00:00Z",
        "usage limit reached, resets at 15:00:30.; 2026-08-14T13:00:30Z",
        "usage limit reached, resets at 2026-13-01T09:00:00Z; 2026-08-14T10:45:00Z",
        "usage limit reached, resets on 2026-12-01; 2026-08-14T10:45:00Z",
        "usage limit reached, resets 12/01/2026; 2026-08-14T10:45:00Z",
        "usage limit reached, resets 17 Aug, 3pm; 2026-08-14T10:45:00Z",
        "usage limit reached, resets at 17867118; 2026-08-14T10:45:00Z",
        "usage limit reached, resets at 15:00-16:00; 2026-08-14T10:45:00Z",
        "usage limit reached, again 1.5 hours later; 2026-08-14T10:45:00Z",
        "usage limit reached, try again 5 minutes later; 2026-08-14T10:45:00Z",
        "usage limit reached; 2026-08-14T10:45:00Z",
        "usage limit reached, resets at 45:99; 2026-08-14T10:45:00Z",
        "usage limit reached, resets 3pm (Nowhere/Land); 2026-08-14T10:45:00Z",
        "usage limit reached, resets Feb 31, 3pm; 2026-08-14T10:45:00Z"
      })
  void the_end_of_a_limit_is_read(String output, String end) {
    assertThat(LIMIT.end(1, "some work\n" + output + "\n")).contains(Instant.parse(end));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "error: no such file",
        "the limit of the array is reached in line 12",
        "Approaching usage limit \u00b7 resets at 12pm",
        "rate limiter test failed"
      })
  void other_failures_are_none(String output) {
    assertThat(LIMIT.end(1, output)).isEmpty();
  }

  /** It is half past twelve in Berlin. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "12:31pm; 2026-08-14T10:31:00Z",
        "12:30pm; 2026-08-15T10:30:00Z",
        "12pm; 2026-08-15T10:00:00Z",
        "12:00 am; 2026-08-14T22:00:00Z",
        "11:59 PM; 2026-08-14T21:59:00Z",
        "23:59; 2026-08-14T21:59:00Z",
        "0:05; 2026-08-14T22:05:00Z"
      })
  void a_time_without_a_day_is_the_next_one(String time, String end) {
    assertThat(LIMIT.end(1, "usage limit reached, resets " + time)).contains(Instant.parse(end));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "Jul 14, 12:30pm; 2026-07-14T10:30:00Z",
        "Jul 14, 12:29pm; 2027-07-14T10:29:00Z",
        "Aug 14, 12pm; 2026-08-14T10:00:00Z",
        "Aug 17, 2000 3pm; 2000-08-17T13:00:00Z",
        "Aug 17, 1999 3pm; 2026-08-14T10:45:00Z",
        "2000-01-01 3pm; 2000-01-01T14:00:00Z",
        "1999-12-31 3pm; 2026-08-14T10:45:00Z"
      })
  void a_day_without_a_year_is_the_next_one_or_just_passed(String day, String end) {
    assertThat(LIMIT.end(1, "usage limit reached, resets " + day)).contains(Instant.parse(end));
  }

  @Test
  void every_month_is_known_by_its_first_three_letters() {
    String[] months = {
      "Jan", "February", "MAR", "apr", "may", "June", "Jul", "Aug", "Sept", "Oct", "Nov", "December"
    };
    for (int i = 0; i < months.length; i++) {
      Instant end =
          LIMIT
              .end(1, "usage limit reached, resets " + months[i] + " 2, 2030 3pm UTC")
              .orElseThrow();
      assertThat(end.atZone(ZoneId.of("UTC")).getMonthValue()).isEqualTo(i + 1);
      assertThat(end.atZone(ZoneId.of("UTC")).getDayOfMonth()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1 day and 2 hours, 3 minutes 4 seconds; P1DT2H3M4S",
        "1d 2h 3m 4s; P1DT2H3M4S",
        "5 hrs; PT5H",
        "90 mins; PT90M",
        "45 secs; PT45S",
        "0 minutes; PT0S"
      })
  void a_time_from_now_is_the_sum_of_its_parts(String words, String time) {
    assertThat(LIMIT.end(1, "usage limit reached, try again in " + words))
        .contains(NOW.plus(Duration.parse(time)));
  }

  @Test
  void only_the_last_4000_characters_are_looked_at() {
    String words = "usage limit reached";

    assertThat(LIMIT.end(1, words + "x".repeat(4_000 - words.length()))).isPresent();
    assertThat(LIMIT.end(1, words + "x".repeat(4_001 - words.length()))).isEmpty();
  }

  @Test
  void an_end_that_was_said_before_the_limit_is_of_something_else() {
    assertThat(LIMIT.end(1, "backup resets 3pm\nusage limit reached"))
        .contains(NOW.plus(Duration.ofMinutes(15)));
    assertThat(LIMIT.exitCode(75).end(75, "try again in 2 hours"))
        .as("without the words, any end counts")
        .contains(NOW.plus(Duration.ofHours(2)));
  }

  @Test
  void what_was_declared_first_is_kept() {
    UsageLimit limit =
        LIMIT
            .exitCode(75)
            .exitCode(76)
            .orAfter(Duration.ofHours(1))
            .words(Pattern.compile("NO MORE"));

    assertThat(limit.end(75, "")).contains(NOW.plus(Duration.ofHours(1)));
    assertThat(limit.end(76, "")).contains(NOW.plus(Duration.ofHours(1)));
    assertThat(limit.end(77, "")).isEmpty();
    assertThat(limit.end(1, "NO MORE")).contains(NOW.plus(Duration.ofHours(1)));
    assertThat(LIMIT.end(75, "")).as("the first is as it was").isEmpty();
    assertThatThrownBy(() -> LIMIT.orAfter(Duration.ZERO))
        .hasMessage("the time must be positive, got PT0S");
  }

  @Test
  void a_limit_is_recognised_by_what_a_user_declares() {
    assertThat(LIMIT.exitCode(75).end(75, "no words")).contains(NOW.plusSeconds(900));
    assertThat(LIMIT.exitCode(75).orAfter(Duration.ofHours(1)).end(75, ""))
        .contains(NOW.plusSeconds(3_600));
    assertThat(LIMIT.words(Pattern.compile("NO MORE")).end(1, "NO MORE, again in 10 seconds"))
        .contains(NOW.plusSeconds(10));
    assertThat(LIMIT.words(Pattern.compile("NO MORE")).end(1, "usage limit reached")).isEmpty();
  }

  /** 3,000 moments of ten years, in zones with and without summer time. */
  @Test
  void a_clock_time_is_within_a_day_and_a_date_within_a_year() {
    SplittableRandom random = new SplittableRandom(43);
    String[] zones = {"Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC", "Pacific/Apia"};
    DateTimeFormatter date = DateTimeFormatter.ofPattern("MMM d", Locale.ENGLISH);
    for (int i = 0; i < 3_000; i++) {
      Instant now = NOW.plusSeconds(random.nextInt(10 * 365 * 24 * 3_600));
      ZoneId zone = ZoneId.of(zones[random.nextInt(zones.length)]);
      UsageLimit limit = UsageLimit.inWords(InstantSource.fixed(now), zone);
      LocalTime time = LocalTime.of(random.nextInt(24), random.nextInt(60));
      LocalDate day = LocalDate.ofYearDay(2025, 1 + random.nextInt(365));

      String clock = "usage limit reached, resets at " + time;
      assertThat(limit.end(1, clock).orElseThrow())
          .as("%s at %s in %s", clock, now, zone)
          .isAfter(now)
          .isBeforeOrEqualTo(now.plus(Duration.ofHours(25)));
      String dated = "usage limit reached, resets " + day.format(date) + ", 3pm";
      assertThat(limit.end(1, dated).orElseThrow())
          .as("%s at %s in %s", dated, now, zone)
          .isAfter(now.minus(Duration.ofDays(32)))
          .isBefore(now.plus(Duration.ofDays(366)));
    }
  }

  @Test
  void a_time_that_never_ends_is_beyond_the_calendar_and_no_failure() {
    UsageLimit limit = LIMIT.orAfter(ChronoUnit.FOREVER.getDuration());

    assertThat(limit.end(1, "usage limit reached")).contains(Instant.MAX);
    assertThat(limit.end(1, "usage limit reached, try again in 2 hours"))
        .contains(NOW.plus(Duration.ofHours(2)));
  }

  /** The words of an agent are foreign: any of them has an answer, soon. */
  @Test
  void any_words_have_an_answer() {
    Random random = new Random(7);
    String[] parts = {
      "usage limit reached",
      "|",
      "1749924000",
      " in ",
      "9999 days",
      " and ",
      ",",
      " resets ",
      "Aug ",
      "17",
      " at ",
      "3pm",
      "(",
      "UTC",
      ")",
      "99999999999999999999",
      "\n",
      "again",
      " ",
      "0",
      ":",
      "\0"
    };
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(30); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      assertThat(LIMIT.end(1, text.toString())).isNotNull();
    }
    assertThat(LIMIT.end(1, "usage limit reached " + "in 9 ".repeat(1_000_000))).isEmpty();
    assertThat(LIMIT.end(1, "in 9 ".repeat(1_000_000) + "usage limit reached")).isPresent();
  }

  @Test
  void a_command_that_reached_its_limit_is_left_alone_until_then(@TempDir Path folder)
      throws Exception {
    Path calls = folder.resolve("calls");
    String script =
        "echo x >> " + calls + "; echo 'try later: usage limit reached|4102444800'; exit 1";
    ProcessAgent agent =
        ProcessAgent.builder("sh", "-c", script)
            .usageLimit(UsageLimit.inWords(InstantSource.system(), ZoneId.of("UTC")))
            .build();
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ZERO)
            .agent(AgentProfile.of("cli"), agent)
            .build()) {
      var handle = arbiter.submit(Task.builder("fix").build());
      for (int i = 0; i < 2_000 && handle.waitsFor().isEmpty(); i++) {
        Thread.sleep(5);
      }
      Instant end = Instant.ofEpochSecond(4_102_444_800L);
      assertThat(handle.waitsFor()).contains(new WaitReason.Quota("cli", end));
      assertThat(arbiter.agents().find("cli").orElseThrow().status()).isEqualTo(Status.LIMITED);

      arbiter.agents().register(AgentProfile.of("other"), assignment -> WorkReport.of("done"));

      TaskResult.Completed done = (TaskResult.Completed) handle.await(Duration.ofSeconds(20));
      assertThat(done.agent()).isEqualTo("other");
      assertThat(Files.readAllLines(calls)).hasSize(1);
    }
  }

  @Test
  void an_agent_whose_limit_never_ends_waits_until_somebody_sets_its_status() throws Exception {
    ProcessAgent agent =
        ProcessAgent.builder("sh", "-c", "exit 75")
            .usageLimit(
                UsageLimit.inWords(InstantSource.system(), ZoneId.of("UTC"))
                    .exitCode(75)
                    .orAfter(ChronoUnit.FOREVER.getDuration()))
            .build();
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .closeLimit(Duration.ZERO)
            .executor(Runnable::run)
            .agent(AgentProfile.of("cli"), agent)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());

      assertThat(handle.waitsFor()).contains(new WaitReason.Quota("cli", Instant.MAX));
      assertThat(arbiter.agents().find("cli").orElseThrow().status()).isEqualTo(Status.LIMITED);
      arbiter.agents().register(AgentProfile.of("other"), assignment -> WorkReport.of("done"));

      assertThat(handle.await(Duration.ofSeconds(20))).isInstanceOf(TaskResult.Completed.class);
    }
  }
}
