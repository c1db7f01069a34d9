/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PartitionSumsTest {
  @Test
  void one_value_moves_a_sum_by_at_most_the_grid_however_narrow_the_bounds() {
    for (PrivateQuestion.Bounds bounds :
        List.of(
            PrivateQuestion.Bounds.ONE,
            new PrivateQuestion.Bounds(1e16, 1e16 + 2, 1, 1),
            new PrivateQuestion.Bounds(1e16 + 2, 1e16 + 4, 1, 1),
            new PrivateQuestion.Bounds(-1e16 - 4, -1e16 - 2, 1, 1),
            new PrivateQuestion.Bounds(0, Double.MIN_VALUE, 1, 1))) {
      assertThat(steps(bounds, bounds.lowest())).isBetween(-PartitionSums.GRID, 0);
      assertThat(steps(bounds, bounds.highest())).isBetween(0, PartitionSums.GRID);
    }
  }

  private static int steps(PrivateQuestion.Bounds bounds, double value) {
    PrivateQuestion question =
        PrivateQuestion.mean(
            "acme", "m", Questions.DAY, Questions.DAY.plus(Duration.ofDays(1)), bounds, 1);
    return PartitionSums.of(question, List.of(new Contribution("c", "p", value)))
        .partitions()
        .values()
        .stream()
        .mapToInt(sums -> Math.toIntExact(sums.steps))
        .sum();
  }
}
