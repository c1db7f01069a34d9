/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.util.function.LongSupplier;

/** A bucket of tokens of Bucket4j, over the time that was handed in. Thread-safe. */
final class TokenBucket {
  private final RateLimit limit;
  private final Bucket bucket;

  TokenBucket(RateLimit limit, LongSupplier nanoTime) {
    this.limit = limit;
    this.bucket =
        Bucket.builder()
            .addLimit(
                bandwidth ->
                    bandwidth.capacity(limit.most()).refillGreedy(limit.most(), limit.per()))
            .withCustomTimePrecision(new NanoTime(nanoTime))
            .build();
  }

  private record NanoTime(LongSupplier nanoTime) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return nanoTime.getAsLong();
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  boolean isFull() {
    return available() >= limit.most();
  }

  /** The tokens that could be taken now. */
  long available() {
    return bucket.getAvailableTokens();
  }

  /** Takes a token if there is one: 0, or else the nanoseconds until there is. */
  long tryTake() {
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(1);
    return probe.isConsumed() ? 0 : Math.max(1, probe.getNanosToWaitForRefill());
  }

  /** Takes the next token that comes: the nanoseconds until it does. */
  long take() {
    return bucket.consumeIgnoringRateLimits(1);
  }

  /** The nanoseconds until there is a token; 0 if there is one. */
  long untilNext() {
    return bucket.estimateAbilityToConsume(1).getNanosToWaitForRefill();
  }

  void giveBack() {
    bucket.addTokens(1);
  }
}
