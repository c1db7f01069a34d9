/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.ring;

import java.util.concurrent.atomic.AtomicLong;

/** A counter alone on its cache line and on the one prefetched with it. */
public final class PaddedCounter extends AtomicLong {
  long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, p10, p11, p12, p13, p14;
}
