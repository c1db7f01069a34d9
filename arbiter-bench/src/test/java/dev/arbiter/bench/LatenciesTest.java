/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.bench.Latencies.Work;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** By a clock that goes on by a nanosecond when it is read, and otherwise by the work alone. */
class LatenciesTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private long now;
  private int turn;

  private long read() {
    return ++now;
  }

  /** A microsecond of work; the hundredth time it takes ten milliseconds. */
  private Work stallingOnce() {
    return Work.of(() -> now += turn++ == 100 ? 10 * MILLI : 1_000);
  }

  @Test
  void a_stall_counts_for_all_work_that_was_due_meanwhile() throws Exception {
    Latencies latencies = new Latencies(this::read);

    latencies.atRate(stallingOnce(), 1_000, 10_000);

    // Due every 100 us, so the ten milliseconds hold up some hundred pieces of work.
    assertThat(latencies.millisAt(88)).isLessThan(.01);
    assertThat(latencies.millisAt(95)).isBetween(4.0, 6.0);
    assertThat(latencies.millisAt(100)).isCloseTo(10, within(.1));
    assertThat(latencies.meanMillis()).isCloseTo(.5, within(.05));
    assertThat(latencies.perSecond()).isCloseTo(10_000, within(100.0));
  }

  @Test
  void without_a_rate_it_counts_once() throws Exception {
    Latencies latencies = new Latencies(this::read);

    latencies.oneByOne(stallingOnce(), 1_000);

    assertThat(latencies.millisAt(99)).isCloseTo(.001, within(.0001));
    assertThat(latencies.millisAt(100)).isGreaterThan(9);
    assertThat(latencies.meanMillis()).isCloseTo(.011, within(.001));
    assertThat(latencies.perSecond()).isCloseTo(1e9 / 11_000, within(1_000.0));
    assertThat(latencies.count()).isEqualTo(1_000);
  }

  @Test
  void work_that_cannot_keep_up_is_later_and_later_and_its_pace_is_its_own() throws Exception {
    Latencies latencies = new Latencies(this::read);

    latencies.atRate(Work.of(() -> now += 1_000_000), 100, 10_000);

    assertThat(latencies.millisAt(100)).isCloseTo(90, within(1.0));
    assertThat(latencies.perSecond()).isCloseTo(1_000, within(1.0));
  }

  @Test
  void the_pace_is_that_of_the_middle_round_and_the_times_are_of_all() throws Exception {
    Latencies latencies = new Latencies(this::read);

    latencies.oneByOne(Work.of(() -> now += 1_000), 10);
    latencies.oneByOne(Work.of(() -> now += MILLI), 10);
    latencies.oneByOne(Work.of(() -> now += 2_000), 10);

    assertThat(latencies.perSecond()).isCloseTo(1e9 / 2_001, within(1.0));
    assertThat(latencies.meanMillis()).isCloseTo(1.003 / 3, within(.01));
  }

  @Test
  void only_the_work_itself_is_timed() throws Exception {
    Latencies latencies = new Latencies(this::read);

    latencies.oneByOne(Work.of(() -> now += 1_000).then(() -> now += MILLI), 100);

    assertThat(latencies.millisAt(100)).isLessThan(.002);
  }
}
