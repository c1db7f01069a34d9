/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.bench.Latencies.Work;
import java.util.concurrent.Callable;

/**
 * A row of the requirements' table.
 *
 * @param name of the row
 * @param iterations in the requirements
 * @param perSecond in the requirements; one second through it is their average, with more digits
 * @param p99 in the requirements, in milliseconds
 * @param megabytes in the requirements, where they may be negative
 */
record Requirement(String name, int iterations, double perSecond, double p99, double megabytes) {

  /**
   * What is measured for a row.
   *
   * @param requirement the row
   * @param taken the work, in words; the requirements do not say theirs
   * @param repeats how often it is done in a round, a few milliseconds
   * @param rate how often it is due in a second; 0 for one after the other
   * @param work makes the work
   */
  record Measured(
      Requirement requirement, String taken, int repeats, double rate, Callable<Work> work) {

    /** Does a round of the work. */
    void round(Work ready, Latencies latencies) throws Exception {
      if (rate > 0) {
        latencies.atRate(ready, repeats, rate);
      } else {
        latencies.oneByOne(ready, repeats);
      }
    }
  }

  /** The row with work that is done one after the other. */
  Measured by(int repeats, Callable<Work> work, String taken) {
    return new Measured(this, taken, repeats, 0, work);
  }

  /** The row with work that is due at so many times the rate of the requirements. */
  Measured atTimes(double times, int repeats, Callable<Work> work, String taken) {
    return new Measured(this, taken, repeats, times * perSecond, work);
  }
}
