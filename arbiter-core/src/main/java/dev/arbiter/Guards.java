/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import java.time.Duration;
import java.util.Optional;

/**
 * Guards against agents that stall, loop or run away, see {@code ArbiterBuilder.guards}. Each is
 * off until it is set.
 *
 * @param stall how long an agent may work without a sign: {@code Assignment.progress}, or the
 *     answer to a question. The time in which it waits for an answer does not count. Then its
 *     attempt ends with cause AGENT_TIMEOUT
 * @param sameMessage how often an agent may report progress with one message in one call; at that
 *     number its attempt ends with cause AGENT_ERROR. 0 for no limit; empty messages do not count
 * @param sameWork whether an attempt fails with cause AGENT_ERROR, without a verdict, if its work
 *     is that of an earlier attempt at the task that was denied: the same changes of the same
 *     content, as work trees report it; without work trees, or without changes, also the same
 *     output
 * @param submissions how many tasks a tenant may submit; further ones are refused
 * @param attempts how many attempts may begin for one tenant, and how many of one agent; the task
 *     of a further one fails with cause RUNAWAY
 */
public record Guards(
    Optional<Duration> stall,
    int sameMessage,
    boolean sameWork,
    Optional<Velocity> submissions,
    Optional<Velocity> attempts) {
  private static final Guards NONE =
      new Guards(Optional.empty(), 0, false, Optional.empty(), Optional.empty());

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public Guards {
    Require.that(
        stall.isEmpty() || stall.get().compareTo(Duration.ZERO) > 0,
        "guards.stall must be positive, got %s",
        stall);
    Require.that(
        sameMessage == 0 || sameMessage >= 2,
        "guards.sameMessage must be at least 2, got %s",
        sameMessage);
  }

  /**
   * The most of something within a time, which slides.
   *
   * @param most how many, 1 to 100,000
   * @param within the time, at most a day
   */
  public record Velocity(int most, Duration within) {
    private static final int MOST = 100_000;
    private static final Duration A_DAY = Duration.ofDays(1);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a part is outside its range
     */
    public Velocity {
      Require.that(most >= 1 && most <= MOST, "velocity must be 1 to %s, got %s", MOST, most);
      Require.that(
          within.compareTo(Duration.ZERO) > 0 && within.compareTo(A_DAY) <= 0,
          "the time of a velocity must be above 0 and at most a day, got %s",
          within);
    }
  }

  /** {@return no guard} */
  public static Guards none() {
    return NONE;
  }

  /**
   * {@return the same guards with one against agents that stall}
   *
   * @param longest how long an agent may work without a sign
   */
  public Guards stall(Duration longest) {
    return new Guards(Optional.of(longest), sameMessage, sameWork, submissions, attempts);
  }

  /**
   * {@return the same guards with one against progress that repeats itself}
   *
   * @param times the number at which an attempt ends, at least 2
   */
  public Guards sameMessage(int times) {
    return new Guards(stall, times, sameWork, submissions, attempts);
  }

  /** {@return the same guards with one against work that was denied before} */
  public Guards sameWorkOnce() {
    return new Guards(stall, sameMessage, true, submissions, attempts);
  }

  /**
   * {@return the same guards with one against tenants that submit too fast}
   *
   * @param most tasks
   * @param within the time
   */
  public Guards submissions(int most, Duration within) {
    return new Guards(
        stall, sameMessage, sameWork, Optional.of(new Velocity(most, within)), attempts);
  }

  /**
   * {@return the same guards with one against too many attempts of a tenant or an agent}
   *
   * @param most attempts
   * @param within the time
   */
  public Guards attempts(int most, Duration within) {
    return new Guards(
        stall, sameMessage, sameWork, submissions, Optional.of(new Velocity(most, within)));
  }
}
