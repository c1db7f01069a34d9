/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

import dev.arbiter.task.Finding;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A project's rules: limits by risk tier, gates, and the demands on waivers.
 *
 * @param tiers limits by risk tier, 1 to 3; a tier may be missing
 * @param gates all gates, the kernel's own three always among them
 * @param raiseApprovers approvers that a larger budget needs
 * @param waiverApprovers approvers that any waiver needs
 * @param waiverDays longest time from a waiver's creation to its expiry
 * @param zones paths that scope does not restrict
 * @param rootPassthrough files at the root that need not be in scope
 * @param warnings oddities of the policy
 * @param digest of its text
 */
public record Policy(
    Map<Integer, Tier> tiers,
    List<GateRule> gates,
    int raiseApprovers,
    int waiverApprovers,
    int waiverDays,
    List<Glob> zones,
    Set<String> rootPassthrough,
    List<Finding> warnings,
    String digest) {

  /** Whether the policy has a gate of this name. */
  public boolean names(String gate) {
    for (int i = 0; i < gates.size(); i++) {
      if (gates.get(i).name().equals(gate)) {
        return true;
      }
    }
    return false;
  }

  /** Limits of one risk tier; {@code modes} is empty when every mode is allowed. */
  public record Tier(long files, long lines, Set<String> modes, boolean contracts) {}

  /** The effect of a gate that is not passed. */
  public enum Mode {
    BLOCK("block"),
    WARN("warn"),
    SKIP("skip");

    final String word;

    Mode(String word) {
      this.word = word;
    }
  }
}
