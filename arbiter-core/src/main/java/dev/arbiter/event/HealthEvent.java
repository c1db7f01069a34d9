/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.event;

import java.time.Instant;

/**
 * An action to recover from a fault, with its result.
 *
 * @param at wall-clock time
 * @param nanoTime nanoseconds of the engine, for durations
 * @param component the id of an agent, or a component of the report of health
 * @param action what was done
 * @param succeeded whether it was
 * @param detail why, and what came of it, in one sentence
 */
public record HealthEvent(
    Instant at, long nanoTime, String component, Action action, boolean succeeded, String detail)
    implements ArbiterEvent {

  /** An action to recover. */
  public enum Action {
    /** An agent is taken out of service; refused for the last one with its capabilities. */
    ISOLATE,
    /** Tasks that waited for an agent are given to others. */
    SWITCH_OVER,
    /** The host's callback restarted an agent, or could not. */
    RESTART,
    /** Tasks were refused, or the last ones shed, because the queue was full. */
    SHED
  }
}
