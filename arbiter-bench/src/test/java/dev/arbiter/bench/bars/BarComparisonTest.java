/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.bench.bars.BarComparison.Change;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Simulated runs of three rounds with five iterations. JVMs differ by 7 % (one standard deviation),
 * iterations within one by 3 %, and each twentieth iteration is half as slow again. Rounds differ
 * by 10 % more, which a peer shares.
 */
class BarComparisonTest {
  private static final int RUNS = 4_000;

  /* 5 %, and three standard errors of a share of 4,000. */
  private static final double MOST_FALSE = .05 + 3 * Math.sqrt(.05 * .95 / RUNS);

  private static final double FORK = .07;
  private static final double ITERATION = .03;
  private static final Bar ALONE = Bar.of("P8", "a life", Measure.CPU, "A.life", 3_000);
  private static final Bar BESIDE = ALONE.beside("A.peer");
  private static final Bar LESS = ALONE.lessThat("A.peer");

  private static Figures run(RandomGenerator random, int rounds, double life) {
    Figures figures = new Figures(new TreeMap<>());
    for (int round = 0; round < rounds; round++) {
      double busy = Math.exp(.1 * random.nextGaussian());
      round(figures, random, "A.life", busy * life);
      round(figures, random, "A.peer", busy * 500);
    }
    return figures;
  }

  private static void round(Figures figures, RandomGenerator random, String name, double around) {
    double fork = Math.exp(FORK * random.nextGaussian());
    List<Double> iterations =
        Stream.generate(
                () ->
                    around
                        * fork
                        * Math.exp(ITERATION * random.nextGaussian())
                        * (random.nextInt(20) == 0 ? 1.5 : 1))
            .limit(5)
            .toList();
    figures.add(new BenchmarkSpec(name), Measure.CPU.key, iterations);
  }

  /** The share of comparisons that see a change. */
  private static double seen(Bar bar, double before, int rounds, double now) {
    SplittableRandom random = new SplittableRandom(20);
    int seen = 0;
    for (int i = 0; i < RUNS; i++) {
      Change change = change(bar, run(random, 3, before), run(random, rounds, now));
      seen += change.words(true).equals("no difference seen") ? 0 : 1;
    }
    return (double) seen / RUNS;
  }

  private static Change change(Bar bar, Figures before, Figures after) {
    return Objects.requireNonNull(new BarComparison(before, after).change(bar));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5})
  void of_runs_without_a_change_at_most_one_in_twenty_shows_one(int rounds) {
    for (Bar bar : List.of(ALONE, BESIDE, LESS)) {
      assertThat(seen(bar, 1_000, rounds, 1_000)).as(bar.toString()).isLessThan(MOST_FALSE);
    }
    assertThat(seen(LESS, 500, rounds, 500)).as("lost in noise").isLessThan(MOST_FALSE);
  }

  @Test
  void a_change_of_half_is_seen_mostly_and_one_of_twice_nearly_always() {
    assertThat(seen(BESIDE, 1_000, 3, 1_500)).isGreaterThan(.8);
    assertThat(seen(ALONE, 1_000, 3, 1_500)).isGreaterThan(.7);
    for (Bar bar : List.of(ALONE, BESIDE)) {
      assertThat(seen(bar, 1_000, 3, 2_000)).isGreaterThan(.97);
    }
    Figures before = run(new SplittableRandom(1), 3, 1_000);
    Figures after = run(new SplittableRandom(2), 3, 3_000);
    assertThat(change(BESIDE, before, after).words(true)).isEqualTo("worse");
    assertThat(change(BESIDE, after, before).words(true)).isEqualTo("better");
  }

  @Test
  void one_round_has_no_interval_and_no_verdict() {
    SplittableRandom random = new SplittableRandom(3);

    Change change = change(BESIDE, run(random, 3, 1_000), run(random, 1, 9_000));

    assertThat(change.ratio()).isGreaterThan(5);
    assertThat(change.low()).isNaN();
    assertThat(change.words(true)).isEqualTo("one round: no verdict");
  }

  private static Figures constant(double life, double peer) {
    Figures figures = new Figures(new TreeMap<>());
    for (int round = 0; round < 3; round++) {
      figures.add(new BenchmarkSpec("A.life"), Measure.CPU.key, List.of(life, life));
      figures.add(
          new BenchmarkSpec("A.peer"), Measure.CPU.key, List.of(peer + round, peer + round));
    }
    return figures;
  }

  @Test
  void figures_that_do_not_vary_differ_by_any_change() {
    Change more = change(ALONE, constant(2_080, 1), constant(2_096, 1));

    assertThat(more.words(true)).isEqualTo("worse");
    assertThat(more.ratio()).isCloseTo(2_096.0 / 2_080, within(1e-9));
    assertThat(change(ALONE, constant(0, 1), constant(0, 1)).words(true))
        .isEqualTo("no difference seen");
  }

  @Test
  void a_difference_that_rises_out_of_noise_is_worse_without_a_bound() {
    Change risen = change(LESS, constant(1_000, 1_000), constant(2_000, 1_000));
    Change sunk = change(LESS, constant(2_000, 1_000), constant(1_000, 1_000));

    assertThat(risen.words(true)).isEqualTo("worse");
    assertThat(risen.ratio()).isInfinite();
    assertThat(risen.before()).isZero();
    assertThat(sunk.words(true)).isEqualTo("better");
    assertThat(sunk.now()).isZero();
  }

  @Test
  void a_bar_that_one_run_lacks_is_named_in_both_directions() {
    Figures with = constant(1_000, 500);
    Figures without = new Figures(new TreeMap<>());
    without.add(new BenchmarkSpec("A.life"), Measure.CPU.key, List.of(1_000.0));

    assertThat(table(with, without))
        .contains("| P8 | a life | 2.00 |  |  |  | not in the other run |");
    assertThat(table(without, with))
        .contains("| P8 | a life |  | 2.00 |  |  | not in the other run |");
    assertThat(table(without, without)).doesNotContain("P8");
  }

  private static String table(Figures before, Figures after) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    new BarComparison(before, after)
        .table(List.of(BESIDE))
        .printMarkdown(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
