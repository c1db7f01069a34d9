/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.OddValues;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is exported is read back, and is as good as the export says. */
class TrainingReadBackTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:15:30.123Z");
  private static final BatchQuality ANY =
      new BatchQuality(0, Duration.ofSeconds(Long.MAX_VALUE), 0, 1, 16);

  @TempDir private Path folder;
  private final Sources sources = new Sources(() -> NOW, () -> 0, new SplittableRandom(1));

  /** 1,600 steps, seed 4, with figures and texts at the edge. */
  @Test
  void every_exported_step_is_read_back_and_the_manifest_counts_the_others() {
    OddValues odd = new OddValues(4);
    List<Transition> steps = new ArrayList<>();
    for (Transition good : Steps.good(0, 1_600)) {
      steps.add(steps.size() % 5 == 0 ? odd(good, odd) : good);
    }

    TrainingExport.Result result =
        TrainingExport.withoutAnonymization(folder, ANY, sources).write(steps);

    assertThat(result).isInstanceOf(TrainingExport.Result.Written.class);
    TrainingExport.Result.Written written = (TrainingExport.Result.Written) result;
    TrainingSet read = TrainingSet.read(written.manifest());
    assertThat(read.manifest()).isEqualTo(written.contents());
    long unreadable = steps.stream().filter(step -> !Double.isFinite(step.reward().cost())).count();
    assertThat(unreadable).isBetween(50L, 150L);
    assertThat(read.steps()).hasSizeGreaterThan((int) (1_600 - unreadable - 16)).isSubsetOf(steps);
    assertThat(read.manifest().refused().get(0)).startsWith(unreadable + " steps left out");
  }

  private static Transition odd(Transition step, OddValues odd) {
    Transition.Reward reward = step.reward();
    return new Transition(
        odd.text(),
        step.task(),
        step.at(),
        step.state(),
        step.action(),
        odd.text(),
        step.propensity(),
        new Transition.Reward(
            reward.outcome(),
            reward.success(),
            reward.quality(),
            odd.number(),
            reward.latencyMillis(),
            reward.violations()),
        step.next(),
        step.done());
  }

  @Test
  void a_batch_is_judged_as_its_reader_sees_it() {
    List<Transition> steps = new ArrayList<>();
    Transition step = Steps.good(0, 1).get(0);
    for (int i = 10; i < 42; i++) {
      steps.add(ofType(step, "mail of ada" + i + "@example.com"));
    }
    BatchQuality various = new BatchQuality(0, Duration.ofDays(1), 0, 0.1, 32);

    TrainingExport.Result result =
        TrainingExport.withoutAnonymization(folder, various, sources).write(steps);

    assertThat(various.judge(steps).accepted()).isTrue();
    assertThat(result).isInstanceOf(TrainingExport.Result.Refused.class);
  }

  private static Transition ofType(Transition step, String type) {
    return new Transition(
        step.tenant(),
        step.task(),
        step.at(),
        ofType(step.state(), type),
        step.action(),
        step.policy(),
        step.propensity(),
        step.reward(),
        ofType(step.next(), type),
        step.done());
  }

  private static Transition.State ofType(Transition.State state, String type) {
    return new Transition.State(
        type,
        state.priority(),
        state.capabilities(),
        state.attempt(),
        state.failed(),
        state.cause(),
        state.elapsedMillis(),
        state.spent(),
        state.candidates(),
        state.end());
  }

  @Test
  void steps_of_which_none_can_be_read_back_are_a_failure_that_says_why() {
    Transition good = Steps.good(0, 1).get(0);
    Transition never =
        new Transition(
            good.tenant(),
            good.task(),
            good.at(),
            good.state(),
            good.action(),
            good.policy(),
            Double.NaN,
            good.reward(),
            good.next(),
            good.done());

    TrainingExport.Result result =
        TrainingExport.withoutAnonymization(folder, ANY, sources).write(List.of(never));

    assertThat(result).isInstanceOf(TrainingExport.Result.Failed.class);
    assertThat(((TrainingExport.Result.Failed) result).message()).contains("propensity");
  }
}
