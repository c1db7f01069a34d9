/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import java.util.List;

/**
 * Numbers that belong together.
 *
 * @param name what they are called
 * @param role what they stand for
 * @param values the numbers; what is not finite is left out
 * @param deviations how far from each the truth of one run lies; empty for no band
 */
public record Series(String name, Role role, List<Double> values, List<Double> deviations) {

  /** Copies. */
  public Series {
    values = List.copyOf(values);
    deviations = List.copyOf(deviations);
  }

  /**
   * Numbers without a band.
   *
   * @param name what they are called
   * @param role what they stand for
   * @param values the numbers
   * @return the series
   */
  public static Series of(String name, Role role, List<Double> values) {
    return new Series(name, role, values, List.of());
  }
}
