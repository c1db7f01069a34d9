/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.training.EpisodeRecorder;
import dev.arbiter.tracker.training.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An agent that is called twice for one attempt used what both calls used. */
class CallsOfOneAttemptTest {
  private static final Verdict DENIED =
      new Verdict.Denied(List.of(Finding.error("low", "", "no")), Seal.none());

  private final FakeTime time = new FakeTime();
  private final List<FinishedAttempt> heard = new ArrayList<>();
  private final EpisodeRecorder recorder = EpisodeRecorder.create();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).listener(heard::add).build();

  private static WorkReport asksFirst(Assignment assignment) {
    return assignment.approvals().isEmpty()
        ? WorkReport.waiting(Question.of("Which?").within(Duration.ofDays(1)), "half")
            .withUsage(Usage.cost(2))
        : WorkReport.of("done").withUsage(Usage.cost(1));
  }

  private void run(Verdict verdict, boolean isCancelled) throws Exception {
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new AsksAboutWork(verdict))
            .sources(time.sources())
            .executor(Runnable::run)
            .listener(tracker)
            .listener(recorder)
            .agent(AgentProfile.of("ada"), CallsOfOneAttemptTest::asksFirst)
            .build()) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      arbiter.approvals().decide(arbiter.approvals().open().get(0), Answer.reply("eve", "that"));
      if (isCancelled) {
        assertThat(handle.cancel("enough")).isTrue();
      } else {
        arbiter.approvals().decide(arbiter.approvals().open().get(0), Answer.approve("eve"));
      }
      assertThat(handle.await(Duration.ofSeconds(20)).state().isEnd()).isTrue();
    }
    tracker.flush();
  }

  @Test
  void completed_work_cost_what_both_calls_used() throws Exception {
    run(new Verdict.Approved(List.of(), 1, Seal.none()), false);

    assertThat(heard).extracting(attempt -> attempt.usage().cost()).containsExactly(3.0);
    Transition step = recorder.take(1).get(0);
    assertThat(step.reward().cost()).isEqualTo(3);
    assertThat(step.next().spent()).isEqualTo(3);
  }

  @Test
  void denied_work_cost_what_both_calls_used() throws Exception {
    run(DENIED, false);

    assertThat(heard).extracting(attempt -> attempt.usage().cost()).containsExactly(3.0);
    Transition step = recorder.take(1).get(0);
    assertThat(step.reward().cost()).isEqualTo(3);
    assertThat(step.next().spent()).isEqualTo(3);
  }

  @Test
  void cancelled_work_cost_what_both_calls_used() throws Exception {
    run(DENIED, true);

    assertThat(tracker.performance("ada", "fix", Window.REALTIME).cost()).isEqualTo(3);
    Transition step = recorder.take(1).get(0);
    assertThat(step.reward().cost()).isEqualTo(3);
    assertThat(step.next().spent()).isEqualTo(3);
  }
}
