/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.TaskResult.FailureCause;
import java.util.SplittableRandom;

/** Decides whether an agent is called again, and when. Thread-safe. */
final class Retries {
  private final RetryPolicy policy;
  private final SplittableRandom random;
  private final Ration ration;

  Retries(RetryPolicy policy, long seed) {
    this.policy = policy;
    this.random = new SplittableRandom(seed);
    this.ration = new Ration(policy.ratio(), policy.burst());
  }

  boolean isOn() {
    return policy.most() > 0;
  }

  /** Notes the first call of an attempt. */
  void called() {
    ration.earn();
  }

  /** Gives back a retry that is not made. */
  void giveBack() {
    ration.giveBack();
  }

  /** Whether failures of this cause pass by themselves. */
  static boolean passes(FailureCause cause) {
    return switch (cause) {
      case CONNECTIVITY, RATE, RESOURCE, AGENT_TIMEOUT -> true;
      default -> false;
    };
  }

  /** The pause before the next retry of an attempt in nanoseconds; -1 if there is no other. */
  synchronized long pause(int retriesSoFar) {
    if (retriesSoFar >= policy.most() || !ration.take()) {
      return -1;
    }
    double longest =
        Math.min(
            (double) policy.longest().toNanos(),
            (double) policy.base().toNanos() * Math.pow(2, retriesSoFar));
    return (long) (random.nextDouble() * longest);
  }
}
