/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A bucket is full at first, and fills evenly with the time that was handed in. */
class TokenBucketTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(-5);

  private TokenBucket bucket(int most, Duration per) {
    return new TokenBucket(RateLimit.of(most, per), now::get);
  }

  private static void take(TokenBucket bucket, int tokens) {
    for (int i = 0; i < tokens; i++) {
      assertThat(bucket.untilNext()).isZero();
      assertThat(bucket.tryTake()).isZero();
    }
  }

  @Test
  void so_many_may_be_taken_at_once_and_then_one_after_the_other() {
    TokenBucket bucket = bucket(4, Duration.ofSeconds(8));
    take(bucket, 4);
    for (int i = 0; i < 10; i++) {
      assertThat(bucket.tryTake()).isEqualTo(2 * SECOND);
      assertThat(bucket.untilNext()).isEqualTo(2 * SECOND);
      now.addAndGet(2 * SECOND - 1);
      assertThat(bucket.tryTake()).isEqualTo(1);
      now.addAndGet(1);
      take(bucket, 1);
    }
  }

  @Test
  void a_bucket_that_rests_gets_no_more_than_full() {
    TokenBucket bucket = bucket(3, Duration.ofSeconds(3));
    take(bucket, 3);
    now.addAndGet(3_600 * SECOND);

    take(bucket, 3);

    assertThat(bucket.tryTake()).isEqualTo(SECOND);
  }

  @Test
  void it_is_full_at_first_and_again_when_all_tokens_are_back() {
    TokenBucket bucket = bucket(2, Duration.ofSeconds(2));
    assertThat(bucket.isFull()).isTrue();
    take(bucket, 2);
    assertThat(bucket.isFull()).isFalse();
    now.addAndGet(2 * SECOND - 1);
    assertThat(bucket.isFull()).isFalse();
    now.addAndGet(1);
    assertThat(bucket.isFull()).isTrue();
  }

  @Test
  void tokens_that_are_taken_before_they_come_are_spread_over_the_time_to_come() {
    TokenBucket bucket = bucket(2, Duration.ofSeconds(10));
    assertThat(bucket.take()).isZero();
    assertThat(bucket.take()).isZero();
    for (int i = 1; i <= 5; i++) {
      assertThat(bucket.take()).isEqualTo(5L * i * SECOND);
    }
    assertThat(bucket.untilNext()).isEqualTo(30 * SECOND);
    assertThat(bucket.tryTake()).isEqualTo(30 * SECOND);
    now.addAndGet(30 * SECOND);
    take(bucket, 1);
  }

  @Test
  void a_token_that_is_given_back_may_be_taken_at_once() {
    TokenBucket bucket = bucket(1, Duration.ofSeconds(10));
    take(bucket, 1);
    assertThat(bucket.take()).isEqualTo(10 * SECOND);
    bucket.giveBack();
    assertThat(bucket.untilNext()).isEqualTo(10 * SECOND);
    bucket.giveBack();
    take(bucket, 1);
  }

  @Test
  void a_full_bucket_takes_no_token_back() {
    TokenBucket bucket = bucket(2, Duration.ofSeconds(10));
    bucket.giveBack();
    bucket.giveBack();

    take(bucket, 2);

    assertThat(bucket.tryTake()).isPositive();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1000000, 1", "1, 86400000", "1000000, 86400000", "7, 1000", "333, 60000"})
  void over_any_time_no_more_are_given_than_the_rate_allows(int most, long millis) {
    long seed = most + millis;
    SplittableRandom random = new SplittableRandom(seed);
    TokenBucket bucket = bucket(most, Duration.ofMillis(millis));
    long begin = now.get();
    long per = millis * 1_000_000;
    long taken = 0;
    for (int step = 0; step < 20_000; step++) {
      long pause = bucket.tryTake();
      if (pause == 0) {
        taken++;
        assertThat((double) taken)
            .as("seed %d, step %d", seed, step)
            .isLessThanOrEqualTo(most + (now.get() - begin) / (double) per * most + 1e-6);
      } else {
        now.addAndGet(random.nextBoolean() ? pause : random.nextLong(pause) + 1);
      }
      assertThat(pause).isBetween(0L, per / most + 1);
    }
    assertThat(taken).isGreaterThan(Math.min(most, 5_000));
  }
}
