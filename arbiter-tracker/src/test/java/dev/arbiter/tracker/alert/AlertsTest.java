/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static dev.arbiter.tracker.alert.Alert.Kind.RESOURCE_SATURATION;
import static dev.arbiter.tracker.alert.Alert.Kind.VIOLATION_SPIKE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.tracker.PerformanceTracker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class AlertsTest {
  private final StillTime time = new StillTime();
  private final List<Alert> told = new ArrayList<>();
  private double cpu = 50;

  @Test
  void a_gauge_that_stays_at_its_end_is_told_within_30_s() {
    Alerts alerts = withGauge();
    check(alerts, 30, 60);
    assertThat(told).isEmpty();

    Instant begin = time.now();
    check(alerts, 15, 97);

    assertThat(told).hasSize(1);
    assertThat(told.get(0).key()).isEqualTo("resource_saturation:cpu");
    assertThat(told.get(0).at()).isBeforeOrEqualTo(begin.plusSeconds(30));
    assertThat(told.get(0).value()).isEqualTo(97);
    assertThat(told.get(0).critical()).isFalse();
    assertThat(alerts.firing()).hasSize(1);
  }

  @Test
  void a_gauge_that_touches_its_end_now_and_then_is_no_anomaly() {
    Alerts alerts = withGauge();
    for (int i = 0; i < 1000; i++) {
      check(alerts, 1, i % 2 == 0 ? 100 : 60);
    }
    assertThat(told).isEmpty();
  }

  @Test
  void nine_readings_are_too_few() {
    Alerts alerts = withGauge();
    check(alerts, 9, 100);
    assertThat(told).isEmpty();
    check(alerts, 1, 100);
    assertThat(told).extracting(Alert::critical).containsExactly(true);
  }

  @Test
  void a_saturation_is_over_ten_below_its_limit() {
    Alerts alerts = withGauge();
    check(alerts, 10, 99);
    check(alerts, 100, 85);
    assertThat(told).hasSize(1);
    check(alerts, 10, 84);

    assertThat(told).extracting(Alert::firing).containsExactly(true, false);
    assertThat(alerts.firing()).isEmpty();
  }

  @Test
  void a_gauge_that_throws_or_gives_no_figure_is_counted() {
    Alerts alerts =
        Alerts.builder()
            .sources(time.sources())
            .gauge("nan", () -> Double.NaN)
            .gauge("negative", () -> -1)
            .gauge(
                "broken",
                () -> {
                  throw new IllegalStateException("no sensor");
                })
            .build();

    check(alerts, 20, 0);

    assertThat(alerts.stats().gaugeFailures()).isEqualTo(60);
    assertThat(alerts.firing()).isEmpty();
  }

  @Test
  void denied_work_is_read_from_the_events_of_tasks() {
    Alerts alerts = alerts();
    for (int i = 0; i < 100; i++) {
      alerts.on(verified());
    }
    for (int i = 0; i < 20; i++) {
      alerts.on(i % 2 == 0 ? deniedAndRoutedAgain() : deniedAndFailed());
    }

    assertThat(told).hasSize(1);
    assertThat(told.get(0).kind()).isEqualTo(VIOLATION_SPIKE);
    assertThat(told.get(0).subject()).isEqualTo("ada");
    assertThat(told.get(0).baseline()).isZero();
  }

  @Test
  void a_task_that_fails_otherwise_is_no_violation() {
    Alerts alerts = alerts();
    for (int i = 0; i < 100; i++) {
      alerts.on(verified());
    }
    for (int i = 0; i < 40; i++) {
      alerts.on(new TaskEvent.Concluded(step(), failed(FailureCause.AGENT_TIMEOUT), 1));
      alerts.on(
          new TaskEvent.Routing(
              step(),
              Optional.of(
                  new TaskEvent.AttemptFailure(FailureCause.AGENT_ERROR, "x", Optional.empty()))));
    }
    assertThat(told).isEmpty();
  }

  @Test
  void half_a_million_names_stay_within_the_capacity() {
    assertOthersHoldTheRestOf(500_000);
  }

  @Test
  @Tag("long")
  void ten_million_names_stay_within_the_capacity() {
    assertOthersHoldTheRestOf(10_000_000);
  }

  private void assertOthersHoldTheRestOf(int count) {
    Alerts alerts = Alerts.builder().sources(time.sources()).capacity(100).build();
    for (int i = 0; i < count; i++) {
      alerts.judged("agent-" + i, false, time.now());
    }

    assertThat(alerts.stats().watched()).isEqualTo(100);
    assertThat(alerts.stats().inOthers()).isEqualTo(count - 100);
  }

  @Test
  void a_flood_of_names_does_not_drive_out_an_agent_at_work() {
    Stream stream = new Stream(1, Alerts.builder().capacity(10)).run(300);
    for (int i = 0; i < 1000; i++) {
      stream.alerts.judged("flood-" + i, false, stream.time.now());
    }
    stream.medianMillis *= 5;
    stream.run(40);

    assertThat(stream.told).extracting(Alert::subject).containsOnly("ada");
  }

  @Test
  void those_beyond_the_capacity_are_watched_together() {
    Alerts alerts = alerts(1);
    alerts.judged("first", false, time.now());
    for (int i = 0; i < 200; i++) {
      alerts.judged("agent-" + i, i >= 150, time.now());
    }

    assertThat(told).extracting(Alert::subject).containsExactly(PerformanceTracker.OTHER);

    alerts.relearn("agent-7");
    assertThat(alerts.firing()).as("it has nothing of its own").hasSize(1);
    alerts.relearn(PerformanceTracker.OTHER);
    assertThat(alerts.firing()).isEmpty();
    for (int i = 0; i < 200; i++) {
      alerts.judged("agent-" + i, true, time.now());
    }
    assertThat(told).as("that is usual now").extracting(Alert::firing).containsExactly(true, false);
  }

  @Test
  void an_agent_not_seen_for_an_hour_gives_its_place_and_ends_its_alerts() {
    Stream stream = new Stream(2, Alerts.builder().capacity(1)).run(300);
    stream.medianMillis *= 5;
    stream.run(40);
    assertThat(stream.alerts.firing()).hasSize(1);

    stream.time.advance(Duration.ofMinutes(59));
    stream.alerts.judged("bob", false, stream.time.now());
    assertThat(stream.alerts.firing()).hasSize(1);
    stream.time.advance(Duration.ofMinutes(1));
    stream.alerts.judged("bob", false, stream.time.now());

    assertThat(stream.alerts.firing()).isEmpty();
    assertThat(stream.told).extracting(Alert::firing).containsExactly(true, false);
    assertThat(stream.alerts.stats().watched()).isEqualTo(1);
  }

  @Test
  void a_check_forgets_who_was_not_seen_for_an_hour() {
    Stream stream = new Stream(3).run(300);
    stream.medianMillis *= 5;
    stream.run(40);
    stream.time.advance(Duration.ofHours(1));
    stream.alerts.check();

    assertThat(stream.told).extracting(Alert::firing).containsExactly(true, false);
    assertThat(stream.alerts.stats().watched()).isZero();
    assertThat(stream.alerts.stats().ended()).isEqualTo(1);
  }

  @Test
  void says_how_many_agents_are_still_learned() {
    Alerts alerts = alerts();
    for (int i = 0; i < 50; i++) {
      alerts.ended(Stream.attempt("old", time.now(), 10, true, 1));
    }
    alerts.ended(Stream.attempt("new", time.now(), 10, true, 1));

    assertThat(alerts.stats().watched()).isEqualTo(2);
    assertThat(alerts.stats().learning()).isEqualTo(1);
  }

  @Test
  void odd_attempts_do_no_harm() {
    Alerts alerts = alerts();
    for (int i = 0; i < 300; i++) {
      alerts.ended(Stream.attempt("ada", Instant.MAX, 0, true, Double.NaN));
      alerts.ended(Stream.attempt("ada", Instant.MIN, 1e12, true, 7));
      alerts.ended(Stream.attempt("ada", Instant.EPOCH, 5, false, -3));
    }
    assertThat(alerts.stats().watched()).isEqualTo(1);
  }

  @Test
  void threads_may_come_from_everywhere() throws Exception {
    Alerts alerts =
        Alerts.builder().sources(time.sources()).capacity(50).gauge("cpu", () -> 99).build();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> runs = new ArrayList<>();
    for (int thread = 0; thread < 4; thread++) {
      int own = thread;
      runs.add(
          threads.submit(
              () -> {
                for (int i = 0; i < 10_000; i++) {
                  alerts.judged("agent-" + (own + i) % 100, i % 7 == 0, time.now());
                  alerts.ended(Stream.attempt("agent-" + i % 60, time.now(), i, true, 1));
                  if (i % 100 == 0) {
                    alerts.check();
                    alerts.firing();
                    alerts.relearn("agent-" + i % 10);
                  }
                }
              }));
    }
    for (Future<?> run : runs) {
      run.get();
    }
    threads.shutdown();
    assertThat(alerts.stats().watched()).isLessThanOrEqualTo(50);
  }

  @Test
  void limits_that_make_no_sense_are_refused_by_name() {
    Alerts.Builder builder = Alerts.builder();

    assertThatThrownBy(() -> builder.latencyMultiplier(1)).hasMessageContaining("got 1.0");
    assertThatThrownBy(() -> builder.latencyMultiplier(Double.NaN))
        .hasMessageContaining("alerts.latencyMultiplier");
    assertThatThrownBy(() -> builder.accuracyDrop(0)).hasMessageContaining("alerts.accuracyDrop");
    assertThatThrownBy(() -> builder.errorIncrease(101))
        .hasMessageContaining("alerts.errorIncrease");
    assertThatThrownBy(() -> builder.violationIncrease(-1))
        .hasMessageContaining("alerts.violationIncrease");
    assertThatThrownBy(() -> builder.saturation(10)).hasMessageContaining("alerts.saturation");
    assertThatThrownBy(() -> builder.saturation(101)).hasMessageContaining("alerts.saturation");
    assertThatThrownBy(() -> builder.minSamples(4)).hasMessageContaining("alerts.minSamples");
    assertThatThrownBy(() -> builder.minSamples(1001)).hasMessageContaining("alerts.minSamples");
    assertThatThrownBy(() -> builder.cooldown(Duration.ofNanos(-1)))
        .hasMessageContaining("alerts.cooldown");
    assertThatThrownBy(() -> builder.capacity(0)).hasMessageContaining("alerts.capacity");
    assertThatThrownBy(() -> builder.gauge("cpu", () -> 1).gauge("cpu", () -> 2))
        .hasMessageContaining("cpu");
    assertThatThrownBy(() -> builder.channel(AlertChannel.log()).build())
        .hasMessageContaining("alerts.executor");
  }

  @Test
  void every_setting_has_its_place_and_its_ends_are_allowed() {
    AlertLimits limits =
        Alerts.builder()
            .latencyMultiplier(1000)
            .accuracyDrop(100)
            .errorIncrease(0.5)
            .violationIncrease(1)
            .saturation(100)
            .minSamples(5)
            .cooldown(Duration.ZERO)
            .limits();

    assertThat(limits)
        .isEqualTo(
            new AlertLimits(
                1000,
                1,
                0.005,
                0.01,
                100,
                5,
                Math.log(1e6),
                Duration.ofMinutes(5),
                Duration.ZERO,
                Duration.ofHours(1)));
    assertThat(Alerts.builder().minSamples(1000).limits().minSamples()).isEqualTo(1000);
    assertThatThrownBy(() -> Alerts.builder().latencyMultiplier(1))
        .hasMessageContaining("alerts.latencyMultiplier");
    assertThatThrownBy(() -> Alerts.builder().latencyMultiplier(1000.1))
        .hasMessageContaining("alerts.latencyMultiplier");
  }

  private Alerts withGauge() {
    return Alerts.builder()
        .sources(time.sources())
        .gauge("cpu", () -> cpu)
        .executor(Runnable::run)
        .channel(AlertChannel.callback("list", told::add))
        .build();
  }

  private Alerts alerts() {
    return alerts(100);
  }

  private Alerts alerts(int capacity) {
    return Alerts.builder()
        .sources(time.sources())
        .capacity(capacity)
        .executor(Runnable::run)
        .channel(AlertChannel.callback("list", told::add))
        .build();
  }

  private void check(Alerts alerts, int times, double percent) {
    cpu = percent;
    for (int i = 0; i < times; i++) {
      time.advance(Duration.ofSeconds(2));
      alerts.check();
    }
    assertThat(told).allMatch(alert -> alert.kind() == RESOURCE_SATURATION);
  }

  private Step step() {
    return new Step(Task.of("review", "S-1"), 1, "ada", time.now(), 1);
  }

  private TaskEvent verified() {
    return new TaskEvent.Verified(step(), new Verdict.Approved(List.of(), 1, Seal.none()));
  }

  private TaskEvent deniedAndRoutedAgain() {
    return new TaskEvent.Routing(
        step(),
        Optional.of(
            new TaskEvent.AttemptFailure(FailureCause.DENIED, "denied", Optional.of(denied()))));
  }

  private TaskEvent deniedAndFailed() {
    return new TaskEvent.Concluded(step(), failed(FailureCause.DENIED), 1);
  }

  private TaskResult failed(FailureCause cause) {
    return new TaskResult.Failed(step().task(), cause, "x", 1, Optional.of(denied()));
  }

  private static Verdict denied() {
    return new Verdict.Denied(List.of(Finding.error("rule", "", "no")), Seal.none());
  }
}
