/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Folds events into series and tells listeners; used under the collector's lock. */
final class Folding implements Slots.Reader {
  /*
   * Where a track counts in one series only, the cell that its attempts go to is at hand until the
   * tick ends or branches part: looking it up anew for each took as long as adding to it. Asking
   * whether an attempt is to be told before it is folded rather than after saves a quarter.
   */
  private final Tracks tracks;
  private final Levels levels;
  private final Past past;
  private final Audience audience;
  private final Counts counts;
  private final TrackerFlags flags;
  private final Recent recent;
  private final Sum sum = new Sum();
  private final AtomicLong late = new AtomicLong();
  private final AtomicLong duplicates = new AtomicLong();
  private boolean aggregating;
  private @Nullable Cell[] cells = {};
  private long cellsTick = Long.MIN_VALUE;
  private int partings;

  Folding(
      Tracks tracks,
      Levels levels,
      Audience audience,
      Counts counts,
      TrackerFlags flags,
      int remembered) {
    this.tracks = tracks;
    this.levels = levels;
    this.past = new Past(levels);
    this.audience = audience;
    this.counts = counts;
    this.flags = flags;
    this.recent = new Recent(remembered);
  }

  @Override
  public void begin() {
    levels.update();
    aggregating = flags.aggregation();
    if (cellsTick != levels.tick()) {
      cellsTick = levels.tick();
      forgetCells();
    }
  }

  @Override
  public void read(long[] words, int slot) {
    long key = Slots.key(words, slot);
    if (key != Slots.NO_KEY && !recent.add(key)) {
      duplicates.setRelease(duplicates.getPlain() + 1);
      return;
    }
    long tag = Slots.tag(words, slot);
    counts.add(tag);
    if (Tag.isTold(tag)) {
      fold(Tag.track(tag), words, slot);
      audience.tell(tracks.get(Tag.track(tag)), words, slot);
    } else {
      fold(Tag.track(tag), words, slot);
    }
  }

  private void fold(int track, long[] words, int slot) {
    if (!aggregating) {
      return;
    }
    Cell cell = track < cells.length ? cells[track] : null;
    if (!levels.isPresent(Slots.at(words, slot))) {
      addLate(track, words, slot);
    } else if (cell != null) {
      cell.add(words, slot);
    } else {
      addPresent(track, words, slot);
    }
  }

  private void addPresent(int track, long[] words, int slot) {
    Cell cell = tracks.get(track).add(past, words, slot);
    if (partings != tracks.partings()) {
      forgetCells();
    }
    if (cell != null) {
      if (track >= cells.length) {
        cells = Arrays.copyOf(cells, 2 * track + 1);
      }
      cells[track] = cell;
    }
  }

  private void addLate(int track, long[] words, int slot) {
    long place = levels.at(Slots.at(words, slot));
    if (place == Levels.TOO_OLD) {
      late.setRelease(late.getPlain() + 1);
      return;
    }
    tracks.get(track).addLate(past, place, words, slot);
    if (partings != tracks.partings()) {
      forgetCells();
    }
  }

  private void forgetCells() {
    partings = tracks.partings();
    Arrays.fill(cells, null);
  }

  WindowSummary summarize(List<Branch> branches, Window window) {
    if (branches.size() == 1) {
      return branches.get(0).series().summarize(past, window, sum);
    }
    sum.clear();
    for (Branch branch : branches) {
      branch.series().addTo(sum, past, window);
    }
    return sum.summary(window);
  }

  Trends trends(List<Branch> branches, Window window) {
    TrendFit fit = new TrendFit();
    for (Branch branch : branches) {
      branch.series().forEach(past, window, fit);
    }
    return fit.trends();
  }

  /** Attempts older than the longest window when they came. */
  long late() {
    return late.get();
  }

  /** Attempts whose key had come before. */
  long duplicates() {
    return duplicates.get();
  }
}
