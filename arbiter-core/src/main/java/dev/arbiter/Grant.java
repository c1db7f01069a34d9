/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The approval of one attempt at one task under one spec. It works once.
 *
 * <p>The approval is for a {@link TaskDigest}: it is void for any other task or spec.
 */
final class Grant {
  private final byte[] digest;
  private final AtomicBoolean used = new AtomicBoolean();

  Grant(byte[] digest) {
    this.digest = digest;
  }

  /** Uses the approval. Returns the empty text, or why the attempt may not run. */
  String redeem(byte[] digestNow) {
    if (!MessageDigest.isEqual(digest, digestNow)) {
      return "task or spec changed after they were approved; submit the task again";
    }
    if (!used.compareAndSet(false, true)) {
      return "the approval was used before; every attempt needs its own";
    }
    return "";
  }
}
