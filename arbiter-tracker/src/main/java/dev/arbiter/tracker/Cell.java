/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import org.jspecify.annotations.Nullable;

/** What happened within one sub-window of one series; not thread-safe. */
final class Cell extends Histogram {
  /*
   * Counts are ints that stop at their greatest value: a sub-window of 6 h gets there at 99,000
   * attempts a second of one series. It is a histogram rather than has one, which saves a step and
   * 16 bytes in the place where there are most of either.
   */
  private long index;
  private int count;
  private int successes;
  private int judged;
  private int denied;
  private double quality;
  private double cost;
  private long inputTokens;
  private long outputTokens;
  private @Nullable Extras extras;

  /** A cell for the sub-window with the given index at its level. */
  Cell(long index) {
    this.index = index;
  }

  long index() {
    return index;
  }

  int count() {
    return count;
  }

  int successes() {
    return successes;
  }

  double cost() {
    return cost;
  }

  double successRate() {
    return (double) successes / count;
  }

  double meanQuality() {
    return quality / successes;
  }

  double meanLogNanos() {
    return sumOfLogs() / count;
  }

  /** The same content at another level. */
  Cell movedTo(long newIndex) {
    index = newIndex;
    return this;
  }

  /** The same content, apart. */
  Cell copy() {
    Cell copy = new Cell(index);
    copy.add(this);
    return copy;
  }

  /** Adds the event in a slot. */
  void add(long[] words, int slot) {
    long tag = Slots.tag(words, slot);
    if (Tag.kind(tag) != Tag.ATTEMPT) {
      addOther(tag, words, slot);
      return;
    }
    count = sum(count, 1);
    double attemptQuality = Slots.quality(words, slot);
    boolean stands = !Double.isNaN(attemptQuality);
    if (stands) {
      successes = sum(successes, 1);
      quality += attemptQuality;
    }
    if (Tag.isJudged(tag)) {
      judged = sum(judged, 1);
      denied = sum(denied, stands ? 0 : 1);
      addViolations(Tag.violations(tag));
    }
    addUsage(words, slot);
    add(Slots.nanos(words, slot));
  }

  private void addOther(long tag, long[] words, int slot) {
    extras().add(tag, words, slot);
    if (Tag.kind(tag) == Tag.EXCUSED) {
      addUsage(words, slot);
    }
  }

  private void addViolations(int violations) {
    if (violations > 0) {
      extras().violations += violations;
    }
  }

  private void addUsage(long[] words, int slot) {
    cost += Slots.cost(words, slot);
    inputTokens += Slots.inputTokens(words, slot);
    outputTokens += Slots.outputTokens(words, slot);
  }

  private Extras extras() {
    Extras some = extras;
    if (some == null) {
      some = new Extras();
      extras = some;
    }
    return some;
  }

  /** Adds what another cell holds. */
  void add(Cell other) {
    count = sum(count, other.count);
    successes = sum(successes, other.successes);
    judged = sum(judged, other.judged);
    denied = sum(denied, other.denied);
    quality += other.quality;
    cost += other.cost;
    inputTokens += other.inputTokens;
    outputTokens += other.outputTokens;
    super.add(other);
    if (other.extras != null) {
      extras().add(other.extras);
    }
  }

  /** Adds what this cell holds to a sum over cells. */
  void addTo(Sum sum) {
    sum.count += count;
    sum.successes += successes;
    sum.judged += judged;
    sum.denied += denied;
    sum.quality += quality;
    sum.cost += cost;
    sum.inputTokens += inputTokens;
    sum.outputTokens += outputTokens;
    addTo(sum.times);
    if (extras != null) {
      sum.extras.add(extras);
    }
  }

  private static int sum(int a, int b) {
    int sum = a + b;
    return sum < 0 ? Integer.MAX_VALUE : sum;
  }
}
