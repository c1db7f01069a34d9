/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/** How long each of many pieces of work took, by the clock on the wall, over many short rounds. */
final class Latencies {
  private static final double SECOND = 1e9;

  private final Histogram nanos = new Histogram(TimeUnit.HOURS.toNanos(1), 3);
  private final List<Double> perSecond = new ArrayList<>();
  private final LongSupplier clock;

  Latencies(LongSupplier clock) {
    this.clock = clock;
  }

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

  /** A round of work that begins when the work before has ended. */
  void oneByOne(Work work, int times) throws Exception {
    long all = 0;
    for (int i = 0; i < times; i++) {
      long begin = clock.getAsLong();
      work.timed().run();
      long took = clock.getAsLong() - begin;
      nanos.recordValue(took);
      all += took;
      work.after().run();
    }
    perSecond.add(times * SECOND / all);
  }

  /**
   * A round of work that is due at a rate. A time begins when the work was due, not when it began,
   * so that work which waits behind slow work counts as slow (Tene, "How NOT to measure latency":
   * no coordinated omission).
   */
  void atRate(Work work, int times, double rate) throws Exception {
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
    perSecond.add(times * SECOND / (clock.getAsLong() - begin));
  }

  /** Number of times. */
  long count() {
    return nanos.getTotalCount();
  }

  double meanMillis() {
    return nanos.getMean() / 1e6;
  }

  double millisAt(double percentile) {
    return nanos.getValueAtPercentile(percentile) / 1e6;
  }

  /**
   * Pieces of work in a second, in the middle round; without a rate those that its times add up to.
   */
  double perSecond() {
    return perSecond.stream().sorted().toList().get((perSecond.size() - 1) / 2);
  }
}
