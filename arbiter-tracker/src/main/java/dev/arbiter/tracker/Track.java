/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where an attempt counts; its series are used under the collector's lock. */
final class Track {
  /*
   * The series of the branches are looked up once and kept until branches part anywhere, which
   * happens once for each branch that gets a second child.
   */
  private static final Series[] NONE = {};

  private final int id;
  private final Branch branch;
  private final @Nullable Branch other;
  private final Parting parting;
  private Series nearest;
  private Series[] above = NONE;
  private int pathAt = -1;

  /** How often branches parted. */
  static final class Parting {
    int count;
  }

  /**
   * A track.
   *
   * @param id names it in a slot
   * @param branch counts it, and all above do
   * @param other counts it too when it has no branch of its own
   */
  Track(int id, Branch branch, @Nullable Branch other, Parting parting) {
    this.id = id;
    this.branch = branch;
    this.other = other;
    this.parting = parting;
    this.nearest = branch.series();
  }

  int id() {
    return id;
  }

  /**
   * Adds the event in a slot to the present.
   *
   * @return the one cell it went to, null if there are more
   */
  @Nullable Cell add(Past past, long[] words, int slot) {
    updatePath();
    Cell cell = nearest.present(past);
    cell.add(words, slot);
    for (Series series : above) {
      series.present(past).add(words, slot);
    }
    return above.length == 0 ? cell : null;
  }

  /** Adds the event in a slot at a place that is over, but not too old. */
  void addLate(Past past, long place, long[] words, int slot) {
    updatePath();
    nearest.addLate(past, place, words, slot);
    for (Series series : above) {
      series.addLate(past, place, words, slot);
    }
  }

  private void updatePath() {
    if (pathAt != parting.count) {
      findPath();
    }
  }

  private void findPath() {
    if (other != null && branch.part()) {
      parting.count++;
    }
    Set<Series> found = new LinkedHashSet<>();
    for (Branch at = branch; at != null; at = at.parent) {
      if (at.partFromElder()) {
        parting.count++;
      }
    }
    for (Branch at = branch; at != null; at = at.parent) {
      found.add(at.series());
    }
    if (other != null) {
      found.add(other.series());
    }
    nearest = branch.series();
    found.remove(nearest);
    above = found.toArray(NONE);
    pathAt = parting.count;
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
