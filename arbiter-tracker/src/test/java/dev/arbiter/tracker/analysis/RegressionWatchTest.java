/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.Insufficient;
import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.NotSeen;
import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.Regressed;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Seeds are pinned; noise is log-normal with a coefficient of variation of 0.3 unless said. */
class RegressionWatchTest {
  private static final double SIGMA = Math.sqrt(Math.log(1.09));

  @Test
  void false_alarms_are_at_most_5_percent_at_100_looks() {
    assertThat(alarms(300, 1, 1000, 1000, RegressionWatchTest::noise)).isLessThanOrEqualTo(0.05);
  }

  @Test
  @Tag("long")
  void false_alarms_are_at_most_5_percent_at_1000_looks_at_any_noise() {
    assertThat(alarms(2000, 1, 1000, 10_000, RegressionWatchTest::noise)).isLessThanOrEqualTo(0.05);
    assertThat(alarms(2000, 1, 1000, 10_000, random -> Math.exp(2 * random.nextGaussian())))
        .isLessThanOrEqualTo(0.05);
    assertThat(alarms(2000, 1, 1000, 10_000, random -> random.nextDouble() < 0.05 ? 1 : 0))
        .isLessThanOrEqualTo(0.05);
    assertThat(alarms(2000, 1, 200, 10_000, RegressionWatchTest::noise)).isLessThanOrEqualTo(0.06);
  }

  /** The share of runs in which a look after each tenth value ever sees a regression. */
  private static double alarms(
      int runs,
      double factor,
      int reference,
      int values,
      ToDoubleFunction<SplittableRandom> noise) {
    int alarms = 0;
    for (int run = 0; run < runs; run++) {
      alarms += firstSeen(run, factor, reference, values, noise) <= values ? 1 : 0;
    }
    return (double) alarms / runs;
  }

  private static int firstSeen(
      int seed,
      double factor,
      int reference,
      int values,
      ToDoubleFunction<SplittableRandom> noise) {
    SplittableRandom random = new SplittableRandom(seed);
    ShiftEvidence shift =
        new ShiftEvidence(RegressionWatch.Direction.HIGHER, sample(random, reference, noise));
    for (int i = 1; i <= values; i++) {
      shift.add(factor * noise.applyAsDouble(random));
      if (i % 10 == 0 && shift.evidence() >= 20) {
        return i;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void a_shift_of_10_percent_is_found_within_200_values_in_90_percent_of_runs() {
    assertThat(found(1.1, 200, 2000)).isGreaterThanOrEqualTo(0.9);
  }

  @Test
  void a_shift_of_5_percent_is_found_within_800_values_in_90_percent_of_runs() {
    assertThat(found(1.05, 800, 10_000)).isGreaterThanOrEqualTo(0.9);
  }

  /** By diagnosis, looking after each tenth value. */
  private static double found(double factor, int values, int reference) {
    int found = 0;
    for (int run = 0; run < 200; run++) {
      SplittableRandom random = new SplittableRandom(1000 + run);
      RegressionWatch watch = RegressionWatch.builder().build();
      watch.watch(
          "p95",
          RegressionWatch.Direction.HIGHER,
          sample(random, reference, RegressionWatchTest::noise));
      boolean seen = false;
      for (int i = 1; i <= values && !seen; i++) {
        watch.add("p95", factor * noise(random));
        seen = i % 10 == 0 && watch.diagnoses().get("p95") instanceof Regressed;
      }
      found += seen ? 1 : 0;
    }
    return found / 200.0;
  }

  @Test
  void among_100_metrics_that_did_not_change_none_is_found_in_95_of_100_weeks() {
    int weeksWithAlarm = 0;
    for (int week = 0; week < 20; week++) {
      SplittableRandom random = new SplittableRandom(week);
      RegressionWatch watch = watchOf100(random);
      boolean alarm = false;
      for (int day = 0; day < 7; day++) {
        for (int metric = 0; metric < 100; metric++) {
          for (int i = 0; i < 24; i++) {
            watch.add("metric-" + metric, noise(random));
          }
        }
        alarm |= watch.diagnoses().values().stream().anyMatch(Regressed.class::isInstance);
      }
      weeksWithAlarm += alarm ? 1 : 0;
    }
    assertThat(weeksWithAlarm).isLessThanOrEqualTo(1);
  }

  @Test
  void of_what_is_found_among_many_metrics_at_most_5_percent_is_false() {
    int found = 0;
    int wrong = 0;
    for (int run = 0; run < 10; run++) {
      SplittableRandom random = new SplittableRandom(500 + run);
      RegressionWatch watch = watchOf100(random);
      for (int metric = 0; metric < 100; metric++) {
        for (int i = 0; i < 300; i++) {
          watch.add("metric-" + metric, (metric < 20 ? 1.15 : 1) * noise(random));
        }
      }
      for (var diagnosis : watch.diagnoses().entrySet()) {
        if (diagnosis.getValue() instanceof Regressed) {
          found++;
          wrong += Integer.parseInt(diagnosis.getKey().substring(7)) < 20 ? 0 : 1;
        }
      }
    }
    assertThat(found).isGreaterThanOrEqualTo(180);
    assertThat(wrong).isLessThanOrEqualTo(found / 20);
  }

  private static RegressionWatch watchOf100(SplittableRandom random) {
    RegressionWatch watch = RegressionWatch.builder().build();
    for (int metric = 0; metric < 100; metric++) {
      watch.watch(
          "metric-" + metric,
          RegressionWatch.Direction.HIGHER,
          sample(random, 1000, RegressionWatchTest::noise));
    }
    return watch;
  }

  @Test
  void a_change_below_the_floor_is_no_regression_however_sure() {
    SplittableRandom random = new SplittableRandom(1);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "p95",
        RegressionWatch.Direction.HIGHER,
        sample(random, 10_000, RegressionWatchTest::noise));
    for (int i = 0; i < 30_000; i++) {
      watch.add("p95", 1.02 * noise(random));
    }

    assertThat(watch.diagnoses().get("p95"))
        .isInstanceOfSatisfying(
            NotSeen.class,
            notSeen -> {
              assertThat(notSeen.evidence()).isGreaterThan(20);
              assertThat(notSeen.change()).isBetween(0.01, 0.03);
              assertThat(notSeen.samples()).isEqualTo(30_000);
            });
  }

  @Test
  void the_change_is_that_of_the_median() {
    SplittableRandom random = new SplittableRandom(2);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "p95",
        RegressionWatch.Direction.HIGHER,
        sample(random, 10_000, RegressionWatchTest::noise));
    for (int i = 0; i < 5000; i++) {
      watch.add("p95", 1.2 * noise(random));
    }

    assertThat(watch.diagnoses().get("p95"))
        .isInstanceOfSatisfying(
            Regressed.class,
            regressed -> assertThat(regressed.change()).isEqualTo(0.2, within(0.02)));
  }

  @Test
  void what_got_better_is_no_regression() {
    SplittableRandom random = new SplittableRandom(3);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "latency",
        RegressionWatch.Direction.HIGHER,
        sample(random, 1000, RegressionWatchTest::noise));
    watch.watch(
        "throughput",
        RegressionWatch.Direction.LOWER,
        sample(random, 1000, RegressionWatchTest::noise));
    for (int i = 0; i < 1000; i++) {
      watch.add("latency", 0.8 * noise(random));
      watch.add("throughput", 1.2 * noise(random));
    }

    assertThat(watch.diagnoses().values()).allMatch(NotSeen.class::isInstance);
    assertThat(watch.diagnoses().get("latency"))
        .isInstanceOfSatisfying(
            NotSeen.class, notSeen -> assertThat(notSeen.change()).isEqualTo(-0.2, within(0.03)));
  }

  @Test
  void falling_throughput_is_a_regression() {
    SplittableRandom random = new SplittableRandom(4);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "throughput",
        RegressionWatch.Direction.LOWER,
        sample(random, 1000, RegressionWatchTest::noise));
    for (int i = 0; i < 500; i++) {
      watch.add("throughput", 0.8 * noise(random));
    }

    assertThat(watch.diagnoses().get("throughput"))
        .isInstanceOfSatisfying(
            Regressed.class,
            regressed -> assertThat(regressed.change()).isEqualTo(0.2, within(0.04)));
  }

  @Test
  void failures_as_0_and_1_are_compared_by_their_mean() {
    SplittableRandom random = new SplittableRandom(5);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "errors",
        RegressionWatch.Direction.HIGHER,
        sample(random, 2000, r -> r.nextDouble() < 0.05 ? 1 : 0));
    for (int i = 0; i < 1000; i++) {
      watch.add("errors", random.nextDouble() < 0.12 ? 1 : 0);
    }

    assertThat(watch.diagnoses().get("errors"))
        .isInstanceOfSatisfying(
            Regressed.class, regressed -> assertThat(regressed.change()).isBetween(0.8, 2.5));
  }

  @Test
  void errors_where_there_were_none_are_endlessly_worse_but_finite() {
    double[] reference = new double[1000];
    reference[0] = -1;
    reference[1] = 1;
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch("errors", RegressionWatch.Direction.HIGHER, reference);
    for (int i = 0; i < 500; i++) {
      watch.add("errors", 1);
    }

    assertThat(watch.diagnoses().get("errors"))
        .isInstanceOfSatisfying(
            Regressed.class, regressed -> assertThat(regressed.change()).isEqualTo(1e9));
  }

  @Test
  void outliers_do_not_matter() {
    SplittableRandom random = new SplittableRandom(6);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "p95", RegressionWatch.Direction.HIGHER, sample(random, 1000, RegressionWatchTest::noise));
    for (int i = 0; i < 2000; i++) {
      watch.add("p95", i % 200 == 0 ? 1e12 : noise(random));
    }

    assertThat(watch.diagnoses().get("p95")).isInstanceOf(NotSeen.class);
  }

  @Test
  void says_insufficient_data_rather_than_no_regression() {
    SplittableRandom random = new SplittableRandom(7);
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "few", RegressionWatch.Direction.HIGHER, sample(random, 199, RegressionWatchTest::noise));
    watch.watch("flat", RegressionWatch.Direction.HIGHER, new double[500]);
    watch.watch(
        "unfed", RegressionWatch.Direction.HIGHER, sample(random, 200, RegressionWatchTest::noise));
    watch.add("few", 1);
    watch.add("flat", 1);

    assertThat(watch.diagnoses())
        .hasSize(3)
        .allSatisfy(
            (name, diagnosis) ->
                assertThat(diagnosis)
                    .isInstanceOfSatisfying(
                        Insufficient.class,
                        insufficient ->
                            assertThat(insufficient.reason()).contains("insufficient data")));
  }

  @Test
  void the_same_input_gives_the_same_diagnosis() {
    SplittableRandom one = new SplittableRandom(8);
    SplittableRandom other = new SplittableRandom(8);

    assertThat(run(one)).isEqualTo(run(other));
  }

  private static RegressionWatch.Diagnosis run(SplittableRandom random) {
    RegressionWatch watch = RegressionWatch.builder().build();
    watch.watch(
        "p95",
        RegressionWatch.Direction.HIGHER,
        sample(random, 20_000, RegressionWatchTest::noise));
    for (int i = 0; i < 100; i++) {
      watch.add("p95", 1.1 * noise(random));
    }
    return watch.diagnoses().values().iterator().next();
  }

  @Test
  void values_of_no_metric_or_no_number_are_counted() {
    RegressionWatch watch = RegressionWatch.builder().capacity(1).build();
    watch.watch("p95", RegressionWatch.Direction.HIGHER, 1, 2, 3);
    watch.add("p99", 1);
    watch.add("p95", Double.NaN);

    assertThat(watch.refused()).isEqualTo(2);
    assertThatThrownBy(() -> watch.watch("p99", RegressionWatch.Direction.HIGHER, 1))
        .hasMessageContaining("regression.capacity");
    watch.watch("p95", RegressionWatch.Direction.LOWER, 1);
    assertThatThrownBy(() -> watch.watch("p95", RegressionWatch.Direction.HIGHER, Double.NaN))
        .hasMessageContaining("p95");
  }

  @Test
  void settings_that_make_no_sense_are_refused_by_name() {
    RegressionWatch.Builder builder = RegressionWatch.builder();

    assertThatThrownBy(() -> builder.alpha(0)).hasMessageContaining("regression.alpha");
    assertThatThrownBy(() -> builder.alpha(1)).hasMessageContaining("regression.alpha");
    assertThatThrownBy(() -> builder.floor(-0.1)).hasMessageContaining("regression.floor");
    assertThatThrownBy(() -> builder.minReference(19))
        .hasMessageContaining("regression.minReference");
    assertThatThrownBy(() -> builder.capacity(0)).hasMessageContaining("regression.capacity");
  }

  private static double noise(SplittableRandom random) {
    return Math.exp(SIGMA * random.nextGaussian());
  }

  private static double[] sample(
      SplittableRandom random, int size, ToDoubleFunction<SplittableRandom> noise) {
    double[] sample = new double[size];
    for (int i = 0; i < size; i++) {
      sample[i] = noise.applyAsDouble(random);
    }
    return sample;
  }
}
