/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.spec;

/** The rules by which a working spec is read. */
public enum Dialect {
  /** {@link #V1} when the spec has a {@code lifecycle_state}, else {@link #LEGACY}. */
  AUTO("auto"),
  /** The specs of CAWS 3.4 to 10. */
  LEGACY("legacy"),
  /** spec.v1, of CAWS 11 and later: strict, no field beyond those it knows. */
  V1("v1");

  private final String word;

  Dialect(String word) {
    this.word = word;
  }

  /** {@return the word of the command line; {@code auto}, {@code legacy} or {@code v1}} */
  public String word() {
    return word;
  }
}
