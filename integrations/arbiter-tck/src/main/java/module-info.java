/* SPDX-License-Identifier: Apache-2.0 */

/** The tests an implementation of a socket inherits. */
module dev.arbiter.tck {
  exports dev.arbiter.tck;

  // JUnit calls what a contract has and does not show.
  opens dev.arbiter.tck;

  requires transitive dev.arbiter.core;
  requires org.assertj.core;
  requires transitive org.junit.jupiter.api;
  requires static transitive org.jspecify;
}
