/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static dev.arbiter.tracker.privacy.Questions.DAY;
import static dev.arbiter.tracker.privacy.Questions.people;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.internal.Digests;
import dev.arbiter.tracker.privacy.PrivateQuestion.Measure;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrivateQuestionTest {
  @Test
  void noise_level_005_of_a_hundred_costs_04_for_a_mean() {
    assertThat(PrivateQuestion.epsilonFor(Measure.MEAN, PrivateQuestion.Bounds.ONE, 0.05, 100))
        .isCloseTo(0.4, within(1e-9));
    assertThat(PrivateQuestion.epsilonFor(Measure.COUNT, PrivateQuestion.Bounds.ONE, 0.05, 100))
        .isCloseTo(0.283, within(1e-3));
    assertThat(
            PrivateQuestion.epsilonFor(
                Measure.MEAN, new PrivateQuestion.Bounds(0, 1, 3, 2), 0.05, 1000))
        .isCloseTo(0.24, within(1e-9));
  }

  /** What the level promises, drawn 20,000 times: the deviation of a mean is within it. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.5, 1})
  void the_noise_of_a_mean_deviates_by_no_more_than_its_level(double value) {
    int n = 200;
    double epsilon = PrivateQuestion.epsilonFor(Measure.MEAN, PrivateQuestion.Bounds.ONE, 0.05, n);
    PrivateQuestion question = Questions.mean("x", epsilon).about(Set.of("p"));
    NoiseMechanism mechanism = new NoiseMechanism(question);
    RandomBits bits = new RandomBits(new FixedRandom(9));
    PartitionSums tally = PartitionSums.of(question, people("p", n, value));

    double squares = 0;
    for (int i = 0; i < 20_000; i++) {
      double mean = mechanism.noised(tally, bits).get(0).mean().orElse(9);
      squares += (mean - value) * (mean - value);
    }

    assertThat(Math.sqrt(squares / 20_000)).isBetween(0.02, 0.055);
  }

  @Test
  void half_a_surrogate_pair_makes_another_digest() {
    Set<String> digests = new HashSet<>();
    for (String name : List.of("a?", "a\ud800", "a\ud801", "a\udc00", "a\ud83d\ude00")) {
      digests.add(SpendEntry.digest(Questions.count(name, 0.5)));
    }

    assertThat(digests).hasSize(5);
    PrivateQuestion plain = Questions.count("a?", 0.5);
    assertThat(digests).as("as ever").contains(Digests.sha256Hex(plain.key()));
  }

  @Test
  void questions_that_differ_in_anything_are_different() {
    PrivateQuestion question = Questions.count("ab", 0.5);
    Set<String> keys = new HashSet<>();
    keys.add(question.key());
    keys.add(Questions.mean("ab", 0.5).key());
    keys.add(Questions.count("a", 0.5).key());
    keys.add(Questions.count("ab", 0.6).key());
    keys.add(question.withDelta(1e-8).key());
    keys.add(question.about(Set.of("x")).key());
    keys.add(question.about(Set.of("x", "y")).key());
    keys.add(question.about(Set.of("x1:y")).key());
    for (PrivateQuestion.Bounds bounds :
        List.of(
            new PrivateQuestion.Bounds(-1, 1, 1, 1),
            new PrivateQuestion.Bounds(0, 2, 1, 1),
            new PrivateQuestion.Bounds(0, 1, 2, 1),
            new PrivateQuestion.Bounds(0, 1, 1, 2))) {
      keys.add(
          PrivateQuestion.count("acme", "ab", DAY, DAY.plus(Duration.ofDays(1)), bounds, 0.5)
              .key());
    }
    keys.add(
        PrivateQuestion.count(
                "acmea", "b", DAY, DAY.plus(Duration.ofDays(1)), PrivateQuestion.Bounds.ONE, 0.5)
            .key());
    keys.add(
        PrivateQuestion.count(
                "acme",
                "ab",
                DAY.plusSeconds(1),
                DAY.plus(Duration.ofDays(1)),
                PrivateQuestion.Bounds.ONE,
                0.5)
            .key());
    keys.add(
        PrivateQuestion.count(
                "acme", "ab", DAY, DAY.plus(Duration.ofDays(2)), PrivateQuestion.Bounds.ONE, 0.5)
            .key());

    assertThat(keys).hasSize(15);
    assertThat(question.about(Set.of("b", "a")).key())
        .isEqualTo(question.about(Set.of("a", "b")).key());
  }

  @Test
  void wrong_questions_are_refused_with_the_name_of_what_is_wrong() {
    refused(() -> Questions.count("", 0.5), "name");
    refused(() -> Questions.count("x", 0), "epsilon must be 0.000001 to 100, got 0.0");
    refused(() -> Questions.count("x", -1), "epsilon");
    refused(() -> Questions.count("x", Double.NaN), "epsilon");
    refused(() -> Questions.count("x", 100.1), "epsilon");
    refused(() -> Questions.count("x", 0.0000009), "epsilon");
    refused(() -> Questions.mean("x", 0.000001), "epsilon must be 0.000002");
    refused(() -> Questions.count("x", 0.5).withDelta(0), "delta must be positive");
    refused(() -> Questions.count("x", 0.5).withDelta(0.01), "delta must be 0 or more");
    refused(() -> Questions.count("x", 0.5).withDelta(-1), "delta must be 0 or more");
    refused(
        () ->
            PrivateQuestion.count("", "x", DAY, DAY.plusSeconds(1), PrivateQuestion.Bounds.ONE, 1),
        "tenant");
    refused(
        () -> PrivateQuestion.count("a", "x", DAY, DAY, PrivateQuestion.Bounds.ONE, 1),
        "from must be before to");
    refused(() -> new PrivateQuestion.Bounds(1, 1, 1, 1), "lowest < highest");
    refused(() -> new PrivateQuestion.Bounds(0, Double.POSITIVE_INFINITY, 1, 1), "both finite");
    refused(() -> new PrivateQuestion.Bounds(0, 1, 0, 1), "partitions must be 1 to 1024, got 0");
    refused(() -> new PrivateQuestion.Bounds(0, 1, 1025, 1), "partitions");
    refused(() -> new PrivateQuestion.Bounds(0, 1, 1, 0), "perPartition must be 1 to 1024, got 0");
    refused(
        () -> PrivateQuestion.epsilonFor(Measure.COUNT, PrivateQuestion.Bounds.ONE, 0, 1),
        "noiseLevel must be above 0, got 0.0");
    refused(
        () -> PrivateQuestion.epsilonFor(Measure.COUNT, PrivateQuestion.Bounds.ONE, 0.05, 0),
        "contributions must be at least 1, got 0");
  }

  @Test
  void edges_are_allowed() {
    assertThat(Questions.count("x", 100).epsilon()).isEqualTo(100);
    assertThat(Questions.count("x", 0.000001).epsilon()).isEqualTo(0.000001);
    assertThat(Questions.mean("x", 0.000002).epsilon()).isEqualTo(0.000002);
    assertThat(new PrivateQuestion.Bounds(0, 1, 1024, 1024).mostContributions()).isEqualTo(1 << 20);
    assertThat(PrivateQuestion.epsilonFor(Measure.MEAN, PrivateQuestion.Bounds.ONE, 2, 1))
        .isEqualTo(1);
  }

  @Test
  void a_budget_says_what_it_may_be() {
    Duration day = Duration.ofDays(1);
    refused(() -> new PrivacyBudget(0, 0, day), "privacy.epsilon must be 0.000001 to 100, got 0.0");
    refused(() -> new PrivacyBudget(100.5, 0, day), "privacy.epsilon");
    refused(() -> new PrivacyBudget(0.0000001, 0, day), "privacy.epsilon");
    refused(() -> new PrivacyBudget(1, -0.1, day), "privacy.delta");
    refused(() -> new PrivacyBudget(1, 0.01, day), "privacy.delta");
    refused(() -> new PrivacyBudget(1, 0, Duration.ofSeconds(59)), "privacy.period");
    refused(() -> new PrivacyBudget(1, 0, Duration.ofMillis(60_001)), "privacy.period");
    assertThat(new PrivacyBudget(100, 0, Duration.ofMinutes(1)).epsilon()).isEqualTo(100);
    assertThat(PrivacyBudget.daily()).isEqualTo(new PrivacyBudget(1, 1e-6, day));
  }

  @Test
  void decimals_become_the_whole_numbers_they_say() {
    assertThat(PrivacyUnits.micros(0.29)).isEqualTo(290_000);
    assertThat(PrivacyUnits.micros(0.1234567)).isEqualTo(123_456);
    assertThat(PrivacyUnits.femtos(1e-9)).isEqualTo(1_000_000);
    assertThat(PrivacyUnits.epsilon(290_000)).isEqualTo(0.29);
    assertThat(PrivacyUnits.delta(1_000_000)).isEqualTo(1e-9);
  }

  private static void refused(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("privacy.")
        .hasMessageContaining(why);
  }
}
