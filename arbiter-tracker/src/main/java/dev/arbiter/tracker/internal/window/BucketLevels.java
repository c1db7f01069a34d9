/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.spi.PerformanceView.Window;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.DoubleUnaryOperator;

/** The sub-windows (buckets) of the four windows, relative to now. Not thread-safe. */
public final class BucketLevels {
  /*
   * Level 0 holds the last 5 minutes in buckets of 10 s, level 1 older events up to an hour in
   * buckets of 2 min, level 2 up to a day in buckets of 1 h, level 3 up to a week in buckets of 6
   * h. An event is in one bucket only, whose content moves up as it ages. A window is its level and
   * all below. Each width divides the next, so content that moves stays within one bucket above.
   *
   * A bucket is named by its place: one number of its level and the tick of 10 s it begins with. A
   * newer bucket has a smaller place.
   *
   * Time here is the wall clock plus an offset, and never runs backwards. When the clock is set
   * back by more than a tick, the offset absorbs the step: events with the new time count as
   * present, and windows keep their length. During smaller steps time stops until the clock has
   * caught up.
   */
  static final int COUNT = 4;

  /** The level whose buckets are hours. */
  static final int HOURS = 2;

  /** The place of events older than the longest window. */
  static final long TOO_OLD = Long.MAX_VALUE;

  private static final Window[] WINDOWS = {
    Window.REALTIME, Window.SHORT, Window.MEDIUM, Window.LONG
  };
  private static final int[] PARTS = {30, 30, 24, 28};
  private static final long TICK_MILLIS = WINDOWS[0].span().toMillis() / PARTS[0];
  private static final long[] TICKS = new long[COUNT];
  private static final int LEVEL_SHIFT = 60;

  static {
    for (int level = 0; level < COUNT; level++) {
      TICKS[level] = WINDOWS[level].span().toMillis() / PARTS[level] / TICK_MILLIS;
    }
  }

  private final InstantSource clock;
  private final long[] oldest = new long[COUNT];
  private long offset;
  private long now;
  private long tick;
  private long tickBegan;

  public BucketLevels(InstantSource clock) {
    this.clock = clock;
    this.now = clock.millis();
    turn();
  }

  /** The level that reaches as far back as the window. */
  static int of(Window window) {
    return switch (window) {
      case REALTIME -> 0;
      case SHORT -> 1;
      case MEDIUM -> 2;
      case LONG -> 3;
    };
  }

  /** The place of the bucket of a level that begins with a tick. */
  static long place(int level, long tick) {
    return ((long) level << LEVEL_SHIFT) - tick;
  }

  /** The level of a place. */
  static int level(long place) {
    return (int) ((place + (1L << (LEVEL_SHIFT - 1))) >> LEVEL_SHIFT);
  }

  /** The tick with which a place begins. */
  static long tick(long place) {
    return ((long) level(place) << LEVEL_SHIFT) - place;
  }

  /** Ticks in a bucket of a level. */
  static long ticks(int level) {
    return TICKS[level];
  }

  /** The length of a bucket of a level. */
  static Duration span(int level) {
    return Duration.ofMillis(TICKS[level] * TICK_MILLIS);
  }

  /** The mean of a function of time in milliseconds over a place, looked at once an hour. */
  static double mean(long place, DoubleUnaryOperator function) {
    long ticks = TICKS[level(place)];
    long parts = Math.max(1, ticks / TICKS[HOURS]);
    double sum = 0;
    for (int i = 0; i < parts; i++) {
      sum += function.applyAsDouble((tick(place) + (i + 0.5) * ticks / parts) * TICK_MILLIS);
    }
    return sum / parts;
  }

  /** The wall-clock time of a moment in the time of places. */
  double wall(double millis) {
    return millis - offset;
  }

  /** Looks at the clock. */
  void update() {
    long time = clock.millis() + offset;
    if (time < now - TICK_MILLIS) {
      offset += now - time;
    }
    now = Math.max(now, time);
    if (now - tickBegan >= TICK_MILLIS) {
      turn();
    }
  }

  /** Goes on with the time of other levels, which had come so far with this offset. */
  void goOn(long otherNow, long otherOffset) {
    offset = otherOffset;
    now = otherNow;
    update();
    turn();
  }

  /** The time by which places are named, in milliseconds. */
  long now() {
    return now;
  }

  /** That time less the wall clock. */
  long offset() {
    return offset;
  }

  private void turn() {
    tick = Math.floorDiv(now, TICK_MILLIS);
    tickBegan = tick * TICK_MILLIS;
    for (int level = 0; level < COUNT; level++) {
      oldest[level] = (Math.floorDiv(tick, TICKS[level]) - PARTS[level]) * TICKS[level];
    }
  }

  /** The current tick; it changes whenever a bucket may have grown too old for its level. */
  long tick() {
    return tick;
  }

  /** The wall-clock time at which this tick began. */
  long from() {
    return tickBegan - offset;
  }

  /** The wall-clock time at which this tick ends. */
  long until() {
    return from() + TICK_MILLIS;
  }

  /** Returns whether an event of this wall-clock time is present; future ones are. */
  boolean isPresent(long wallMillis) {
    return wallMillis + offset >= tickBegan;
  }

  /** The place of present events. */
  long present() {
    return place(0, tick);
  }

  /** The place of an event of this wall-clock time, which may be {@link #TOO_OLD}. */
  long at(long wallMillis) {
    return settled(place(0, Math.floorDiv(wallMillis + offset, TICK_MILLIS)));
  }

  /** The place where the content of a place belongs by now, which may be {@link #TOO_OLD}. */
  long settled(long place) {
    int level = level(place);
    long begin = tick(place);
    while (begin < oldest[level]) {
      if (++level == COUNT) {
        return TOO_OLD;
      }
      begin = Math.floorDiv(begin, TICKS[level]) * TICKS[level];
    }
    return place(level, begin);
  }
}
