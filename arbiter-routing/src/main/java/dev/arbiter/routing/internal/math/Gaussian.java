/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import java.util.random.RandomGenerator;
import org.apache.commons.numbers.gamma.Erfc;
import org.apache.commons.numbers.gamma.InverseErfc;

/** The standard normal distribution: draws, distribution function and its inverse. */
public final class Gaussian {
  /*
   * The ziggurat of Marsaglia and Tsang (2000) with 256 layers, layer and place taken from
   * different bits of one random number (Doornik, 2005). RandomGenerator.nextGaussian is as good
   * and half as fast, but its numbers differ between Java versions: a seed would not replay on
   * another version.
   */
  private static final int LAYERS = 256;
  private static final double TAIL = 3.654152885361009;
  private static final double UNIT = 0x1.0p-55;
  private static final double ROOT_OF_2 = 1.4142135623730951;

  /* Widths of the layers from the base up, and the density at each; the last is the tip. */
  private static final double[] WIDTHS = new double[LAYERS + 1];
  private static final double[] HEIGHTS = new double[LAYERS + 1];

  static {
    double tailArea = Math.sqrt(2 * Math.PI) * cumulative(-TAIL);
    double area = TAIL * density(TAIL) + tailArea;
    WIDTHS[0] = area / density(TAIL);
    WIDTHS[1] = TAIL;
    for (int i = 2; i < LAYERS; i++) {
      WIDTHS[i] = Math.sqrt(-2 * Math.log(area / WIDTHS[i - 1] + density(WIDTHS[i - 1])));
    }
    for (int i = 0; i <= LAYERS; i++) {
      HEIGHTS[i] = density(WIDTHS[i]);
    }
  }

  private Gaussian() {}

  /** The chance of at most z. */
  public static double cumulative(double z) {
    return .5 * Erfc.value(-z / ROOT_OF_2);
  }

  /** The value that is exceeded with a chance. */
  public static double exceeded(double chance) {
    return ROOT_OF_2 * InverseErfc.value(2 * chance);
  }

  /** Draws a value. */
  public static double next(RandomGenerator random) {
    while (true) {
      long bits = random.nextLong();
      int layer = (int) bits & (LAYERS - 1);
      double z = (bits >> 8) * UNIT * WIDTHS[layer];
      if (Math.abs(z) < WIDTHS[layer + 1]) {
        return z;
      }
      if (layer == 0) {
        return bits < 0 ? -tail(random) : tail(random);
      }
      double height = HEIGHTS[layer + 1] - HEIGHTS[layer];
      if (HEIGHTS[layer] + random.nextDouble() * height < density(z)) {
        return z;
      }
    }
  }

  private static double tail(RandomGenerator random) {
    while (true) {
      double beyond = -Math.log(1 - random.nextDouble()) / TAIL;
      double bound = -2 * Math.log(1 - random.nextDouble());
      if (bound >= beyond * beyond) {
        return TAIL + beyond;
      }
    }
  }

  private static double density(double z) {
    return Math.exp(-0.5 * z * z);
  }
}
