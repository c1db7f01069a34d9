/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/** What happened within one sub-window of one series; not thread-safe. */
final class Cell {
  private long index;
  private long count;
  private long successes;
  private double quality;
  private double cost;
  private long inputTokens;
  private long outputTokens;
  private final Histogram times = new Histogram();

  /** A cell for the sub-window with the given index at its level. */
  Cell(long index) {
    this.index = index;
  }

  long index() {
    return index;
  }

  /** The same content at another level. */
  Cell movedTo(long newIndex) {
    index = newIndex;
    return this;
  }

  /** Adds the attempt in a slot. */
  void add(long[] words, int slot) {
    count++;
    double attemptQuality = Slots.quality(words, slot);
    if (!Double.isNaN(attemptQuality)) {
      successes++;
      quality += attemptQuality;
    }
    cost += Slots.cost(words, slot);
    inputTokens += Slots.inputTokens(words, slot);
    outputTokens += Slots.outputTokens(words, slot);
    times.add(Slots.nanos(words, slot));
  }

  /** Adds what another cell holds. */
  void add(Cell other) {
    count += other.count;
    successes += other.successes;
    quality += other.quality;
    cost += other.cost;
    inputTokens += other.inputTokens;
    outputTokens += other.outputTokens;
    times.add(other.times);
  }

  /** Adds what this cell holds to a sum over cells. */
  void addTo(Sum sum) {
    sum.count += count;
    sum.successes += successes;
    sum.quality += quality;
    sum.cost += cost;
    sum.inputTokens += inputTokens;
    sum.outputTokens += outputTokens;
    times.addTo(sum.times);
  }
}
