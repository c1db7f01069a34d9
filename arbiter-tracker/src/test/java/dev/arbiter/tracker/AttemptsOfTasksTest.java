/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.spi.Performance;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttemptsOfTasksTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @Test
  void a_completed_task_is_one_success_with_quality_time_cost_and_tokens() {
    story("T-1").admitted().given("ada").reported(SECOND, usage(0.25)).completed(0.8);

    WindowSummary summary = tracker.summary("ada", "format", Window.REALTIME);
    assertThat(summary.performance().count()).isEqualTo(1);
    assertThat(summary.performance().successRate()).isEqualTo(1);
    assertThat(summary.performance().meanQuality()).isEqualTo(0.8);
    assertThat(summary.performance().cost()).isEqualTo(0.25);
    assertThat(millis(summary.performance().p50())).isCloseTo(1_000, within(16.0));
    assertThat(summary.successes()).isEqualTo(1);
    assertThat(summary.inputTokens()).isEqualTo(120);
    assertThat(summary.outputTokens()).isEqualTo(40);
  }

  @Test
  void a_denied_attempt_counts_against_its_agent_and_the_fallback_for_its_own() {
    story("T-1")
        .admitted()
        .given("ada")
        .reported(SECOND, usage(0.5))
        .deniedAndRoutedAgain()
        .given("bob")
        .reported(SECOND.multipliedBy(3), usage(0.1))
        .completed(1);

    Performance ada = performance("ada");
    assertThat(ada.count()).isEqualTo(1);
    assertThat(ada.successRate()).isZero();
    assertThat(ada.meanQuality()).isNaN();
    assertThat(ada.cost()).isEqualTo(0.5);
    Performance bob = performance("bob");
    assertThat(bob.count()).isEqualTo(1);
    assertThat(bob.successRate()).isEqualTo(1);
    assertThat(millis(bob.p50())).isCloseTo(3_000, within(48.0));
  }

  @Test
  void a_task_that_fails_for_want_of_another_agent_counts_its_one_attempt_once() {
    story("T-1")
        .admitted()
        .given("ada")
        .reported(SECOND, Usage.none())
        .deniedAndRoutedAgain()
        .failed(FailureCause.NO_AGENT);

    assertThat(performance("ada").count()).isEqualTo(1);
    assertThat(tracker.stats().claimed()).isEqualTo(1);
  }

  @Test
  void an_agent_that_never_reports_took_the_time_until_it_was_given_up() {
    story("T-1")
        .admitted()
        .given("ada")
        .works(MINUTE)
        .routedAgain(FailureCause.AGENT_TIMEOUT, Optional.empty())
        .given("bob")
        .works(SECOND)
        .failed(FailureCause.AGENT_ERROR);

    assertThat(millis(performance("ada").p99())).isCloseTo(60_000, within(960.0));
    assertThat(millis(performance("bob").p99())).isCloseTo(1_000, within(16.0));
    assertThat(performance("bob").successRate()).isZero();
  }

  @Test
  void what_ended_for_no_fault_of_the_agent_is_told_apart() {
    story("T-1").admitted().given("ada").reported(SECOND, usage(0.5)).completed(1);
    story("T-2").admitted().given("ada").reported(SECOND, usage(0.25)).cancelled();
    story("T-3").admitted().given("ada").works(SECOND).failed(FailureCause.INTERNAL);
    story("T-4").admitted().given("ada").works(SECOND).failed(FailureCause.DEADLINE);
    story("T-5")
        .admitted()
        .given("ada")
        .works(SECOND)
        .routedAgain(FailureCause.INTERNAL, Optional.empty())
        .failed(FailureCause.NO_AGENT);

    WindowSummary ada = tracker.summary("ada", "format", Window.REALTIME);
    assertThat(ada.performance().count()).isEqualTo(1);
    assertThat(ada.performance().successRate()).isEqualTo(1);
    assertThat(ada.excused()).isEqualTo(4);
    assertThat(ada.performance().cost()).as("it was paid all the same").isEqualTo(0.75);
    assertThat(tracker.stats().claimed()).isEqualTo(5);
  }

  @Test
  void a_task_cancelled_before_its_agent_began_is_no_attempt() {
    story("T-1").admitted().cancelled();

    assertThat(tracker.stats().claimed()).isZero();
  }

  @Test
  void every_event_told_twice_is_one_attempt() {
    PerformanceTracker twice = PerformanceTracker.builder().sources(time.sources()).build();
    new Story(
            event -> {
              twice.on(event);
              twice.on(event);
            },
            "T-1",
            time.now())
        .admitted()
        .given("ada")
        .reported(SECOND, usage(1))
        .deniedAndRoutedAgain()
        .given("ada")
        .reported(SECOND, usage(1))
        .completed(1);

    Performance ada = twice.performance("ada", "format", Window.REALTIME);
    assertThat(ada.count()).isEqualTo(2);
    assertThat(ada.cost()).isEqualTo(2);
  }

  @Test
  void an_end_without_a_beginning_is_no_attempt_and_no_exception() {
    story("T-1").completed(1);
    story("T-2").reported(SECOND, usage(1)).deniedAndRoutedAgain();
    story("T-3").failed(FailureCause.AGENT_ERROR);

    assertThat(tracker.stats().claimed()).isZero();
  }

  @Test
  void denials_and_their_violations_are_counted() {
    story("T-1")
        .admitted()
        .given("ada")
        .reported(SECOND, Usage.none())
        .deniedAndRoutedAgain()
        .given("ada")
        .reported(SECOND, Usage.none())
        .completed(1);

    WindowSummary.Compliance compliance =
        tracker.summary("ada", "format", Window.REALTIME).compliance();
    assertThat(compliance).isEqualTo(new WindowSummary.Compliance(2, 1, 1));
    assertThat(compliance.passRate()).isEqualTo(0.5);
    assertThat(compliance.violationRate()).isEqualTo(0.5);
  }

  @Test
  void a_rejected_task_is_no_attempt() {
    story("T-1").rejected();

    assertThat(tracker.stats().claimed()).isZero();
    assertThat(tracker.agents()).containsExactly(PerformanceTracker.OTHER);
  }

  @Test
  void work_that_was_approved_is_a_success_even_if_the_task_fails_to_end_well() {
    story("T-1").admitted().given("ada").reported(SECOND, Usage.none()).completed(0.5);
    story("T-1").failed(FailureCause.INTERNAL);

    assertThat(performance("ada").count()).isEqualTo(1);
    assertThat(performance("ada").successRate()).isEqualTo(1);
  }

  @Test
  void a_negative_duration_counts_as_none_and_is_told() {
    story("T-1").admitted().given("ada").reported(SECOND.negated(), Usage.none()).completed(1);

    assertThat(performance("ada").count()).isEqualTo(1);
    assertThat(performance("ada").p99()).isZero();
    assertThat(tracker.stats().corrected()).isEqualTo(1);
  }

  @Test
  void attempts_of_many_tasks_at_once_are_kept_apart() {
    int tasks = 5_000;
    Story[] stories = new Story[tasks];
    for (int i = 0; i < tasks; i++) {
      stories[i] = story("T-" + i).admitted().given(i % 2 == 0 ? "ada" : "bob");
    }
    assertThat(tracker.stats().open()).isEqualTo(tasks);

    for (int i = 0; i < tasks; i++) {
      stories[i].reported(Duration.ofMillis(i % 2 == 0 ? 10 : 900), Usage.none()).completed(1);
    }

    assertThat(performance("ada").count()).isEqualTo(tasks / 2);
    assertThat(millis(performance("ada").p99())).isCloseTo(10, within(0.2));
    assertThat(millis(performance("bob").p50())).isCloseTo(900, within(15.0));
    assertThat(tracker.stats().open()).isZero();
  }

  private Story story(String id) {
    return new Story(tracker, id, time.now());
  }

  private Performance performance(String agent) {
    return tracker.performance(agent, "format", Window.REALTIME);
  }

  private static Usage usage(double cost) {
    return new Usage(120, 40, cost, Duration.ZERO);
  }

  private static double millis(Duration duration) {
    return duration.toNanos() / 1e6;
  }
}
