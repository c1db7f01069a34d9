/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.caws.internal.project.GateRule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The host's own checks, by the name of their gate, in the order of names. */
final class HostGates {
  private final Map<String, QualityGate> byGate;
  private final List<GateRule> gates = new ArrayList<>();

  HostGates(Map<String, QualityGate> byGate) {
    this.byGate = new TreeMap<>(byGate);
    this.byGate.keySet().forEach(name -> gates.add(GateRule.ofHost(name)));
  }

  /** The gates of the checks, for those that the policy does not name. */
  List<GateRule> gates() {
    return gates;
  }

  @Nullable QualityGate of(String gate) {
    return byGate.isEmpty() ? null : byGate.get(gate);
  }
}
