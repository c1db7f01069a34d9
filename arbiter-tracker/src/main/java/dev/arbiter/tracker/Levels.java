/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.time.Instant;
import java.time.InstantSource;

/** The sub-windows that the four windows are made of, seen from now; not thread-safe. */
final class Levels {
  /*
   * Level 0 holds the last 5 minutes in cells of 10 s, level 1 what is older up to an hour in cells
   * of 2 min, level 2 up to a day in cells of 1 h, level 3 up to a week in cells of 6 h. An attempt
   * is in one cell only; the cell moves up as it ages. A window is its level and all below. Each
   * width divides the next, so a cell that moves lies within one cell above.
   *
   * Time here is the wall clock plus an offset that makes it never run backwards. When the clock is
   * set back by more than a cell, the offset takes the step up: what comes stamped with the new time
   * counts as present, and windows keep their length. Smaller steps stand still until made good.
   */
  static final int COUNT = 4;
  private static final Window[] WINDOWS = {
    Window.REALTIME, Window.SHORT, Window.MEDIUM, Window.LONG
  };
  private static final int[] PARTS = {30, 30, 24, 28};
  private static final long[] WIDTH = new long[COUNT];
  private static final long LATEST_SECOND = Long.MAX_VALUE / 4_000;

  static {
    for (int level = 0; level < COUNT; level++) {
      WIDTH[level] = WINDOWS[level].span().toMillis() / PARTS[level];
    }
  }

  private final InstantSource clock;
  private final long[] oldest = new long[COUNT];
  private long offset;
  private long now;
  private long tick = Long.MIN_VALUE;
  private long tickBegan;

  Levels(InstantSource clock) {
    this.clock = clock;
    this.now = clock.millis();
    update();
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

  /** Cells that a level may hold at once: those of its window, and the one that is filling. */
  static int cells(int level) {
    return PARTS[level] + 1;
  }

  /** The cell at one level that holds the beginning of a cell at another. */
  static long convert(long index, int level, int target) {
    return Math.floorDiv(index * WIDTH[level], WIDTH[target]);
  }

  /** The middle of a cell, in milliseconds. */
  static double middle(int level, long index) {
    return (index + 0.5) * WIDTH[level];
  }

  /** Milliseconds since 1970, however far away the instant. */
  static long millis(Instant instant) {
    long second = Math.max(-LATEST_SECOND, Math.min(LATEST_SECOND, instant.getEpochSecond()));
    return second * 1_000 + instant.getNano() / 1_000_000;
  }

  /** Looks at the clock. */
  void update() {
    long time = clock.millis() + offset;
    if (time < now - WIDTH[0]) {
      offset += now - time;
    }
    now = Math.max(now, time);
    long newTick = Math.floorDiv(now, WIDTH[0]);
    if (newTick != tick) {
      tick = newTick;
      tickBegan = newTick * WIDTH[0];
      for (int level = 0; level < COUNT; level++) {
        oldest[level] = Math.floorDiv(now, WIDTH[level]) - PARTS[level];
      }
    }
  }

  /** Changes whenever a cell may have grown too old for its level. */
  long tick() {
    return tick;
  }

  /** The wall-clock time at which this tick began. */
  long from() {
    return tick * WIDTH[0] - offset;
  }

  /** The wall-clock time at which this tick ends. */
  long until() {
    return from() + WIDTH[0];
  }

  /** The oldest cell a level may hold. */
  long oldest(int level) {
    return oldest[level];
  }

  /** Where an event stamped by the clock stands in this time; one from the future stands at now. */
  long place(long wallMillis) {
    return Math.min(now, wallMillis + offset);
  }

  /** Tells whether an instant, as {@link #place} gave it, is in the cell that is filling. */
  boolean isPresent(long time) {
    return time >= tickBegan && time < tickBegan + WIDTH[0];
  }

  /** The level an instant, as {@link #place} gave it, belongs to; COUNT when it is too old. */
  int level(long time) {
    int level = 0;
    while (level < COUNT && index(level, time) < oldest[level]) {
      level++;
    }
    return level;
  }

  /** The cell of a level that an instant belongs to. */
  static long index(int level, long time) {
    return Math.floorDiv(time, WIDTH[level]);
  }
}
