/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import java.util.Locale;

/** How votes become a decision. The names are those of the requirements. */
public enum Consensus {
  /**
   * One vote each; more than half of those who answered. Refused among agents whose records differ
   * clearly: there it loses to the best of them, see {@link Ballot.Builder#evenIfUnequal}.
   */
  SIMPLE_MAJORITY,
  /** Votes by learned weights, the default. Always has a winner if somebody answered. */
  WEIGHTED_MAJORITY,
  /** One vote each; two thirds of those who answered. */
  SUPERMAJORITY,
  /** Everybody who answered says the same. */
  UNANIMOUS;

  /** {@return the name in the requirements, such as {@code weighted_majority}} */
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
