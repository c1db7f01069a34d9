/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/** What one router tells the others, and takes from them, by one thread at a time. */
final class Replica {
  private final String name;
  private final long epoch;
  private final StateCodec codec;
  private final SeenDeltas seen = new SeenDeltas();
  private LearnedState told;
  private long sequence;

  /** What is known now was told before. */
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
    if (delta.node().equals(name) && delta.epoch() == epoch) {
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
     * For each node and epoch the sequence below which all were merged, and those above it. Bounded:
     * the node heard of longest ago is forgotten first, and of a node that skips more than a thousand
     * deltas the oldest gaps are given up, so that a delta that late is taken for a repetition.
     */
    private static final int MOST_NODES = 1_000;
    private static final int MOST_AHEAD = 1_000;

    private final Map<String, Progress> nodes = new LinkedHashMap<>(16, .75f, true);

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

    /** Notes a delta; false if it was noted before. */
    boolean add(LearnedState.Delta delta) {
      String key = delta.epoch() + " " + delta.node();
      Progress progress = nodes.computeIfAbsent(key, k -> new Progress());
      if (nodes.size() > MOST_NODES) {
        nodes.remove(nodes.keySet().iterator().next());
      }
      return progress.add(delta.sequence());
    }
  }
}
