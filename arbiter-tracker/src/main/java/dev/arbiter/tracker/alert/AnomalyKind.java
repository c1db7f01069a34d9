/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

/** What an {@link Alert} is about. */
public enum AnomalyKind {
  /** Attempts take a multiple of their usual time, in the middle or at the 95th percentile. */
  LATENCY_SPIKE("latency_spike"),
  /** The mean quality fell, work that does not stand counting as 0. */
  ACCURACY_DROP("accuracy_drop"),
  /** More attempts than usual end without work that stands. */
  ERROR_RATE_INCREASE("error_rate_increase"),
  /** A gauge stays near its end. */
  RESOURCE_SATURATION("resource_saturation"),
  /** The constitution denies more of the work it judges than usual. */
  VIOLATION_SPIKE("constitutional_violation_spike");

  private final String id;

  AnomalyKind(String id) {
    this.id = id;
  }

  /**
   * The name in keys, messages and records.
   *
   * @return lower case with underscores
   */
  public String id() {
    return id;
  }
}
