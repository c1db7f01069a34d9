/* SPDX-License-Identifier: Apache-2.0 */

/** Chooses an agent for a task, and gets better at it from outcomes. */
module dev.arbiter.routing {
  exports dev.arbiter.routing;

  requires transitive dev.arbiter.core;
  requires static transitive org.jspecify;
}
