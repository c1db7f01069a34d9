/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** One kind of anomaly, detected in sums of marks over recent attempts. */
interface AnomalyRule {
  Alert.Kind kind();

  /** Returns whether the change reaches its limit and chance is excluded. */
  boolean begins(int n, double[] sums);

  /** Returns whether the attempts are as good as an end of the anomaly wants them. */
  boolean isGood(int n, double[] sums);

  /** Returns whether they are good and an anomaly at the limit is excluded. */
  boolean ends(int n, double[] sums);

  /** The measured figure. */
  Found found(int n, double[] sums);

  /** A figure with its interval. */
  record Found(
      String measure, double value, double baseline, double low, double high, boolean critical) {}
}
