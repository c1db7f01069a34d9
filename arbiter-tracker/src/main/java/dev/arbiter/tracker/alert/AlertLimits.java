/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.time.Duration;

/** The limits of anomalies, and the certainty with which they must be exceeded. */
record AlertLimits(
    double latencyMultiplier,
    double accuracyDrop,
    double errorIncrease,
    double violationIncrease,
    double saturation,
    int minSamples,
    double nats,
    Duration recent,
    Duration cooldown,
    Duration forgetAfter) {

  /** How much worse than usual attempts may be for an anomaly to end. */
  static final double RESOLVED_LATENCY = 1.2;

  static final double RESOLVED_ACCURACY = 0.05;
  static final double RESOLVED_ERRORS = 0.02;

  /** How far below its limit a gauge must be for its saturation to end. */
  static final double RESOLVED_SATURATION = 10;

  /** The evidence for an end, and for the saturation of a gauge: 99.9 %. */
  static final double RESOLVED_NATS = Math.log(1000);
}
