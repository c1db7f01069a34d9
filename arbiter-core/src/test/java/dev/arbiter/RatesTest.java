/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.RateLimit.Over;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which rate holds for an agent and for a tenant. */
class RatesTest {
  private static final RateLimit WAITING = RateLimit.of(2, Duration.ofSeconds(2));
  private static final RateLimit REFUSING = RateLimit.of(3, Duration.ofSeconds(3)).refusing();

  private final FakeTime time = new FakeTime();

  private Buckets tenants(Rates rates, Over over) {
    return rates.tenants(over, time.sources().nanoTime());
  }

  @Test
  void agents_have_their_own_rate_or_that_of_each_agent() {
    RateLimit each = RateLimit.of(9, Duration.ofSeconds(9));
    Buckets agents =
        new Rates(Map.of("ada", WAITING), each, Map.of(), null).agents(time.sources().nanoTime());

    assertThat(agents.limit("ada")).isEqualTo(WAITING);
    assertThat(agents.limit("bob")).isEqualTo(each);
  }

  @Test
  void a_tenant_waits_or_is_refused_and_not_both() {
    Rates rates = new Rates(Map.of(), null, Map.of("acme", WAITING, "bolt", REFUSING), null);

    assertThat(tenants(rates, Over.WAIT).limit("acme")).isEqualTo(WAITING);
    assertThat(tenants(rates, Over.WAIT).limit("bolt")).isNull();
    assertThat(tenants(rates, Over.REFUSE).limit("acme")).isNull();
    assertThat(tenants(rates, Over.REFUSE).limit("bolt")).isEqualTo(REFUSING);
    assertThat(tenants(rates, Over.REFUSE).limit("other")).isNull();
  }

  @Test
  void the_rate_of_each_tenant_holds_only_for_tenants_without_one() {
    Rates refusesEach = new Rates(Map.of(), null, Map.of("acme", WAITING), REFUSING);
    assertThat(tenants(refusesEach, Over.REFUSE).limit("other")).isEqualTo(REFUSING);
    assertThat(tenants(refusesEach, Over.REFUSE).limit("acme")).isNull();
    assertThat(tenants(refusesEach, Over.WAIT).limit("acme")).isEqualTo(WAITING);
    assertThat(tenants(refusesEach, Over.WAIT).limit("other")).isNull();

    Rates waitsEach = new Rates(Map.of(), null, Map.of("bolt", REFUSING), WAITING);
    assertThat(tenants(waitsEach, Over.WAIT).limit("other")).isEqualTo(WAITING);
    assertThat(tenants(waitsEach, Over.WAIT).limit("bolt")).isNull();
    assertThat(tenants(waitsEach, Over.REFUSE).limit("other")).isNull();
  }

  @Test
  void without_rates_nothing_is_limited() {
    Rates none = new Rates(Map.of(), null, Map.of(), null);

    assertThat(none.agents(time.sources().nanoTime()).isOn()).isFalse();
    assertThat(tenants(none, Over.WAIT).isOn()).isFalse();
    assertThat(tenants(none, Over.REFUSE).isOn()).isFalse();
  }

  @Test
  void rates_do_not_change_with_the_maps_of_a_builder() {
    Map<String, RateLimit> agents = new HashMap<>(Map.of("ada", WAITING));
    Map<String, RateLimit> tenants = new HashMap<>(Map.of("acme", WAITING));
    Rates rates = new Rates(agents, null, tenants, null);
    agents.clear();
    tenants.clear();

    assertThat(rates.agents()).containsOnlyKeys("ada");
    assertThat(rates.tenants()).containsOnlyKeys("acme");
  }
}
