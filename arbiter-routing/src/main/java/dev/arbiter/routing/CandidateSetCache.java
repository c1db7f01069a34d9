/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Task;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps the candidate sets of the lists of candidates that come again and again. */
final class CandidateSetCache {
  /*
   * A registry answers with the same immutable list until it changes, so the list itself is the
   * key. List.copyOf tells: it returns its argument only when that is immutable, and a copy, which
   * nobody will ask for again, otherwise.
   */
  private static final int KEPT = 32;

  private final @Nullable CandidateSet[] kept = new CandidateSet[KEPT];
  private final AgentIndex agentIndex;

  CandidateSetCache(AgentIndex agentIndex) {
    this.agentIndex = agentIndex;
  }

  CandidateSet of(List<RegisteredAgent> candidates, Task task, boolean first, long now) {
    List<RegisteredAgent> fixed = List.copyOf(candidates);
    if (!first || fixed != candidates) {
      touchKept();
      return new CandidateSet(fixed, task, agentIndex, now);
    }
    int oldest = 0;
    long oldestUse = Long.MAX_VALUE;
    for (int i = 0; i < KEPT; i++) {
      CandidateSet set = kept[i];
      if (set != null && set.candidates == fixed && set.capabilities.equals(task.capabilities())) {
        return refresh(set, now);
      }
      long use = set == null ? -1 : set.lastUse;
      if (use < oldestUse) {
        oldestUse = use;
        oldest = i;
      }
    }
    touchKept();
    CandidateSet set = new CandidateSet(fixed, task, agentIndex, now);
    set.lastUse = now;
    kept[oldest] = set;
    return set;
  }

  private CandidateSet refresh(CandidateSet set, long now) {
    if (set.evictions != agentIndex.evictions()) {
      set.lookUpRows(agentIndex, now);
    }
    set.recurs = set.recurs || set.isDistinct();
    set.lastUse = now;
    return set;
  }

  /* Whoever is on a kept candidate set was seen when the candidate set was used, so that it is not evicted. */
  private void touchKept() {
    if (!agentIndex.isFull()) {
      return;
    }
    for (CandidateSet set : kept) {
      if (set != null && set.evictions == agentIndex.evictions()) {
        for (int row : set.rows) {
          agentIndex.touch(row, set.lastUse);
        }
      }
    }
  }
}
