/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.util.concurrent.atomic.AtomicLong;

/** A counter that shares its cache line, and the one prefetched with it, with no other counter. */
public final class PaddedCounter extends AtomicLong {
  long p0;
  long p1;
  long p2;
  long p3;
  long p4;
  long p5;
  long p6;
  long p7;
  long p8;
  long p9;
  long p10;
  long p11;
  long p12;
  long p13;
  long p14;
}
