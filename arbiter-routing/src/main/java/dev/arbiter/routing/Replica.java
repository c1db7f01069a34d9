/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** Exchanges deltas with other routers; used by one thread at a time. */
final class Replica {
  private final String name;
  private final long epoch;
  private final StateCodec codec;
  private final SeenDeltas seen = new SeenDeltas();
  private LearnedState told;
  private long sequence;

  /** Regards the present state as told already. */
  Replica(String name, long epoch, StateCodec codec) {
    this.name = name;
    this.epoch = epoch;
    this.codec = codec;
    this.told = codec.state();
  }

  LearnedState state() {
    return codec.state();
  }

  LearnedState.Delta delta() {
    LearnedState now = codec.state();
    LearnedState.Delta delta = new LearnedState.Delta(name, epoch, ++sequence, now.minus(told));
    told = now;
    return delta;
  }

  boolean merge(LearnedState.Delta delta, long now) {
    if (delta.replica().equals(name) && delta.epoch() == epoch) {
      return false;
    }
    codec.require(delta.change());
    LearnedState own = codec.state().minus(told);
    if (!seen.add(delta)) {
      return false;
    }
    codec.add(delta.change(), now);
    told = codec.state().minus(own);
    return true;
  }

  /** Remembers which deltas were merged. */
  static final class SeenDeltas {
    /*
     * For each replica and epoch the sequence below which all were merged, and the merged ones above
     * it. Bounded: the replica heard of longest ago is forgotten first. If a replica skips more than
     * a thousand deltas, its oldest gap is given up: a delta of that gap then counts as repeated.
     */
    private static final int MOST_REPLICAS = 1_000;
    private static final int MOST_AHEAD = 1_000;

    private final Map<String, Progress> replicas = new LinkedHashMap<>(16, .75f, true);

    private static final class Progress {
      private long below = 1;
      private final TreeSet<Long> ahead = new TreeSet<>();

      boolean add(long sequence) {
        if (sequence < below || !ahead.add(sequence)) {
          return false;
        }
        if (ahead.size() > MOST_AHEAD) {
          below = ahead.first();
        }
        while (!ahead.isEmpty() && ahead.first() == below) {
          ahead.pollFirst();
          below++;
        }
        return true;
      }
    }

    /** Adds a delta; false if it was added before. */
    boolean add(LearnedState.Delta delta) {
      String key = delta.epoch() + " " + delta.replica();
      Progress progress = replicas.computeIfAbsent(key, k -> new Progress());
      if (replicas.size() > MOST_REPLICAS) {
        replicas.remove(replicas.keySet().iterator().next());
      }
      return progress.add(delta.sequence());
    }
  }
}
