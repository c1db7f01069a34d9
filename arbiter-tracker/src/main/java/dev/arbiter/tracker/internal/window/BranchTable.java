/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Finds branches by name. Reads need no lock; one thread at a time writes. */
public final class BranchTable {
  /*
   * Open addressing, at most half full; entries are never removed. One lookup replaces three of
   * nested maps and needs no key object. A name that would lie more than 64 places from its own is
   * refused. At this load that happens only to names made to collide, which must not slow down the
   * others.
   */
  private static final int FARTHEST = 64;

  private volatile AtomicReferenceArray<@Nullable Branch> places = new AtomicReferenceArray<>(256);
  private int count;

  @Nullable Branch get(String agent, @Nullable String taskType, @Nullable String tenant) {
    AtomicReferenceArray<@Nullable Branch> table = places;
    int mask = table.length() - 1;
    int place = Branch.hash(agent, taskType, tenant) & mask;
    for (int step = 0; step < FARTHEST; step++) {
      Branch branch = table.getAcquire((place + step) & mask);
      if (branch == null || branch.is(agent, taskType, tenant)) {
        return branch;
      }
    }
    return null;
  }

  /** Returns whether there is room for these names. */
  boolean hasRoom(String agent, @Nullable String taskType, @Nullable String tenant) {
    return free(places, Branch.hash(agent, taskType, tenant)) >= 0;
  }

  /** Adds a new branch for which there was room. */
  void add(Branch branch) {
    AtomicReferenceArray<@Nullable Branch> table = places;
    if (2 * ++count > table.length()) {
      table = grown(table);
      places = table;
    }
    put(table, branch);
  }

  private static AtomicReferenceArray<@Nullable Branch> grown(
      AtomicReferenceArray<@Nullable Branch> table) {
    AtomicReferenceArray<@Nullable Branch> grown = new AtomicReferenceArray<>(2 * table.length());
    for (int place = 0; place < table.length(); place++) {
      Branch branch = table.getPlain(place);
      if (branch != null) {
        put(grown, branch);
      }
    }
    return grown;
  }

  private static void put(AtomicReferenceArray<@Nullable Branch> table, Branch branch) {
    int place = free(table, Branch.hash(branch.agent, branch.taskType, branch.tenant));
    if (place >= 0) {
      table.setRelease(place, branch);
    }
  }

  private static int free(AtomicReferenceArray<@Nullable Branch> table, int hash) {
    int mask = table.length() - 1;
    for (int step = 0; step < FARTHEST; step++) {
      int place = (hash + step) & mask;
      if (table.getPlain(place) == null) {
        return place;
      }
    }
    return -1;
  }

  void forEach(Consumer<Branch> action) {
    AtomicReferenceArray<@Nullable Branch> table = places;
    for (int place = 0; place < table.length(); place++) {
      Branch branch = table.getAcquire(place);
      if (branch != null) {
        action.accept(branch);
      }
    }
  }
}
