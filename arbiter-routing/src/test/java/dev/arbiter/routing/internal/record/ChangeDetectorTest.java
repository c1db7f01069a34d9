/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ChangeDetectorTest {
  private static final int MOST = 1_000;

  private final ChangeDetector changes = changes();

  /** Beside the test as it is written, without the shortcut; 20 histories with changes. */
  @Test
  void raises_exactly_the_alarms_of_the_written_test() {
    for (int run = 0; run < 20; run++) {
      SplittableRandom luck = new SplittableRandom(run);
      ChangeDetector tested = changes();
      List<Double> kept = new ArrayList<>();
      double rate = luck.nextDouble();
      for (int i = 1; i <= 2_500; i++) {
        rate = i % 600 == 0 ? luck.nextDouble() : rate;
        double reward = luck.nextDouble() < rate ? 1 : 0;
        kept.add(reward);
        int split = i % 5 == 0 ? plainSplit(kept) : 0;
        assertThat(tested.add(0, reward)).isEqualTo(split > 0);
        if (split > 0) {
          kept.subList(0, split).clear();
          assertThat(tested.count(0)).isEqualTo(kept.size());
          assertThat(tested.successes(0)).isEqualTo(kept.stream().mapToDouble(r -> r).sum());
        }
      }
      assertThat(tested.alarms()).isPositive();
    }
  }

  @Test
  void an_agent_that_breaks_down_is_noticed_within_40_outcomes() {
    feed(200, 1);

    int needed = 0;
    while (!changes.add(0, 0)) {
      needed++;
    }

    assertThat(needed).isLessThan(40);
    assertThat(changes.successes(0)).isZero();
  }

  @Test
  void whoever_always_fails_never_changes() {
    feed(3_000, 0);

    assertThat(changes.alarms()).isZero();
    assertThat(changes.count(0)).isEqualTo(MOST);
  }

  @Test
  void a_forgotten_agent_begins_anew() {
    feed(50, 1);

    changes.forget(0);

    assertThat(changes.count(0)).isZero();
  }

  private void feed(int outcomes, double reward) {
    for (int i = 0; i < outcomes; i++) {
      changes.add(0, reward);
    }
  }

  private static ChangeDetector changes() {
    ChangeDetector changes = new ChangeDetector();
    changes.rows(1);
    return changes;
  }

  /** How many of the oldest to drop, 0 for none. */
  private static int plainSplit(List<Double> rewards) {
    while (rewards.size() > MOST) {
      rewards.remove(0);
    }
    int n = rewards.size();
    double total = rewards.stream().mapToDouble(r -> r).sum();
    double best = Math.log(3 * Math.pow(n, 1.5) / .01);
    int split = 0;
    double before = 0;
    for (int i = 1; i < n; i++) {
      before += rewards.get(i - 1);
      if (i % 5 == 0) {
        double mean = total / n;
        double ratio =
            i * divergence(before / i, mean)
                + (n - i) * divergence((total - before) / (n - i), mean);
        if (ratio > best) {
          best = ratio;
          split = i;
        }
      }
    }
    return split;
  }

  private static double divergence(double p, double q) {
    double sum = p > 0 ? p * Math.log(p / q) : 0;
    return sum + (p < 1 ? (1 - p) * Math.log((1 - p) / (1 - q)) : 0);
  }
}
