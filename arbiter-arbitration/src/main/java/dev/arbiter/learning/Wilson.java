/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

/**
 * Wilson's interval of a share: E. B. Wilson, "Probable inference", Journal of the American
 * Statistical Association 22 (1927).
 */
final class Wilson {
  private Wilson() {}

  /** The lower end, 0 without a count. */
  static double lower(long of, long all, double z) {
    return all == 0 ? 0 : Math.max(0, middle(of, all, z) - reach(of, all, z));
  }

  /** The upper end, 1 without a count. */
  static double upper(long of, long all, double z) {
    return all == 0 ? 1 : Math.min(1, middle(of, all, z) + reach(of, all, z));
  }

  private static double middle(long of, long all, double z) {
    return (of + z * z / 2) / (all + z * z);
  }

  private static double reach(long of, long all, double z) {
    double share = of / (double) all;
    return z / (all + z * z) * Math.sqrt(all * share * (1 - share) + z * z / 4);
  }
}
