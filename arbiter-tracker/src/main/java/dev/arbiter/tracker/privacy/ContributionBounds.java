/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

/**
 * How much one contributor can change: what the noise has to hide.
 *
 * <p>What goes beyond is left out, in the order in which contributions are handed in, which depends
 * on that contributor alone.
 *
 * @param lowest values below count as this
 * @param highest values above count as this; finite, above the lowest
 * @param partitions most partitions one contributor adds to, 1 to 1,024, default 1
 * @param perPartition most contributions it adds to each of them, 1 to 1,024, default 1
 */
public record ContributionBounds(double lowest, double highest, int partitions, int perPartition) {
  private static final int MOST = 1024;

  /** Values in [0,1], one contribution each. */
  public static final ContributionBounds ONE = new ContributionBounds(0, 1, 1, 1);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a bound is outside its range
   */
  public ContributionBounds {
    if (!(lowest < highest) || Double.isInfinite(highest - lowest)) {
      throw new IllegalArgumentException(
          "privacy.bounds must have lowest < highest, both finite, got "
              + lowest
              + " and "
              + highest);
    }
    checked("privacy.bounds.partitions", partitions);
    checked("privacy.bounds.perPartition", perPartition);
  }

  private static void checked(String key, int value) {
    if (value < 1 || value > MOST) {
      throw new IllegalArgumentException(key + " must be 1 to " + MOST + ", got " + value);
    }
  }

  /** Most that all counts together change when one contributor comes or goes: their L1 distance. */
  long mostContributions() {
    return (long) partitions * perPartition;
  }
}
