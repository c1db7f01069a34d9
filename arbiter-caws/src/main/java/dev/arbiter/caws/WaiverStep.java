/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import java.time.Instant;

/**
 * One step in the life of a waiver, as a ledger records it.
 *
 * @param number from 0, without gaps
 * @param at when
 * @param waiver the waiver's id
 * @param action what was done
 * @param by who did it, in lower case without a leading {@code @}
 * @param detail the reason, the new expiry or what it was used for; may be empty
 */
public record WaiverStep(
    long number, Instant at, String waiver, Action action, String by, String detail) {

  /** What can be done with a waiver. */
  public enum Action {
    /** Asks for it. */
    PROPOSE,
    /** Says yes. */
    APPROVE,
    /** Lets it count. */
    ACTIVATE,
    /** Asks for a later expiry. */
    EXTEND,
    /** Counts one use. */
    USE,
    /** Ends it. */
    REVOKE,
    /** Notes that its time is over. */
    EXPIRE
  }
}
