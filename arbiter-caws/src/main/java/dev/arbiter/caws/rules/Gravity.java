/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.rules;

/** How bad a broken rule is, and what it takes off a score of 100. */
public enum Gravity {
  /** Takes 5. */
  LOW(5),
  /** Takes 15. */
  MEDIUM(15),
  /** Takes 30. */
  HIGH(30),
  /** Takes 50. */
  CRITICAL(50);

  private final int points;

  Gravity(int points) {
    this.points = points;
  }

  /**
   * What it takes off the score.
   *
   * @return points of 100
   */
  public int points() {
    return points;
  }
}
