/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import org.jspecify.annotations.Nullable;

/** Keeps the closed sub-windows of series as bytes; not thread-safe. */
public final class ClosedBuckets {
  /*
   * Closing merges two rows of sub-windows, both the newest first: those closed before and those
   * that were filled. Each goes where its age puts it by now, and those that come to lie in one
   * place become one. As age changes no order, one pass does it. What stays where it is, unless it
   * was filled late, is copied unread: what moves to its place is newer and would come before it.
   */
  static final byte[] NOTHING = {};

  final BucketLevels time;
  private final Unpacker packed = new Unpacker();
  private final Packer packer = new Packer();
  private final Accumulator sum = new Accumulator();
  private @Nullable OpenBucket open;
  private long openPlace;
  private long packedPlace;

  ClosedBuckets(BucketLevels time) {
    this.time = time;
  }

  /** Looks at sub-windows; the sum it is shown is used again for the next. */
  public interface Visitor {
    void visit(long place, Accumulator sum);
  }

  /** Closes buckets, the newest given, on top of what was closed before. */
  byte[] close(byte[] closed, @Nullable OpenBucket newest) {
    packer.clear();
    packed.open(closed);
    nextPacked();
    nextOpen(newest);
    while (openPlace != BucketLevels.TOO_OLD || packedPlace != BucketLevels.TOO_OLD) {
      if (packedPlace < openPlace && packedPlace == packed.place()) {
        packed.copyTo(packer);
        nextPacked();
      } else {
        merge(Math.min(packedPlace, openPlace));
      }
    }
    return packer.bytes();
  }

  private void merge(long place) {
    sum.clear();
    while (packedPlace == place) {
      packed.addTo(sum);
      nextPacked();
    }
    for (OpenBucket bucket = open; bucket != null && openPlace == place; bucket = open) {
      bucket.addTo(sum);
      nextOpen(bucket.older);
    }
    packer.put(place, sum);
  }

  private void nextPacked() {
    packedPlace = packed.next() ? time.settled(packed.place()) : BucketLevels.TOO_OLD;
  }

  private void nextOpen(@Nullable OpenBucket next) {
    open = next;
    while (open != null && open.changes() == 0) {
      open = open.older;
    }
    openPlace = open == null ? BucketLevels.TOO_OLD : time.settled(open.place());
  }

  /** Adds what was closed, as far back as a level reaches, to a sum. */
  void addTo(Accumulator to, byte[] closed, int level) {
    packed.open(closed);
    while (packed.next() && BucketLevels.level(packed.place()) <= level) {
      packed.addTo(to);
    }
  }

  /** Shows the present bucket and what was closed, as far back as a level reaches. */
  void forEach(OpenBucket present, byte[] closed, int level, Visitor visitor) {
    sum.clear();
    present.addTo(sum);
    visitor.visit(present.place(), sum);
    packed.open(closed);
    while (packed.next() && BucketLevels.level(packed.place()) <= level) {
      sum.clear();
      packed.addTo(sum);
      visitor.visit(packed.place(), sum);
    }
  }
}
