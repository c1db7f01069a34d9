/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How a command is waited for: the process here ends when the test says so, and takes no time. */
class ProcessWaitTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final List<Duration> turns = new ArrayList<>();
  private int endsAfter = Integer.MAX_VALUE;

  /** Called in each turn, with its number. */
  private interface Turn {
    void at(int number) throws Exception;
  }

  private Turn turn = number -> {};

  private final Process process =
      new Process() {
        @Override
        public boolean waitFor(long timeout, TimeUnit unit) throws InterruptedException {
          turns.add(Duration.of(timeout, unit.toChronoUnit()));
          try {
            turn.at(turns.size());
          } catch (InterruptedException e) {
            throw e;
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
          return turns.size() >= endsAfter;
        }

        @Override
        public OutputStream getOutputStream() {
          throw new UnsupportedOperationException();
        }

        @Override
        public InputStream getInputStream() {
          throw new UnsupportedOperationException();
        }

        @Override
        public InputStream getErrorStream() {
          throw new UnsupportedOperationException();
        }

        @Override
        public int waitFor() {
          throw new UnsupportedOperationException();
        }

        @Override
        public int exitValue() {
          throw new UnsupportedOperationException();
        }

        @Override
        public void destroy() {
          throw new UnsupportedOperationException();
        }
      };

  private String await(Duration limit, ProcessFiles files) throws Exception {
    return ProcessAgent.builder("any")
        .outputLimit(5)
        .build()
        .await(process, limit, files, new ProcessTree());
  }

  private String await(Duration limit) throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      return await(limit, files);
    }
  }

  private static List<Duration> millis(int... millis) {
    List<Duration> all = new ArrayList<>();
    for (int one : millis) {
      all.add(Duration.ofMillis(one));
    }
    return all;
  }

  @Test
  void a_command_that_ends_at_once_is_waited_for_once() throws Exception {
    endsAfter = 1;

    assertThat(await(MINUTE)).isEmpty();
    assertThat(turns).isEqualTo(millis(1));
  }

  @Test
  void looks_come_often_at_first_and_then_twenty_times_a_second() throws Exception {
    endsAfter = 9;

    assertThat(await(MINUTE)).isEmpty();
    assertThat(turns).isEqualTo(millis(1, 2, 4, 8, 16, 32, 50, 50, 50));
  }

  /** The engine would abandon the attempt at the limit itself, and the last words were lost. */
  @Test
  void a_command_is_late_a_fifth_of_a_second_before_its_limit() throws Exception {
    assertThat(await(MINUTE)).isEqualTo("took longer than PT1M");

    assertThat(turns.stream().reduce(Duration.ZERO, Duration::plus))
        .isEqualTo(MINUTE.minusMillis(200));
  }

  @Test
  void a_limit_of_nothing_leaves_one_look() throws Exception {
    assertThat(await(Duration.ZERO)).isEqualTo("took longer than PT0S");

    assertThat(turns).isEqualTo(millis(0));
  }

  @Test
  void a_limit_without_an_end_is_none() throws Exception {
    endsAfter = 3;

    assertThat(await(Duration.ofSeconds(Long.MAX_VALUE))).isEmpty();
    assertThat(turns).isEqualTo(millis(1, 2, 4));
  }

  @Test
  void a_command_may_write_up_to_its_limit_and_no_more() throws Exception {
    try (ProcessFiles files = new ProcessFiles()) {
      turn =
          number -> {
            if (number <= 6) {
              Files.writeString(files.output().toPath(), "x".repeat(number));
            }
          };

      assertThat(await(MINUTE, files)).isEqualTo("wrote more than 5 bytes");
    }
    assertThat(turns).hasSize(6);
  }

  @Test
  void an_interrupt_ends_the_wait() {
    turn =
        number -> {
          throw new InterruptedException("enough");
        };

    assertThatThrownBy(() -> await(MINUTE)).isInstanceOf(InterruptedException.class);
  }

  /** 2,000 words of braces and names, against a filling of one name after the other. */
  @Test
  void words_are_filled_wherever_a_known_name_stands_in_braces() {
    SplittableRandom random = new SplittableRandom(41);
    Map<String, String> values = Map.of("task", "<1>", "dir", "<2>", "", "<3>");
    String[] parts = {"{", "}", "task", "dir", "other", " ", "{task}", "{dir}", "{}", "-"};
    for (int i = 0; i < 2_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(8); n > 0; n--) {
        text.append(parts[random.nextInt(parts.length)]);
      }
      String word = text.toString();

      assertThat(ProcessAgent.fill(word, values))
          .as(word)
          .isEqualTo(word.replace("{task}", "<1>").replace("{dir}", "<2>").replace("{}", "<3>"));
    }
  }
}
