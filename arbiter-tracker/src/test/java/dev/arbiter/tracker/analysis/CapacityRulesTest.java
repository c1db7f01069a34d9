/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.FinishedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Scaling rules and Little's law. */
class CapacityRulesTest {
  private static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @ParameterizedTest
  @CsvSource({
    "cpu_utilization, 70",
    "memory_utilization, 80",
    "agent_registration_latency, 200",
    "event_store_queue_depth, 1000",
    "database_connection_utilization, 85"
  })
  void the_limits_of_the_certificate_are_there(String metric, double limit) {
    ScalingRules rules = ScalingRules.builder().build();
    for (int i = 0; i < 10; i++) {
      assertThat(rules.read(metric, limit - 0.1, at(i))).isEmpty();
    }
    assertThat(rules.read(metric, limit, at(10))).isEmpty();
    assertThat(rules.read(metric, limit + 1, at(11))).isEmpty();
    assertThat(rules.read(metric, limit + 2, at(12)))
        .contains(new ScalingRules.Trigger(metric, limit, limit + 2, at(10)));
  }

  @Test
  void one_reading_below_begins_the_count_anew() {
    ScalingRules rules = ScalingRules.builder().build();
    for (int i = 0; i < 100; i++) {
      assertThat(rules.read("cpu_utilization", i % 3 == 2 ? 50 : 99, at(i))).isEmpty();
    }
    assertThat(rules.triggered()).isEmpty();
  }

  @Test
  void a_trigger_is_given_once_and_stays_until_as_many_readings_are_below() {
    ScalingRules rules = ScalingRules.builder().readings(2).build();
    rules.read("cpu_utilization", 90, at(0));
    assertThat(rules.read("cpu_utilization", 90, at(1))).isPresent();
    assertThat(rules.read("cpu_utilization", 91, at(2))).isEmpty();
    assertThat(rules.read("cpu_utilization", 91, at(3))).isEmpty();
    rules.read("cpu_utilization", 60, at(4));
    assertThat(rules.triggered())
        .containsExactly(new ScalingRules.Trigger("cpu_utilization", 70, 60, at(0)));
    rules.read("cpu_utilization", 95, at(5));
    rules.read("cpu_utilization", 60, at(6));
    assertThat(rules.triggered()).hasSize(1);
    rules.read("cpu_utilization", 60, at(7));
    assertThat(rules.triggered()).isEmpty();

    rules.read("cpu_utilization", 90, at(8));
    assertThat(rules.read("cpu_utilization", 90, at(9)).orElseThrow().since()).isEqualTo(at(8));
  }

  @Test
  void rules_can_be_set_added_and_removed() {
    ScalingRules rules =
        ScalingRules.builder()
            .limit("cpu_utilization", 50)
            .limit("gpu_utilization", 60)
            .without("memory_utilization")
            .readings(1)
            .build();

    assertThat(rules.read("cpu_utilization", 50, at(0))).isPresent();
    assertThat(rules.read("gpu_utilization", 60, at(0))).isPresent();
    assertThat(rules.read("memory_utilization", 100, at(0))).isEmpty();
    assertThat(rules.read("unknown", 100, at(0))).isEmpty();
    assertThat(rules.read("event_store_queue_depth", Double.NaN, at(0))).isEmpty();
    assertThat(rules.triggered()).hasSize(2);
  }

  @Test
  void settings_that_make_no_sense_are_refused_by_name() {
    ScalingRules.Builder builder = ScalingRules.builder();

    assertThatThrownBy(() -> builder.limit("cpu_utilization", 0))
        .hasMessageContaining("scaling.cpu_utilization");
    assertThatThrownBy(() -> builder.readings(0)).hasMessageContaining("scaling.readings");
  }

  @Test
  void littles_law_holds_of_a_queue_that_was_measured_rightly() {
    FlowCheck.LittlesLaw law = simulate(1.0);

    assertThat(law.residual()).isLessThan(FlowCheck.LittlesLaw.MARGIN);
    assertThat(law.holds()).isTrue();
    assertThat(law.perSecond()).isCloseTo(10, within(0.5));
  }

  @Test
  void littles_law_does_not_hold_when_a_tenth_of_the_attempts_is_lost() {
    assertThat(simulate(0.9).holds()).isFalse();
  }

  /** 10 arrivals a second at 8 workers of 0.7 s each for an hour; so many ends are reported. */
  private static FlowCheck.LittlesLaw simulate(double reported) {
    SplittableRandom random = new SplittableRandom(1);
    FlowCheck flow = new FlowCheck(BEGIN);
    Queue<Double> waiting = new ArrayDeque<>();
    PriorityQueue<double[]> working = new PriorityQueue<>((a, b) -> Double.compare(a[0], b[0]));
    double now = 0;
    double arrival = 0;
    double reading = 0.5;
    while (now < 3600) {
      double end = working.isEmpty() ? Double.POSITIVE_INFINITY : working.peek()[0];
      now = Math.min(Math.min(arrival, end), reading);
      if (now == end) {
        double[] done = working.remove();
        if (random.nextDouble() < reported) {
          flow.ended(attempt(done[0] - done[1]));
        }
      } else if (now == arrival) {
        waiting.add(now);
        arrival = now - Math.log(1 - random.nextDouble()) / 10;
      } else {
        flow.inFlight(waiting.size() + working.size());
        reading += 0.5;
      }
      while (!waiting.isEmpty() && working.size() < 8) {
        working.add(new double[] {now - 0.7 * Math.log(1 - random.nextDouble()), waiting.remove()});
      }
    }
    return flow.close(BEGIN.plusSeconds(3600)).orElseThrow();
  }

  @Test
  void a_stretch_without_enough_in_it_says_nothing() {
    FlowCheck flow = new FlowCheck(BEGIN);
    for (int i = 0; i < 30; i++) {
      flow.ended(attempt(1));
    }
    assertThat(flow.close(at(60))).isEmpty();

    for (int i = 0; i < 30; i++) {
      flow.ended(attempt(2));
      flow.inFlight(1);
    }
    FlowCheck.LittlesLaw law = flow.close(at(120)).orElseThrow();
    assertThat(law).isEqualTo(new FlowCheck.LittlesLaw(1, 0.5, 2));
    assertThat(law.residual()).isZero();

    for (int i = 0; i < 30; i++) {
      flow.ended(attempt(2));
      flow.inFlight(1);
    }
    assertThat(flow.close(at(120))).as("no time passed").isEmpty();
  }

  /** Of 1,200 attempts a listener heard a quarter. */
  @Test
  void attempts_that_stand_for_others_count_for_them() {
    FlowCheck flow = new FlowCheck(BEGIN);
    for (int i = 0; i < 300; i++) {
      FinishedAttempt one = attempt(2);
      flow.ended(
          new FinishedAttempt(
              one.agent(),
              one.taskType(),
              one.tenant(),
              one.at(),
              one.time(),
              true,
              1,
              Usage.none(),
              4));
      flow.inFlight(20);
    }
    FlowCheck.LittlesLaw law = flow.close(at(120)).orElseThrow();
    assertThat(law).isEqualTo(new FlowCheck.LittlesLaw(20, 10, 2));
    assertThat(law.holds()).isTrue();

    for (int i = 0; i < 29; i++) {
      flow.ended(
          new FinishedAttempt(
              "ada", "review", "default", BEGIN, Duration.ZERO, true, 1, Usage.none(), 9));
      flow.inFlight(0);
    }
    assertThat(flow.close(at(240))).as("29 are too few whatever they stand for").isEmpty();
  }

  @Test
  void the_residual_is_relative_to_the_greater_side() {
    assertThat(new FlowCheck.LittlesLaw(0, 0, 0).residual()).isZero();
    assertThat(new FlowCheck.LittlesLaw(100, 9.5, 10).residual()).isCloseTo(0.05, within(1e-12));
    assertThat(new FlowCheck.LittlesLaw(95, 10, 10).residual()).isCloseTo(0.05, within(1e-12));
    assertThat(new FlowCheck.LittlesLaw(5, 0, 0).residual()).isEqualTo(1);
    assertThatThrownBy(() -> new FlowCheck.LittlesLaw(-1, 0, 0)).hasMessageContaining("at least 0");
    assertThatThrownBy(() -> new FlowCheck.LittlesLaw(0, Double.NaN, 0))
        .hasMessageContaining("at least 0");
  }

  private static FinishedAttempt attempt(double seconds) {
    return new FinishedAttempt(
        "ada",
        "review",
        "default",
        BEGIN,
        Duration.ofNanos(Math.round(seconds * 1e9)),
        true,
        1,
        Usage.none());
  }

  private static Instant at(int seconds) {
    return BEGIN.plusSeconds(seconds);
  }
}
