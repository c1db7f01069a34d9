/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Removes unhealthy candidates, unless half or more are unhealthy: then the check is suspect. */
final class HealthFilter {
  private final @Nullable Predicate<RegisteredAgent> healthy;
  private long panics;

  /** Without a check all agents are healthy. */
  HealthFilter(@Nullable Predicate<RegisteredAgent> healthy) {
    this.healthy = healthy;
  }

  long panics() {
    return panics;
  }

  /** The healthy candidates; the set itself if all remain. */
  CandidateSet healthy(CandidateSet candidates) {
    Predicate<RegisteredAgent> check = healthy;
    if (check == null) {
      return candidates;
    }
    boolean[] sick = null;
    int count = 0;
    for (int i = 0; i < candidates.size(); i++) {
      if (!passes(check, candidates.agents[i])) {
        sick = sick == null ? new boolean[candidates.size()] : sick;
        sick[i] = true;
        count++;
      }
    }
    if (sick == null || 2 * count >= candidates.size()) {
      panics += count > 0 ? 1 : 0;
      return candidates;
    }
    boolean[] masked = sick;
    return candidates.only(i -> !masked[i]);
  }

  private static boolean passes(Predicate<RegisteredAgent> check, RegisteredAgent agent) {
    try {
      return check.test(agent);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
