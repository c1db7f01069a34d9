/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rule by its own numbers; usual is a median of 10 ms and a 95th percentile of 20 ms. */
class LatencyRuleTest {
  private static final AlertLimits LIMITS = Alerts.builder().limits();
  private final LearnedNorm norm = new LearnedNorm(LIMITS.latencyMultiplier());
  private final RecentMarks recent = new RecentMarks(20, 1_000_000);
  private final LatencyRule rule = new LatencyRule(LIMITS, norm, recent);

  private void usual(int blocks) {
    for (int i = 0; i < blocks * LearnedNorm.BLOCK; i++) {
      int place = i % LearnedNorm.BLOCK;
      norm.learn(0, place < 25 ? 9 : place < 46 ? 10 : 20, 0, false);
    }
  }

  private static double[] sums(double slow, double slowTail, double above) {
    double[] sums = new double[RecentMarks.MARKS];
    sums[RecentMarks.SLOW] = slow;
    sums[RecentMarks.SLOW_TAIL] = slowTail;
    sums[RecentMarks.ABOVE] = above;
    return sums;
  }

  @Test
  void the_usual_is_what_was_shown() {
    usual(5);

    assertThat(norm.median()).isCloseTo(10, within(1e-6));
    assertThat(norm.tail()).isCloseTo(20, within(1e-6));
    assertThat(norm.samples()).isEqualTo(250);
  }

  /** Half of 20 against none of 250: 28 nats. A quarter of 64 is as surprising, but no median. */
  @ParameterizedTest
  @CsvSource({"20, 10, true", "20, 9, false", "64, 31, false", "64, 32, true"})
  void a_spike_begins_when_half_of_the_attempts_are_slow(int n, int slow, boolean begins) {
    usual(5);

    assertThat(rule.begins(n, sums(slow, 0, slow))).isEqualTo(begins);
  }

  /** 5 % of 320, 16 attempts, against none of 250 are 9.4 nats; 13.8 are needed: 24. */
  @ParameterizedTest
  @CsvSource({"5, 16, false", "5, 23, false", "5, 25, true", "4, 25, false"})
  void a_tail_needs_its_norm_and_its_evidence(int blocks, int slowTail, boolean begins) {
    usual(blocks);

    assertThat(rule.begins(320, sums(0, slowTail, 0))).isEqualTo(begins);
  }

  @ParameterizedTest
  @CsvSource({
    "20, 0, 0, true",
    "20, 0, 1, true",
    "20, 0, 2, false",
    "9, 0, 0, false",
    "20, 4, 0, false",
    "20, 1, 0, true",
    "100, 40, 5, false",
    "100, 30, 5, true"
  })
  void it_is_over_when_few_are_above_and_half_is_excluded(
      int n, int slow, int above, boolean ends) {
    usual(5);

    assertThat(rule.ends(n, sums(slow, 0, above))).isEqualTo(ends);
  }

  /** Times of 1 to 100 ms: the interval is where 100 attempts do not speak against the share. */
  @Test
  void the_interval_holds_every_time_that_may_be_the_median() {
    usual(5);
    RecentMarks hundred = new RecentMarks(100, 1_000_000);
    IntStream.rangeClosed(1, 100).forEach(millis -> hundred.add(0, millis, 0, 0));
    AnomalyRule.Found found = new LatencyRule(LIMITS, norm, hundred).found(100, sums(100, 0, 0));

    assertThat(found.measure()).isEqualTo("p50");
    assertThat(found.value()).isEqualTo(51);
    assertThat(found.baseline()).isCloseTo(10, within(1e-6));
    assertThat(found.low()).isEqualTo(lowest(100, 0.5));
    assertThat(found.high()).isEqualTo(101 - lowest(100, 0.5));
    assertThat(found.critical()).isFalse();
  }

  /** How many times may lie below the share without speaking against it, counted one by one. */
  private static int lowest(int n, double share) {
    int below = 0;
    while (n * kl((double) below / n, share) > Math.log(1e6)) {
      below++;
    }
    return below;
  }

  private static double kl(double x, double p) {
    double ones = x == 0 ? 0 : x * Math.log(x / p);
    return ones + (x == 1 ? 0 : (1 - x) * Math.log((1 - x) / (1 - p)));
  }

  @ParameterizedTest
  @CsvSource({"59.9, false", "60.1, true"})
  void twice_the_multiple_is_critical(float millis, boolean critical) {
    usual(5);
    IntStream.range(0, 20).forEach(i -> recent.add(0, millis, 0, 0));

    assertThat(rule.found(20, sums(20, 0, 20)).critical()).isEqualTo(critical);
  }

  @Test
  void without_half_slow_the_tail_is_what_was_found() {
    usual(5);
    IntStream.range(0, 320).forEach(i -> recent.add(0, i < 300 ? 5 : 100, 0, 0));

    AnomalyRule.Found found = rule.found(320, sums(20, 20, 20));

    assertThat(found.measure()).isEqualTo("p95");
    assertThat(found.value()).isEqualTo(100);
    assertThat(found.low()).isEqualTo(5);
    assertThat(found.high()).isEqualTo(100);
  }
}
