/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

/** Which way a metric gets worse. */
public enum Direction {
  /** Rising is worse: latency, errors, cost. */
  HIGHER,
  /** Falling is worse: throughput, quality. */
  LOWER
}
