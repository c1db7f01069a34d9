/* SPDX-License-Identifier: Apache-2.0 */

/** Tasks, agents, the engine, and the sockets everything else plugs into. */
module dev.arbiter.core {
  exports dev.arbiter;
  exports dev.arbiter.agent;
  exports dev.arbiter.event;
  exports dev.arbiter.spi;
  exports dev.arbiter.task;

  requires com.github.benmanes.caffeine;
  requires org.slf4j;
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
}
