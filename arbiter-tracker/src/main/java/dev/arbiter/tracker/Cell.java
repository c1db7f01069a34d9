/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import org.jspecify.annotations.Nullable;

/** A sub-window of one series that is being filled; not thread-safe. */
final class Cell extends Figures {
  private final long place;
  private final Histogram times;

  /** The next older cell of the series that is being filled. */
  @Nullable Cell older;

  /** An empty cell at a place of {@link Levels}. */
  Cell(long place, @Nullable Cell older) {
    this(place, older, new Histogram());
  }

  private Cell(long place, @Nullable Cell older, Histogram times) {
    this.place = place;
    this.older = older;
    this.times = times;
  }

  long place() {
    return place;
  }

  /** The same content, apart, and that of all older cells. */
  Cell copy() {
    Cell copy = new Cell(place, older == null ? null : older.copy(), times.copy());
    copy.add(this);
    return copy;
  }

  /** Adds the event in a slot. */
  void add(long[] words, int slot) {
    long tag = Slots.tag(words, slot);
    if (Tag.kind(tag) == Tag.ATTEMPT) {
      addAttempt(tag, words, slot);
      times.add(Slots.nanos(words, slot));
    } else {
      addOther(tag, words, slot);
    }
  }

  /** Adds what this cell holds to a sum over cells. */
  void addTo(Sum sum) {
    sum.add(this);
    times.addTo(sum.times);
  }
}
