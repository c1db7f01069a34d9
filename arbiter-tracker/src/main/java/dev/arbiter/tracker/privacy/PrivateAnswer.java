/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** What {@link PrivateStatistics} answers. */
public sealed interface PrivateAnswer {

  /**
   * Noised figures, paid for.
   *
   * @param figures for each partition that shows, by name; may be empty
   * @param epsilon what they cost
   * @param delta what they cost
   * @param countDeviation standard deviation of the noise on each count
   * @param repeated whether the same question was answered before: these are those figures, and
   *     they cost nothing more
   */
  record Released(
      List<Figure> figures, double epsilon, double delta, double countDeviation, boolean repeated)
      implements PrivateAnswer {
    /** Copies. */
    public Released {
      figures = List.copyOf(figures);
    }
  }

  /**
   * The figures of one partition.
   *
   * @param partition which
   * @param count contributions, noised: may be wrong by a few {@link Released#countDeviation()},
   *     even negative
   * @param mean of the clamped values, noised, within their range; empty when not asked for
   */
  record Figure(String partition, long count, OptionalDouble mean) {}

  /**
   * No figures, and nothing charged.
   *
   * @param reason why
   * @param message the same in a sentence
   */
  record Withheld(Reason reason, String message) implements PrivateAnswer {}

  /** Why nothing is answered. */
  enum Reason {
    /** The tenant's budget of a period the question touches has too little left. */
    BUDGET,
    /** The ledger cannot take more: it must {@code forget}, or be written to again. */
    LEDGER,
    /** The question reaches back to a period that was forgotten, or over too many periods. */
    PERIOD
  }

  /**
   * Calls the function of the case this is.
   *
   * @param released for {@link Released}
   * @param withheld for {@link Withheld}
   * @param <R> the result
   * @return what that function gave
   */
  default <R> R match(Function<Released, R> released, Function<Withheld, R> withheld) {
    return this instanceof Released r ? released.apply(r) : withheld.apply((Withheld) this);
  }
}
