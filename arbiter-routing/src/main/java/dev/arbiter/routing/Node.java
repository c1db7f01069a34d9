/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** What one router tells the others, and takes from them, by one thread at a time. */
final class Node {
  private final String name;
  private final long epoch;
  private final Exchange exchange;
  private final Deltas seen = new Deltas();
  private LearnedState told;
  private long sequence;

  /** What is known now was told before. */
  Node(String name, long epoch, Exchange exchange) {
    this.name = name;
    this.epoch = epoch;
    this.exchange = exchange;
    this.told = exchange.state();
  }

  LearnedState state() {
    return exchange.state();
  }

  LearnedDelta delta() {
    LearnedState now = exchange.state();
    LearnedDelta delta = new LearnedDelta(name, epoch, ++sequence, now.minus(told));
    told = now;
    return delta;
  }

  boolean merge(LearnedDelta delta, long now) {
    if (delta.node().equals(name) && delta.epoch() == epoch) {
      return false;
    }
    exchange.require(delta.change());
    LearnedState own = exchange.state().minus(told);
    if (!seen.add(delta)) {
      return false;
    }
    exchange.add(delta.change(), now);
    told = exchange.state().minus(own);
    return true;
  }
}
