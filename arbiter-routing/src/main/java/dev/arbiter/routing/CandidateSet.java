/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The candidates of a request, with all look-ups that a choice needs. */
final class CandidateSet {
  final List<RegisteredAgent> candidates;
  final Set<String> capabilities;
  final RegisteredAgent[] agents;
  final int[] rows;
  final int[] slots;

  /**
   * Mean level that each candidate declares in the required capabilities, NaN if none; empty if no
   * candidate declares one.
   */
  final float[] claims;

  /** Mean level that each candidate declares in all its capabilities. */
  final float[] overallClaims;

  /** The evictions of the index of agents when the rows were looked up. */
  int evictions;

  long lastUse;

  /** Whether the same list came before, without a repeated agent. */
  boolean recurs;

  /** UCB's index of a candidate set that recurs. */
  @Nullable KineticTournament tournament;

  CandidateSet(List<RegisteredAgent> candidates, Task task, AgentIndex agentIndex, long now) {
    this.candidates = candidates;
    this.capabilities = task.capabilities();
    this.agents = candidates.toArray(new RegisteredAgent[0]);
    this.rows = new int[agents.length];
    this.slots = new int[agents.length];
    float[] claimed = new float[agents.length];
    float[] overall = new float[agents.length];
    boolean any = false;
    for (int i = 0; i < agents.length; i++) {
      slots[i] = agents[i].profile().capacity();
      Map<String, OptionalDouble> levels = agents[i].profile().capabilities();
      claimed[i] = mean(levels, capabilities);
      overall[i] = mean(levels, levels.keySet());
      any |= !Float.isNaN(claimed[i]);
    }
    this.claims = any ? claimed : new float[0];
    this.overallClaims = any ? overall : new float[0];
    lookUpRows(agentIndex, now);
  }

  private CandidateSet(CandidateSet all, int[] places) {
    this.candidates = all.candidates;
    this.capabilities = all.capabilities;
    this.agents = new RegisteredAgent[places.length];
    this.rows = new int[places.length];
    this.slots = new int[places.length];
    this.claims = new float[all.hasClaims() ? places.length : 0];
    this.overallClaims = new float[claims.length];
    for (int i = 0; i < places.length; i++) {
      agents[i] = all.agents[places[i]];
      rows[i] = all.rows[places[i]];
      slots[i] = all.slots[places[i]];
      if (all.hasClaims()) {
        claims[i] = all.claims[places[i]];
        overallClaims[i] = all.overallClaims[places[i]];
      }
    }
  }

  /** The set of the candidates to keep; this set itself if that is all. */
  CandidateSet only(IntPredicate keep) {
    int[] places = IntStream.range(0, size()).filter(keep).toArray();
    return places.length == size() ? this : new CandidateSet(this, places);
  }

  int size() {
    return agents.length;
  }

  boolean hasClaims() {
    return claims.length > 0;
  }

  /** The declared level of a candidate, NaN for none. */
  float claim(int candidate) {
    return hasClaims() ? claims[candidate] : Float.NaN;
  }

  boolean isDistinct() {
    return IntStream.of(rows).distinct().count() == rows.length;
  }

  void lookUpRows(AgentIndex agentIndex, long now) {
    for (int i = 0; i < agents.length; i++) {
      rows[i] = agentIndex.row(agents[i], now);
    }
    evictions = agentIndex.evictions();
  }

  private static float mean(Map<String, OptionalDouble> levels, Set<String> wanted) {
    double sum = 0;
    int count = 0;
    for (String capability : wanted) {
      OptionalDouble level = levels.getOrDefault(capability, OptionalDouble.empty());
      if (level.isPresent()) {
        sum += level.getAsDouble();
        count++;
      }
    }
    return count == 0 ? Float.NaN : (float) (sum / count);
  }

  /** Keeps the candidate sets of lists that recur. */
  static final class Cache {
    /*
     * A registry returns the same immutable list until it changes, so the list itself is the key.
     * List.copyOf returns its argument only if that is immutable, else a copy that never recurs.
     */
    private static final int KEPT = 32;

    private final @Nullable CandidateSet[] kept = new CandidateSet[KEPT];
    private final AgentIndex agentIndex;

    Cache(AgentIndex agentIndex) {
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
        if (set != null
            && set.candidates == fixed
            && set.capabilities.equals(task.capabilities())) {
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

    /* The agents of a kept set count as seen when the set was used last, and are not evicted. */
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
}
