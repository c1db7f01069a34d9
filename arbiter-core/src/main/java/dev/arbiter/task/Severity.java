/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

/** How much a {@link Finding} weighs. */
public enum Severity {
  /** Denies, unless a waiver lifts it. */
  ERROR,
  /** Worth a look, denies nothing. */
  WARNING,
  /** Said for the record. */
  INFO
}
