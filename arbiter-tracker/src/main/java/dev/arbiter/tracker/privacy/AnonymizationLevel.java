/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/** How much is done to records before they leave. */
public enum AnonymizationLevel {
  /** Ids stay as they are; secrets and personal data in texts are taken out all the same. */
  NONE,
  /** Only listed fields stay, and ids become keyed hashes. Pseudonyms, not anonymity. */
  BASIC,
  /** No single record leaves, only noised figures under a privacy budget. */
  DIFFERENTIAL
}
