/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/** What came of one step in a {@link WaiverLedger}. */
public sealed interface WaiverOutcome {

  /**
   * The step was recorded and counts.
   *
   * @param waiver as it is after the step
   */
  record Done(WaiverEntry waiver) implements WaiverOutcome {}

  /**
   * Nothing was changed.
   *
   * @param reason a short word, listed at the step's method
   */
  record Refused(String reason) implements WaiverOutcome {}

  /**
   * Tells whether the step counts.
   *
   * @return true when done
   */
  default boolean isDone() {
    return this instanceof Done;
  }
}
