/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import java.util.List;
import java.util.OptionalDouble;

/**
 * On which terms a rollout acts by itself.
 *
 * @param guards what the candidate may not worsen
 * @param gain how much more mean reward promotes the candidate, empty for no promotion
 * @param error how likely a rollout may ever act wrongly, and its interval ever be wrong
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
}
