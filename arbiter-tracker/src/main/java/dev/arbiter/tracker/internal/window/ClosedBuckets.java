/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import org.jspecify.annotations.Nullable;

/** Keeps closed buckets as bytes. Not thread-safe. */
public final class ClosedBuckets {
  /*
   * Closing merges two rows of buckets, both newest first: the closed ones and the open ones. Each
   * moves to the place of its age, and buckets of one place become one. Age changes no order, so
   * one pass is enough. A bucket that does not move and received no late event is copied byte for
   * byte: content that moves to its place is newer and would come before it.
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

  /** Visits buckets; the sum it receives is reused for the next. */
  public interface Visitor {
    /** Visits the bucket at a place. */
    void visit(long place, Accumulator sum);
  }

  /** Closes buckets, starting with the newest, on top of the closed ones. */
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

  /**
   * Reads closed buckets of elsewhere to their end.
   *
   * @throws IllegalArgumentException if they are none
   */
  void check(byte[] closed) {
    long before = Long.MIN_VALUE;
    try {
      packed.open(closed);
      while (packed.next()) {
        sum.clear();
        packed.addTo(sum);
        if (packed.place() <= before) {
          throw new IllegalArgumentException("its sub-windows are in no order");
        }
        before = packed.place();
      }
    } catch (IndexOutOfBoundsException e) {
      throw new IllegalArgumentException("a sub-window in it is cut off", e);
    }
  }

  /** Adds closed buckets up to a level to a sum. */
  void addTo(Accumulator to, byte[] closed, int level) {
    packed.open(closed);
    while (packed.next() && BucketLevels.level(packed.place()) <= level) {
      packed.addTo(to);
    }
  }

  /** Visits the present bucket and closed ones up to a level. */
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
