/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class BatchQualityTest {
  private final BatchQuality gates = BatchQuality.standard();

  @Test
  void a_batch_that_covers_its_choices_is_accepted() {
    BatchQuality.Verdict verdict = gates.judge(Steps.good(0, 32));

    assertThat(verdict.accepted()).isTrue();
    assertThat(verdict.why()).isEmpty();
    assertThat(verdict.steps()).isEqualTo(32);
    assertThat(verdict.measures())
        .extracting(BatchQuality.Measure::name)
        .containsExactly("steps", "diversity", "gap seconds", "reward variance", "duplicates");
  }

  @Test
  void the_limits_are_those_of_the_requirements() {
    assertThat(gates).isEqualTo(new BatchQuality(0.7, Duration.ofMinutes(30), 0.1, 0.15, 32));
  }

  @Test
  void too_few_steps_are_refused_with_the_numbers() {
    assertThat(gates.judge(Steps.good(0, 31)).why()).isEqualTo("steps 31.00, at least 32.0");
    assertThat(gates.judge(List.of()).accepted()).isFalse();
  }

  @Test
  void diversity_is_1_for_even_choice_and_0_for_one_agent() {
    assertThat(BatchQuality.diversity(Steps.good(0, 32))).isCloseTo(1, within(1e-12));
    List<Transition> same = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      same.add(Steps.step(i, "refactor", "ada", i % 2));
    }
    assertThat(BatchQuality.diversity(same)).isZero();
    assertThat(gates.judge(same).why()).isEqualTo("diversity 0.000, at least 0.7");
  }

  /** 90 % one agent and the rest even, of four: entropy 0.418 of ln 4. */
  @Test
  void diversity_sees_a_router_that_hardly_explores() {
    List<Transition> greedy = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      String agent = i < 36 ? "ada" : Steps.AGENTS.get(1 + i % 3);
      greedy.add(Steps.step(i, "refactor", agent, i % 2));
    }
    double rest = -0.9 * Math.log(0.9) - 0.05 * Math.log(0.05) - 2 * 0.025 * Math.log(0.025);

    assertThat(BatchQuality.diversity(greedy)).isCloseTo(rest / Math.log(4), within(1e-12));
  }

  @Test
  void diversity_counts_types_of_task_apart_and_no_more_cells_than_steps() {
    List<Transition> two = new ArrayList<>();
    two.add(Steps.step(0, "refactor", "ada", 1));
    two.add(Steps.step(1, "docs", "ada", 0));

    assertThat(BatchQuality.diversity(two)).isCloseTo(1, within(1e-12));
    assertThat(BatchQuality.diversity(two.subList(0, 1))).isZero();
  }

  @Test
  void the_longest_gap_counts_in_whatever_order_steps_come() {
    List<Transition> steps = Steps.good(0, 32);
    List<Transition> late = new ArrayList<>(steps.subList(1, 32));
    late.add(Steps.step(62, "refactor", "ada", 1));

    assertThat(BatchQuality.gapSeconds(late)).isEqualTo(31 * 60);
    assertThat(gates.judge(late).why()).isEqualTo("gap seconds 1860, at most 1800.0");
    late.set(31, Steps.step(61, "refactor", "ada", 1));
    assertThat(gates.judge(late).accepted()).isTrue();
    assertThat(BatchQuality.gapSeconds(steps.subList(0, 1))).isZero();
  }

  @Test
  void work_that_always_succeeds_teaches_nothing() {
    List<Transition> steps = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      steps.add(Steps.step(i, "refactor", Steps.AGENTS.get(i % 4), 1));
    }

    assertThat(gates.judge(steps).why()).isEqualTo("reward variance 0.000, at least 0.1");
    assertThat(BatchQuality.variance(Steps.good(0, 32))).isCloseTo(8.0 / 31, within(1e-12));
    assertThat(BatchQuality.variance(Steps.good(0, 1))).isZero();
  }

  @Test
  void duplicates_are_equal_but_for_task_and_time() {
    List<Transition> steps = new ArrayList<>(Steps.good(0, 27));
    for (int i = 0; i < 5; i++) {
      Transition first = steps.get(i);
      steps.add(
          new Transition(
              first.tenant(),
              "again-" + i,
              first.at().plusSeconds(30),
              first.state(),
              first.action(),
              first.policy(),
              first.propensity(),
              first.reward(),
              first.next(),
              first.done()));
    }

    assertThat(BatchQuality.duplicates(steps)).isEqualTo(5.0 / 32);
    assertThat(gates.judge(steps).why()).isEqualTo("duplicates 0.1563, at most 0.15");
    assertThat(BatchQuality.duplicates(steps.subList(0, 27))).isZero();
    assertThat(BatchQuality.duplicates(List.of())).isZero();
  }

  @Test
  void everything_that_is_wrong_is_said() {
    List<Transition> steps = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      steps.add(Steps.step(100 * i, "refactor", "ada", 1));
    }

    assertThat(gates.judge(steps).why())
        .contains("steps 3", "diversity 0", "gap seconds 6000", "reward variance 0")
        .doesNotContain("duplicates");
  }

  @Test
  void batches_are_cut_in_order_of_time() {
    List<Transition> steps = new ArrayList<>(Steps.good(0, 70));
    Collections.reverse(steps);

    List<List<Transition>> batches = gates.batches(steps);

    assertThat(batches).extracting(List::size).containsExactly(32, 32, 6);
    assertThat(batches.get(0).get(0).task()).isEqualTo("T-0");
    assertThat(batches.get(2).get(5).task()).isEqualTo("T-69");
  }

  @Test
  void limits_say_what_they_may_be() {
    Duration gap = Duration.ZERO;
    refused(() -> new BatchQuality(1.1, gap, 0, 0, 2), "rl.minSampleDiversity must be 0 to 1");
    refused(() -> new BatchQuality(-0.1, gap, 0, 0, 2), "rl.minSampleDiversity");
    refused(() -> new BatchQuality(0, gap.minusNanos(1), 0, 0, 2), "rl.maxTemporalGap");
    refused(() -> new BatchQuality(0, gap, -1, 0, 2), "rl.minRewardVariance");
    refused(() -> new BatchQuality(0, gap, 1.1, 0, 2), "rl.minRewardVariance");
    refused(() -> new BatchQuality(0, gap, 0, 1.5, 2), "rl.maxDuplicateRatio");
    refused(() -> new BatchQuality(0, gap, 0, 0, 1), "rl.batchSize must be 2 to 1000000, got 1");
    refused(() -> new BatchQuality(0, gap, 0, 0, 1_000_001), "rl.batchSize");
    assertThat(new BatchQuality(0, gap, 0, 1, 2).batch()).isEqualTo(2);
  }

  private static void refused(ThrowingCallable call, String why) {
    assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).hasMessageContaining(why);
  }
}
