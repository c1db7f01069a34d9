/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.bench.bars.Bar.Answer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs benchmarks in JVMs of their own, so short that no figure means anything. */
class RepeatsTest {
  private static final Pace TINY =
      new Pace("tiny", 2, 0, TimeValue.milliseconds(1), 1, TimeValue.milliseconds(10), Map.of());

  @Test
  void a_benchmark_that_fails_takes_no_other_with_it() {
    System.setProperty("jmh.ignoreLock", "true");
    Bar broken =
        Bar.of(
            "P0", "divides by no share", Measure.HELD, "MemoryBenchmark.millionTasks share=0", 1);
    Bar missing = Bar.of("P0", "is not there", Measure.CPU, "NoBenchmark.none", 1);
    Bar whole = Bar.of("P3", "switched off", Measure.CPU, "CaptureBenchmark.switchedOffEvent", 1e9);
    Figures figures = new Figures(new TreeMap<>());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    new Repeats(TINY, new PrintStream(bytes, true, StandardCharsets.UTF_8))
        .run(List.of(broken.spec(), missing.spec(), whole.spec()), figures);

    assertThat(broken.answer(figures)).isEqualTo(Answer.NOT_RUN);
    assertThat(missing.answer(figures)).isEqualTo(Answer.NOT_RUN);
    assertThat(whole.answer(figures)).isEqualTo(Answer.HELD);
    assertThat(figures.rounds(whole.spec(), Measure.CPU)).hasSize(2);
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("MemoryBenchmark.millionTasks share=0 failed and has no figures, because:")
        .contains("ArithmeticException", "round 2 of 2, 3 of 3: CaptureBenchmark")
        .doesNotContain("round 2 of 2, 1 of 3");
  }
}
