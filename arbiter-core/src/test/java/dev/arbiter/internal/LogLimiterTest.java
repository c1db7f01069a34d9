/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LogLimiterTest {
  private static final long MINUTE = TimeUnit.MINUTES.toNanos(1);

  private long now;
  private final LogLimiter limiter = new LogLimiter(() -> now);

  @Test
  void one_line_a_minute_passes() {
    assertThat(limiter.passes()).isTrue();
    assertThat(limiter.passes()).isFalse();
    now = MINUTE - 1;
    assertThat(limiter.passes()).isFalse();
    now = MINUTE;
    assertThat(limiter.passes()).isTrue();
    assertThat(limiter.passes()).isFalse();
    now = 9 * MINUTE;
    assertThat(limiter.passes()).as("once, however long nobody asked").isTrue();
    assertThat(limiter.passes()).isFalse();
  }

  /** The clock of a machine may begin anywhere, and goes over the end of a long. */
  @Test
  void only_differences_of_the_clock_count() {
    now = Long.MAX_VALUE - 5;
    LogLimiter late = new LogLimiter(() -> now);
    assertThat(late.passes()).isTrue();
    now += 10;
    assertThat(late.passes()).isFalse();
    now += MINUTE;
    assertThat(late.passes()).isTrue();
  }
}
