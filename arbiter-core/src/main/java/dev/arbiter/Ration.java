/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

/**
 * How many extra calls are left, where each call earns a part of one. So extra calls stay a share
 * of all, also when everything fails or is slow. Thread-safe.
 */
final class Ration {
  /* It may grow to so many times its burst. */
  private static final int MOST_BURSTS = 10;

  private final double ratio;
  private final double most;
  private double left;

  /* Read without the lock: a full ration takes nothing more. */
  private volatile boolean full;

  /**
   * Makes a ration.
   *
   * @param ratio what each call earns
   * @param burst what there is at the beginning
   */
  Ration(double ratio, int burst) {
    this.ratio = ratio;
    this.most = Math.max(1, MOST_BURSTS * (double) burst);
    this.left = burst;
  }

  /** Notes a call. */
  void earn() {
    if (!full) {
      synchronized (this) {
        left = Math.min(left + ratio, most);
        full = left >= most;
      }
    }
  }

  /** Takes one extra call; false if none is left. */
  synchronized boolean take() {
    if (left < 1) {
      return false;
    }
    left -= 1;
    full = false;
    return true;
  }

  /** Gives one back that was not made. */
  synchronized void giveBack() {
    left = Math.min(left + 1, most);
  }
}
