/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Guards.Velocity;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** How many of a name take place within a time that slides. */
class VelocitiesTest {
  private static final long SECOND = 1_000_000_000L;

  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 100 * SECOND);

  private Velocities velocities(int most, Duration within) {
    return new Velocities(new Velocity(most, within), "tasks submitted by tenant", now::get);
  }

  @Test
  void so_many_may_be_at_once_and_the_next_when_the_first_is_old() {
    Velocities velocities = velocities(2, Duration.ofSeconds(10));
    assertThat(velocities.add("acme")).isZero();
    now.addAndGet(4 * SECOND);
    assertThat(velocities.add("acme")).isZero();

    assertThat(velocities.add("acme")).isEqualTo(6 * SECOND);
    now.addAndGet(6 * SECOND - 1);
    assertThat(velocities.add("acme")).isEqualTo(1);
    now.addAndGet(1);
    assertThat(velocities.add("acme")).isZero();
    assertThat(velocities.add("acme")).isEqualTo(4 * SECOND);
  }

  @Test
  void what_was_too_many_does_not_count() {
    Velocities velocities = velocities(1, Duration.ofSeconds(10));
    assertThat(velocities.add("acme")).isZero();
    for (int i = 1; i < 10; i++) {
      now.addAndGet(SECOND);
      assertThat(velocities.add("acme")).isEqualTo((10 - i) * SECOND);
    }
    now.addAndGet(SECOND);
    assertThat(velocities.add("acme")).isZero();
  }

  @Test
  void names_count_apart() {
    Velocities velocities = velocities(1, Duration.ofSeconds(10));

    assertThat(velocities.add("acme")).isZero();
    assertThat(velocities.add("bolt")).isZero();
    assertThat(velocities.add("acme")).isPositive();
    assertThat(velocities.add("bolt")).isPositive();
  }

  @Test
  void the_one_that_is_taken_back_is_the_last() {
    Velocities velocities = velocities(2, Duration.ofSeconds(10));
    assertThat(velocities.add("acme")).isZero();
    now.addAndGet(4 * SECOND);
    assertThat(velocities.add("acme")).isZero();
    velocities.remove("acme");
    now.addAndGet(SECOND);
    assertThat(velocities.add("acme")).isZero();

    assertThat(velocities.add("acme")).isEqualTo(5 * SECOND);
    now.addAndGet(5 * SECOND);
    assertThat(velocities.add("acme")).isZero();
    assertThat(velocities.add("acme")).isEqualTo(5 * SECOND);
  }

  @Test
  void taking_back_what_never_was_changes_nothing() {
    Velocities velocities = velocities(1, Duration.ofSeconds(10));
    velocities.remove("acme");
    assertThat(velocities.add("acme")).isZero();
    velocities.remove("acme");
    velocities.remove("acme");

    assertThat(velocities.add("acme")).isZero();
    assertThat(velocities.add("acme")).isPositive();
  }

  @Test
  void what_is_too_many_is_told_with_the_limit_and_the_name() {
    assertThat(velocities(20, Duration.ofMinutes(1)).tooMany("acme"))
        .isEqualTo("velocity guard: more than 20 tasks submitted by tenant 'acme' within PT1M");
  }

  @Test
  void nothing_that_counts_is_forgotten_among_many_names() {
    Velocities velocities = velocities(1, Duration.ofSeconds(10));
    for (int i = 0; i < 5_000; i++) {
      assertThat(velocities.add("t" + i)).isZero();
    }
    for (int i = 0; i < 5_000; i++) {
      assertThat(velocities.add("t" + i)).isEqualTo(10 * SECOND);
    }
  }

  /** A look costs as much as there are names, so it must be rare. */
  @Test
  void names_of_which_nothing_counts_are_dropped_when_there_are_twice_as_many_as_before() {
    Velocities velocities = velocities(3, Duration.ofSeconds(10));
    assertThat(velocities.add("old")).isZero();
    assertThat(velocities.add("taken back")).isZero();
    velocities.remove("taken back");
    now.addAndGet(10 * SECOND);
    for (int i = 0; i < 1_200; i++) {
      assertThat(velocities.add("t" + i)).isZero();
      assertThat(velocities.add("t" + i)).isZero();
    }
    assertThat(velocities.size()).as("two were dropped").isEqualTo(1_200);
    now.addAndGet(5 * SECOND);
    for (int i = 0; i < 700; i++) {
      assertThat(velocities.add("u" + i)).isZero();
    }
    now.addAndGet(5 * SECOND);
    for (int i = 700; i < 796; i++) {
      assertThat(velocities.add("u" + i)).isZero();
    }
    assertThat(velocities.size()).as("there was no look").isEqualTo(1_996);
    assertThat(velocities.add("one more")).isZero();
    assertThat(velocities.size()).isEqualTo(797);
    assertThat(velocities.add("u0")).isZero();
    assertThat(velocities.add("u0")).isZero();
    assertThat(velocities.add("u0")).isEqualTo(5 * SECOND);
  }

  @Test
  void random_steps_agree_with_a_plain_list_of_times() {
    long seed = 9;
    SplittableRandom random = new SplittableRandom(seed);
    for (int round = 0; round < 50; round++) {
      int most = 1 + random.nextInt(40);
      long within = 1 + random.nextLong(10 * SECOND);
      Velocities velocities = velocities(most, Duration.ofNanos(within));
      Map<String, Deque<Long>> model = new HashMap<>();
      for (int step = 0; step < 1_000; step++) {
        now.addAndGet(random.nextInt(3) == 0 ? random.nextLong(1 + within / 4) : 0);
        String name = "t" + random.nextInt(3);
        Deque<Long> times = model.computeIfAbsent(name, key -> new ArrayDeque<>());
        if (random.nextInt(6) == 0) {
          velocities.remove(name);
          Long unused = times.pollLast();
          continue;
        }
        while (!times.isEmpty() && now.get() - times.getFirst() >= within) {
          times.removeFirst();
        }
        long expected = times.size() < most ? 0 : within - (now.get() - times.getFirst());
        assertThat(velocities.add(name))
            .as("seed %d, round %d, step %d", seed, round, step)
            .isEqualTo(expected);
        if (expected == 0) {
          times.addLast(now.get());
        }
      }
    }
  }
}
