/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Journal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
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

  /** Refuses one state of every task. */
  private record Refusing(TaskState state) implements Journal {
    @Override
    public long append(List<ArbiterEvent> batch) {
      if (batch.get(0) instanceof TaskEvent event && event.state() == state) {
        throw new IllegalStateException("disk full");
      }
      return 0;
    }

    @Override
    public void replay(long from, Reader reader) {}
  }

  private TaskResult run(Journal journal, String output) throws InterruptedException {
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of(output))
            .constitution(constitution)
            .journal(journal)
            .executor(Runnable::run)
            .build()) {
      Task task = Task.builder("fix").id("T-1").build();
      return arbiter.submit(task).await(Duration.ofSeconds(10));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFIED", "COMPLETED"})
  void a_journal_that_refuses_the_end_takes_the_verdict_back(TaskState refused) throws Exception {
    TaskResult result = run(new Refusing(refused), "good");

    assertThat(result).isInstanceOf(TaskResult.Failed.class);
    assertThat(constitution.withdrawn).hasSize(1);
    assertThat(constitution.withdrawn.get(0)).startsWith("T-1: ").contains("disk full");
  }

  @Test
  void a_constitution_that_fails_at_it_changes_nothing_for_the_task() throws Exception {
    constitution.broken = true;

    TaskResult result = run(new Refusing(TaskState.COMPLETED), "good");

    assertThat(((TaskResult.Failed) result).message()).contains("disk full");
  }

  @ParameterizedTest
  @EnumSource(names = {"VERIFYING", "REJECTED"})
  void without_a_verdict_or_with_a_kept_end_nothing_is_taken_back(TaskState refused)
      throws Exception {
    run(new Refusing(refused), "good");

    assertThat(constitution.withdrawn).isEmpty();
  }

  @Test
  void a_denial_is_not_taken_back() throws Exception {
    run(new Refusing(TaskState.FAILED), "bad");

    assertThat(constitution.withdrawn).isEmpty();
  }
}
