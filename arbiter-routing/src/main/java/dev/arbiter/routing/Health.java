/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.function.Predicate;

/** Masks the sick, unless that would be half of the candidates or more. */
final class Health {
  private final Predicate<RegisteredAgent> healthy;
  private long panics;

  Health(Predicate<RegisteredAgent> healthy) {
    this.healthy = healthy;
  }

  long panics() {
    return panics;
  }

  /** The slate itself when nobody is masked. */
  Slate healthy(Slate slate) {
    int sick = 0;
    boolean[] keep = null;
    for (int i = 0; i < slate.size(); i++) {
      if (!isHealthy(slate.agents[i])) {
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

  private boolean isHealthy(RegisteredAgent agent) {
    try {
      return healthy.test(agent);
    } catch (RuntimeException e) {
      return false;
    }
  }
}
