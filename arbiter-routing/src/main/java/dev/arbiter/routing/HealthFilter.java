/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Masks the sick, unless that would be half of the candidates or more. */
final class HealthFilter {
  private final @Nullable Predicate<RegisteredAgent> healthy;
  private long panics;

  /** Without a check everybody is healthy. */
  HealthFilter(@Nullable Predicate<RegisteredAgent> healthy) {
    this.healthy = healthy;
  }

  long panics() {
    return panics;
  }

  /** The candidate set itself when nobody is masked. */
  CandidateSet healthy(CandidateSet candidates) {
    Predicate<RegisteredAgent> check = healthy;
    if (check == null) {
      return candidates;
    }
    int sick = 0;
    boolean[] keep = null;
    for (int i = 0; i < candidates.size(); i++) {
      if (!passes(check, candidates.agents[i])) {
        keep = keep == null ? new boolean[candidates.size()] : keep;
        keep[i] = true;
        sick++;
      }
    }
    if (keep == null) {
      return candidates;
    }
    if (2 * sick >= candidates.size()) {
      panics++;
      return candidates;
    }
    for (int i = 0; i < keep.length; i++) {
      keep[i] = !keep[i];
    }
    return candidates.only(keep);
  }

  private static boolean passes(Predicate<RegisteredAgent> check, RegisteredAgent agent) {
    try {
      return check.test(agent);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
