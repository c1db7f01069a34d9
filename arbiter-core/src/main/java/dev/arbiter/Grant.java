/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.security.MessageDigest;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Permission to run one attempt at one task under one spec, once.
 *
 * <p>The permission is for a {@link TaskDigest}, so it is worth nothing for a task or a spec that
 * reads differently.
 */
final class Grant {
  private final byte[] digest;
  private final AtomicBoolean used = new AtomicBoolean();

  Grant(byte[] digest) {
    this.digest = digest;
  }

  /**
   * Uses the permission up.
   *
   * @return empty if the attempt may run, else why not and what to do
   */
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
