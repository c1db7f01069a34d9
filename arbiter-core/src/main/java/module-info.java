/* SPDX-License-Identifier: Apache-2.0 */

/** Tasks, agents, the engine, and the sockets everything else plugs into. */
@SuppressWarnings("module") // the compiler does not see the modules of the qualified export
module dev.arbiter.core {
  exports dev.arbiter;
  exports dev.arbiter.agent;
  exports dev.arbiter.event;
  exports dev.arbiter.insight;
  exports dev.arbiter.spi;
  exports dev.arbiter.task;
  exports dev.arbiter.trace;
  exports dev.arbiter.internal.record to
      dev.arbiter.cli,
      dev.arbiter.routing;
  exports dev.arbiter.internal to
      dev.arbiter.arbitration,
      dev.arbiter.caws,
      dev.arbiter.cli,
      dev.arbiter.routing,
      dev.arbiter.tracker;

  requires io.github.bucket4j.core;
  requires io.github.resilience4j.circuitbreaker;
  requires org.slf4j;
  requires static com.google.errorprone.annotations;
  requires static transitive org.jspecify;
}
