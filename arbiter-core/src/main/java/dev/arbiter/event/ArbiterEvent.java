/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import java.time.Instant;

/** An event: a step of a task, a change of an agent, or an action to recover. */
public sealed interface ArbiterEvent permits TaskEvent, AgentEvent, HealthEvent {

  /** {@return wall-clock time, for display and calendar windows} */
  Instant at();

  /** {@return nanoseconds of the engine's nano clock, for durations; only differences count} */
  long nanoTime();
}
