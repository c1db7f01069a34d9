/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the slates of the lists of candidates that come again and again. */
final class Slates {
  /*
   * A registry answers with the same immutable list until it changes, so the list itself is the
   * key. List.copyOf tells: it returns its argument only when that is immutable, and a copy, which
   * nobody will ask for again, otherwise.
   */
  private static final int KEPT = 32;

  private final @Nullable Slate[] kept = new Slate[KEPT];
  private final Roster roster;

  Slates(Roster roster) {
    this.roster = roster;
  }

  Slate of(List<RegisteredAgent> candidates, Task task, boolean first, long now) {
    List<RegisteredAgent> fixed = List.copyOf(candidates);
    if (!first || fixed != candidates) {
      touchKept();
      return new Slate(fixed, task, roster, now);
    }
    int oldest = 0;
    long oldestUse = Long.MAX_VALUE;
    for (int i = 0; i < KEPT; i++) {
      Slate slate = kept[i];
      if (slate != null
          && slate.candidates == fixed
          && slate.capabilities.equals(task.capabilities())) {
        return refresh(slate, now);
      }
      long use = slate == null ? -1 : slate.lastUse;
      if (use < oldestUse) {
        oldestUse = use;
        oldest = i;
      }
    }
    touchKept();
    Slate slate = new Slate(fixed, task, roster, now);
    slate.lastUse = now;
    kept[oldest] = slate;
    return slate;
  }

  private Slate refresh(Slate slate, long now) {
    if (slate.evictions != roster.evictions()) {
      slate.lookUpRows(roster, now);
    }
    slate.recurs = slate.recurs || slate.isDistinct();
    slate.lastUse = now;
    return slate;
  }

  /* Whoever is on a kept slate was seen when the slate was used, so that it is not evicted. */
  private void touchKept() {
    if (!roster.isFull()) {
      return;
    }
    for (Slate slate : kept) {
      if (slate != null && slate.evictions == roster.evictions()) {
        for (int row : slate.rows) {
          roster.touch(row, slate.lastUse);
        }
      }
    }
  }
}
