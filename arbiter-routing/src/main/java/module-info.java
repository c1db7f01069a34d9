/* SPDX-License-Identifier: Apache-2.0 */

/** Chooses an agent for a task, and gets better at it from outcomes. */
module dev.arbiter.routing {
  exports dev.arbiter.routing;
  exports dev.arbiter.routing.evaluation;
  exports dev.arbiter.routing.rollout;

  requires transitive dev.arbiter.core;
  requires org.apache.commons.numbers.gamma;
  requires static transitive org.jspecify;
}
