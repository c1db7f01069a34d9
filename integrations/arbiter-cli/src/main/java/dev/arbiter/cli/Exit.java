/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

/** What the program ends with. */
final class Exit {
  static final int ALLOWED = 0;
  static final int DENIED = 1;
  static final int UNUSABLE = 2;
  static final int DAMAGED = 3;

  private Exit() {}
}
