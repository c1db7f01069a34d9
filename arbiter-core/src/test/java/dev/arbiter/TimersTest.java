/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Timers.Timer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class TimersTest {
  private static final long SECOND = 1_000_000_000;

  @Test
  void a_timer_is_due_at_its_time_and_once() {
    Timers timers = new Timers(0);
    Timer timer = new Timer();
    timers.set(timer, SECOND);

    assertThat(timers.due(SECOND - 1)).isEmpty();
    assertThat(timers.due(SECOND)).containsExactly(timer);
    assertThat(timers.due(2 * SECOND)).isEmpty();
  }

  @Test
  void a_cleared_timer_is_never_due() {
    Timers timers = new Timers(0);
    Timer timer = new Timer();
    timers.set(timer, SECOND);
    timers.clear(timer);
    timers.clear(timer);

    assertThat(timers.due(10 * SECOND)).isEmpty();
  }

  @Test
  void a_time_in_the_past_is_due_at_once() {
    Timers timers = new Timers(0);
    assertThat(timers.due(100 * SECOND)).isEmpty();
    Timer timer = new Timer();
    timers.set(timer, SECOND);

    assertThat(timers.due(100 * SECOND)).containsExactly(timer);
  }

  @Test
  void a_process_that_stood_still_misses_no_timer() {
    Timers timers = new Timers(0);
    Timer near = new Timer();
    Timer far = new Timer();
    timers.set(near, SECOND);
    timers.set(far, 3_000 * SECOND);

    assertThat(timers.due(10_000 * SECOND)).containsExactlyInAnyOrder(near, far);
  }

  /** Random timers against a map of what is set. */
  @Test
  void every_timer_is_due_when_a_model_says_so() {
    for (long seed = 0; seed < 100; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      long now = random.nextLong(1_000 * SECOND);
      Timers timers = new Timers(now);
      Map<Timer, Long> set = new HashMap<>();
      for (int step = 0; step < 300; step++) {
        if (random.nextInt(3) > 0) {
          Timer timer = new Timer();
          long at = now + random.nextLong(-SECOND, 200 * SECOND);
          timers.set(timer, at);
          set.put(timer, at);
        } else if (!set.isEmpty() && random.nextInt(2) == 0) {
          Timer timer = set.keySet().iterator().next();
          timers.clear(timer);
          set.remove(timer);
        }
        now += random.nextLong(random.nextInt(20) == 0 ? 90 * SECOND : SECOND);
        Set<Timer> due = new HashSet<>();
        for (Map.Entry<Timer, Long> each : set.entrySet()) {
          if (each.getValue() <= now) {
            due.add(each.getKey());
          }
        }
        set.keySet().removeAll(due);
        assertThat(new HashSet<>(timers.due(now))).isEqualTo(due);
      }
    }
  }
}
