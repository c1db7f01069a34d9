/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.spi.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.ToDoubleFunction;

/**
 * The limits at which a rollout acts by itself.
 *
 * @param guards figures that the candidate must not worsen
 * @param gain of mean reward that promotes the candidate, empty for no promotion
 * @param error the chance that a rollout ever acts wrongly, and that its interval is ever wrong
 */
record RolloutLimits(List<GuardRule> guards, OptionalDouble gain, double error) {
  /* 1/2 + 1/6 + 1/12 + ... is 1, so all comparisons of a rollout share one error. */
  private double errorOf(int comparison) {
    return error / ((double) comparison * (comparison + 1));
  }

  /** The error of each guard, and of the promotion, in a comparison numbered from 1. */
  double errorOfEach(int comparison) {
    return errorOf(comparison) / (guards.size() + (gain.isPresent() ? 1 : 0));
  }

  /** The error of each end of the interval in a comparison numbered from 1. */
  double errorOfEachEnd(int comparison) {
    return errorOf(comparison) / 2;
  }

  /**
   * A figure of outcomes, higher is worse, that the candidate may worsen by a margin and no more.
   *
   * @param metric its name
   * @param unit of margin and most, empty for a rate
   * @param margin from 0 up to most, in the unit
   * @param most at which figures are cut, in the unit
   * @param countsFaults whether a candidate that throws instead of choosing counts as the worst
   * @param figure the figure of an outcome, in the unit
   */
  record GuardRule(
      String metric,
      String unit,
      double margin,
      double most,
      boolean countsFaults,
      ToDoubleFunction<Outcome> figure) {
    static GuardRule success(double margin) {
      return new GuardRule("failure rate", "", margin, 1, true, o -> isSuccess(o) ? 0 : 1);
    }

    /* A claim that nobody checked is no failure; one that a check refuted is. */
    private static boolean isSuccess(Outcome outcome) {
      return outcome.kind() == Outcome.Kind.SUCCESS || outcome.kind() == Outcome.Kind.CLAIMED;
    }

    static GuardRule cost(double margin, double most) {
      return new GuardRule("mean cost", "USD", margin, most, false, Outcome::cost);
    }

    static GuardRule time(Duration margin, Duration most) {
      return new GuardRule(
          "mean time", "s", seconds(margin), seconds(most), false, o -> seconds(o.time()));
    }

    /** The figure of an outcome as a share of the most there is. */
    double shareOfMost(Outcome outcome) {
      return Math.min(1, Math.max(0, figure.applyAsDouble(outcome) / most));
    }

    private static double seconds(Duration time) {
      return time.getSeconds() + time.getNano() / 1e9;
    }
  }
}
