/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The buckets of tokens of agents or tenants, by name, over the time that was handed in.
 * Thread-safe. Full buckets are dropped when there are twice as many names as after the last look.
 */
final class Buckets {
  private static final int FEW = 1_000;

  private final Map<String, @Nullable RateLimit> own;
  private final @Nullable RateLimit each;
  private final TimeMeter time;
  private final Map<String, Bucket> buckets = new HashMap<>();
  private int lookAt = FEW;

  Buckets(
      Map<String, ? extends @Nullable RateLimit> own,
      @Nullable RateLimit each,
      LongSupplier nanoTime) {
    this.own = new HashMap<>(own);
    this.each = each;
    this.time =
        new TimeMeter() {
          @Override
          public long currentTimeNanos() {
            return nanoTime.getAsLong();
          }

          @Override
          public boolean isWallClockBased() {
            return false;
          }
        };
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

  private synchronized @Nullable Bucket bucket(String name) {
    RateLimit limit = limit(name);
    if (limit == null) {
      return null;
    }
    if (buckets.size() >= lookAt) {
      buckets
          .entrySet()
          .removeIf(
              entry -> {
                RateLimit of = limit(entry.getKey());
                return of == null || entry.getValue().getAvailableTokens() >= of.most();
              });
      lookAt = Math.max(FEW, 2 * buckets.size());
    }
    return buckets.computeIfAbsent(
        name,
        key ->
            Bucket.builder()
                .addLimit(
                    bandwidth ->
                        bandwidth.capacity(limit.most()).refillGreedy(limit.most(), limit.per()))
                .withCustomTimePrecision(time)
                .build());
  }

  /** Takes a token if there is one: 0, or else the nanoseconds until there is. */
  long tryTake(String name) {
    Bucket bucket = bucket(name);
    if (bucket == null) {
      return 0;
    }
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
  }

  /** Takes the next token that comes: the nanoseconds until it does. */
  long take(String name) {
    Bucket bucket = bucket(name);
    return bucket == null ? 0 : bucket.consumeIgnoringRateLimits(1);
  }

  /** The nanoseconds until there is a token; 0 if there is one. */
  long untilNext(String name) {
    Bucket bucket = bucket(name);
    return bucket == null ? 0 : bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
  }

  /** Gives a token back that was not used. */
  void giveBack(String name) {
    Bucket bucket = bucket(name);
    if (bucket != null) {
      bucket.addTokens(1);
    }
  }
}
