/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import org.jspecify.annotations.Nullable;

/**
 * Where an attempt counts.
 *
 * @param id names the track in a slot
 * @param branch counts it, and all above do
 * @param other counts it too when it has no branch of its own
 */
record Track(int id, Branch branch, @Nullable Branch other) {
  /** Adds the event in a slot. */
  void add(Levels time, int level, long index, long[] words, int slot) {
    if (other != null) {
      branch.part();
      if (other != branch) {
        other.add(time, level, index, words, slot);
      }
    }
    branch.add(time, level, index, words, slot);
  }

  String agent() {
    return branch.agent;
  }

  String taskType() {
    return branch.taskType == null ? PerformanceTracker.OTHER : branch.taskType;
  }

  String tenant() {
    return branch.tenant == null ? PerformanceTracker.OTHER : branch.tenant;
  }
}
