/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.training.EpisodeRecorder;
import dev.arbiter.tracker.training.Transition;
import dev.arbiter.tracker.training.Transition.Reward.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Agents that work at one task at once: each is one attempt of its own, with what it cost. */
class SeveralAtOnceTest {
  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();
  private final EpisodeRecorder recorder = EpisodeRecorder.create();
  private final Map<String, CompletableFuture<WorkReport>> work = new HashMap<>();

  private static final class Gates implements Constitution {
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
      double quality = Double.parseDouble(report.output());
      return quality < .5
          ? new Verdict.Denied(List.of(Finding.error("low", "", "too low")), Seal.none())
          : new Verdict.Approved(List.of(), quality, Seal.none());
    }
  }

  private Arbiter arbiter(String... agents) {
    var builder =
        Arbiter.builder()
            .constitution(new Gates())
            .sources(time.sources())
            .executor(Runnable::run)
            .listener(tracker)
            .listener(recorder);
    for (String agent : agents) {
      builder.asyncAgent(
          AgentProfile.of(agent),
          assignment -> work.computeIfAbsent(agent, id -> new CompletableFuture<>()));
    }
    return builder.build();
  }

  private static <T> T of(Map<String, T> all, String agent) {
    return Objects.requireNonNull(all.get(agent), agent);
  }

  private CompletableFuture<WorkReport> work(String agent) {
    return of(work, agent);
  }

  private void reports(String agent, double quality, double cost) {
    work(agent).complete(WorkReport.of("" + quality).withUsage(Usage.cost(cost)));
  }

  private Performance of(String agent) {
    return tracker.performance(agent, "fix", Window.REALTIME);
  }

  @Test
  void each_is_counted_once() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd", "dan")) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").bestOf(4).build());
      assertThat(tracker.stats().open()).isEqualTo(4);
      reports("bob", .6, 2);
      reports("cyd", .1, 3);
      reports("ada", .9, 1);
      work("dan").completeExceptionally(new IllegalStateException("no"));
      TaskResult.Completed done = (TaskResult.Completed) handle.await(Duration.ofSeconds(20));
      assertThat(done.agent()).isEqualTo("ada");
    }
    tracker.flush();
    assertThat(tracker.stats().open()).isZero();
    for (String agent : List.of("ada", "bob", "cyd", "dan")) {
      assertThat(of(agent).count()).as(agent).isEqualTo(1);
    }
    assertThat(of("ada").meanQuality()).isEqualTo(.9);
    assertThat(of("bob").meanQuality()).as("its work passed").isEqualTo(.6);
    assertThat(of("cyd").successRate()).isZero();
    assertThat(of("dan").successRate()).isZero();
    assertThat(of("ada").cost() + of("bob").cost() + of("cyd").cost()).isEqualTo(6);
  }

  @Test
  void each_is_a_step_of_the_training_data() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob", "cyd")) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").bestOf(3).build());
      reports("bob", .6, 2);
      reports("cyd", .1, 3);
      reports("ada", .9, 1);
      assertThat(handle.await(Duration.ofSeconds(20)).state().isEnd()).isTrue();
    }
    List<Transition> steps = recorder.take(10);
    assertThat(steps).hasSize(3);
    Map<String, Transition> by = new HashMap<>();
    steps.forEach(step -> by.put(step.action(), step));
    assertThat(of(by, "ada").reward().outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(of(by, "ada").done()).isTrue();
    assertThat(of(by, "bob").reward().outcome()).isEqualTo(Outcome.SUCCESS);
    assertThat(of(by, "bob").reward().quality()).isEqualTo(.6);
    assertThat(of(by, "bob").reward().cost()).isEqualTo(2);
    assertThat(of(by, "cyd").reward().outcome()).isEqualTo(Outcome.VIOLATION);
    assertThat(steps).filteredOn(Transition::done).hasSize(1);
  }

  @Test
  void one_that_was_cut_off_is_nobodys_failure() throws Exception {
    try (Arbiter arbiter = arbiter("ada", "bob")) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").bestOf(2).build());
      assertThat(handle.cancel("enough")).isTrue();
      assertThat(handle.await(Duration.ofSeconds(20)).state().isEnd()).isTrue();
    }
    tracker.flush();
    assertThat(tracker.stats().open()).isZero();
    assertThat(of("ada").count()).isZero();
    assertThat(of("bob").count()).isZero();
  }
}
