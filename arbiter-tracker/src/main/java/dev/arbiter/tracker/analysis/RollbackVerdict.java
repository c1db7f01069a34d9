/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/**
 * Whether a metric is after a rollback what it was before.
 *
 * @param outcome the answer
 * @param change how much higher the typical value is after than before, relative: its best guess
 *     and the 90 % interval that the two one-sided tests at 5 % amount to
 * @param margin how far it may be off
 * @param before how many values there were before
 * @param after how many after
 */
public record RollbackVerdict(
    Outcome outcome, ConfidenceInterval change, double margin, int before, int after) {

  /** What can be said. */
  public enum Outcome {
    /** Equal within the margin, with 5 % risk of saying so wrongly. */
    SAME,
    /** Beyond the margin. */
    DIFFERENT,
    /** The interval reaches across the margin: neither shown; measure longer. */
    UNDECIDED,
    /** Insufficient data: fewer than 10 values before or after, or values that do not vary. */
    INSUFFICIENT
  }
}
