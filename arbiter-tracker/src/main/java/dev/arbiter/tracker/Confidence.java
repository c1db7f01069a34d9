/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;

/** How many attempts make a window's figures worth believing. */
final class Confidence {
  private Confidence() {}

  /** The least number of attempts for full confidence. */
  static int minimum(Window window) {
    return switch (window) {
      case REALTIME -> 10;
      case SHORT -> 50;
      case MEDIUM -> 100;
      case LONG -> 500;
    };
  }

  static double of(long count, Window window) {
    return Math.min(1, (double) count / minimum(window));
  }
}
