/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of tokens of agents or tenants, by name. Thread-safe. Full buckets are dropped when
 * there are twice as many names as after the last look.
 */
final class Buckets {
  private static final int FEW = 1_000;

  private final Map<String, @Nullable RateLimit> own;
  private final @Nullable RateLimit each;
  private final LongSupplier nanoTime;

  /* Of Bucket4j nothing is loaded before there is a bucket: a host without rates needs none. */
  private final Map<String, TokenBucket> buckets = new HashMap<>();
  private int lookAt = FEW;

  Buckets(
      Map<String, ? extends @Nullable RateLimit> own,
      @Nullable RateLimit each,
      LongSupplier nanoTime) {
    this.own = new HashMap<>(own);
    this.each = each;
    this.nanoTime = nanoTime;
  }

  /** Whether anything has a limit. */
  boolean isOn() {
    return each != null || !own.isEmpty();
  }

  synchronized int size() {
    return buckets.size();
  }

  /** The limit of a name; null if it has none. */
  @Nullable RateLimit limit(String name) {
    return own.getOrDefault(name, each);
  }

  private synchronized @Nullable TokenBucket bucket(String name) {
    RateLimit limit = limit(name);
    if (limit == null) {
      return null;
    }
    if (buckets.size() >= lookAt) {
      buckets.values().removeIf(TokenBucket::isFull);
      lookAt = Math.max(FEW, 2 * buckets.size());
    }
    return buckets.computeIfAbsent(name, key -> new TokenBucket(limit, nanoTime));
  }

  /** Takes a token if there is one: 0, or else the nanoseconds until there is. */
  long tryTake(String name) {
    TokenBucket bucket = bucket(name);
    return bucket == null ? 0 : bucket.tryTake();
  }

  /** Takes the next token that comes: the nanoseconds until it does. */
  long take(String name) {
    TokenBucket bucket = bucket(name);
    return bucket == null ? 0 : bucket.take();
  }

  /** The tokens that could be taken now; endless for a name without a limit. */
  long available(String name) {
    TokenBucket bucket = bucket(name);
    return bucket == null ? Long.MAX_VALUE : bucket.available();
  }

  /** The nanoseconds until there is a token; 0 if there is one. */
  long untilNext(String name) {
    TokenBucket bucket = bucket(name);
    return bucket == null ? 0 : bucket.untilNext();
  }

  /** Gives a token back that was not used. */
  void giveBack(String name) {
    TokenBucket bucket = bucket(name);
    if (bucket != null) {
      bucket.giveBack();
    }
  }
}
