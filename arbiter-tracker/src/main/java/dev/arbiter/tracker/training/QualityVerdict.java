/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.tracker.training.BatchQuality.Measure;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How a batch measures up.
 *
 * @param steps how many it has
 * @param measures each with its limit
 */
public record QualityVerdict(int steps, List<Measure> measures) {
  /** Copies. */
  public QualityVerdict {
    measures = List.copyOf(measures);
  }

  /**
   * Tells whether the batch may be used.
   *
   * @return whether all limits are kept
   */
  public boolean accepted() {
    return measures.stream().allMatch(Measure::passed);
  }

  /**
   * Why the batch is refused.
   *
   * @return such as {@code diversity 0.41, at least 0.7}; empty when it is accepted
   */
  public String why() {
    return measures.stream()
        .filter(measure -> !measure.passed())
        .map(
            measure ->
                String.format(
                    Locale.ROOT,
                    "%s %.4g, at %s %s",
                    measure.name(),
                    measure.value(),
                    measure.atLeast() ? "least" : "most",
                    measure.limit()))
        .collect(Collectors.joining("; "));
  }
}
