/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.Arrays;

/** The attempts of a firing anomaly since they turned good. Not thread-safe. */
final class GoodRun {
  /*
   * The evidence for an end may need more attempts than are remembered: a quality that is a little
   * worse than usual needs hundreds. So those since they turned good are added up, beyond the
   * longest look. An attempt after which they are not good on average begins the sum anew.
   */
  private final double[] sums = new double[RecentMarks.MARKS];
  private int count;

  /** Takes the newest attempt; returns whether the anomaly is over. */
  boolean ends(AnomalyRule rule, RecentMarks recent) {
    recent.addNewest(sums);
    count++;
    if (!rule.isGood(count, sums)) {
      Arrays.fill(sums, 0);
      count = 0;
    }
    return count > recent.longest() && rule.ends(count, sums);
  }
}
