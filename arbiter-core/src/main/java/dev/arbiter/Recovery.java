/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What an arbiter does about agents that stop to report ({@link
 * dev.arbiter.agent.AgentRegistry#heartbeat}) or are ejected.
 *
 * <p>An agent is watched from its first beat on; a report of progress and a call that succeeds
 * count as beats. One that has been silent for {@code beat * missed} makes the registry DEGRADED.
 * It is isolated: like an ejected agent it gets no task for a while and then one at a time, and its
 * first beat ends that. The last agent with its capabilities is not isolated. Tasks that wait for
 * it go to others. Calls that it works at go on until their limits, because what they have done is
 * not known. Then the callback, if there is one, restarts it. Each action is a {@link
 * dev.arbiter.event.HealthEvent}.
 *
 * @param beat how often an agent reports, positive
 * @param missed beats that it may miss, at least 1
 * @param restart restarts an agent, empty if the host cannot
 * @param restarts attempts to restart an agent until it reports or works again, at least 1
 */
public record Recovery(Duration beat, int missed, Optional<Restart> restart, int restarts) {
  private static final Duration A_DAY = Duration.ofDays(1);

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range, or a beat longer than a day
   */
  public Recovery {
    Objects.requireNonNull(restart, "recovery.restart must not be null; give Optional.empty()");
    Require.that(
        beat.compareTo(Duration.ZERO) > 0 && beat.compareTo(A_DAY) <= 0,
        "the beat must be positive and at most a day, got %s",
        beat);
    Require.that(missed >= 1, "missed beats must be at least 1, got %s", missed);
    Require.that(restarts >= 1, "restarts must be at least 1, got %s", restarts);
  }

  /** Restarts an agent. Called on a thread of the executor; it may block. */
  @FunctionalInterface
  public interface Restart {
    /**
     * Restarts an agent.
     *
     * @param agent its id
     * @throws Exception if it could not; that is the result of the action
     */
    void agent(String agent) throws Exception;
  }

  /** {@return a beat each 30 seconds, three of which may be missed, and no callback} */
  public static Recovery standard() {
    return new Recovery(Duration.ofSeconds(30), 3, Optional.empty(), 3);
  }

  /**
   * {@return the same with another beat}
   *
   * @param each how often an agent reports
   */
  public Recovery withBeat(Duration each) {
    return new Recovery(each, missed, restart, restarts);
  }

  /**
   * {@return the same with a callback that restarts agents}
   *
   * @param callback restarts an agent
   */
  public Recovery withRestart(Restart callback) {
    return new Recovery(beat, missed, Optional.of(callback), restarts);
  }
}
