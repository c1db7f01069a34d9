/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A full queue sheds the tasks of the lowest priority first, and says when to come back. */
class OverloadTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<String> called = new ArrayList<>();
  private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();

  private CompletionStage<WorkReport> works(Assignment assignment) {
    called.add(assignment.task().id());
    reports.add(new CompletableFuture<>());
    return reports.get(reports.size() - 1);
  }

  private Arbiter arbiter() {
    return world
        .arbiter()
        .concurrency(1)
        .queueCapacity(3)
        .asyncAgent(AgentProfile.of("ada"), this::works)
        .build();
  }

  private static Task task(String id, int priority) {
    return Task.builder("fix").id(id).priority(priority).build();
  }

  private void workOff() {
    for (int i = 0; i < reports.size(); i++) {
      reports.get(i).complete(WorkReport.of("done"));
    }
  }

  @Test
  void the_last_of_the_lowest_priority_makes_room() throws Exception {
    try (Arbiter arbiter = arbiter()) {
      TaskHandle running = arbiter.submit(task("runs", 1));
      TaskHandle first = arbiter.submit(task("low-1", 2));
      TaskHandle second = arbiter.submit(task("low-2", 2));
      TaskHandle high = arbiter.submit(task("high", 5));

      TaskHandle urgent = arbiter.submit(task("urgent", 9));

      TaskResult.Failed shed = (TaskResult.Failed) second.await(SOON);
      assertThat(shed.cause()).isEqualTo(FailureCause.OVERLOAD);
      assertThat(shed.message())
          .contains("low-2")
          .contains("priority 2")
          .contains("submit it again after PT1S");
      TaskHandle last = arbiter.submit(task("urgent-2", 9));
      assertThat(((TaskResult.Failed) first.await(SOON)).cause()).isEqualTo(FailureCause.OVERLOAD);
      assertThat(arbiter.stats().waiting()).isEqualTo(3);
      workOff();
      assertThat(called).containsExactly("runs", "urgent", "urgent-2", "high");
      for (TaskHandle handle : List.of(running, high, urgent, last)) {
        assertThat(handle.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      }
      assertThat(arbiter.stats().waiting()).isZero();
      assertThat(arbiter.stats().inFlight()).isZero();
    }
  }

  @Test
  void a_task_that_has_no_higher_priority_is_refused_with_a_time() throws Exception {
    try (Arbiter arbiter = arbiter()) {
      for (int i = 0; i < 4; i++) {
        TaskHandle unused = arbiter.submit(task("t-" + i, 5));
      }
      ArbiterException same =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task("same", 5)));
      assertThat(same).hasMessageContaining("queue is full");
      assertThat(same.retryAfter()).contains(Duration.ofSeconds(1));
      assertThat(arbiter.find("default", "same")).isEmpty();
      // Places come free every two seconds: half of three that wait have theirs after three.
      for (int i = 0; i < 2; i++) {
        world.pass(Duration.ofSeconds(2));
        reports.get(i).complete(WorkReport.of("done"));
        TaskHandle unused = arbiter.submit(task("more-" + i, 5));
        world.pass(Duration.ofMillis(1));
      }
      ArbiterException later =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task("same", 5)));
      assertThat(later.retryAfter().orElseThrow())
          .isBetween(Duration.ofMillis(200), Duration.ofSeconds(10));
      workOff();
    }
  }

  @Test
  void a_task_that_has_begun_is_not_shed() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .queueCapacity(1)
            .retries(RetryPolicy.standard())
            .asyncAgent(AgentProfile.of("ada"), this::works)
            .build()) {
      TaskHandle begun = arbiter.submit(task("begun", 1));
      reports
          .get(0)
          .completeExceptionally(
              new dev.arbiter.agent.AgentException("cut off", WorkReport.Usage.none())
                  .failure(FailureCause.CONNECTIVITY)
                  .effect(dev.arbiter.agent.AgentException.Effect.NONE));
      assertThat(begun.state()).isEqualTo(TaskState.WAITING);
      TaskHandle other = arbiter.submit(task("other", 5));
      world.pass(Duration.ofSeconds(3));
      // Its retry waits in the line now.
      assertThat(arbiter.stats().waiting()).isEqualTo(1);
      ArbiterException refused =
          catchThrowableOfType(ArbiterException.class, () -> arbiter.submit(task("urgent", 10)));
      assertThat(refused).hasMessageContaining("queue is full");
      workOff();
      assertThat(begun.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(other.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void a_shed_task_is_kept_as_such() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter arbiter =
        world
            .arbiter(disk)
            .concurrency(1)
            .queueCapacity(1)
            .asyncAgent(AgentProfile.of("ada"), this::works)
            .build()) {
      TaskHandle unused = arbiter.submit(task("runs", 5));
      WaitingWorld.until(() -> called.size() == 1);
      TaskHandle low = arbiter.submit(task("low", 1));
      WaitingWorld.until(() -> arbiter.stats().waiting() == 1);
      TaskHandle unusedToo = arbiter.submit(task("high", 9));
      assertThat(((TaskResult.Failed) low.await(SOON)).cause()).isEqualTo(FailureCause.OVERLOAD);
    }
    try (Arbiter second =
        world.arbiter(disk.cut()).asyncAgent(AgentProfile.of("ada"), this::works).build()) {
      TaskResult end = second.find("default", "low").orElseThrow().await(SOON);
      assertThat(((TaskResult.Failed) end).cause()).isEqualTo(FailureCause.OVERLOAD);
    }
  }
}
