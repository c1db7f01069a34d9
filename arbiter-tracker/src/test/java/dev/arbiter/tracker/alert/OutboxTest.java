/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final StillTime time = new StillTime();
  private final Deque<Runnable> asked = new ArrayDeque<>();
  private final List<String> arrived = new ArrayList<>();
  private String failure = "";

  @Test
  void nothing_is_carried_on_the_thread_that_adds() {
    Outbox outbox = outbox();
    add(outbox, "a");
    add(outbox, "b");

    assertThat(arrived).isEmpty();
    assertThat(asked).hasSize(1);
    asked.remove().run();
    assertThat(arrived).containsExactly("a", "b");
    assertThat(outbox.state().sent()).isEqualTo(2);
    assertThat(outbox.state().queued()).isZero();
  }

  @Test
  void a_full_queue_drops_and_counts() {
    Outbox outbox = outbox();
    for (int i = 0; i < 100; i++) {
      add(outbox, "a" + i);
    }

    assertThat(outbox.state().queued()).isEqualTo(64);
    assertThat(outbox.state().dropped()).isEqualTo(36);
    asked.remove().run();
    assertThat(arrived).hasSize(64).startsWith("a0", "a1");
  }

  @Test
  void what_failed_is_tried_again_in_order_and_given_up_after_three_times() {
    Outbox outbox = outbox();
    failure = "broken";
    add(outbox, "a");
    add(outbox, "b");
    asked.remove().run();
    assertThat(outbox.state().failures()).isEqualTo(1);

    outbox.wake();
    assertThat(asked).as("not before its time").isEmpty();
    for (int i = 0; i < 2; i++) {
      time.advance(Duration.ofSeconds(2));
      outbox.wake();
      asked.remove().run();
    }

    assertThat(outbox.state().givenUp()).isEqualTo(1);
    assertThat(outbox.state().failures()).isEqualTo(4);
    assertThat(outbox.state().lastFailure()).isEqualTo("IllegalStateException");
    failure = "";
    time.advance(Duration.ofSeconds(2));
    outbox.wake();
    asked.remove().run();
    assertThat(arrived).containsExactly("b");
    assertThat(outbox.state().sent()).isEqualTo(1);
  }

  @Test
  void an_executor_that_refuses_is_asked_again() {
    boolean[] open = {false};
    Outbox outbox =
        new Outbox(
            channel(),
            run -> {
              if (!open[0]) {
                throw new RejectedExecutionException("full");
              }
              asked.add(run);
            },
            time.sources().nanoTime());
    add(outbox, "a");
    assertThat(outbox.state().refused()).isEqualTo(1);

    open[0] = true;
    outbox.wake();
    asked.remove().run();
    assertThat(arrived).containsExactly("a");
  }

  @Test
  void an_error_of_a_channel_is_a_failure_like_any_other() {
    Outbox outbox =
        new Outbox(
            AlertChannel.callback(
                "broken",
                alert -> {
                  throw new AssertionError("https://hooks.example/secret");
                }),
            asked::add,
            time.sources().nanoTime());
    add(outbox, "a");
    asked.remove().run();

    assertThat(outbox.state().failures()).isEqualTo(1);
    assertThat(outbox.state().lastFailure()).isEqualTo("AssertionError");
    assertThat(outbox.state().busy()).isZero();
  }

  @Test
  void a_channel_that_hangs_delays_neither_attempts_nor_other_channels() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch hanging = new CountDownLatch(1);
    CountDownLatch other = new CountDownLatch(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      Alerts alerts =
          Alerts.builder()
              .sources(time.sources())
              .executor(threads)
              .channel(
                  AlertChannel.callback(
                      "hangs",
                      alert -> {
                        hanging.countDown();
                        await(release);
                      }))
              .channel(AlertChannel.callback("well", alert -> other.countDown()))
              .build();
      for (int i = 0; i < 100; i++) {
        alerts.judged("ada", false, time.now());
      }
      for (int i = 0; i < 20; i++) {
        alerts.judged("ada", true, time.now());
      }
      assertThat(hanging.await(10, TimeUnit.SECONDS)).isTrue();
      assertThat(other.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < 100_000; i++) {
        alerts.judged("ada", false, time.now());
      }
      time.advance(Duration.ofSeconds(7));

      AlertChannel.State hangs = alerts.stats().channels().get(0);
      assertThat(hangs.name()).isEqualTo("hangs");
      assertThat(hangs.busy()).isEqualTo(Duration.ofSeconds(7));
      assertThat(hangs.sent()).isZero();
      assertThat(hangs.queued()).isEqualTo(2);
    } finally {
      release.countDown();
      threads.shutdown();
      assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void a_name_and_a_subject_stay_one_printable_line() {
    for (String naughty :
        List.of("a\nb", "a\r\nb", "\u0085", "\u2028", "\u202e", "\ud800", "x".repeat(9999))) {
      String text = alert(naughty).text();
      assertThat(text).hasSizeLessThan(520);
      assertThat(text.codePoints().allMatch(c -> c >= 0x20 && c < 0x7f)).isTrue();
    }
    assertThat(alert("caf\u00e9 \ud83d\ude00").text()).contains("caf\u00e9 \ud83d\ude00");
    assertThat(alert("${jndi:x}").text()).contains("${jndi:x}");
  }

  @Test
  void the_log_channel_takes_everything() throws Exception {
    AlertChannel.log().send(alert("ada"));
    assertThat(AlertChannel.log().name()).isEqualTo("log");
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private AlertChannel channel() {
    return AlertChannel.callback(
        "list",
        alert -> {
          if (!failure.isEmpty()) {
            throw new IllegalStateException(failure);
          }
          arrived.add(alert.subject());
        });
  }

  private Outbox outbox() {
    return new Outbox(channel(), asked::add, time.sources().nanoTime());
  }

  private static void add(Outbox outbox, String subject) {
    outbox.add(alert(subject));
    outbox.wake();
  }

  private static Alert alert(String subject) {
    return new Alert(
        Alert.Kind.LATENCY_SPIKE,
        subject,
        true,
        true,
        StillTime.BEGIN,
        StillTime.BEGIN,
        "p50",
        5,
        1,
        4,
        6,
        20);
  }
}
