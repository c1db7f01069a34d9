/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

/**
 * What a quality gate found.
 *
 * @param passed whether the work passes
 * @param detail one line for a reader: what was looked at, or what to mend
 */
public record GateResult(boolean passed, String detail) {

  /**
   * The work passes.
   *
   * @param detail what was looked at
   * @return the result
   */
  public static GateResult pass(String detail) {
    return new GateResult(true, detail);
  }

  /**
   * The work does not pass.
   *
   * @param detail what to mend
   * @return the result
   */
  public static GateResult fail(String detail) {
    return new GateResult(false, detail);
  }
}
