/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What one agent did, or one agent at one type of task, or that for one tenant. */
final class Series {
  /*
   * One sub-window is being filled, the present one, and a few older ones when attempts come late.
   * All others are bytes: closed when the present one ends, or when too many older ones are open.
   * An attempt touches one cell, whatever windows it is in.
   *
   * Cells belong to whoever holds the collector's lock. An answer is kept with the version it was
   * made from and the wall-clock time for which it holds; whoever finds the version unchanged, the
   * time not over, and nothing waiting in the collector, needs no lock.
   */
  private static final int MOST_OPEN = 8;
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Series.class, "version", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private byte[] closed = Past.NOTHING;
  private @Nullable Cell newest;
  private int open;
  private long tick = Long.MIN_VALUE;
  private volatile long version;
  private volatile @Nullable AtomicReferenceArray<@Nullable Answer> answers;

  private record Answer(long version, long from, long until, WindowSummary summary) {}

  /** Adds the event in a slot at a place that is not too old. */
  void add(Past past, long place, long[] words, int slot) {
    roll(past);
    Cell cell = newest;
    if (cell == null || cell.place() != place) {
      cell = cell(past, place);
    }
    cell.add(words, slot);
    VERSION.setRelease(this, version + 1);
  }

  /** The cell at a place that is not the newest cell's. */
  private Cell cell(Past past, long place) {
    Cell newer = null;
    Cell older = newest;
    while (older != null && older.place() < place) {
      newer = older;
      older = older.older;
    }
    if (older != null && older.place() == place) {
      return older;
    }
    if (open == MOST_OPEN) {
      close(past);
      return cell(past, place);
    }
    Cell cell = new Cell(place, older);
    open++;
    if (newer == null) {
      newest = cell;
    } else {
      newer.older = cell;
    }
    return cell;
  }

  private void roll(Past past) {
    if (tick != past.time.tick()) {
      tick = past.time.tick();
      close(past);
    }
  }

  private void close(Past past) {
    closed = past.close(closed, newest);
    newest = null;
    open = 0;
  }

  /** Answers, and keeps the answer. */
  WindowSummary summarize(Past past, Window window, Sum sum) {
    sum.clear();
    addTo(sum, past, window);
    WindowSummary summary = sum.summary(window);
    AtomicReferenceArray<@Nullable Answer> kept = answers;
    if (kept == null) {
      kept = new AtomicReferenceArray<>(Levels.COUNT);
      answers = kept;
    }
    kept.setRelease(
        Levels.of(window), new Answer(version, past.time.from(), past.time.until(), summary));
    return summary;
  }

  /** Adds what happened within a window to a sum. */
  void addTo(Sum sum, Past past, Window window) {
    roll(past);
    int level = Levels.of(window);
    for (Cell cell = newest; cell != null && Levels.level(cell.place()) <= level; ) {
      cell.addTo(sum);
      cell = cell.older;
    }
    past.addTo(sum, closed, level);
  }

  /** Shows every sub-window of a window. */
  void forEach(Past past, Window window, Past.Visitor visitor) {
    roll(past);
    close(past);
    past.forEach(closed, Levels.of(window), visitor);
  }

  /** The same content, apart. */
  Series copy() {
    Series copy = new Series();
    copy.closed = closed;
    copy.newest = newest == null ? null : newest.copy();
    copy.open = open;
    copy.tick = tick;
    copy.version = version;
    return copy;
  }

  /** The last answer, if it would be the same now. */
  @Nullable WindowSummary current(Window window, long wallMillis) {
    Answer answer = answer(window);
    return answer != null
            && answer.version == version
            && answer.from <= wallMillis
            && wallMillis < answer.until
        ? answer.summary
        : null;
  }

  /** The last answer, however old. */
  WindowSummary last(Window window) {
    Answer answer = answer(window);
    return answer == null ? WindowSummary.none() : answer.summary;
  }

  private @Nullable Answer answer(Window window) {
    AtomicReferenceArray<@Nullable Answer> kept = answers;
    return kept == null ? null : kept.getAcquire(Levels.of(window));
  }
}
