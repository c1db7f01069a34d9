/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against values of SciPy 1.17.1. */
class DistributionsTest {
  @ParameterizedTest
  @CsvSource({
    "-30, 4.906713927147908e-198",
    "-8, 6.22096057427174e-16",
    "-3.5, 0.00023262907903552502",
    "-3, 0.0013498980316300933",
    "-1, 0.15865525393145707",
    "-0.1, 0.460172162722971",
    "0, 0.5",
    "0.5, 0.6914624612740131",
    "2.9, 0.998134186699616",
    "3.1, 0.9990323967867817",
    "6, 0.9999999990134123"
  })
  void normal_shares(double x, double share) {
    assertThat(Distributions.normal(x)).isCloseTo(share, withinPercentage(1e-10));
  }

  @ParameterizedTest
  @CsvSource({
    "1e-12, -7.034483825301131",
    "1e-05, -4.264890793922825",
    "0.025, -1.9599639845400545",
    "0.3, -0.5244005127080409",
    "0.5, 0",
    "0.8, 0.8416212335729143",
    "0.975, 1.959963984540054",
    "0.999999, 4.753424308817087"
  })
  void normal_quantiles(double share, double x) {
    assertThat(Distributions.normalQuantile(share)).isCloseTo(x, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 3, 0.5",
    "1, 1, 0.75",
    "2.5, 3, 0.9561466764959672",
    "-2.5, 3, 0.04385332350403278",
    "1.96, 1000, 0.9748634075221256",
    "5, 12.5, 0.9998632834463685",
    "0.3, 2.2, 0.6049094107710646"
  })
  void student_shares(double t, double freedom, double share) {
    double above = Distributions.studentTails(t, freedom) / 2;

    assertThat(t > 0 ? 1 - above : above).isCloseTo(share, within(1e-11));
  }

  @ParameterizedTest
  @CsvSource({
    "0.975, 1, 12.706204736174694",
    "0.975, 3, 3.1824463052837078",
    "0.95, 17.3, 1.737872838582026",
    "0.995, 200, 2.600634436191558",
    "0.5, 4, 0"
  })
  void student_quantiles(double share, double freedom, double t) {
    assertThat(Distributions.studentQuantile(share, freedom)).isCloseTo(t, within(1e-8));
  }
}
