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
import dev.arbiter.task.WorkReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Arbiters on a disk that is full, and with payloads that are too large. */
class FullDiskTest {
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
