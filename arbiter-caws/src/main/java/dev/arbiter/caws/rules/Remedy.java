/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

/** What a broken rule does. */
public enum Remedy {
  /** Notes it as information. */
  LOG(false),
  /** Warns. */
  ALERT(false),
  /** Refuses until what is asked or done is changed as the rule says. */
  MODIFY(true),
  /** Refuses until a person decides, by a waiver that names the rule. */
  ESCALATE(true),
  /** Refuses. */
  BLOCK(true);

  private final boolean blocks;

  Remedy(boolean blocks) {
    this.blocks = blocks;
  }

  /**
   * Tells whether the work may go on.
   *
   * @return true when it may not
   */
  public boolean blocks() {
    return blocks;
  }
}
