/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A node where events count: an agent, one of its task types, or a tenant of that. */
public final class Branch {
  /*
   * An event of a branch counts at all branches above it. While a branch has only one child, both
   * would hold the same, so they share one series: most agents work at one task type for one
   * tenant, which turns three series into one. The first event of a second child copies the series.
   *
   * A child knows from its registration whether it is a later one. The copy is made when the first
   * event of a later child is aggregated, under the collector's lock, as all access to series is.
   * Until then every counted event is common to both.
   */
  final String agent;
  final @Nullable String taskType;
  final @Nullable String tenant;
  final @Nullable Branch parent;
  private final boolean later;
  private boolean toItself;

  /** The child that came before this one to the same parent. */
  final @Nullable Branch elder;

  private volatile BucketSeries series;
  private volatile @Nullable Branch youngest;
  private @Nullable Branch sole;

  /** The track of events of this very branch; -1 above the tenants. */
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
    this.later = elder != null || parent.rest != null || parent.toItself;
    this.series = later ? new BucketSeries() : parent.series;
    if (!later) {
      parent.sole = this;
    }
    parent.youngest = this;
  }

  /** Adds a task type to an agent. Under the lock of all branches. */
  Branch type(String name) {
    return new Branch(this, name, null);
  }

  /** Adds a tenant to a task type. Under the lock of all branches. */
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

  /** Separates the parent's first child if this is a later one; returns whether it did. */
  boolean partFromElder() {
    return later && parent != null && parent.part();
  }

  /** Gives the child that shares this branch's series its own; returns whether it did. */
  boolean part() {
    Branch child = sole;
    if (child == null) {
      return false;
    }
    sole = null;
    child.adopt(series, series.copy());
    return true;
  }

  /** Takes content for itself alone, and not for the branch above. */
  void content(byte[] bytes) {
    if (parent != null && parent.series == series) {
      boolean unused = parent.part();
    }
    series.content(bytes);
  }

  /** Shares with no child that is still to come: the content is of branches that are gone. */
  void keepToItself() {
    toItself = true;
  }

  /** Whether what counts here counts in a series of this branch, and of none above. */
  boolean isApart() {
    return parent == null || parent.series != series;
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
