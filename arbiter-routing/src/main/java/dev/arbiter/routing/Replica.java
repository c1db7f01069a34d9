/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Exchanges deltas with other routers; used by one thread at a time. */
final class Replica {
  /*
   * A state says which deltas are in its sums: those merged, and the router's own. So none counts
   * twice after a restart. It also holds what was learned and not told yet; a router that goes on
   * under the same name tells it, and one that only starts from the state does not.
   */
  private static final String SEEN = "seen";
  private static final String NAME = "replica";
  private static final String UNTOLD = "untold/";
  private static final String TOTALS = UNTOLD + "totals";
  private static final String AGENTS = UNTOLD + "agents";
  private static final String TYPE = UNTOLD + "type/";

  private final String name;
  private final long incarnation;
  private final StateCodec codec;
  private final SeenDeltas seen = new SeenDeltas();
  private LearnedState told;
  private long sequence;

  /**
   * Regards the present state as told already.
   *
   * @param incarnation tells this router from itself before a restart
   */
  Replica(String name, long incarnation, StateCodec codec) {
    this.name = name;
    this.incarnation = incarnation;
    this.codec = codec;
    this.told = codec.state();
  }

  /** Goes on from a state; comes before the first decision. */
  void restore(LearnedState whole, long now) {
    codec.restore(whole, now);
    Map<String, Map<String, double[]>> own = whole.own();
    seen.state(own.getOrDefault(SEEN, Map.of()));
    told = codec.state();
    if (own.getOrDefault(NAME, Map.of()).containsKey(name)) {
      told = told.minus(untold(own));
    }
  }

  private LearnedState untold(Map<String, Map<String, double[]>> own) {
    Map<String, Map<String, double[]>> types = new TreeMap<>();
    own.forEach(
        (key, values) -> {
          if (key.startsWith(TYPE)) {
            types.put(key.substring(TYPE.length()), values);
          }
        });
    double[] none = new double[told.totals().length];
    double[] totals = own.getOrDefault(TOTALS, Map.of()).getOrDefault("", none);
    LearnedState untold =
        new LearnedState(codec.policy(), totals, own.getOrDefault(AGENTS, Map.of()), types);
    codec.require(untold);
    return untold;
  }

  LearnedState state() {
    LearnedState whole = codec.whole();
    LearnedState untold = whole.minus(told);
    Map<String, Map<String, double[]>> own = new TreeMap<>(whole.own());
    own.put(SEEN, seen.state(name, incarnation, sequence));
    own.put(NAME, Map.of(name, new double[0]));
    own.put(TOTALS, Map.of("", untold.totals()));
    own.put(AGENTS, untold.agents());
    untold.types().forEach((type, sums) -> own.put(TYPE + type, sums));
    return whole.with(own);
  }

  LearnedState.Delta delta() {
    LearnedState now = codec.state();
    LearnedState.Delta delta =
        new LearnedState.Delta(name, incarnation, ++sequence, now.minus(told));
    told = now;
    return delta;
  }

  boolean merge(LearnedState.Delta delta, long now) {
    if (delta.replica().equals(name) && delta.epoch() == incarnation) {
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

      Progress() {}

      Progress(double[] numbers) {
        below = (long) numbers[0];
        for (int i = 1; i < numbers.length; i++) {
          ahead.add((long) numbers[i]);
        }
      }

      double[] state() {
        double[] state = new double[1 + ahead.size()];
        state[0] = (double) below;
        int at = 1;
        for (long sequence : ahead) {
          state[at++] = (double) sequence;
        }
        return state;
      }

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

    private static String key(String replica, long epoch) {
      return epoch + " " + replica;
    }

    /** All that were added, and a router's own. */
    Map<String, double[]> state(String self, long epoch, long sequence) {
      Map<String, double[]> state = new TreeMap<>();
      replicas.forEach((key, progress) -> state.put(key, progress.state()));
      state.put(key(self, epoch), new double[] {(double) (sequence + 1)});
      return state;
    }

    void state(Map<String, double[]> state) {
      state.forEach(
          (key, numbers) -> {
            if (numbers.length > 0) {
              replicas.put(key, new Progress(numbers));
            }
          });
    }

    /** Adds a delta; false if it was added before. */
    boolean add(LearnedState.Delta delta) {
      String key = key(delta.replica(), delta.epoch());
      Progress progress = replicas.computeIfAbsent(key, k -> new Progress());
      if (replicas.size() > MOST_REPLICAS) {
        replicas.remove(replicas.keySet().iterator().next());
      }
      return progress.add(delta.sequence());
    }
  }
}
