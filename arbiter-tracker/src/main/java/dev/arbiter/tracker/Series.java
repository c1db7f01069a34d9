/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The cells of one agent, or of one agent at one type of task. */
final class Series {
  /*
   * Cells belong to whoever holds the collector's lock. An answer is kept with the version it was
   * made from and the wall-clock time for which it holds; whoever finds the version unchanged, the
   * time not over, and nothing waiting in the collector, needs no lock.
   */
  private static final Cell[] NONE = {};
  private static final VarHandle VERSION;

  static {
    try {
      VERSION = MethodHandles.lookup().findVarHandle(Series.class, "version", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Cell[][] levels = {NONE, NONE, NONE, NONE};
  private final AtomicReferenceArray<@Nullable Answer> answers =
      new AtomicReferenceArray<>(Levels.COUNT);
  private long rolled = Long.MIN_VALUE;
  private @Nullable Cell latest;
  private volatile long version;

  private record Answer(long version, long from, long until, WindowSummary summary) {}

  /** Adds the attempt in a slot to the cell of a level. */
  void add(Levels time, int level, long index, long[] words, int slot) {
    roll(time);
    Cell cell = latest;
    if (cell == null || level != 0 || cell.index() != index) {
      cell = cell(level, index);
      latest = level == 0 ? cell : null;
    }
    cell.add(words, slot);
    VERSION.setRelease(this, version + 1);
  }

  /** Answers from the cells. */
  WindowSummary summarize(Levels time, Window window, Sum sum) {
    sum.clear();
    addTo(sum, time, window);
    WindowSummary summary = sum.summary(window);
    Answer answer = new Answer(version, time.from(), time.until(), summary);
    answers.setRelease(Levels.of(window), answer);
    return summary;
  }

  /** Adds the cells of a window to a sum. */
  void addTo(Sum sum, Levels time, Window window) {
    forEach(time, window, (level, cell) -> cell.addTo(sum));
  }

  /** Shows every cell of a window, with its level. */
  void forEach(Levels time, Window window, CellVisitor visitor) {
    roll(time);
    for (int level = 0; level <= Levels.of(window); level++) {
      for (Cell cell : levels[level]) {
        if (cell != null) {
          visitor.visit(level, cell);
        }
      }
    }
  }

  /** Looks at cells. */
  interface CellVisitor {
    void visit(int level, Cell cell);
  }

  /** The same cells, apart. */
  Series copy() {
    Series copy = new Series();
    copy.rolled = rolled;
    copy.version = version;
    for (int level = 0; level < Levels.COUNT; level++) {
      Cell[] cells = levels[level].clone();
      for (int place = 0; place < cells.length; place++) {
        cells[place] = cells[place] == null ? null : cells[place].copy();
      }
      copy.levels[level] = cells;
    }
    return copy;
  }

  /** The last answer, if it would be the same now. */
  @Nullable WindowSummary current(Window window, long wallMillis) {
    Answer answer = answers.getAcquire(Levels.of(window));
    return answer != null
            && answer.version == version
            && answer.from <= wallMillis
            && wallMillis < answer.until
        ? answer.summary
        : null;
  }

  /** The last answer, however old. */
  WindowSummary last(Window window) {
    Answer answer = answers.getAcquire(Levels.of(window));
    return answer == null ? WindowSummary.none() : answer.summary;
  }

  /** Moves every cell that grew too old for its level to the level it belongs to. */
  private void roll(Levels time) {
    if (rolled == time.tick()) {
      return;
    }
    rolled = time.tick();
    latest = null;
    for (int level = Levels.COUNT - 1; level >= 0; level--) {
      Cell[] cells = levels[level];
      for (int place = 0; place < cells.length; place++) {
        Cell cell = cells[place];
        if (cell != null && cell.index() < time.oldest(level)) {
          cells[place] = null;
          moveUp(cell, level, time);
        }
      }
    }
  }

  private void moveUp(Cell cell, int level, Levels time) {
    for (int target = level + 1; target < Levels.COUNT; target++) {
      long index = Levels.convert(cell.index(), level, target);
      if (index >= time.oldest(target)) {
        place(cell, target, index);
        return;
      }
    }
  }

  private void place(Cell cell, int level, long index) {
    Cell[] cells = cells(level);
    int place = Math.floorMod(index, cells.length);
    if (cells[place] == null) {
      cells[place] = cell.movedTo(index);
    } else {
      cells[place].add(cell);
    }
  }

  private Cell cell(int level, long index) {
    Cell[] cells = cells(level);
    int place = Math.floorMod(index, cells.length);
    Cell cell = cells[place];
    if (cell == null) {
      cell = new Cell(index);
      cells[place] = cell;
    }
    return cell;
  }

  private Cell[] cells(int level) {
    if (levels[level].length == 0) {
      levels[level] = new Cell[Levels.cells(level)];
    }
    return levels[level];
  }
}
