/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.routing.Learner.Feedback;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeanRecordTest {
  private final MeanRecord record = new MeanRecord();

  @BeforeEach
  void learnThreeOutcomes() {
    record.rows(40);
    record.learn(Simulation.feedback(0, 1));
    record.learn(Simulation.feedback(0, 0));
    record.learn(after(39, 0, .5));
  }

  private static Feedback after(int row, int failedRow, double reward) {
    return new Feedback(row, 0, failedRow, Float.NaN, reward, 0, Simulation.TASK);
  }

  /** After the fallback 5.5 of 10 are solved again, 11.5 of 20 after this agent: .5 / .575. */
  @Test
  void a_fallback_counts_half_and_for_more_because_the_task_was_a_hard_one() {
    assertThat(record.counts.outcomes(39)).isEqualTo(.5);
    assertThat(record.counts.successes(39)).isCloseTo(.5 * .5 / .575, within(1e-12));
    assertThat(record.counts.rate(0)).isEqualTo(.5);
    assertThat(record.total()).isEqualTo(2.5);
  }

  @Test
  void a_forgotten_agent_leaves_nothing_behind() {
    record.forget(0);

    assertThat(record.counts.outcomes(0)).isZero();
    assertThat(record.sums(0)).containsExactly(0, 0, 0, 0);
    assertThat(record.total()).isEqualTo(.5);
    assertThat(record.sums(39)[1]).isEqualTo(.5);
  }

  @Test
  void sums_make_the_same_record_again() {
    MeanRecord other = new MeanRecord();
    other.rows(40);
    other.learn(Simulation.feedback(0, 1));

    other.addTotals(record.totals());
    other.add(0, record.sums(0));
    other.add(39, record.sums(39));

    assertThat(other.totals()).containsExactly(record.totals()).contains(.5);
    assertThat(other.sums(0)).containsExactly(2, 3, .5, 0);
    assertThat(other.sums(39)).containsExactly(record.sums(39));
    assertThat(other.total()).isEqualTo(3.5);
  }

  @Test
  void nothing_falls_below_zero_however_much_others_forgot() {
    record.addTotals(new double[] {-9, -99});
    record.add(0, new double[] {-5, -1, -9, -9});

    assertThat(record.totals()).containsExactly(0, 0);
    assertThat(record.sums(0)).containsExactly(0, 1, 0, 0);
    assertThat(record.total()).isEqualTo(1.5);
  }
}
