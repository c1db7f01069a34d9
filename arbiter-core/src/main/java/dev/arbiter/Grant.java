/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The approval of one attempt at one task under one spec. It works once.
 *
 * <p>A task is immutable, so only the spec can change after the approval; its digest shows that.
 */
final class Grant {
  private final String specDigest;
  private final AtomicBoolean used = new AtomicBoolean();

  Grant(String specDigest) {
    this.specDigest = specDigest;
  }

  /** Uses the approval. Returns the empty text, or why the attempt may not run. */
  String redeem(String specDigestNow) {
    if (!specDigest.equals(specDigestNow)) {
      return "the spec changed after the task was approved; submit the task again";
    }
    if (!used.compareAndSet(false, true)) {
      return "the approval was used before; every attempt needs its own";
    }
    return "";
  }
}
