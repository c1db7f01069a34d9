/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.ArbiterException;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole arbiters over one file, one after the other. */
class SqliteRecoveryTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final AgentProfile ADA = AgentProfile.of("ada");

  @TempDir Path folder;
  private final List<String> calls = new CopyOnWriteArrayList<>();

  private static ArbiterBuilder over(Path file) {
    return Arbiter.builder()
        .withoutConstitution()
        .closeLimit(Duration.ZERO)
        .store(SqliteStore.at(file));
  }

  private Path file() {
    return folder.resolve("tasks.db");
  }

  private WorkReport done(Assignment assignment) {
    calls.add(assignment.task().id() + "#" + assignment.attempt());
    return WorkReport.of(assignment.task().payload());
  }

  /** The file and its log at this moment, as a process that dies now leaves them. */
  private Path cut() throws IOException {
    Path copy = folder.resolve("cut.db");
    for (String end : List.of("", "-wal")) {
      Files.copy(Path.of(file() + end), Path.of(copy + end), StandardCopyOption.REPLACE_EXISTING);
    }
    return copy;
  }

  @Test
  void an_ended_task_is_found_by_id_and_by_key() throws Exception {
    Task keyed = Task.builder("refactor").idempotencyKey("k-1").payload("p").build();
    TaskResult end;
    try (Arbiter first = over(file()).agent(ADA, this::done).build()) {
      end = first.submit(keyed).await(SOON);
    }

    try (Arbiter second = over(file()).agent(ADA, this::done).build()) {
      assertThat(second.submit(keyed).await(SOON)).isEqualTo(end);
      assertThat(second.find("default", end.task().id()).orElseThrow().await(SOON)).isEqualTo(end);
      assertThat(second.find("default", "T-unknown")).isEmpty();
    }
    assertThat(calls).hasSize(1);
  }

  @Test
  void an_attempt_of_a_dead_process_waits_for_a_person_over_two_deaths() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(file())
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    first.submit(Task.builder("refactor").id("T-1").payload("p").build());
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    Path left = cut();
    first.close();

    for (int i = 0; i < 2; i++) {
      try (Arbiter next = over(left).agent(ADA, this::done).build()) {
        TaskHandle handle = next.find("default", "T-1").orElseThrow();
        for (int j = 0; j < 4_000 && handle.waitsFor().isEmpty(); j++) {
          Thread.sleep(5);
        }
        assertThat(handle.waitsFor()).contains(new WaitReason.UnknownEffect("ada", 1));
      }
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void close_leaves_what_has_not_begun_and_it_goes_on() throws Exception {
    CountDownLatch working = new CountDownLatch(1);
    Arbiter first =
        over(file())
            .concurrency(1)
            .asyncAgent(
                ADA,
                assignment -> {
                  working.countDown();
                  return new CompletableFuture<>();
                })
            .build();
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      ids.add(first.submit(Task.builder("refactor").id("T-" + i).build()).id());
    }
    assertThat(working.await(20, TimeUnit.SECONDS)).isTrue();
    first.close();

    try (Arbiter second = over(file()).agent(ADA, this::done).build()) {
      for (String id : ids) {
        assertThat(second.find("default", id).orElseThrow().await(SOON).state().isEnd()).isTrue();
      }
    }
    assertThat(calls).hasSizeGreaterThanOrEqualTo(49).doesNotHaveDuplicates();
  }

  /** What names, payloads and reports may hold comes back as it was. */
  @Test
  void odd_texts_come_back_as_they_were() throws Exception {
    List<String> texts =
        List.of(
            "",
            "a\0b\0",
            "half a pair \ud83d and \ude00 the other",
            "\ud83d\ude00 \u05d0\u202e\u202d \ufeff \uffff \r\n\t",
            "'; DROP TABLE state; --",
            "\"'`\\%_?1:x@y$z",
            "x".repeat(300_000));
    List<String> names =
        List.of("a'b\"c", "NULL", "%_", "\u00e9", "e\u0301x", "\u05d0\u05d1", "A", "a", "A ");
    List<TaskResult> ends = new ArrayList<>();
    try (Arbiter first = over(file()).agent(ADA, this::done).build()) {
      for (int i = 0; i < texts.size(); i++) {
        Task task = Task.builder("refactor").id("T-" + i).payload(texts.get(i)).build();
        ends.add(first.submit(task).await(SOON));
      }
      for (String name : names) {
        if (isName(name)) {
          Task task =
              Task.builder(name).id(name).tenant(name).idempotencyKey(name).payload(name).build();
          ends.add(first.submit(task).await(SOON));
        }
      }
    }

    try (Arbiter second = over(file()).agent(ADA, this::done).build()) {
      for (TaskResult end : ends) {
        Task task = end.task();
        TaskResult found = second.find(task.tenant(), task.id()).orElseThrow().await(SOON);
        assertThat(found).isEqualTo(end);
        assertThat(((TaskResult.Completed) found).report().output()).isEqualTo(task.payload());
      }
    }
    assertThat(ends).hasSizeGreaterThan(texts.size() + 6);
  }

  private static boolean isName(String name) {
    try {
      Task.builder(name).id(name).tenant(name).idempotencyKey(name).build();
      return true;
    } catch (IllegalArgumentException refused) {
      return false;
    }
  }

  /** A full disk: refusals name it, nothing that was refused is kept, and room ends it. */
  @Test
  void a_full_disk_holds_tasks_up_and_they_go_on() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m")) {
      Path file = disk.root().resolve("tasks.db");
      List<String> refused = new ArrayList<>();
      List<TaskHandle> accepted = new ArrayList<>();
      try (Arbiter arbiter = over(file).agent(ADA, this::done).build()) {
        accepted.add(arbiter.submit(Task.builder("refactor").id("T-0").build()));
        accepted.get(0).await(SOON);
        Path ballast = disk.fill();
        String payload = "x".repeat(100_000);
        for (int i = 1; refused.size() < 20; i++) {
          Task task = Task.builder("refactor").id("T-" + i).payload(payload).build();
          try {
            accepted.add(arbiter.submit(task));
          } catch (ArbiterException full) {
            refused.add(task.id());
            if (refused.size() == 1) {
              assertThat(full)
                  .hasStackTraceContaining("is on a full disk; make room")
                  .hasStackTraceContaining(file.toString());
            }
            Thread.sleep(20);
          }
        }
        Files.delete(ballast);

        long room = System.nanoTime();
        TaskHandle next = submitWhenBack(arbiter);
        assertThat(next.await(SOON)).isInstanceOf(TaskResult.Completed.class);
        assertThat(Duration.ofNanos(System.nanoTime() - room)).isLessThan(Duration.ofSeconds(5));
        for (TaskHandle handle : accepted) {
          assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
        }
      }
      try (Arbiter second = over(file).agent(ADA, this::done).build()) {
        for (TaskHandle handle : accepted) {
          assertThat(second.find("default", handle.id())).isPresent();
        }
        for (String id : refused) {
          assertThat(second.find("default", id)).as(id).isEmpty();
        }
      }
    }
    assertThat(calls).doesNotHaveDuplicates();
  }

  private static TaskHandle submitWhenBack(Arbiter arbiter) throws InterruptedException {
    while (true) {
      try {
        return arbiter.submit(Task.builder("refactor").id("T-next").build());
      } catch (ArbiterException away) {
        Thread.sleep(10);
      }
    }
  }

  @Test
  void a_payload_above_the_limit_is_refused_at_submit() throws Exception {
    try (Arbiter arbiter = over(file()).agent(ADA, this::done).build()) {
      Task large = Task.builder("refactor").payload("x".repeat(64 << 20)).build();

      assertThatThrownBy(() -> arbiter.submit(large))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("16,777,216");
      Task most = Task.builder("refactor").id("T-1").payload("x".repeat(16 << 20)).build();
      assertThat(arbiter.submit(most).await(SOON)).isInstanceOf(TaskResult.Completed.class);
    }
  }
}
