/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

/** When a rule is first looked at. */
public enum Phase {
  /** Before an agent works; looked at again after, when the agent is known. */
  BEFORE,
  /** After the work. */
  AFTER
}
