/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.timing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class AgentTimingsTest {
  private final StillTime time = new StillTime();
  private final AgentTimings timings = AgentTimings.builder().sources(time.sources()).build();

  @Test
  void measures_a_run_from_its_start_to_its_end() {
    AgentTimings.Timing run = timings.start("planner", "claude");
    time.advance(Duration.ofNanos(11_400_001));

    assertThat(run.complete()).contains(Duration.ofNanos(11_400_001));
    assertThat(timings.summary("planner", "claude").average())
        .contains(Duration.ofNanos(11_400_001));
  }

  @Test
  void runs_of_one_agent_at_the_same_time_do_not_share_a_mark() {
    AgentTimings.Timing first = timings.start("planner", "claude");
    time.advance(Duration.ofMillis(10));
    AgentTimings.Timing second = timings.start("planner", "claude");
    time.advance(Duration.ofMillis(5));

    assertThat(second.complete()).contains(Duration.ofMillis(5));
    assertThat(first.complete()).contains(Duration.ofMillis(15));
  }

  @Test
  void a_run_ends_once() {
    AgentTimings.Timing run = timings.start("planner", "claude");

    assertThat(run.fail()).isPresent();
    assertThat(run.complete()).isEmpty();
    assertThat(timings.summary("planner", "claude").runs()).isEqualTo(1);
    assertThat(timings.summary("planner", "claude").successes()).isZero();
  }

  @Test
  void sums_up_average_median_p95_and_the_share_of_successes() {
    for (int i = 1; i <= 20; i++) {
      timings.record("planner", "claude", Duration.ofMillis(i), true);
    }
    timings.record("planner", "claude", Duration.ofHours(1), false);

    AgentTimings.Summary summary = timings.summary("planner", "claude");

    assertThat(summary.runs()).isEqualTo(21);
    assertThat(summary.average()).contains(Duration.ofNanos(10_500_000));
    assertThat(summary.median()).contains(Duration.ofNanos(10_500_000));
    assertThat(summary.p95()).contains(Duration.ofMillis(19));
    assertThat(summary.successShare()).isEqualTo(20.0 / 21);
  }

  @Test
  void the_median_of_an_odd_number_is_the_one_in_the_middle() {
    timings.record("planner", "claude", Duration.ofMillis(9), true);
    timings.record("planner", "claude", Duration.ofMillis(1), true);
    timings.record("planner", "claude", Duration.ofMillis(2), true);

    assertThat(timings.summary("planner", "claude").median()).contains(Duration.ofMillis(2));
    assertThat(timings.summary("planner", "claude").p95()).contains(Duration.ofMillis(9));
  }

  @Test
  void remembers_the_last_hundred_runs_of_each_pair() {
    for (int i = 0; i < 250; i++) {
      timings.record("planner", "claude", Duration.ofMillis(i), true);
    }
    timings.record("planner", "codex", Duration.ofMillis(7), true);

    assertThat(timings.summary("planner", "claude").runs()).isEqualTo(100);
    assertThat(timings.summary("planner", "claude").average())
        .contains(Duration.ofNanos(199_500_000));
    assertThat(timings.summary("planner", "codex").runs()).isEqualTo(1);
  }

  @Test
  void the_unknown_has_no_times() {
    AgentTimings.Summary summary = timings.summary("nobody", "claude");

    assertThat(summary.runs()).isZero();
    assertThat(summary.successShare()).isZero();
    assertThat(summary.average()).isEmpty();
    assertThat(summary.median()).isEmpty();
    assertThat(summary.p95()).isEmpty();
  }

  @Test
  void compares_command_lines_the_fastest_first() {
    timings.record("planner", "slow", Duration.ofMillis(30), true);
    timings.record("planner", "broken", Duration.ofMillis(1), false);
    timings.record("planner", "fast", Duration.ofMillis(10), true);
    timings.record("coder", "fast", Duration.ofMillis(1), true);

    assertThat(timings.compare("planner"))
        .extracting(AgentTimings.Summary::cli)
        .containsExactly("fast", "slow", "broken");
  }

  @Test
  void a_colon_in_a_name_makes_no_two_pairs_one() {
    timings.record("a:b", "c", Duration.ofMillis(1), true);
    timings.record("a", "b:c", Duration.ofMillis(2), true);

    assertThat(timings.summary("a:b", "c").runs()).isEqualTo(1);
    assertThat(timings.summary("a", "b:c").runs()).isEqualTo(1);
  }

  @Test
  void a_time_below_zero_counts_as_none() {
    AgentTimings.Timing run = timings.start("planner", "claude");
    time.stepNanos(Duration.ofSeconds(-3));

    assertThat(run.complete()).contains(Duration.ZERO);
    timings.record("planner", "claude", Duration.ofMillis(-1), true);
    assertThat(timings.summary("planner", "claude").average()).contains(Duration.ZERO);
  }

  @Test
  void the_wall_clock_has_no_part_in_a_time() {
    AgentTimings.Timing run = timings.start("planner", "claude");
    time.stepWall(Duration.ofHours(-1));
    time.advance(Duration.ofMillis(4));

    assertThat(run.complete()).contains(Duration.ofMillis(4));
  }

  @Test
  void a_million_names_stay_within_the_capacity() {
    AgentTimings small = AgentTimings.builder().sources(time.sources()).capacity(10).build();
    for (int i = 0; i < 1_000_000; i++) {
      small.record("agent-" + i, "claude", Duration.ofMillis(1), true);
    }

    assertThat(small.state().forgotten()).isEqualTo(999_990);
    assertThat(small.summary("agent-999999", "claude").runs()).isEqualTo(1);
    assertThat(small.summary("agent-999989", "claude").runs()).isZero();
  }

  @Test
  void a_pair_in_use_is_not_forgotten() {
    AgentTimings small = AgentTimings.builder().sources(time.sources()).capacity(2).build();
    small.record("old", "claude", Duration.ofMillis(1), true);
    small.record("idle", "claude", Duration.ofMillis(1), true);
    small.record("old", "claude", Duration.ofMillis(1), true);
    small.record("new", "claude", Duration.ofMillis(1), true);

    assertThat(small.summary("old", "claude").runs()).isEqualTo(2);
    assertThat(small.summary("idle", "claude").runs()).isZero();
  }

  @Test
  void figures_that_make_no_sense_are_refused_by_name() {
    AgentTimings.Builder builder = AgentTimings.builder();

    assertThatThrownBy(() -> builder.capacity(0)).hasMessageContaining("timings.capacity");
    assertThatThrownBy(() -> builder.saveEvery(Duration.ofMillis(-1)))
        .hasMessageContaining("timings.saveEvery");
  }
}
