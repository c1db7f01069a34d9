/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.TaskResult.FailureCause;
import java.util.SplittableRandom;

/** Decides whether an agent is called again, and when. Thread-safe. */
final class Retries {
  /* A budget may grow to so many times its burst. */
  private static final int MOST_BURSTS = 10;

  private final RetryPolicy policy;
  private final SplittableRandom random;
  private final double most;
  private double budget;

  /* Read without the lock: a full budget takes nothing more. */
  private volatile boolean full;

  Retries(RetryPolicy policy, long seed) {
    this.policy = policy;
    this.random = new SplittableRandom(seed);
    this.most = Math.max(1, MOST_BURSTS * policy.burst());
    this.budget = policy.burst();
  }

  boolean isOn() {
    return policy.most() > 0;
  }

  /** Notes the first call of an attempt. */
  void called() {
    if (!full) {
      synchronized (this) {
        budget = Math.min(budget + policy.ratio(), most);
        full = budget >= most;
      }
    }
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
    if (retriesSoFar >= policy.most() || budget < 1) {
      return -1;
    }
    budget -= 1;
    full = false;
    double longest =
        Math.min(
            (double) policy.longest().toNanos(),
            (double) policy.base().toNanos() * Math.pow(2, retriesSoFar));
    return (long) (random.nextDouble() * longest);
  }
}
