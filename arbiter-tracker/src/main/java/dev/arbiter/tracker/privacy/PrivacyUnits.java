/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Epsilon and delta as whole numbers, so that budgets add up exactly and noise needs no doubles.
 */
final class PrivacyUnits {
  /** Millionths of an epsilon in 1. */
  static final long MICROS = 1_000_000;

  private static final int MICRO_DIGITS = 6;
  private static final int FEMTO_DIGITS = 15;

  private PrivacyUnits() {}

  /** As much of it as whole millionths hold: 0.29 is 290,000. */
  static long micros(double epsilon) {
    return floor(epsilon, MICRO_DIGITS);
  }

  static double epsilon(long micros) {
    return BigDecimal.valueOf(micros, MICRO_DIGITS).doubleValue();
  }

  static long femtos(double delta) {
    return floor(delta, FEMTO_DIGITS);
  }

  static double delta(long femtos) {
    return BigDecimal.valueOf(femtos, FEMTO_DIGITS).doubleValue();
  }

  private static long floor(double value, int digits) {
    return BigDecimal.valueOf(value)
        .movePointRight(digits)
        .setScale(0, RoundingMode.FLOOR)
        .longValueExact();
  }
}
