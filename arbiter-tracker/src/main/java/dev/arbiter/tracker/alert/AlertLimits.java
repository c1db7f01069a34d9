/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.time.Duration;

/** What is allowed, and how sure one must be that it was exceeded. */
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

  /** How much worse than usual attempts may be for an anomaly to be over. */
  static final double RESOLVED_LATENCY = 1.2;

  static final double RESOLVED_ACCURACY = 0.05;
  static final double RESOLVED_ERRORS = 0.02;

  /** How far below its limit a gauge must be for its saturation to be over. */
  static final double RESOLVED_SATURATION = 10;

  /** How sure one must be that it is over, and that a gauge is at its end: 99.9 %. */
  static final double RESOLVED_NATS = Math.log(1000);
}
