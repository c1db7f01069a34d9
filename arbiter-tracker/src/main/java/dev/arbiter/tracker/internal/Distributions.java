/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal;

import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErfc;
import org.apache.commons.numbers.gamma.RegularizedBeta;

/** The normal distribution and Student's t. Allocates nothing. */
public final class Distributions {
  private static final double SQRT_2 = Math.sqrt(2);
  private static final int HALVINGS = 80;

  private Distributions() {}

  /**
   * {@return the chance that a standard normal value is at most x} Small tails keep their relative
   * precision.
   */
  public static double normal(double x) {
    return Erfc.value(-x / SQRT_2) / 2;
  }

  /** {@return the value that a share, above 0 and below 1, of a standard normal does not exceed} */
  public static double normalQuantile(double share) {
    return -SQRT_2 * InverseErfc.value(2 * share);
  }

  /** {@return the chance that Student's t is further from 0 than a value, on either side} */
  public static double studentTails(double t, double freedom) {
    return RegularizedBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5);
  }

  /** {@return the value that a share, at least 0.5 and below 1, of Student's t does not exceed} */
  public static double studentQuantile(double share, double freedom) {
    double tails = 2 * (1 - share);
    double high = 1;
    while (studentTails(high, freedom) > tails && high < 1e9) {
      high *= 2;
    }
    double low = 0;
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (low + high) / 2;
      if (studentTails(middle, freedom) > tails) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return (low + high) / 2;
  }
}
