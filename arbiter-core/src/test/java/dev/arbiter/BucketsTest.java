/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Each name has a bucket of its own, under its own limit or that of each. */
class BucketsTest {
  private static final long SECOND = 1_000_000_000L;
  private static final RateLimit ONE = RateLimit.of(1, Duration.ofSeconds(10));
  private static final RateLimit THREE = RateLimit.of(3, Duration.ofSeconds(30));

  private final FakeTime time = new FakeTime();

  private Buckets buckets(
      Map<String, ? extends @Nullable RateLimit> own, @Nullable RateLimit each) {
    return new Buckets(own, each, time.sources().nanoTime());
  }

  private static int takeAll(Buckets buckets, String name) {
    int taken = 0;
    while (taken < 100 && buckets.tryTake(name) == 0) {
      taken++;
    }
    return taken;
  }

  @Test
  void without_a_limit_nothing_waits_and_no_bucket_is_made() {
    Buckets none = buckets(Map.of(), null);

    assertThat(none.isOn()).isFalse();
    assertThat(none.limit("ada")).isNull();
    assertThat(takeAll(none, "ada")).isEqualTo(100);
    assertThat(none.take("ada")).isZero();
    assertThat(none.untilNext("ada")).isZero();
    none.giveBack("ada");
    assertThat(none.size()).isZero();
  }

  @Test
  void a_name_with_a_limit_of_its_own_has_that_and_others_have_that_of_each() {
    Buckets buckets = buckets(Map.of("ada", THREE), ONE);

    assertThat(buckets.isOn()).isTrue();
    assertThat(buckets.limit("ada")).isEqualTo(THREE);
    assertThat(buckets.limit("bob")).isEqualTo(ONE);
    assertThat(takeAll(buckets, "ada")).isEqualTo(3);
    assertThat(takeAll(buckets, "bob")).isEqualTo(1);
    assertThat(takeAll(buckets, "cleo")).isEqualTo(1);
  }

  @Test
  void a_limit_of_one_name_limits_no_other() {
    Buckets buckets = buckets(Map.of("ada", ONE), null);

    assertThat(buckets.isOn()).isTrue();
    assertThat(takeAll(buckets, "ada")).isEqualTo(1);
    assertThat(takeAll(buckets, "bob")).isEqualTo(100);
  }

  @Test
  void a_name_that_is_exempt_does_not_have_the_limit_of_each() {
    Map<String, @Nullable RateLimit> own = new HashMap<>();
    own.put("ada", null);
    Buckets buckets = buckets(own, ONE);

    assertThat(buckets.limit("ada")).isNull();
    assertThat(takeAll(buckets, "ada")).isEqualTo(100);
    assertThat(takeAll(buckets, "bob")).isEqualTo(1);
  }

  @Test
  void a_limit_that_is_changed_outside_later_changes_nothing() {
    Map<String, RateLimit> own = new HashMap<>(Map.of("ada", ONE));
    Buckets buckets = buckets(own, null);
    own.clear();

    assertThat(buckets.isOn()).isTrue();
    assertThat(buckets.limit("ada")).isEqualTo(ONE);
  }

  @Test
  void each_way_to_take_and_to_look_is_that_of_the_bucket_of_the_name() {
    Buckets buckets = buckets(Map.of(), ONE);
    assertThat(buckets.untilNext("ada")).isZero();
    assertThat(buckets.take("ada")).isZero();
    assertThat(buckets.untilNext("ada")).isEqualTo(10 * SECOND);
    assertThat(buckets.take("ada")).isEqualTo(10 * SECOND);
    assertThat(buckets.tryTake("ada")).isEqualTo(20 * SECOND);
    buckets.giveBack("ada");
    assertThat(buckets.tryTake("ada")).isEqualTo(10 * SECOND);
    assertThat(buckets.tryTake("bob")).isZero();
  }

  @Test
  void what_was_used_is_not_forgotten_among_many_names() {
    Buckets buckets = buckets(Map.of(), ONE);
    assertThat(buckets.tryTake("ada")).isZero();
    for (int i = 0; i < 10_000; i++) {
      assertThat(buckets.untilNext("t" + i)).isZero();
      assertThat(buckets.size()).isLessThanOrEqualTo(1_000);
    }
    assertThat(buckets.tryTake("ada")).isEqualTo(10 * SECOND);
  }

  @Test
  void names_that_are_in_use_are_all_kept() {
    Buckets buckets = buckets(Map.of(), ONE);
    for (int i = 0; i < 5_000; i++) {
      assertThat(buckets.tryTake("t" + i)).isZero();
    }
    assertThat(buckets.size()).isEqualTo(5_000);
    for (int i = 0; i < 5_000; i++) {
      assertThat(buckets.tryTake("t" + i)).isPositive();
    }
  }

  /** A look costs as much as there are names, so it must be rare. */
  @Test
  void there_is_a_look_only_when_there_are_twice_as_many_names_as_after_the_last() {
    Buckets buckets = buckets(Map.of(), ONE);
    for (int i = 0; i < 1_200; i++) {
      assertThat(buckets.tryTake("used" + i)).isZero();
    }
    for (int i = 0; i < 799; i++) {
      assertThat(buckets.untilNext("idle" + i)).isZero();
    }
    assertThat(buckets.size()).isEqualTo(1_999);
    assertThat(buckets.untilNext("idle")).isZero();
    assertThat(buckets.size()).isEqualTo(2_000);
    assertThat(buckets.untilNext("one more")).isZero();
    assertThat(buckets.size()).isEqualTo(1_201);
  }
}
