/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Finds policies by name. */
final class KnownPolicies {
  private static final Map<String, Supplier<BanditPolicy>> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("default", BanditPolicy::adaptiveThompson),
              Map.entry(AdaptiveThompson.NAME, BanditPolicy::adaptiveThompson),
              Map.entry(EpsilonGreedy.NAME, BanditPolicy::epsilonGreedy),
              Map.entry(Ucb.UCB1, BanditPolicy::ucb1),
              Map.entry(Ucb.ALPHA, BanditPolicy::ucbAlpha),
              Map.entry(KlUcb.NAME, BanditPolicy::klUcb),
              Map.entry(Imed.NAME, BanditPolicy::imed),
              Map.entry(Thompson.NAME, BanditPolicy::thompson),
              Map.entry(Thompson.DISCOUNTED, BanditPolicy::discountedThompson),
              Map.entry(OptimisticGittins.NAME, BanditPolicy::optimisticGittins),
              Map.entry(HierarchicalThompson.NAME, BanditPolicy::hierarchicalThompson),
              Map.entry(LinThompson.NAME, BanditPolicy::linThompson),
              Map.entry(Weighted.NAME, BanditPolicy::weighted),
              Map.entry(RoundRobin.NAME, BanditPolicy::roundRobin),
              Map.entry(LeastLoaded.NAME, BanditPolicy::leastLoaded),
              Map.entry(Uniform.NAME, BanditPolicy::uniform)));

  private KnownPolicies() {}

  static BanditPolicy named(String name) {
    Supplier<BanditPolicy> known = BY_NAME.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "no policy is named '"
              + name
              + "'; take one of "
              + names()
              + ", or call BanditPolicy.restarting or fixedRanking, which need an argument");
    }
    return known.get();
  }

  static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }
}
