/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.Require;
import dev.arbiter.task.TaskResult.FailureCause;
import java.time.Duration;
import java.util.Set;

/**
 * When an agent that fails again and again is taken out of service for a while, so that tasks do
 * not go to it. What counts: its calls that failed with one of the causes; not work that was
 * denied, which routers learn.
 *
 * <p>An ejected agent has status EJECTED. After its pause it gets one task at a time, until one
 * succeeds; a failure that counts, or a time-out, ejects it again, for twice as long. The pause is
 * {@code base * 2^(n-1)} the nth time in a row, at most {@code longest}. An agent is ejected only
 * while another one that is not under suspicion has each of its capabilities: the last one is never
 * ejected.
 *
 * @param failures failures in a row that eject an agent, at least 1
 * @param base the first pause
 * @param longest the longest pause
 * @param causes the failures that count; others show that the agent is there, as a success does,
 *     but for AGENT_TIMEOUT, which shows nothing
 */
public record Ejection(int failures, Duration base, Duration longest, Set<FailureCause> causes) {
  private static final Duration A_YEAR = Duration.ofDays(365);
  private static final Set<FailureCause> OF_OUTAGES =
      Set.of(FailureCause.CONNECTIVITY, FailureCause.RESOURCE, FailureCause.AUTHORIZATION);
  private static final Set<FailureCause> OF_CALLS =
      Set.of(
          FailureCause.AGENT_ERROR,
          FailureCause.AGENT_TIMEOUT,
          FailureCause.CONNECTIVITY,
          FailureCause.RESOURCE,
          FailureCause.AUTHORIZATION);
  private static final Ejection NONE =
      new Ejection(Integer.MAX_VALUE, Duration.ofSeconds(30), Duration.ofMinutes(5));

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a part is outside its range, or a pause longer than a year
   */
  public Ejection {
    Require.that(failures >= 1, "failures must be at least 1, got %s", failures);
    Require.that(
        base.compareTo(Duration.ZERO) > 0, "the base of pauses must be positive, got %s", base);
    Require.that(
        longest.compareTo(base) >= 0,
        "the longest pause must be at least %s, got %s",
        base,
        longest);
    Require.that(
        longest.compareTo(A_YEAR) <= 0,
        "the longest pause must be at most a year, got %s",
        longest);
    causes = Set.copyOf(causes);
  }

  /**
   * Counts every failure of a call that its agent caused.
   *
   * @param failures failures in a row that eject an agent, at least 1
   * @param base the first pause
   * @param longest the longest pause
   */
  public Ejection(int failures, Duration base, Duration longest) {
    this(failures, base, longest, OF_CALLS);
  }

  /** {@return five failures in a row, pauses of 30 seconds to 5 minutes} */
  public static Ejection standard() {
    return new Ejection(5, Duration.ofSeconds(30), Duration.ofMinutes(5));
  }

  /**
   * {@return the same for failures that are not about the task: CONNECTIVITY, RESOURCE and
   * AUTHORIZATION} Five failures in a row of an agent that solves a third of its tasks say nothing;
   * five at which it could not begin do.
   */
  public static Ejection outages() {
    return new Ejection(5, Duration.ofSeconds(30), Duration.ofMinutes(5), OF_OUTAGES);
  }

  boolean counts(FailureCause cause) {
    return causes.contains(cause);
  }

  /** {@return no agent is ejected} */
  public static Ejection none() {
    return NONE;
  }

  boolean isOn() {
    return failures < Integer.MAX_VALUE;
  }
}
