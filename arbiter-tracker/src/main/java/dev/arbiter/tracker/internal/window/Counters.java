/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import org.jspecify.annotations.Nullable;

/** Counts and sums of events, without their times. Not thread-safe. */
public class Counters {
  /** How many words hold all figures. */
  static final int WORDS = 8 + RareCounters.FIGURES;

  private static final RareCounters NO_EXTRAS = new RareCounters();

  long count;
  long successes;
  long judged;
  long denied;
  double quality;
  double cost;
  long inputTokens;
  long outputTokens;
  private @Nullable RareCounters extras;

  /** The rare counters; not to be changed. */
  final RareCounters extras() {
    return extras == null ? NO_EXTRAS : extras;
  }

  private RareCounters someExtras() {
    RareCounters some = extras;
    if (some == null) {
      some = new RareCounters();
      extras = some;
    }
    return some;
  }

  /** Begins anew. */
  void clear() {
    count = 0;
    successes = 0;
    judged = 0;
    denied = 0;
    quality = 0;
    cost = 0;
    inputTokens = 0;
    outputTokens = 0;
    extras = null;
  }

  /** Adds the attempt in a slot. */
  final void addAttempt(long tag, long[] words, int slot) {
    count++;
    double attemptQuality = SlotLayout.quality(words, slot);
    boolean stands = !Double.isNaN(attemptQuality);
    if (stands) {
      successes++;
      quality += attemptQuality;
    }
    if (EventTag.isJudged(tag)) {
      judged++;
      denied += stands ? 0 : 1;
      addViolations(EventTag.violations(tag));
    }
    addUsage(words, slot);
  }

  /** Adds the event in a slot, which is no attempt that counts. */
  final void addOther(long tag, long[] words, int slot) {
    someExtras().add(tag, words, slot);
    if (EventTag.kind(tag) == EventTag.EXCUSED) {
      addUsage(words, slot);
    }
  }

  private void addViolations(int violations) {
    if (violations > 0) {
      someExtras().violations += violations;
    }
  }

  private void addUsage(long[] words, int slot) {
    cost += SlotLayout.cost(words, slot);
    inputTokens += SlotLayout.inputTokens(words, slot);
    outputTokens += SlotLayout.outputTokens(words, slot);
  }

  final void add(Counters other) {
    count += other.count;
    successes += other.successes;
    judged += other.judged;
    denied += other.denied;
    quality += other.quality;
    cost += other.cost;
    inputTokens += other.inputTokens;
    outputTokens += other.outputTokens;
    if (other.extras != null) {
      someExtras().add(other.extras);
    }
  }

  /** Writes all figures into a row of words, first those that are seldom zero. */
  final void writeTo(long[] row) {
    row[0] = count;
    row[1] = Packer.word(quality);
    row[2] = Packer.word(cost);
    row[3] = count - successes;
    row[4] = inputTokens;
    row[5] = outputTokens;
    row[6] = judged;
    row[7] = denied;
    extras().writeTo(row, WORDS - RareCounters.FIGURES);
  }

  /** Adds figures that {@link #writeTo} wrote. */
  final void addFrom(long[] row) {
    count += row[0];
    successes += row[0] - row[3];
    judged += row[6];
    denied += row[7];
    quality += Packer.figure(row[1]);
    cost += Packer.figure(row[2]);
    inputTokens += row[4];
    outputTokens += row[5];
    for (int i = WORDS - RareCounters.FIGURES; i < WORDS; i++) {
      if (row[i] != 0) {
        someExtras().addFrom(row, WORDS - RareCounters.FIGURES);
        return;
      }
    }
  }
}
