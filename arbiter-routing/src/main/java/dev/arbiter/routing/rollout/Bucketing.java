/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.task.Task;

/**
 * Gives each task a bucket from its key and a name alone: the same in every process and after every
 * restart. Buckets under two names are independent. Thread-safe.
 */
final class Bucketing {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int UNUSED_BITS = 11;

  private final long salt;

  Bucketing(String name) {
    this.salt = fold(0, name);
  }

  /** The bucket of a task, at least 0 and below 1, even over keys. */
  double of(Task task) {
    String key = task.idempotencyKey().isEmpty() ? task.id() : task.idempotencyKey();
    return (fold(fold(salt, task.tenant()), key) >>> UNUSED_BITS) * 0x1p-53;
  }

  private static long fold(long hash, String text) {
    long folded = hash;
    for (int i = 0; i < text.length(); i++) {
      folded = mixed(folded + GOLDEN + text.charAt(i));
    }
    return mixed(folded + GOLDEN + text.length());
  }

  /* The finalizer of SplittableRandom: every bit of the input moves about half of the output. */
  private static long mixed(long bits) {
    long first = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    long second = (first ^ (first >>> 27)) * 0x94D049BB133111EBL;
    return second ^ (second >>> 31);
  }
}
