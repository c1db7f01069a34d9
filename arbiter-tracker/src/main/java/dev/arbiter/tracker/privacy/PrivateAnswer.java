/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Function;

/** An answer of {@link PrivateStatistics}. */
public sealed interface PrivateAnswer {

  /**
   * Noised figures that were paid for.
   *
   * @param figures one for each shown partition, by name; may be empty
   * @param epsilon their cost
   * @param delta their cost
   * @param countDeviation standard deviation of the noise on each count
   * @param repeated whether the same question was answered before; the figures are the same and
   *     cost nothing more
   */
  record Released(
      List<Figure> figures, double epsilon, double delta, double countDeviation, boolean repeated)
      implements PrivateAnswer {
    /** Copies the lists. */
    public Released {
      figures = List.copyOf(figures);
    }
  }

  /**
   * The figures of one partition.
   *
   * @param partition its name
   * @param count noised number of contributions; may be off by a few {@link
   *     Released#countDeviation()}, even negative
   * @param mean noised mean of the clamped values, within their range; empty if not asked for
   */
  record Figure(String partition, long count, OptionalDouble mean) {}

  /**
   * No figures, and no charge.
   *
   * @param reason the reason
   * @param message the reason as a sentence
   */
  record Withheld(Reason reason, String message) implements PrivateAnswer {}

  /** Why nothing is answered. */
  enum Reason {
    /** The tenant's budget of a touched period is too low. */
    BUDGET,
    /** The ledger accepts no more: it must {@code forget}, or be reopened. */
    LEDGER,
    /** The question reaches a forgotten period, or covers too many periods. */
    PERIOD
  }

  /** Calls the function for this case and returns its result. */
  default <R> R match(Function<Released, R> released, Function<Withheld, R> withheld) {
    return this instanceof Released r ? released.apply(r) : withheld.apply((Withheld) this);
  }
}
