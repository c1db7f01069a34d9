/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A verdict that passed work is taken back when its task's end could not be kept. */
class WithdrawalTest {
  private final Remembering constitution = new Remembering();

  /** Remembers what was taken back. */
  private static final class Remembering extends StubConstitution {
    private final List<String> withdrawn = new ArrayList<>();
    private boolean broken;

    @Override
    public void withdraw(Assignment assignment, Verdict verdict, String reason) {
      assertThat(verdict.passed()).isTrue();
      withdrawn.add(assignment.task().id() + ": " + reason);
      if (broken) {
        throw new IllegalStateException("no log either");
      }
    }
  }

  private static FailingStore refusing(TaskState state) {
    return FailingStore.at(step -> step == state);
  }

  private TaskResult run(FailingStore store, String output) throws InterruptedException {
    ManualScheduler scheduler = new ManualScheduler();
    FakeTime time = new FakeTime();
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of(output))
            .constitution(constitution)
            .store(store)
            .storeLimit(Duration.ofSeconds(1))
            .scheduler(scheduler)
            .sources(time.sources())
            .executor(Runnable::run)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").id("T-1").build());
      time.advance(Duration.ofSeconds(1));
      scheduler.tick();
      return handle.await(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFIED", "COMPLETED"})
  void a_store_that_does_not_keep_the_end_takes_the_verdict_back(TaskState refused)
      throws Exception {
    TaskResult result = run(refusing(refused), "good");

    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    assertThat(constitution.withdrawn).hasSize(1);
    assertThat(constitution.withdrawn.get(0)).startsWith("T-1: ").contains("disk full");
  }

  @Test
  void a_constitution_that_fails_at_it_changes_nothing_for_the_task() throws Exception {
    constitution.broken = true;

    TaskResult result = run(refusing(TaskState.COMPLETED), "good");

    assertThat(((TaskResult.Failed) result).message()).contains("disk full");
  }

  @ParameterizedTest
  @EnumSource(names = {"EXECUTING", "REJECTED"})
  void without_a_verdict_or_with_a_kept_end_nothing_is_taken_back(TaskState refused)
      throws Exception {
    run(refusing(refused), "good");

    assertThat(constitution.withdrawn).isEmpty();
  }

  @Test
  void a_denial_is_not_taken_back() throws Exception {
    run(refusing(TaskState.FAILED), "bad");

    assertThat(constitution.withdrawn).isEmpty();
  }

  /** Dies when the work is judged; at the restart the deadline of the task has passed. */
  @Test
  void a_verdict_of_a_dead_process_is_taken_back_when_its_task_is_late() throws Exception {
    WaitingWorld world = new WaitingWorld();
    ListStorage disk = new ListStorage();
    List<ListStorage> left = new ArrayList<>();
    Task task = Task.builder("fix").id("T-1").deadline(Duration.ofMinutes(1)).build();
    Constitution dying =
        new StubConstitution() {
          @Override
          public Verdict judge(Assignment assignment, WorkReport report) {
            left.add(disk.cut());
            return super.judge(assignment, report);
          }
        };
    try (Arbiter first =
        world
            .arbiter(disk)
            .constitution(dying)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("good"))
            .build()) {
      TaskHandle handle = first.submit(task);
      assertThat(handle.await(Duration.ofSeconds(20)).state()).isEqualTo(TaskState.COMPLETED);
    }
    world.time.advance(Duration.ofHours(1));
    List<String> earlier = new ArrayList<>();
    Constitution after =
        new StubConstitution() {
          @Override
          public void withdrawEarlier(
              Assignment assignment, WorkReport report, Instant since, String reason) {
            earlier.add(assignment.agent() + " " + assignment.attempt() + " " + report.output());
          }
        };
    try (Arbiter second =
        world
            .arbiter(left.get(0))
            .constitution(after)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("good"))
            .build()) {
      TaskHandle handle = second.find("default", "T-1").orElseThrow();
      assertThat(handle.await(Duration.ofSeconds(20)).state()).isEqualTo(TaskState.FAILED);
    }
    assertThat(earlier).containsExactly("ada 1 good");
  }
}
