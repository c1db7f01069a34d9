/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A sub-window of one series that is being filled. Not thread-safe except {@link #changes}. */
public final class OpenBucket extends Counters {
  /*
   * The first 128 times are kept one by one, each as its bin: most buckets of most agents see a
   * handful. Beyond that one array counts every bin from the lowest octave hit to the highest. With
   * an array for each octave, finding the next one took a third of the aggregation time. A count
   * lasts for 4 billion, which is 430 million a second.
   */
  private static final int MOST_VALUES = 128;
  private static final int FEWEST_VALUES = 8;
  private static final char[] NO_VALUES = {};
  private static final int[] NO_COUNTS = {};

  private final long place;
  private int[] counts = NO_COUNTS;
  private int first;
  private int size;
  private int others;
  private char[] values = NO_VALUES;

  /** The next older bucket of the series that is being filled. */
  @Nullable OpenBucket older;

  /** An empty bucket at a place of {@link BucketLevels}. */
  OpenBucket(long place, @Nullable OpenBucket older) {
    this.place = place;
    this.older = older;
  }

  long place() {
    return place;
  }

  /** The number of additions, modulo four billion, so that one read is atomic. */
  int changes() {
    return (int) count + others;
  }

  /** The same content, apart, and that of all older buckets. */
  OpenBucket copy() {
    OpenBucket copy = new OpenBucket(place, older == null ? null : older.copy());
    copy.add(this);
    copy.counts = counts.clone();
    copy.first = first;
    copy.size = size;
    copy.others = others;
    copy.values = values.clone();
    return copy;
  }

  /** Adds the event in a slot. */
  void add(long[] words, int slot) {
    long tag = SlotLayout.tag(words, slot);
    if (EventTag.kind(tag) == EventTag.ATTEMPT) {
      addAttempt(tag, words, slot);
      addTime(SlotLayout.nanos(words, slot));
    } else {
      others++;
      addOther(tag, words, slot);
    }
  }

  /** Adds the time of an attempt, at least 0. */
  void addTime(long nanos) {
    int bin = LatencyBins.of(nanos);
    int at = bin - first;
    if (at >= 0 && at < counts.length) {
      counts[at]++;
    } else if (counts.length == 0 && size < MOST_VALUES) {
      addValue(bin);
    } else {
      addElsewhere(bin);
    }
  }

  private void addValue(int bin) {
    if (size == values.length) {
      values = Arrays.copyOf(values, Math.max(FEWEST_VALUES, 2 * size));
    }
    values[size++] = (char) bin;
  }

  /** Adds to counts that do not reach as far yet. */
  private void addElsewhere(int bin) {
    int from = bin & -LatencyBins.OF_OCTAVE;
    int to = from + LatencyBins.OF_OCTAVE;
    if (counts.length > 0) {
      from = Math.min(from, first);
      to = Math.max(to, first + counts.length);
    }
    for (int i = 0; i < size; i++) {
      from = Math.min(from, values[i] & -LatencyBins.OF_OCTAVE);
      to = Math.max(to, (values[i] & -LatencyBins.OF_OCTAVE) + LatencyBins.OF_OCTAVE);
    }
    int[] wider = new int[to - from];
    System.arraycopy(counts, 0, wider, Math.max(0, first - from), counts.length);
    for (int i = 0; i < size; i++) {
      wider[values[i] - from]++;
    }
    wider[bin - from]++;
    counts = wider;
    first = from;
    values = NO_VALUES;
    size = 0;
  }

  /** Adds this bucket to a sum over buckets. */
  void addTo(Accumulator sum) {
    sum.add(this);
    for (int i = 0; i < size; i++) {
      sum.times.add(values[i], 1);
    }
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] != 0) {
        sum.times.add(first + i, Integer.toUnsignedLong(counts[i]));
      }
    }
  }
}
