/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A place where attempts count: an agent, a task type of it, or a tenant of that. */
public final class Branch {
  /*
   * What counts at a branch counts at all branches above it. As long as a branch has had one child
   * only, both would hold the same, so they share one series: most agents work at one type of task
   * for one tenant, which makes three series one. The first attempt of a second child copies it.
   *
   * A child knows from its registration whether it came later than another, and the copy is made
   * when the first attempt of a later one is folded, under the collector's lock, as all that
   * touches series is. Until then nothing was counted that the two do not share.
   */
  final String agent;
  final @Nullable String taskType;
  final @Nullable String tenant;
  final @Nullable Branch parent;
  private final boolean later;

  /** The child that came before this one to the same parent. */
  final @Nullable Branch elder;

  private volatile BucketSeries series;
  private volatile @Nullable Branch youngest;
  private @Nullable Branch sole;

  /** Where attempts of this very branch count; null above the tenants. */
  volatile int track = -1;

  /** Where attempts count that have no child of their own here. */
  volatile @Nullable Track rest;

  /** An agent. */
  Branch(String agent) {
    this.agent = agent;
    this.taskType = null;
    this.tenant = null;
    this.parent = null;
    this.elder = null;
    this.later = false;
    this.series = new BucketSeries();
  }

  private Branch(Branch parent, String taskType, @Nullable String tenant) {
    this.agent = parent.agent;
    this.taskType = taskType;
    this.tenant = tenant;
    this.parent = parent;
    this.elder = parent.youngest;
    this.later = elder != null || parent.rest != null;
    this.series = later ? new BucketSeries() : parent.series;
    if (!later) {
      parent.sole = this;
    }
    parent.youngest = this;
  }

  /** Adds a task type to an agent; under the lock of all branches. */
  Branch type(String name) {
    return new Branch(this, name, null);
  }

  /** Adds a tenant to a task type; under the lock of all branches. */
  Branch tenant(String name) {
    return new Branch(this, Objects.requireNonNull(taskType), name);
  }

  /** The series that this branch counts in. */
  public BucketSeries series() {
    return series;
  }

  @Nullable Branch youngest() {
    return youngest;
  }

  /** Parts the first child of the parent from it if this is a later one; tells whether it did. */
  boolean partFromElder() {
    return later && parent != null && parent.part();
  }

  /** Gives the child that shares the series of this branch its own; tells whether it did. */
  boolean part() {
    Branch child = sole;
    if (child == null) {
      return false;
    }
    sole = null;
    child.adopt(series, series.copy());
    return true;
  }

  private void adopt(BucketSeries shared, BucketSeries own) {
    series = own;
    Branch child = sole;
    if (child != null && child.series == shared) {
      child.adopt(shared, own);
    }
  }

  boolean is(String anAgent, @Nullable String aType, @Nullable String aTenant) {
    return agent.equals(anAgent)
        && Objects.equals(taskType, aType)
        && Objects.equals(tenant, aTenant);
  }

  static int hash(String agent, @Nullable String taskType, @Nullable String tenant) {
    int hash = agent.hashCode();
    hash = 31 * hash + (taskType == null ? 7 : taskType.hashCode());
    hash = (31 * hash + (tenant == null ? 7 : tenant.hashCode())) * 0x9E3779B9;
    return hash ^ hash >>> 16;
  }
}
