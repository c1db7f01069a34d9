/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.tracker.training.EpisodeRecorder;
import dev.arbiter.tracker.training.Transition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A denial for which the agent is not to blame, such as a log that is full, teaches nothing. */
class ExcusedDenialTest {
  private final FakeTime time = new FakeTime();
  private final List<Outcome.Kind> learned = new ArrayList<>();

  private record Full(boolean excuses) implements Constitution {
    @Override
    public Admission admit(Task task) {
      return new Admission.Admitted("sha256:1", List.of());
    }

    @Override
    public String specDigest(Task task) {
      return "sha256:1";
    }

    @Override
    public Verdict judge(Assignment assignment, WorkReport report) {
      List<Finding> why = List.of(Finding.error("log", "", "the log is full"));
      return new Verdict.Denied(why, Seal.none(), excuses);
    }
  }

  private final class Ear implements Router {
    private final Router router = Router.leastLoaded();

    @Override
    public RoutingDecision route(RoutingRequest request) {
      return router.route(request);
    }

    @Override
    public void learn(Outcome outcome) {
      learned.add(outcome.kind());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nobody_who_learns_blames_the_agents(boolean excuses) throws Exception {
    PerformanceTracker tracker = PerformanceTracker.builder().sources(time.sources()).build();
    EpisodeRecorder recorder = EpisodeRecorder.create();
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(new Full(excuses))
            .router(new Ear())
            .sources(time.sources())
            .executor(Runnable::run)
            .listener(tracker)
            .listener(recorder)
            .agent(AgentProfile.of("ada"), a -> WorkReport.of("done"))
            .agent(AgentProfile.of("bob"), a -> WorkReport.of("done"))
            .build()) {
      for (int i = 0; i < 30; i++) {
        TaskResult result =
            arbiter.submit(Task.builder("fix").build()).await(Duration.ofSeconds(20));
        assertThat(((TaskResult.Failed) result).cause()).isEqualTo(FailureCause.DENIED);
      }
      assertThat(arbiter.insight().of("ada").orElseThrow().performance().attempts())
          .isEqualTo(excuses ? 0 : 30);
    }
    tracker.flush();

    assertThat(learned)
        .hasSize(60)
        .containsOnly(excuses ? Outcome.Kind.INFRASTRUCTURE : Outcome.Kind.VIOLATION);
    assertThat(tracker.summary("ada", "fix", Window.REALTIME).performance().count())
        .isEqualTo(excuses ? 0 : 30);
    assertThat(recorder.take(100))
        .hasSize(60)
        .extracting(step -> step.reward().outcome())
        .containsOnly(
            excuses
                ? Transition.Reward.Outcome.INFRASTRUCTURE
                : Transition.Reward.Outcome.VIOLATION);
  }
}
