/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.util.function.Function;

/** What a {@link Baseline} knows about some hours: enough to compare with, or not. */
public sealed interface Expectation {

  /**
   * Enough is known.
   *
   * @param figures what is normal
   */
  record Known(Figures figures) implements Expectation {}

  /**
   * Insufficient data: no comparison means anything yet, least of all "no regression".
   *
   * @param samples how many values there are
   * @param days on how many calendar days the whole baseline has values
   * @param reason what is missing
   */
  record Insufficient(long samples, int days, String reason) implements Expectation {}

  /**
   * Calls the function of the case this is.
   *
   * @param known for {@link Known}
   * @param insufficient for {@link Insufficient}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(Function<Known, R> known, Function<Insufficient, R> insufficient) {
    return this instanceof Known k ? known.apply(k) : insufficient.apply((Insufficient) this);
  }
}
