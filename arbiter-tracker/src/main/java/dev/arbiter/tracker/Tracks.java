/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Finds the series of an agent and a task type, and makes it unless there are too many. */
final class Tracks {
  /*
   * Looking up takes two reads of a concurrent map and allocates nothing; only the first sight of an
   * agent or of a type of it takes the lock, and none of that happens once the capacity is used up.
   * Then a new type of a known agent counts for the agent and in OTHER, and a new agent in OTHER
   * only.
   */
  static final String OTHER = PerformanceTracker.OTHER;
  static final String ALL = "";

  private final Map<String, AgentTracks> agents = new ConcurrentHashMap<>();
  private final int capacity;
  private final AgentTracks other;
  private volatile Track[] byId = new Track[64];
  private int ids;
  private volatile int count;

  private final class AgentTracks {
    final Series overall = new Series();
    final Map<String, Track> byType = new ConcurrentHashMap<>();
    private volatile @Nullable Track rest;

    /** Where a type counts that has no series of its own. */
    Track rest() {
      Track track = rest;
      return track == null ? addRest() : track;
    }

    private Track addRest() {
      synchronized (Tracks.this) {
        Track track = rest;
        if (track == null) {
          track = register(other.overall, overall);
          rest = track;
        }
        return track;
      }
    }
  }

  Tracks(int capacity) {
    this.capacity = capacity;
    this.other = new AgentTracks();
    agents.put(OTHER, other);
  }

  /** The track of an agent and a type, empty for work without a type. */
  Track resolve(String agent, String taskType) {
    AgentTracks tracks = agents.get(agent);
    if (tracks != null) {
      Track track = tracks.byType.get(taskType);
      if (track != null) {
        return track;
      }
    }
    if (tracks == other) {
      return other.rest();
    }
    return count < capacity ? add(agent, taskType) : (tracks == null ? other : tracks).rest();
  }

  private synchronized Track add(String agent, String taskType) {
    AgentTracks tracks = agents.get(agent);
    Track known = tracks == null ? null : tracks.byType.get(taskType);
    if (known != null) {
      return known;
    }
    if (count >= capacity) {
      return (tracks == null ? other : tracks).rest();
    }
    AgentTracks of = tracks == null ? new AgentTracks() : tracks;
    Track track = register(taskType.equals(ALL) ? of.overall : new Series(), of.overall);
    of.byType.put(taskType, track);
    agents.put(agent, of);
    count = count + 1;
    return track;
  }

  private synchronized Track register(Series typed, Series overall) {
    if (ids == byId.length) {
      byId = Arrays.copyOf(byId, 2 * ids);
    }
    Track track = new Track(ids, typed, overall);
    byId[ids++] = track;
    return track;
  }

  /** The track with an id that {@link #resolve} gave. */
  Track get(int id) {
    return byId[id];
  }

  /** The series of an agent and a type, empty for all types; null for what was never seen. */
  @Nullable Series find(String agent, String taskType) {
    AgentTracks tracks = agents.get(agent);
    if (tracks == null) {
      return null;
    }
    if (taskType.equals(ALL)) {
      return tracks.overall;
    }
    Track track = tracks.byType.get(taskType);
    return track == null ? null : track.typed();
  }

  /** Who has series, in alphabetical order. */
  Set<String> agents() {
    return new TreeSet<>(agents.keySet());
  }

  /** What an agent has series for, in alphabetical order. */
  Set<String> taskTypes(String agent) {
    AgentTracks tracks = agents.get(agent);
    Set<String> types = new TreeSet<>();
    if (tracks != null) {
      types.addAll(tracks.byType.keySet());
      types.remove(ALL);
    }
    return types;
  }

  /** Series of an agent and a type. */
  int count() {
    return count;
  }
}
