/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import static dev.arbiter.tracker.training.Tale.BEGIN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.tracker.training.Transition.Reward.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EpisodeRecorderTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final EpisodeRecorder recorder = EpisodeRecorder.create();

  private Tale task(String id) {
    return new Tale(recorder, id, BEGIN).received();
  }

  @Test
  void one_attempt_that_stands_is_one_step_that_ends() {
    task("T-1")
        .passes(SECOND)
        .routed("ada", 0.6, "ada", "bob")
        .executing()
        .reported(Duration.ofMillis(1500), 0.25)
        .passes(SECOND)
        .completed(0.9);

    Transition.State state =
        new Transition.State(
            "refactor",
            7,
            List.of("java", "sql"),
            1,
            List.of(),
            "",
            1000,
            0,
            List.of("ada", "bob"),
            "");
    Transition.State end =
        new Transition.State(
            "refactor",
            7,
            List.of("java", "sql"),
            1,
            List.of(),
            "",
            3500,
            0.25,
            List.of(),
            "COMPLETED");
    assertThat(recorder.take(10))
        .containsExactly(
            new Transition(
                "acme",
                "T-1",
                BEGIN.plus(SECOND),
                state,
                "ada",
                "ucb1",
                0.6,
                new Transition.Reward(Outcome.SUCCESS, true, 0.9, 0.25, 1500, 0),
                end,
                true));
  }

  @Test
  void the_next_state_is_that_of_the_next_choice() {
    task("T-1")
        .routed("ada", 0.6, "ada", "bob")
        .executing()
        .reported(SECOND, 0.5)
        .denied()
        .passes(SECOND)
        .routed("bob", 1, "bob")
        .executing()
        .reported(SECOND, 0.1)
        .completed(1);

    List<Transition> steps = recorder.take(10);
    assertThat(steps).hasSize(2);
    assertThat(steps.get(0).done()).isFalse();
    assertThat(steps.get(0).next()).isEqualTo(steps.get(1).state());
    assertThat(steps.get(1).state().failed()).containsExactly("ada");
    assertThat(steps.get(1).state().cause()).isEqualTo("DENIED");
    assertThat(steps.get(1).state().attempt()).isEqualTo(2);
    assertThat(steps.get(1).state().elapsedMillis()).isEqualTo(2000);
    assertThat(steps.get(1).state().spent()).isEqualTo(0.5);
    assertThat(steps.get(1).state().candidates()).containsExactly("bob");
    assertThat(steps.get(0).reward())
        .isEqualTo(new Transition.Reward(Outcome.VIOLATION, false, 0, 0.5, 1000, 2));
    assertThat(steps.get(1).reward().scalar()).isEqualTo(1);
    assertThat(steps.get(1).done()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "AGENT_ERROR, FAILURE, 0",
    "AGENT_TIMEOUT, FAILURE, 0",
    "DENIED, VIOLATION, 2",
    "INTERNAL, INFRASTRUCTURE, 0",
    "DEADLINE, INFRASTRUCTURE, 0"
  })
  void a_task_that_fails_ends_with_what_is_to_blame(
      FailureCause cause, Outcome outcome, int violations) {
    task("T-1").routed("ada", 0.5, "ada").executing().passes(SECOND).failed(cause);

    Transition step = recorder.take(1).get(0);
    assertThat(step.reward())
        .isEqualTo(new Transition.Reward(outcome, false, 0, 0, 1000, violations));
    assertThat(step.next().end()).isEqualTo("FAILED");
    assertThat(step.next().failed()).containsExactly("ada");
    assertThat(step.next().cause()).isEqualTo(cause.name());
    assertThat(step.reward().scalar()).isZero();
  }

  /** A wait is the task's, not the agent's: no reward counts it. */
  @Test
  void waits_and_decisions_are_in_the_state_and_not_in_the_reward() {
    Duration hour = Duration.ofHours(1);
    task("T-1")
        .routed("ada", 0.6, "ada", "bob")
        .executing()
        .passes(SECOND)
        .waits(hour, true)
        .passes(SECOND)
        .failedAttempt(FailureCause.AGENT_ERROR, Optional.empty())
        .routed("bob", 1, "bob")
        .waits(hour, false)
        .executing()
        .reported(SECOND, 0.1)
        .completed(1);

    List<Transition> steps = recorder.take(10);
    assertThat(steps.get(0).reward().latencyMillis()).isEqualTo(2000);
    assertThat(steps.get(1).state().waitedMillis()).isEqualTo(hour.toMillis());
    assertThat(steps.get(1).state().decisions()).isEqualTo(1);
    assertThat(steps.get(1).state().elapsedMillis()).isEqualTo(hour.toMillis() + 2000);
    assertThat(steps.get(1).next().waitedMillis()).isEqualTo(2 * hour.toMillis());
    assertThat(steps.get(1).next().decisions()).isEqualTo(2);
    assertThat(steps.get(1).reward().latencyMillis()).isEqualTo(1000);
  }

  @Test
  void an_attempt_that_failed_before_the_end_is_told_once() {
    task("T-1")
        .routed("ada", 0.5, "ada")
        .executing()
        .failedAttempt(FailureCause.AGENT_ERROR, Optional.empty())
        .failed(FailureCause.NO_AGENT);

    List<Transition> steps = recorder.take(10);
    assertThat(steps).hasSize(1);
    assertThat(steps.get(0).reward().outcome()).isEqualTo(Outcome.FAILURE);
    assertThat(steps.get(0).next().failed()).containsExactly("ada");
    assertThat(steps.get(0).next().end()).isEqualTo("FAILED");
  }

  @Test
  void a_cancelled_task_is_nobodys_failure() {
    task("T-1").routed("ada", 0.5, "ada").executing().cancelled();

    assertThat(recorder.take(1).get(0).reward().outcome()).isEqualTo(Outcome.INFRASTRUCTURE);
  }

  @Test
  void an_attempt_that_never_began_takes_the_time_since_the_choice() {
    task("T-1")
        .routed("ada", 0.5, "ada")
        .passes(SECOND)
        .failedAttempt(FailureCause.INTERNAL, Optional.empty())
        .failed(FailureCause.INTERNAL);

    assertThat(recorder.take(1).get(0).reward().latencyMillis()).isEqualTo(1000);
  }

  @Test
  void a_task_that_reaches_no_agent_gives_no_step() {
    task("T-1").rejected();
    task("T-2").failed(FailureCause.NO_AGENT);

    assertThat(recorder.take(10)).isEmpty();
    assertThat(recorder.stats()).isEqualTo(new EpisodeRecorder.Stats(0, 0, 0, 0, 0, 0));
  }

  @Test
  void tasks_of_one_id_in_two_tenants_stay_apart() {
    Tale acme = task("T-1").routed("ada", 0.5, "ada");
    Tale zeta =
        new Tale(recorder, Task.builder("docs").id("T-1").tenant("zeta").build(), BEGIN)
            .received()
            .routed("bob", 0.4, "bob");
    acme.completed(1);
    zeta.completed(0.5);

    assertThat(recorder.take(10))
        .extracting(step -> step.tenant() + " " + step.action() + " " + step.state().taskType())
        .containsExactly("acme ada refactor", "zeta bob docs");
  }

  @Test
  void the_oldest_steps_make_room() {
    EpisodeRecorder small = EpisodeRecorder.create(2, 10);
    for (int i = 0; i < 5; i++) {
      new Tale(small, "T-" + i, BEGIN).received().routed("ada", 0.5, "ada").completed(1);
    }

    assertThat(small.stats()).isEqualTo(new EpisodeRecorder.Stats(5, 2, 3, 0, 0, 0));
    assertThat(small.take(1)).extracting(Transition::task).containsExactly("T-3");
    assertThat(small.take(9)).extracting(Transition::task).containsExactly("T-4");
  }

  @Test
  void tasks_beyond_the_most_that_may_be_open_are_counted_only() {
    EpisodeRecorder small = EpisodeRecorder.create(10, 2);
    List<Tale> tales = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      tales.add(new Tale(small, "T-" + i, BEGIN).received());
    }
    assertThat(small.stats().open()).isEqualTo(2);

    tales.forEach(tale -> tale.routed("ada", 0.5, "ada").completed(1));

    assertThat(small.stats()).isEqualTo(new EpisodeRecorder.Stats(2, 2, 0, 0, 3, 0));
  }

  @ParameterizedTest
  @CsvSource({"0", "-0.1", "1.1", "NaN"})
  void a_step_without_a_propensity_is_left_out_and_counted(double propensity) {
    task("T-1").routed("ada", propensity, "ada").completed(1);

    assertThat(recorder.take(10)).isEmpty();
    assertThat(recorder.stats().broken()).isEqualTo(1);
  }

  @Test
  void a_decision_that_throws_reaches_nobody() {
    task("T-1").routed(new Tale.BrokenDecision()).completed(1);

    assertThat(recorder.take(10)).isEmpty();
    assertThat(recorder.stats()).isEqualTo(new EpisodeRecorder.Stats(0, 0, 0, 0, 0, 1));
  }

  @Test
  void clocks_that_go_back_give_no_negative_times() {
    task("T-1")
        .passes(SECOND.negated())
        .routed("ada", 0.5, "ada")
        .passes(SECOND.negated())
        .completed(1);

    Transition step = recorder.take(1).get(0);
    assertThat(step.state().elapsedMillis()).isZero();
    assertThat(step.reward().latencyMillis()).isZero();
  }

  /** 8 threads, 2,000 tasks each. */
  @Test
  void many_threads_lose_no_step() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(8);
    EpisodeRecorder large = EpisodeRecorder.create(20_000, 100);
    for (int thread = 0; thread < 8; thread++) {
      String mine = "T-" + thread + "-";
      new Thread(
              () -> {
                for (int i = 0; i < 2000; i++) {
                  new Tale(large, mine + i, BEGIN)
                      .received()
                      .routed("ada", 0.5, "ada")
                      .completed(1);
                }
                done.countDown();
              })
          .start();
    }
    done.await();

    assertThat(large.stats()).isEqualTo(new EpisodeRecorder.Stats(16_000, 16_000, 0, 0, 0, 0));
    assertThat(large.take(20_000).stream().map(Transition::task).distinct().count())
        .isEqualTo(16_000);
  }

  @Test
  void limits_say_what_they_may_be() {
    assertThatThrownBy(() -> EpisodeRecorder.create(0, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("training.capacity must be 1 to 16777216, got 0");
    assertThatThrownBy(() -> EpisodeRecorder.create(1, 0))
        .hasMessageContaining("training.mostOpen");
    assertThatThrownBy(() -> recorder.take(0)).hasMessageContaining("training.take");
  }
}
