/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.FinishedAttempt;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class HistoryTest extends HistoryFixture {
  @Test
  void an_attempt_becomes_a_line_whose_hash_anybody_can_check() throws Exception {
    try (History history = builder().build()) {
      history.ended(
          new FinishedAttempt(
              "ada",
              "refactor",
              "acme",
              hour(1),
              Duration.ofMillis(1500),
              true,
              0.9,
              new Usage(10, 20, 0.02, Duration.ZERO)));
      history.flush();
    }

    String line = onlySegment().strip();
    assertThat(line)
        .startsWith("{\"seq\":1,\"prev\":\"" + "0".repeat(64) + "\",\"type\":\"attempt\"")
        .contains("\"at\":\"2026-01-01T01:00:00Z\"", "\"agent\":\"ada\"", "\"quality\":0.9")
        .contains("\"durationNanos\":1500000000", "\"outputTokens\":20");
    int end = line.lastIndexOf(",\"hash\":\"");
    byte[] hash =
        MessageDigest.getInstance("SHA-256")
            .digest(
                ("arbiter.history.v1\n" + line.substring(0, end)).getBytes(StandardCharsets.UTF_8));
    assertThat(line).endsWith(HexFormat.of().formatHex(hash) + "\"}");
  }

  @Test
  void a_record_says_for_how_many_attempts_it_stands() throws Exception {
    Usage none = new Usage(0, 0, 0, Duration.ZERO);
    Duration time = Duration.ofSeconds(1);
    try (History history = builder().build()) {
      history.ended(new FinishedAttempt("ada", "fix", "acme", hour(1), time, true, 1, none, 4));
      history.ended(new FinishedAttempt("bob", "fix", "acme", hour(1), time, true, 1, none));
      history.flush();
      assertThat(history.verify().holds()).isTrue();
    }

    assertThat(onlySegment().strip().lines())
        .satisfiesExactly(
            sampled -> assertThat(sampled).contains("\"weight\":4.0"),
            whole -> assertThat(whole).doesNotContain("weight"));
  }

  @Test
  void the_chain_holds_over_segments_and_restarts() throws IOException {
    ChainHead noted;
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 0, 30);
      noted = history.head();
    }
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 30, 50);

      assertThat(history.verify(noted))
          .isEqualTo(new History.Check(true, history.head(), 50, 0, ""));
      assertThat(noted.seq()).isEqualTo(30);
      assertThat(history.stats().segments()).isGreaterThan(5);
      assertThat(history.stats().written()).isEqualTo(20);
      assertThat(files(".gz")).hasSizeGreaterThan(4);
    }
  }

  @Test
  void full_batches_are_written_by_whoever_fills_them() {
    try (History history = builder().build()) {
      history.append("note", hour(0), Map.of());
      history.append("note", hour(0), Map.of());
      history.append("note", hour(0), Map.of());
      assertThat(history.stats().written()).isZero();

      history.append("note", hour(0), Map.of());

      assertThat(history.stats().written()).isEqualTo(4);
      assertThat(history.stats().waiting()).isZero();
    }
  }

  @Test
  void an_executor_writes_in_their_place() {
    ArrayDeque<Runnable> tasks = new ArrayDeque<>();
    try (History history = builder().executor(tasks::add).build()) {
      for (int i = 0; i < 9; i++) {
        history.append("note", hour(0), Map.of());
      }
      assertThat(tasks).hasSize(1);
      assertThat(history.stats().written()).isZero();

      tasks.remove().run();

      assertThat(history.stats().written()).isEqualTo(8);
    }
  }

  @Test
  void an_executor_that_refuses_delays_and_loses_nothing() {
    try (History history =
        builder()
            .executor(
                task -> {
                  throw new RejectedExecutionException("full");
                })
            .build()) {
      for (int i = 0; i < 9; i++) {
        history.append("note", hour(0), Map.of());
      }

      assertThat(history.stats().failures()).isEqualTo(1);
      assertThat(history.flush()).isTrue();
      assertThat(history.stats().written()).isEqualTo(9);
    }
  }

  @Test
  void what_is_no_json_and_what_is_reserved_is_dropped() {
    try (History history = builder().build()) {
      history.append("note", hour(0), Map.of("ok", 1));
      history.append("note", hour(0), Map.of("odd", new Object() {}));
      history.append("deletion", hour(0), Map.of());
      history.append("damage", hour(0), Map.of());
      history.append("", hour(0), Map.of());
      history.append("note", hour(0), Map.of("nan", Double.NaN));

      assertThat(history.flush()).isTrue();

      assertThat(history.stats().written()).isEqualTo(2);
      assertThat(history.stats().dropped()).isEqualTo(4);
      assertThat(history.verify().holds()).isTrue();
    }
  }

  @Test
  void after_the_close_records_are_dropped_and_nothing_is_deleted() {
    History history = builder().build();
    fill(history, 0, 2);
    history.append("note", hour(2), Map.of());
    history.close();
    history.close();
    history.append("note", hour(3), Map.of());

    assertThat(history.stats().dropped()).isEqualTo(1);
    assertThat(history.verify().records()).isEqualTo(3);
    assertThatThrownBy(() -> history.deleteBefore(hour(9)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void a_folder_has_one_history_at_a_time() {
    try (History history = builder().build()) {
      assertThatThrownBy(() -> builder().build())
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("open elsewhere");
      assertThat(history.verify().records()).isZero();
    }
    builder().build().close();
  }

  @Test
  void limits_say_what_they_may_be() {
    refused(() -> builder().queue(0, 1), "history.queue must be 1 to 1048576, got 0");
    refused(() -> builder().queue(4, 5), "history.batch must be 1 to the queue's 4, got 5");
    refused(() -> builder().segmentBytes(1023), "history.segmentBytes");
    refused(() -> builder().segmentBytes((256L << 20) + 1), "history.segmentBytes");
    refused(
        () -> new History.Retention(Duration.ZERO, 1 << 20), "storage.retention must be positive");
    refused(() -> new History.Retention(Duration.ofDays(1), 100), "storage.maxBytes");
    assertThat(History.Retention.standard())
        .isEqualTo(new History.Retention(Duration.ofDays(90), 100L << 30));
  }

  private static void refused(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }
}
