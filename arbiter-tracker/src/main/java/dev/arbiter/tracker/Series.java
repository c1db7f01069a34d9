/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** What one agent did, or one agent at one type of task, or that for one tenant. */
final class Series {
  /*
   * One sub-window is being filled, the present one, and older ones when attempts come late; all
   * others are bytes, closed when the tick ends. An attempt touches one cell, whatever windows it is
   * in. Late cells are as many as there are sub-windows at the most, 116: closing them when there
   * were eight made attempts that come in no order at all cost 2 us each.
   *
   * Cells belong to whoever holds the collector's lock. An answer is kept with all that tells whether
   * it would be the same now: the present cell, how often that changed, how often older ones did,
   * and the wall-clock time for which it holds. None of these comes back to what it was, so whoever
   * finds them unchanged, and nothing waiting in the collector, needs no lock.
   */
  private byte[] closed = Past.NOTHING;
  private @Nullable Cell present;
  private int lateChanges;
  private long tick = Long.MIN_VALUE;
  private volatile @Nullable AtomicReferenceArray<@Nullable Answer> answers;

  private record Answer(
      @Nullable Cell present,
      int changes,
      int lateChanges,
      long from,
      long until,
      WindowSummary summary) {}

  /** The cell that attempts go to until the tick ends. */
  Cell present(Past past) {
    roll(past);
    Cell cell = present;
    if (cell == null) {
      cell = new Cell(past.time.present(), null);
      present = cell;
    }
    return cell;
  }

  /** Adds the event in a slot at a place that is over, but not too old. */
  void addLate(Past past, long place, long[] words, int slot) {
    late(past, place).add(words, slot);
    lateChanges++;
  }

  private Cell late(Past past, long place) {
    Cell newer = present(past);
    Cell older = newer.older;
    while (older != null && older.place() < place) {
      newer = older;
      older = older.older;
    }
    if (older != null && older.place() == place) {
      return older;
    }
    Cell cell = new Cell(place, older);
    newer.older = cell;
    return cell;
  }

  /** Closes late cells; the present one stays what it is as long as the tick. */
  private void closeLate(Past past) {
    Cell cell = present(past);
    closed = past.close(closed, cell.older);
    cell.older = null;
  }

  private void roll(Past past) {
    if (tick != past.time.tick()) {
      tick = past.time.tick();
      closed = past.close(closed, present);
      present = null;
    }
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
    Answer answer =
        new Answer(present, changes(), lateChanges, past.time.from(), past.time.until(), summary);
    kept.setRelease(Levels.of(window), answer);
    return summary;
  }

  private int changes() {
    Cell cell = present;
    return cell == null ? 0 : cell.changes();
  }

  /** Adds what happened within a window to a sum. */
  void addTo(Sum sum, Past past, Window window) {
    roll(past);
    int level = Levels.of(window);
    Cell cell = present;
    while (cell != null && Levels.level(cell.place()) <= level) {
      cell.addTo(sum);
      cell = cell.older;
    }
    past.addTo(sum, closed, level);
  }

  /** Shows every sub-window of a window, the newest first. */
  void forEach(Past past, Window window, Past.Visitor visitor) {
    closeLate(past);
    past.forEach(present(past), closed, Levels.of(window), visitor);
  }

  /** The same content, apart. */
  Series copy() {
    Series copy = new Series();
    copy.closed = closed;
    copy.present = present == null ? null : present.copy();
    copy.tick = tick;
    return copy;
  }

  /** The last answer, if it would be the same now. */
  @Nullable WindowSummary current(Window window, long wallMillis) {
    Answer answer = answer(window);
    return answer != null
            && answer.present == present
            && answer.changes == changes()
            && answer.lateChanges == lateChanges
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
