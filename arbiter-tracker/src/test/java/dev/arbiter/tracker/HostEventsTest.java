/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.summary.WindowSummary;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class HostEventsTest {
  private final FakeTime time = new FakeTime();
  private final PerformanceTracker tracker =
      PerformanceTracker.builder().sources(time.sources()).build();

  @Test
  void all_ten_types_of_the_vocabulary_are_counted_for_a_host_without_an_arbiter() {
    HostEvents events = tracker.events();
    events.registered("ada");
    events.statusChanged("ada", "offline");
    events.routed("ada");
    events.routed("");
    tracker.start("ada", "format").complete();
    tracker.start("ada", "format").cancel();
    events.evaluated("ada", "format", "acme", 0.5);
    events.validated("ada", "format", "acme", true, 0);
    events.happened("anomaly_detected");
    events.happened("system_load_spike");
    events.happened("coffee_break");

    assertThat(events.counts())
        .containsExactly(
            entry("agent_registration", 1L),
            entry("agent_selection", 1L),
            entry("agent_status_change", 1L),
            entry("anomaly_detected", 1L),
            entry("coffee_break", 1L),
            entry("constitutional_validation", 1L),
            entry("evaluation_outcome", 1L),
            entry("routing_decision", 2L),
            entry("system_load_spike", 1L),
            entry("task_execution_complete", 2L),
            entry("task_execution_start", 2L));
  }

  @Test
  void events_of_an_arbiter_are_counted_by_the_same_names() throws Exception {
    PerformanceTracker own = PerformanceTracker.create();
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("ok"))
            .withoutConstitution()
            .listener(own)
            .build()) {
      arbiter.submit(Task.builder("format").build()).await(Duration.ofSeconds(30));
    }
    own.on(new AgentEvent.StatusChanged(time.now(), 0, "ada", Status.AVAILABLE, Status.OFFLINE));

    assertThat(own.events().counts())
        .containsEntry("agent_registration", 1L)
        .containsEntry("agent_status_change", 1L)
        .containsEntry("routing_decision", 1L)
        .containsEntry("agent_selection", 1L)
        .containsEntry("task_execution_start", 1L)
        .containsEntry("task_execution_complete", 1L)
        .containsEntry("constitutional_validation", 2L)
        .containsEntry("evaluation_outcome", 1L);
  }

  @Test
  void a_running_task_has_started_and_not_completed() {
    new Story(tracker, "T-1", time.now()).given("ada");

    assertThat(tracker.events().counts())
        .containsEntry("task_execution_start", 1L)
        .containsEntry("task_execution_complete", 0L);
  }

  @Test
  void the_seven_groups_of_metrics_are_in_the_summary() {
    for (int i = 1; i <= 4; i++) {
      Execution execution = tracker.start("ada", "format");
      time.advance(Duration.ofSeconds(i));
      boolean ended =
          i == 4
              ? execution.fail(Usage.cost(1))
              : execution.complete(0.5, new Usage(10, 5, 1, Duration.ZERO));
      assertThat(ended).isTrue();
    }
    tracker.events().evaluated("ada", "format", Task.DEFAULT_TENANT, 0.2);
    tracker.events().evaluated("ada", "format", Task.DEFAULT_TENANT, 0.4);
    tracker.events().validated("ada", "format", Task.DEFAULT_TENANT, true, 0);
    tracker.events().validated("ada", "format", Task.DEFAULT_TENANT, false, 3);
    tracker.events().sampled("ada", 0.5, 0.25);

    WindowSummary summary = tracker.summary("ada", "format", Window.REALTIME);
    assertThat(summary.latency().fastest().toMillis()).isCloseTo(1_000, within(16L));
    assertThat(summary.latency().mean().toMillis()).isCloseTo(2_500, within(40L));
    assertThat(summary.latency().slowest().toMillis()).isCloseTo(4_000, within(64L));
    assertThat(summary.latency().p999Holds()).isFalse();
    assertThat(summary.attemptsPerHour()).isEqualTo(48);
    assertThat(summary.evaluations().count()).isEqualTo(2);
    assertThat(summary.evaluations().meanScore()).isCloseTo(0.3, within(1e-12));
    assertThat(summary.compliance()).isEqualTo(new WindowSummary.Compliance(2, 1, 3));
    assertThat(summary.costPerSuccess()).isCloseTo(4 / 3.0, within(1e-12));
    assertThat(summary.errorRate()).isEqualTo(0.25);
    assertThat(summary.timeBetweenFailures()).contains(Duration.ofMinutes(5));
    assertThat(summary.confidence()).isEqualTo(0.4);
    assertThat(tracker.summary("ada", "", Window.REALTIME).resources())
        .isEqualTo(new WindowSummary.Resources(1, 0.5, 0.25));
  }

  @Test
  void the_summary_of_nothing_divides_by_nothing() {
    WindowSummary none = WindowSummary.none();

    assertThat(none.attemptsPerHour()).isZero();
    assertThat(none.costPerSuccess()).isNaN();
    assertThat(none.errorRate()).isNaN();
    assertThat(none.timeBetweenFailures()).isEmpty();
    assertThat(none.compliance().passRate()).isNaN();
    assertThat(none.compliance().violationRate()).isNaN();
  }

  @Test
  void names_beyond_256_count_as_one() {
    for (int i = 0; i < 10_000; i++) {
      tracker.events().happened("event-" + i);
    }

    assertThat(tracker.events().counts()).hasSize(10 + 257);
    assertThat(tracker.events().counts()).containsEntry(PerformanceTracker.OTHER, 10_000L - 256);
  }

  @Test
  void figures_outside_their_range_are_put_right_and_told() {
    tracker.events().evaluated("ada", "format", "acme", 7);
    tracker.events().sampled("ada", -1, Double.NaN);
    tracker.events().validated("ada", "format", "acme", false, -5);

    WindowSummary summary = tracker.summary("ada", "", Window.REALTIME);
    assertThat(summary.evaluations().meanScore()).isEqualTo(1);
    assertThat(summary.resources()).isEqualTo(new WindowSummary.Resources(1, 0, 0));
    assertThat(summary.compliance().violations()).isZero();
    assertThat(tracker.stats().corrected()).isEqualTo(3);
  }

  @Test
  void a_registered_agent_is_known_before_its_first_attempt() {
    tracker.events().registered("ada");

    assertThat(tracker.agents()).contains("ada");
    tracker.start("ada", "format").complete();
    assertThat(tracker.performance("ada", "", Window.REALTIME).count()).isEqualTo(1);
    assertThat(tracker.performance("ada", "format", Window.REALTIME).count()).isEqualTo(1);
  }
}
