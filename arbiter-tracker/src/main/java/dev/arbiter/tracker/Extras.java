/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/** What most sub-windows have none of; not thread-safe. */
final class Extras {
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
    double figure = Slots.quality(words, slot);
    switch (Tag.kind(tag)) {
      case Tag.EXCUSED -> excused++;
      case Tag.EVALUATION -> {
        evaluations++;
        score += figure;
      }
      case Tag.VALIDATION -> {
        validations++;
        passed += Double.isNaN(figure) ? 0 : 1;
        violations += Tag.violations(tag);
      }
      default -> {
        samples++;
        cpu += figure;
        memory += Slots.cost(words, slot);
      }
    }
  }

  void add(Extras other) {
    excused += other.excused;
    evaluations += other.evaluations;
    score += other.score;
    validations += other.validations;
    passed += other.passed;
    violations += other.violations;
    samples += other.samples;
    cpu += other.cpu;
    memory += other.memory;
  }

  void clear() {
    excused = 0;
    evaluations = 0;
    score = 0;
    validations = 0;
    passed = 0;
    violations = 0;
    samples = 0;
    cpu = 0;
    memory = 0;
  }
}
