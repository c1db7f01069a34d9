/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimingsFileTest {
  private static final String ENTRY =
      "{\"agent\":\"planner\",\"cli\":\"claude\",\"duration\":11.4,"
          + "\"timestamp\":\"2026-01-19T20:46:49.000Z\"}";
  private static final String ENTRY_OF_OTHERS =
      "[" + ENTRY.replace("}", ",\"model\":{\"name\":[1,{}]},\"success\":true}") + "]";

  @TempDir Path directory;
  private final StillTime time = new StillTime();

  @Test
  void writes_the_documented_array() throws IOException {
    AgentTimings timings = open();
    timings.record("planner", "claude", Duration.ofNanos(11_400_000), true);
    timings.close();

    assertThat(Files.readString(file()))
        .isEqualTo(
            """
            [
              {
                "agent": "planner",
                "cli": "claude",
                "duration": 11.4,
                "timestamp": "2026-01-19T20:46:49.250Z"
              }
            ]""");
  }

  @Test
  void reads_back_what_it_wrote() {
    AgentTimings before = open();
    for (int i = 0; i < 150; i++) {
      before.record("planner", "claude", Duration.ofNanos(1_000_001L * i), i % 10 != 0);
      time.advance(Duration.ofSeconds(1));
    }
    before.record("coder \"x\"\n\u2028", "codex", Duration.ofMillis(5), false);
    before.close();

    AgentTimings after = open();

    assertThat(after.summary("planner", "claude")).isEqualTo(before.summary("planner", "claude"));
    assertThat(after.compare("coder \"x\"\n\u2028")).hasSize(1);
    assertThat(after.state().skipped()).isZero();
    assertThat(after.state().keptAside()).isEmpty();
  }

  @Test
  void a_missing_file_is_no_problem_and_its_folder_is_made() {
    Path deep = directory.resolve(".planning/metrics/agent-performance.json");
    AgentTimings timings = AgentTimings.builder().sources(time.sources()).file(deep).build();

    assertThat(timings.save()).isTrue();
    assertThat(deep).hasContent("[ ]");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "null",
        "[",
        "[" + ENTRY + ",{\"agent\":\"pla",
        "[" + ENTRY + "] trailing",
        "[" + ENTRY + "][]",
        "[{\"agent\":\"a\",\"agent\":\"b\"}]",
        "[[[[[[[[[[[[]]]]]]]]]]]]",
        "\0\0\0\0"
      })
  void a_damaged_file_is_kept_aside_and_reported(String content) throws IOException {
    Files.writeString(file(), content);

    AgentTimings timings = open();
    timings.close();

    Path aside = timings.state().keptAside().orElseThrow();
    assertThat(aside.getFileName()).hasToString("timings.json.damaged-20260119T204649Z");
    assertThat(Files.readString(aside)).isEqualTo(content);
    assertThat(timings.state().problem()).isNotBlank();
  }

  @Test
  void a_file_that_is_no_text_is_kept_aside() throws IOException {
    Files.write(file(), new byte[] {'[', '"', (byte) 0xc3, 0x28, (byte) 0xff, '"', ']'});

    assertThat(open().state().keptAside()).isPresent();
  }

  @Test
  void what_stood_before_the_damage_is_used() throws IOException {
    Files.writeString(file(), "[" + ENTRY + "," + ENTRY + ",{\"agent\":\"pla");

    assertThat(open().summary("planner", "claude").runs()).isEqualTo(2);
  }

  @Test
  void a_second_damaged_file_does_not_replace_the_first() throws IOException {
    Files.writeString(file(), "first");
    open();
    Files.writeString(file(), "second");
    open();

    assertThat(directory.resolve("timings.json.damaged-20260119T204649Z")).hasContent("first");
    assertThat(directory.resolve("timings.json.damaged-20260119T204649Z-1")).hasContent("second");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "17",
        "null",
        "[1,2]",
        "{}",
        "{\"agent\":\"a\",\"cli\":\"c\",\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":1,\"cli\":\"c\",\"duration\":1,\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":\"a\",\"cli\":{},\"duration\":1,\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":\"a\",\"cli\":\"c\",\"duration\":-1,\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":\"a\",\"cli\":\"c\",\"duration\":1e999,\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":\"a\",\"cli\":\"c\",\"duration\":\"1\",\"timestamp\":\"2026-01-19T20:46:49Z\"}",
        "{\"agent\":\"a\",\"cli\":\"c\",\"duration\":1,\"timestamp\":\"yesterday\"}"
      })
  void an_entry_without_sense_is_skipped_and_counted(String entry) throws IOException {
    Files.writeString(file(), "[" + entry + "," + ENTRY + "]");

    AgentTimings timings = open();

    assertThat(timings.state().skipped()).isEqualTo(1);
    assertThat(timings.state().keptAside()).isEmpty();
    assertThat(timings.summary("planner", "claude").runs()).isEqualTo(1);
  }

  @Test
  void fields_of_others_are_passed_over() throws IOException {
    Files.writeString(file(), ENTRY_OF_OTHERS);

    assertThat(open().summary("planner", "claude").successes()).isEqualTo(1);
  }

  @Test
  void a_file_that_cannot_be_read_is_said_at_once() throws IOException {
    Files.createDirectory(file());

    assertThatThrownBy(this::open)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("timings.file");
  }

  @Test
  void a_file_that_cannot_be_written_is_counted_and_nothing_thrown() throws IOException {
    AgentTimings timings = open();
    Files.createDirectory(file());
    Files.createFile(file().resolve("in the way"));

    assertThat(timings.save()).isFalse();
    assertThat(timings.state().failedSaves()).isEqualTo(1);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).containsExactly(file());
    }
  }

  @Test
  void the_executor_writes_once_an_interval() {
    List<Runnable> asked = new ArrayList<>();
    AgentTimings timings =
        AgentTimings.builder()
            .sources(time.sources())
            .file(file())
            .executor(asked::add)
            .saveEvery(Duration.ofSeconds(5))
            .build();

    timings.record("planner", "claude", Duration.ofMillis(1), true);
    timings.record("planner", "claude", Duration.ofMillis(1), true);
    assertThat(asked).hasSize(1);
    asked.remove(0).run();
    timings.record("planner", "claude", Duration.ofMillis(1), true);
    assertThat(asked).isEmpty();
    time.advance(Duration.ofSeconds(5));
    timings.record("planner", "claude", Duration.ofMillis(1), true);

    assertThat(asked).hasSize(1);
    assertThat(timings.state().saves()).isEqualTo(1);
  }

  @Test
  void an_executor_that_refuses_disturbs_nobody() {
    AgentTimings timings =
        AgentTimings.builder()
            .sources(time.sources())
            .file(file())
            .executor(
                run -> {
                  throw new RejectedExecutionException("closed");
                })
            .build();

    timings.record("planner", "claude", Duration.ofMillis(1), true);
    timings.record("planner", "claude", Duration.ofMillis(1), true);

    assertThat(timings.state().failedSaves()).isEqualTo(2);
    assertThat(timings.summary("planner", "claude").runs()).isEqualTo(2);
  }

  @Test
  void a_reader_sees_the_old_or_the_new_file_whole() throws Exception {
    AgentTimings timings = open();
    timings.save();
    Thread writer =
        new Thread(
            () -> {
              for (int i = 0; i < 200; i++) {
                timings.record("planner", "claude", Duration.ofMillis(i), true);
                timings.save();
              }
            });
    writer.start();
    while (writer.isAlive()) {
      String content = new String(Files.readAllBytes(file()), StandardCharsets.UTF_8);
      assertThat(content).startsWith("[").endsWith("]");
    }
    writer.join();
  }

  private AgentTimings open() {
    return AgentTimings.builder().sources(time.sources()).file(file()).build();
  }

  private Path file() {
    return directory.resolve("timings.json");
  }
}
