/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import dev.arbiter.internal.Require;

/**
 * What one check found about the work, for the quality gate of the same name.
 *
 * @param gate the gate's name, such as {@code tests_pass}
 * @param passed whether the check passed
 * @param value what was measured, such as a coverage of 91.5; NaN when nothing was
 * @param detail one line for a reader
 */
public record Evidence(String gate, boolean passed, double value, String detail) {
  /**
   * Checks.
   *
   * @throws IllegalArgumentException if the gate is not a printable name
   */
  public Evidence {
    Require.name("evidence.gate", gate, false);
  }

  /**
   * Evidence without a measured value.
   *
   * @param gate the gate's name
   * @param passed whether the check passed
   * @param detail one line for a reader
   * @return the evidence
   */
  public static Evidence of(String gate, boolean passed, String detail) {
    return new Evidence(gate, passed, Double.NaN, detail);
  }
}
