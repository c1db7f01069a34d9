/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.internal.SharedList;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.task.Task;
import java.util.Arrays;
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

  /** The agents as a list, which decisions keep. */
  final List<RegisteredAgent> listed;

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
    this.listed = candidates;
    this.agents = candidates.toArray(new RegisteredAgent[0]);
    this.rows = new int[agents.length];
    this.slots = new int[rows.length];
    float[] claimed = new float[rows.length];
    float[] overall = new float[rows.length];
    boolean any = false;
    for (int i = 0; i < rows.length; i++) {
      Map<String, OptionalDouble> levels = agents[i].profile().capabilities();
      slots[i] = agents[i].profile().capacity();
      claimed[i] = mean(levels, capabilities);
      overall[i] = mean(levels, levels.keySet());
      any |= !Float.isNaN(claimed[i]);
    }
    this.claims = any ? claimed : new float[0];
    this.overallClaims = any ? overall : new float[0];
    lookUpRows(agentIndex, now);
  }

  /**
   * The set of a list that differs from that of this one in the profiles of a few agents. Null if
   * it must be made anew.
   */
  private @Nullable CandidateSet with(SharedList<RegisteredAgent> changed, int[] places) {
    CandidateSet set = new CandidateSet(this, changed);
    for (int place : places) {
      RegisteredAgent agent = changed.get(place);
      Map<String, OptionalDouble> levels = agent.profile().capabilities();
      float claim = mean(levels, capabilities);
      if (!agent.id().equals(agents[place].id()) || hasClaims() == Float.isNaN(claim)) {
        return null;
      }
      set.agents[place] = agent;
      set.slots[place] = agent.profile().capacity();
      if (hasClaims()) {
        set.claims[place] = claim;
        set.overallClaims[place] = mean(levels, levels.keySet());
      }
    }
    return set;
  }

  private CandidateSet(CandidateSet before, SharedList<RegisteredAgent> changed) {
    this.candidates = changed;
    this.listed = changed;
    this.agents = before.agents.clone();
    this.capabilities = before.capabilities;
    this.rows = before.rows;
    this.slots = before.slots.clone();
    this.claims = before.claims.clone();
    this.overallClaims = before.overallClaims.clone();
    this.evictions = before.evictions;
    this.recurs = before.recurs;
    this.tournament = before.tournament;
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
    this.listed = Arrays.asList(agents);
  }

  /** The set of the candidates to keep; this set itself if that is all. */
  CandidateSet only(IntPredicate keep) {
    int[] places = IntStream.range(0, size()).filter(keep).toArray();
    return places.length == size() ? this : new CandidateSet(this, places);
  }

  int size() {
    return rows.length;
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
    for (int i = 0; i < rows.length; i++) {
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
     * After an update of an agent it returns a list that shares the rest, and so does its set.
     * List.copyOf returns its argument only if that is immutable, else a copy that never recurs.
     */
    private static final int KEPT = 32;
    private static final int MOST_CHANGES = 16;

    private final @Nullable CandidateSet[] kept = new CandidateSet[KEPT];
    private final AgentIndex agentIndex;

    Cache(AgentIndex agentIndex) {
      this.agentIndex = agentIndex;
    }

    CandidateSet of(List<RegisteredAgent> candidates, Task task, boolean first, long now) {
      List<RegisteredAgent> fixed =
          candidates instanceof SharedList ? candidates : List.copyOf(candidates);
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
      CandidateSet changed = changed(fixed, task, now);
      if (changed != null) {
        return changed;
      }
      touchKept();
      CandidateSet set = new CandidateSet(fixed, task, agentIndex, now);
      set.lastUse = now;
      kept[oldest] = set;
      return set;
    }

    /* Replaces the set of a list that differs from this one at a few places; null if none does. */
    private @Nullable CandidateSet changed(List<RegisteredAgent> fixed, Task task, long now) {
      for (int i = 0; i < KEPT && fixed instanceof SharedList; i++) {
        CandidateSet set = kept[i];
        if (set != null
            && set.candidates instanceof SharedList<RegisteredAgent> before
            && set.capabilities.equals(task.capabilities())) {
          SharedList<RegisteredAgent> after = (SharedList<RegisteredAgent>) fixed;
          int[] places = before.differences(after, MOST_CHANGES);
          CandidateSet next = places == null ? null : set.with(after, places);
          if (next != null) {
            kept[i] = next;
            return refresh(next, now);
          }
        }
      }
      return null;
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
