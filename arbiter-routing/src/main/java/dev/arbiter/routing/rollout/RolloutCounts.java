/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import java.util.OptionalDouble;
import java.util.concurrent.atomic.LongAdder;

/** What a rollout counts since it was built; thread-safe. */
final class RolloutCounts {
  private final LongAdder currentTasks = new LongAdder();
  private final LongAdder candidateTasks = new LongAdder();
  private final LongAdder currentOutcomes = new LongAdder();
  private final LongAdder candidateOutcomes = new LongAdder();
  private final LongAdder asked = new LongAdder();
  private final LongAdder agreed = new LongAdder();
  private final LongAdder faults = new LongAdder();
  private final LongAdder ignored = new LongAdder();
  private volatile String lastFault = "";

  void task(boolean byCandidate) {
    (byCandidate ? candidateTasks : currentTasks).increment();
  }

  void outcome(boolean byCandidate) {
    (byCandidate ? candidateOutcomes : currentOutcomes).increment();
  }

  void shadowed(boolean agrees) {
    asked.increment();
    if (agrees) {
      agreed.increment();
    }
  }

  void fault(Throwable error) {
    faults.increment();
    lastFault = error.toString();
  }

  void ignored() {
    ignored.increment();
  }

  RolloutStatus.Side side(boolean candidate, EProcess reward) {
    return new RolloutStatus.Side(
        (candidate ? candidateTasks : currentTasks).sum(),
        (candidate ? candidateOutcomes : currentOutcomes).sum(),
        reward.count(),
        reward.count() == 0 ? OptionalDouble.empty() : OptionalDouble.of(reward.mean()));
  }

  RolloutStatus.Agreement agreement() {
    long both = agreed.sum();
    return new RolloutStatus.Agreement(asked.sum(), both);
  }

  long faults() {
    return faults.sum();
  }

  String lastFault() {
    return lastFault;
  }

  long ignoredOutcomes() {
    return ignored.sum();
  }
}
