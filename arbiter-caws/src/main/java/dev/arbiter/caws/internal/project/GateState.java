/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.internal.project;

/** The state of one gate in one judgement. */
public enum GateState {
  PASSED("passed"),
  FAILED("failed"),
  WAIVED("waived"),
  MISSING("missing"),
  SKIPPED("skipped");

  final String word;

  GateState(String word) {
    this.word = word;
  }
}
