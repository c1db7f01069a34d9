/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The series that an attempt counts in, used under the collector's lock. */
public final class Track {
  /*
   * The series of the branches are looked up once and kept until branches part anywhere, which
   * happens once for each branch that gets a second child.
   */
  private static final BucketSeries[] NONE = {};

  private final int id;
  private final Branch branch;
  private final @Nullable Branch other;
  private final Parting parting;
  private BucketSeries nearest;
  private BucketSeries[] above = NONE;
  private int pathAt = -1;

  /** How often branches parted. */
  static final class Parting {
    int count;
  }

  /**
   * A track with an id for slots, a branch whose series and those above count it, and perhaps
   * OTHER.
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

  /** Adds the event in a slot to the present; returns its one bucket, or null if there are more. */
  @Nullable OpenBucket add(ClosedBuckets past, long[] words, int slot) {
    updatePath();
    OpenBucket bucket = nearest.present(past);
    bucket.add(words, slot);
    for (BucketSeries series : above) {
      series.present(past).add(words, slot);
    }
    return above.length == 0 ? bucket : null;
  }

  /** Adds the event in a slot at a closed place that is not too old. */
  void addLate(ClosedBuckets past, long place, long[] words, int slot) {
    updatePath();
    nearest.addLate(past, place, words, slot);
    for (BucketSeries series : above) {
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
    Set<BucketSeries> found = new LinkedHashSet<>();
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

  /** The agent's id. */
  public String agent() {
    return branch.agent;
  }

  /** The task type, or {@link Tracks#OTHER}. */
  public String taskType() {
    return branch.taskType == null ? Tracks.OTHER : branch.taskType;
  }

  /** The tenant, or {@link Tracks#OTHER}. */
  public String tenant() {
    return branch.tenant == null ? Tracks.OTHER : branch.tenant;
  }
}
