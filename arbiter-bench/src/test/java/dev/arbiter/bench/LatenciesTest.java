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
    Latencies run = Latencies.atRate(stallingOnce(), 1_000, 10_000, this::read);

    // Due every 100 us, so the ten milliseconds hold up some hundred pieces of work.
    long late = run.nanos().getTotalCount() - run.nanos().getCountBetweenValues(0, 5_000);
    assertThat(late).isBetween(95L, 105L);
    assertThat(run.millisAt(95)).isBetween(4.0, 6.0);
    assertThat(run.perSecond()).isCloseTo(10_000, within(100.0));
  }

  @Test
  void without_a_rate_it_counts_once() throws Exception {
    Latencies run = Latencies.oneByOne(stallingOnce(), 1_000, this::read);

    assertThat(run.millisAt(99)).isCloseTo(.001, within(.0001));
    assertThat(run.nanos().getMaxValue()).isGreaterThan(9 * MILLI);
    assertThat(run.meanMillis()).isCloseTo(.011, within(.001));
    assertThat(run.perSecond()).isCloseTo(1e9 / 11_000, within(1_000.0));
  }

  @Test
  void only_the_work_itself_is_timed() throws Exception {
    Work work = Work.of(() -> now += 1_000).then(() -> now += MILLI);

    assertThat(Latencies.oneByOne(work, 100, this::read).millisAt(100)).isLessThan(.002);
  }
}
