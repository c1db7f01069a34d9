/* SPDX-License-Identifier: Apache-2.0 */

/** Decides between agents that disagree. */
module dev.arbiter.arbitration {
  exports dev.arbiter.arbitration;

  requires transitive dev.arbiter.core;
  requires dev.arbiter.routing;
  requires static transitive org.jspecify;
}
