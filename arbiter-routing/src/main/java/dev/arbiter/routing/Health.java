/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Masks the sick, unless that would be half of the candidates or more. */
final class Health {
  private final @Nullable Predicate<RegisteredAgent> healthy;
  private long panics;

  /** Without a check everybody is healthy. */
  Health(@Nullable Predicate<RegisteredAgent> healthy) {
    this.healthy = healthy;
  }

  long panics() {
    return panics;
  }

  /** The slate itself when nobody is masked. */
  Slate healthy(Slate slate) {
    Predicate<RegisteredAgent> check = healthy;
    if (check == null) {
      return slate;
    }
    int sick = 0;
    boolean[] keep = null;
    for (int i = 0; i < slate.size(); i++) {
      if (!passes(check, slate.agents[i])) {
        keep = keep == null ? new boolean[slate.size()] : keep;
        keep[i] = true;
        sick++;
      }
    }
    if (keep == null) {
      return slate;
    }
    if (2 * sick >= slate.size()) {
      panics++;
      return slate;
    }
    for (int i = 0; i < keep.length; i++) {
      keep[i] = !keep[i];
    }
    return slate.only(keep);
  }

  private static boolean passes(Predicate<RegisteredAgent> check, RegisteredAgent agent) {
    try {
      return check.test(agent);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
