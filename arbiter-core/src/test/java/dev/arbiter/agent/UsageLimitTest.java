/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
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
import java.time.ZoneId;
import java.util.Random;
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

  @Test
  void a_limit_is_recognised_by_what_a_user_declares() {
    assertThat(LIMIT.exitCode(75).end(75, "no words")).contains(NOW.plusSeconds(900));
    assertThat(LIMIT.exitCode(75).orAfter(Duration.ofHours(1)).end(75, ""))
        .contains(NOW.plusSeconds(3_600));
    assertThat(LIMIT.words(Pattern.compile("NO MORE")).end(1, "NO MORE, again in 10 seconds"))
        .contains(NOW.plusSeconds(10));
    assertThat(LIMIT.words(Pattern.compile("NO MORE")).end(1, "usage limit reached")).isEmpty();
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
}
