/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** One kind of anomaly: how it shows in sums of marks over the last so many attempts. */
interface AnomalyRule {
  Alert.Kind kind();

  /** Whether the measured change reaches the limit and is beyond chance. */
  boolean begins(int n, double[] sums);

  /** Whether it is measured to be over, and an anomaly at the limit would not look like this. */
  boolean ends(int n, double[] sums);

  /** What was measured. */
  Found found(int n, double[] sums);

  /** A figure with its interval. */
  record Found(
      String measure, double value, double baseline, double low, double high, boolean critical) {}
}
