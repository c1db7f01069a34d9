/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/** Folds events into series and tells listeners; used under the collector's lock. */
final class Folding implements Slots.Reader {
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
    Track track = tracks.get(Tag.track(tag));
    if (aggregating) {
      fold(track, words, slot);
    }
    if (Tag.isTold(tag)) {
      audience.tell(track, words, slot);
    }
  }

  private void fold(Track track, long[] words, int slot) {
    long place = levels.at(Slots.at(words, slot));
    if (place == Levels.TOO_OLD) {
      late.setRelease(late.getPlain() + 1);
    } else {
      track.add(past, place, words, slot);
    }
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
