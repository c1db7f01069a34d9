/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.FakeAgent;
import org.junit.jupiter.api.Test;

class PricesTest {
  private final RegisteredAgent unknown = FakeAgent.of("unknown", 2);
  private final Prices prices = prices();

  private static Prices prices() {
    Prices prices = new Prices(100, 1);
    prices.rows(3);
    return prices;
  }

  @Test
  void a_first_task_that_cost_nothing_does_not_make_all_others_free() {
    prices.learn(0, 0, 0);
    for (int i = 0; i < 999; i++) {
      prices.learn(1, 3, 2);
    }

    assertThat(prices.dollars(2, unknown, 7)).isBetween(1.99, 2.0);
    assertThat(prices.cost(2, unknown, 0)).isBetween(.0499, .05);
  }

  @Test
  void a_price_is_unknown_while_no_task_has_cost_anything() {
    prices.learn(0, 0, 0);

    assertThat(prices.dollars(2, unknown, 7)).isEqualTo(7);
  }
}
