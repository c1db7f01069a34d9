/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reported work that waits for a person before its verdict is one attempt like any other. */
class WorkAwaitsPeopleTest {
  private static final Duration WORKED = Duration.ofSeconds(2);

  private static final Verdict APPROVED = new Verdict.Approved(List.of(), .8, Seal.none());

  private final FakeTime time = new FakeTime();
  private final List<FinishedAttempt> heard = new ArrayList<>();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).listener(heard::add).build();

  private WorkReport work(Assignment assignment) {
    time.advance(WORKED);
    return WorkReport.of("done").withUsage(Usage.cost(3));
  }

  private void decided(Answer answer, TaskState end) throws Exception {
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new AsksAboutWork(APPROVED))
            .sources(time.sources())
            .executor(Runnable::run)
            .listener(tracker)
            .agent(AgentProfile.of("ada"), this::work)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      assertThat(handle.state()).isEqualTo(TaskState.WAITING);
      assertThat(tracker.stats().open()).isEqualTo(1);
      time.advance(Duration.ofHours(5));
      arbiter.approvals().decide(arbiter.approvals().open().get(0), answer);
      assertThat(handle.await(Duration.ofSeconds(20)).state()).isEqualTo(end);
    }
    tracker.flush();
  }

  @Test
  void approved_work_is_a_success_with_its_own_time_and_cost() throws Exception {
    decided(Answer.approve("eve"), TaskState.COMPLETED);

    assertThat(heard).hasSize(1);
    assertThat(heard.get(0).stands()).isTrue();
    assertThat(heard.get(0).quality()).isEqualTo(.8);
    assertThat(heard.get(0).time()).isEqualTo(WORKED);
    assertThat(heard.get(0).usage().cost()).isEqualTo(3);
    assertThat(tracker.stats().open()).isZero();
  }

  @Test
  void denied_work_is_a_failure_that_was_judged() throws Exception {
    decided(Answer.deny("eve", "not like this"), TaskState.FAILED);

    WindowSummary ada = tracker.summary("ada", "fix", Window.REALTIME);
    assertThat(ada.performance().count()).isEqualTo(1);
    assertThat(ada.performance().successRate()).isZero();
    assertThat(ada.performance().cost()).isEqualTo(3);
    assertThat(ada.compliance()).isEqualTo(new WindowSummary.Compliance(1, 0, 1));
    assertThat(tracker.stats().open()).isZero();
  }
}
