/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.internal.Distributions;

/** How far the figures of blocks of attempts are from the usual. Not thread-safe. */
final class BlockSpread {
  /*
   * The mean square of the last sixty or so blocks, whatever dependence within and between them
   * made it. A figure is far if Student's t excludes it at one in a hundred million: there is a look
   * with every attempt, and shares are skewed.
   */
  private static final int FEWEST = 10;
  private static final int MOST = 60;
  private static final double CHANCE = 1e-8;

  private double meanSquare;
  private int count;

  void add(double deviation) {
    count = Math.min(MOST, count + 1);
    meanSquare += (deviation * deviation - meanSquare) / count;
  }

  boolean isFar(double deviation) {
    return count >= FEWEST
        && deviation > 0
        && Distributions.studentTails(deviation / Math.sqrt(meanSquare), count - 1) < CHANCE;
  }
}
