/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalEstimateTest {
  /** From tables; the series that was here before gave 9.71 for one degree and 4.17 for two. */
  @ParameterizedTest
  @CsvSource({
    ".2, 12.70620",
    "1, 12.70620",
    "2, 4.302653",
    "5, 2.570582",
    "10, 2.228139",
    "100, 1.983972",
    "1e6, 1.959966",
    "1e9, 1.959964"
  })
  void the_quantile_is_students(double freedom, double quantile) {
    assertThat(IntervalEstimate.quantile(freedom)).isCloseTo(quantile, within(1e-5));
  }
}
