/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;

/** Counters of events that most buckets have none of. Not thread-safe. */
public final class RareCounters {
  static final int FIGURES = 9;

  long excused;
  long evaluations;
  double score;
  long validations;
  long passed;
  long violations;
  long samples;
  double cpu;
  double memory;

  /** Adds the event in a slot, which is no attempt that counts. */
  void add(long tag, long[] words, int slot) {
    double figure = SlotLayout.quality(words, slot);
    switch (EventTag.kind(tag)) {
      case EventTag.EXCUSED -> excused++;
      case EventTag.EVALUATION -> {
        evaluations++;
        score += figure;
      }
      case EventTag.VALIDATION -> {
        validations++;
        passed += Double.isNaN(figure) ? 0 : 1;
        violations += EventTag.violations(tag);
      }
      default -> {
        samples++;
        cpu += figure;
        memory += SlotLayout.cost(words, slot);
      }
    }
  }

  void add(RareCounters other) {
    long[] row = new long[FIGURES];
    other.writeTo(row, 0);
    addFrom(row, 0);
  }

  /** Writes all figures into a row of words. */
  void writeTo(long[] row, int at) {
    row[at] = excused;
    row[at + 1] = evaluations;
    row[at + 2] = Packer.word(score);
    row[at + 3] = validations;
    row[at + 4] = passed;
    row[at + 5] = violations;
    row[at + 6] = samples;
    row[at + 7] = Packer.word(cpu);
    row[at + 8] = Packer.word(memory);
  }

  /** Adds figures that {@link #writeTo} wrote. */
  void addFrom(long[] row, int at) {
    excused += row[at];
    evaluations += row[at + 1];
    score += Packer.figure(row[at + 2]);
    validations += row[at + 3];
    passed += row[at + 4];
    violations += row[at + 5];
    samples += row[at + 6];
    cpu += Packer.figure(row[at + 7]);
    memory += Packer.figure(row[at + 8]);
  }
}
