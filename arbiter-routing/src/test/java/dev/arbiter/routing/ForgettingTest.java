/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.TypeRecords;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A row is given to another agent after its own is gone, so nothing may be left in it. */
class ForgettingTest {
  static List<String> policies() {
    return BanditPolicy.names();
  }

  @ParameterizedTest
  @MethodSource("policies")
  void leaves_nothing_of_the_agent_and_all_of_the_others(String name) {
    Learner learner = BanditPolicy.named(name).start(Simulation.setting(1));
    learner.rows(2);
    for (int i = 0; i < 20; i++) {
      learner.learn(Simulation.feedback(0, i % 2));
      learner.learn(Simulation.feedback(1, i % 4 == 0 ? 1 : 0));
      learner.learn(new Feedback(1, 1, 0, Float.NaN, 1, 0, Simulation.TASK));
    }
    LearnedSums summed = learner.summed();
    double[] other = summed.sums(1);

    learner.forget(0);

    assertThat(summed.sums(0)).containsOnly(new double[summed.widths().agent()]);
    TypeRecords types = summed.types();
    assertThat(types == null ? new int[0] : types.seen(0)).isEmpty();
    assertThat(summed.sums(1)).isEqualTo(other);
    assertThat(other.length == 0 || other[1] > 0).isTrue();
  }
}
