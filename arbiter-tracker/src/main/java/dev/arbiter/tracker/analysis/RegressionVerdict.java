/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.util.function.Function;

/** Whether a metric got worse than its reference. */
public sealed interface RegressionVerdict {

  /**
   * It got worse: chance is excluded and the change reaches the floor.
   *
   * @param change how much worse, relative: 0.1 is 10 % worse
   * @param evidence the e-value; 20 for one metric alone is what 5 % asks
   * @param samples how many values are behind it
   */
  record Regressed(double change, double evidence, long samples) implements RegressionVerdict {}

  /**
   * Nothing worse is seen, which with few values means little: see {@code samples}.
   *
   * @param change how much worse as measured, negative when better
   * @param evidence the e-value
   * @param samples how many values are behind it
   */
  record NotSeen(double change, double evidence, long samples) implements RegressionVerdict {}

  /**
   * Insufficient data: the reference cannot be compared with, or nothing was added.
   *
   * @param reason what is missing
   */
  record Insufficient(String reason) implements RegressionVerdict {}

  /**
   * Calls the function of the case this is.
   *
   * @param regressed for {@link Regressed}
   * @param notSeen for {@link NotSeen}
   * @param insufficient for {@link Insufficient}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(
      Function<Regressed, R> regressed,
      Function<NotSeen, R> notSeen,
      Function<Insufficient, R> insufficient) {
    if (this instanceof Regressed r) {
      return regressed.apply(r);
    }
    if (this instanceof NotSeen n) {
      return notSeen.apply(n);
    }
    return insufficient.apply((Insufficient) this);
  }
}
