/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The rates of agents and tenants that a builder was given. Immutable. */
record Rates(
    Map<String, RateLimit> agents,
    @Nullable RateLimit eachAgent,
    Map<String, RateLimit> tenants,
    @Nullable RateLimit eachTenant) {
  Rates {
    agents = Map.copyOf(agents);
    tenants = Map.copyOf(tenants);
  }

  Buckets agents(LongSupplier nanoTime) {
    return new Buckets(agents, eachAgent, nanoTime);
  }

  /** The buckets of the tenants for whom this happens over their rate. */
  Buckets tenants(RateLimit.Over over, LongSupplier nanoTime) {
    Map<String, @Nullable RateLimit> all = new HashMap<>();
    tenants.forEach((name, limit) -> all.put(name, limit.over() == over ? limit : null));
    boolean isEach = eachTenant != null && eachTenant.over() == over;
    return new Buckets(all, isEach ? eachTenant : null, nanoTime);
  }
}
