/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Recorded answers of 29 models, ten pinned splits, weights learned from 100 or 1,000 questions.
 */
class RecordedAnswersTest {
  private static final int SPLITS = 10;
  private static final Map<String, Map<String, Double>> MEANS = new HashMap<>();

  @BeforeAll
  static void measure() throws IOException {
    RecordedAnswers recorded = RecordedAnswers.load();
    Map<String, List<String>> groups =
        Map.of(
            "top 3", recorded.ranked(1, 2, 3),
            "top 5", recorded.ranked(1, 2, 3, 4, 5),
            "ranks 4 to 12", recorded.ranked(4, 5, 6, 7, 8, 9, 10, 11, 12),
            "five mixed", recorded.ranked(1, 6, 11, 16, 21),
            "three equal", recorded.ranked(2, 3, 4),
            "all", recorded.models);
    for (int learned : new int[] {100, 1_000}) {
      groups.forEach(
          (name, group) -> {
            Map<String, Double> sums = new HashMap<>();
            for (int seed = 0; seed < SPLITS; seed++) {
              recorded
                  .shares(recorded.split(learned, seed), group)
                  .forEach((way, share) -> sums.merge(way, share / SPLITS, Double::sum));
            }
            MEANS.put(name + ", " + learned, sums);
          });
    }
  }

  @Test
  void weights_of_all_beat_the_best_single_by_two_points() {
    assertThat(gain("all, 1000", "learned", "best")).isGreaterThan(.02);
  }

  @Test
  void no_group_falls_below_its_best_single() {
    assertThat(MEANS).hasSize(12);
    MEANS
        .keySet()
        .forEach(key -> assertThat(gain(key, "learned", "best")).as(key).isGreaterThan(-.005));
  }

  @Test
  void every_group_is_above_plain_majority() {
    MEANS
        .keySet()
        .forEach(key -> assertThat(gain(key, "learned", "majority")).as(key).isPositive());
  }

  @Test
  void asking_the_best_first_costs_two_calls_of_five_and_loses_nothing() {
    assertThat(gain("top 5, 1000", "sequential", "majority")).isGreaterThan(.008);
    assertThat(of("top 5, 1000", "calls")).isLessThan(2.3);
    assertThat(gain("top 5, 100", "sequential", "majority")).isPositive();
    assertThat(of("top 5, 100", "calls")).isLessThan(3);
  }

  private static double gain(String key, String one, String other) {
    return of(key, one) - of(key, other);
  }

  private static double of(String key, String way) {
    return MEANS.getOrDefault(key, Map.of()).getOrDefault(way, Double.NaN);
  }
}
