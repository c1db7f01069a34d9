/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import java.util.OptionalDouble;

/**
 * What a metric was like, in its own unit; percentiles are within 1 % of a value that occurred.
 *
 * @param samples how many values are behind it
 * @param days on how many calendar days they fell
 * @param min the least
 * @param max the greatest
 * @param mean the mean
 * @param deviation the standard deviation
 * @param p50 the median
 * @param p95 95 % did not exceed it
 * @param p99 99 % did not exceed it
 * @param p999 99.9 % did not exceed it; empty below 1,000 samples, where it would be a guess
 */
public record Figures(
    long samples,
    int days,
    double min,
    double max,
    double mean,
    double deviation,
    double p50,
    double p95,
    double p99,
    OptionalDouble p999) {
  private static final int ENOUGH_FOR_P999 = 1000;

  static Figures of(Sketch sketch, int days) {
    return new Figures(
        sketch.samples(),
        days,
        sketch.min(),
        sketch.max(),
        sketch.mean(),
        sketch.deviation(),
        sketch.percentile(0.5),
        sketch.percentile(0.95),
        sketch.percentile(0.99),
        sketch.samples() >= ENOUGH_FOR_P999
            ? OptionalDouble.of(sketch.percentile(0.999))
            : OptionalDouble.empty());
  }
}
