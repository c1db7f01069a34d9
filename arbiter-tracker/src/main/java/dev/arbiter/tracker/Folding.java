/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.util.concurrent.atomic.AtomicLong;

/** Folds attempts into series; used under the collector's lock. */
final class Folding implements Slots.Reader {
  private final Tracks tracks;
  private final Levels levels;
  private final Sum sum = new Sum();
  private final AtomicLong late = new AtomicLong();

  Folding(Tracks tracks, Levels levels) {
    this.tracks = tracks;
    this.levels = levels;
  }

  @Override
  public void begin() {
    levels.update();
  }

  @Override
  public void read(long[] words, int slot) {
    long time = levels.place(Slots.at(words, slot));
    int level = levels.level(time);
    if (level == Levels.COUNT) {
      late.getAndIncrement();
      return;
    }
    tracks.get(Slots.track(words, slot)).add(levels, level, Levels.index(level, time), words, slot);
  }

  WindowSummary summarize(Series series, Window window) {
    return series.summarize(levels, window, sum);
  }

  /** Attempts older than the longest window when they came. */
  long late() {
    return late.get();
  }
}
