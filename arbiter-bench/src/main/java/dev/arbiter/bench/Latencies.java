/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * How long each of many pieces of work took, by the clock on the wall.
 *
 * @param nanos the times
 * @param perSecond pieces of work in a second; without a rate those that the times add up to
 */
record Latencies(Histogram nanos, double perSecond) {
  private static final double SECOND = 1e9;

  /** A step of work. */
  interface Step {
    /** Does it once. */
    void run() throws Exception;
  }

  /**
   * Work that is repeated.
   *
   * @param timed the work
   * @param after each time, and is not timed
   * @param close after the last time
   */
  record Work(Step timed, Step after, Step close) {
    /** Work with nothing around it. */
    static Work of(Step timed) {
      return new Work(timed, () -> {}, () -> {});
    }

    /** The same work, with a step after each time. */
    Work then(Step step) {
      return new Work(timed, step, close);
    }

    /** The same work, with an end. */
    Work closing(Step end) {
      return new Work(timed, after, end);
    }
  }

  /** Times work that begins when the work before has ended. */
  static Latencies oneByOne(Work work, int times, LongSupplier clock) throws Exception {
    Histogram nanos = histogram();
    for (int i = 0; i < times; i++) {
      long begin = clock.getAsLong();
      work.timed().run();
      nanos.recordValue(clock.getAsLong() - begin);
      work.after().run();
    }
    return new Latencies(nanos, SECOND / nanos.getMean());
  }

  /**
   * Times work that is due at a rate. A time begins when the work was due, not when it began, so
   * that work which waits behind slow work counts as slow (Tene, "How NOT to measure latency": no
   * coordinated omission).
   */
  static Latencies atRate(Work work, int times, double rate, LongSupplier clock) throws Exception {
    Histogram nanos = histogram();
    long begin = clock.getAsLong();
    for (int i = 0; i < times; i++) {
      long due = begin + (long) (i * SECOND / rate);
      while (clock.getAsLong() < due) {
        Thread.onSpinWait();
      }
      work.timed().run();
      nanos.recordValue(clock.getAsLong() - due);
      work.after().run();
    }
    return new Latencies(nanos, times * SECOND / (clock.getAsLong() - begin));
  }

  private static Histogram histogram() {
    Histogram nanos = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
    nanos.setAutoResize(true);
    return nanos;
  }

  double meanMillis() {
    return nanos.getMean() / 1e6;
  }

  double millisAt(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }
}
