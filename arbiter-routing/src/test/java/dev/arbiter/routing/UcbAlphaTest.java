/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UcbAlphaTest {
  @Test
  void alpha_4_is_ucb1() {
    BanditRouter alpha = Simulation.router(BanditPolicy.ucbAlpha(4), 1);
    BanditRouter plain = Simulation.router(BanditPolicy.ucb1(), 1);
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(9));
    SplittableRandom luck = new SplittableRandom(2);

    for (int t = 0; t < 1_000; t++) {
      RoutingDecision decision = alpha.route(request);
      RoutingDecision same = plain.route(request);
      assertThat(decision.agent()).isEqualTo(same.agent());
      boolean success = luck.nextInt(9) < Integer.parseInt(decision.agent().substring(1));
      alpha.learn(Simulation.outcome(decision, Simulation.TASK, success));
      plain.learn(Simulation.outcome(same, Simulation.TASK, success));
    }
  }

  @Test
  void refuses_what_is_no_alpha() {
    assertThatThrownBy(() -> BanditPolicy.ucbAlpha(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alpha must be above 0 and at most 100, got 0.0");
    assertThatThrownBy(() -> BanditPolicy.ucbAlpha(Double.NaN))
        .hasMessage("alpha must be above 0 and at most 100, got NaN");
  }
}
