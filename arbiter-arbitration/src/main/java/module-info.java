/* SPDX-License-Identifier: Apache-2.0 */

/** Decides between agents that disagree, and lets agents learn from each other. */
module dev.arbiter.arbitration {
  exports dev.arbiter.arbitration;
  exports dev.arbiter.learning;

  requires transitive dev.arbiter.core;
  requires dev.arbiter.routing;
  requires org.slf4j;
  requires static transitive org.jspecify;
}
