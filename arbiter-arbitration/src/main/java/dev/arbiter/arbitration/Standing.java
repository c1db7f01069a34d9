/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

/**
 * What is known of an agent at a type of task, from the ballots that are remembered.
 *
 * @param agent the agent's id
 * @param asked ballots whose right answer is known and to which it was asked
 * @param answered those it answered
 * @param right those it answered rightly
 * @param low lower end of the 90 % interval of its success rate (Wilson); an abstention is no
 *     success
 * @param high upper end
 * @param weight what its vote counts, in units of natural log-odds; negative if the other answers
 *     gain by its vote
 */
public record Standing(
    String agent, int asked, int answered, int right, double low, double high, double weight) {
  static final double Z_90 = 1.645;

  /** {@return share of right answers among all ballots it was asked to; NaN if there is none} */
  public double successRate() {
    return (double) right / asked;
  }

  /**
   * {@return whether one of two records is better beyond doubt: their intervals do not overlap}
   *
   * @param other another record
   */
  public boolean differsClearly(Standing other) {
    return low > other.high || other.low > high;
  }

  /** The lower end of Wilson's interval. */
  static double low(double right, double asked, double z) {
    return asked <= 0 ? 0 : Math.max(0, middle(right, asked, z) - half(right, asked, z));
  }

  /** The upper end of Wilson's interval. */
  static double high(double right, double asked, double z) {
    return asked <= 0 ? 1 : Math.min(1, middle(right, asked, z) + half(right, asked, z));
  }

  private static double middle(double right, double asked, double z) {
    return (right + z * z / 2) / (asked + z * z);
  }

  private static double half(double right, double asked, double z) {
    double failed = asked - right;
    return z * Math.sqrt(right * failed / asked + z * z / 4) / (asked + z * z);
  }
}
