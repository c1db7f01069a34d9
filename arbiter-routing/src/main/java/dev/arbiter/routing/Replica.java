/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

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

  LearnedDelta delta() {
    LearnedState now = codec.state();
    LearnedDelta delta = new LearnedDelta(name, epoch, ++sequence, now.minus(told));
    told = now;
    return delta;
  }

  boolean merge(LearnedDelta delta, long now) {
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
}
