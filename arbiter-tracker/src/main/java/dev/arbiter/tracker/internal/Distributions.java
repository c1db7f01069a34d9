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
   * The chance that a standard normal value is at most x.
   *
   * @param x any number
   * @return in [0,1]; small tails keep their relative precision
   */
  public static double normal(double x) {
    return Erfc.value(-x / SQRT_2) / 2;
  }

  /**
   * The inverse of {@link #normal}.
   *
   * @param share between 0 and 1, both excluded
   * @return the value that this share of a standard normal does not exceed
   */
  public static double normalQuantile(double share) {
    return -SQRT_2 * InverseErfc.value(2 * share);
  }

  /**
   * The chance that Student's t is further from 0 than a value, on either side.
   *
   * @param t any number
   * @param freedom degrees of freedom, above 0
   * @return in [0,1]
   */
  public static double studentTails(double t, double freedom) {
    return RegularizedBeta.value(freedom / (freedom + t * t), freedom / 2, 0.5);
  }

  /**
   * The value that a share of Student's t does not exceed.
   *
   * @param share at least 0.5, below 1
   * @param freedom degrees of freedom, above 0
   * @return at least 0
   */
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
