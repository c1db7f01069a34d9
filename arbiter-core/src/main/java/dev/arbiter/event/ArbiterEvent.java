/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import java.time.Instant;

/** Something that happened: a step of a task, or a change of an agent. */
public sealed interface ArbiterEvent permits TaskEvent, AgentEvent {

  /**
   * When, for display and calendar windows.
   *
   * @return wall-clock time
   */
  Instant at();

  /**
   * When, for durations: only differences mean anything.
   *
   * @return nanoseconds of the engine's nano clock
   */
  long nanoTime();
}
