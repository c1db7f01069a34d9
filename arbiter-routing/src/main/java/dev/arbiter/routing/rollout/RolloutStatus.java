/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import java.util.List;
import java.util.OptionalDouble;

/**
 * The knowledge of a {@link Rollout} at one moment; immutable.
 *
 * <p>Only first choices count, and only outcomes that are not INFRASTRUCTURE. Means, interval and
 * guards are those of the present comparison: tasks since the last change of the share. All other
 * numbers count since the rollout was built.
 *
 * @param name of the rollout
 * @param mode the mode, the last one if the rollout is over
 * @param share the part of new tasks that goes to the candidate, 0 to 1: 0 in shadow mode and after
 *     a rollback, 1 after a promotion
 * @param state whether the rollout is over
 * @param reason of the state, in one sentence
 * @param current the router in place
 * @param candidate the new router; in shadow mode it decides nothing
 * @param difference the mean reward of the candidate less that of current
 * @param guards failure rate first, then cost and time if they are guarded
 * @param split of tasks and outcomes between the sides in the present comparison
 * @param agreement of both routers in shadow mode
 * @param faults how often the candidate threw, or chose an agent that was no candidate
 * @param lastFault its last exception, empty if there was none
 * @param ignoredOutcomes outcomes of decisions that are not of this rollout, or had one already
 */
public record RolloutStatus(
    String name,
    Rollout.Mode mode,
    double share,
    Rollout.State state,
    String reason,
    Side current,
    Side candidate,
    Interval difference,
    List<Guard> guards,
    Split split,
    Agreement agreement,
    long faults,
    String lastFault,
    long ignoredOutcomes) {
  /** Copies the guards. */
  public RolloutStatus {
    guards = List.copyOf(guards);
  }

  /**
   * One router's part.
   *
   * @param tasks that came to it first; for the candidate also those at which it threw
   * @param outcomes of such tasks
   * @param compared outcomes of the present comparison; a task at which the candidate threw has
   *     reward 0
   * @param reward their mean reward, 0 to 1; empty if there are none
   */
  public record Side(long tasks, long outcomes, long compared, OptionalDouble reward) {}

  /**
   * Bounds of a difference of mean rewards, by a confidence sequence: with at least the stated
   * probability every interval that the rollout ever shows, however often it is asked, holds the
   * difference between the sides' average expected rewards at that moment.
   *
   * @param low at least -1, its first value
   * @param high at most 1, its first value
   * @param level above 0, below 1
   */
  public record Interval(double low, double high, double level) {}

  /**
   * How much worse than current the candidate is by one figure, of which more is worse; below 0 if
   * it is better.
   *
   * @param metric {@code failure rate}, {@code mean cost} or {@code mean time}
   * @param unit of the numbers: empty for a rate, {@code USD} or {@code s}
   * @param margin how much worse it may be
   * @param worseBy the difference of the means seen, 0 before both sides have one
   * @param atLeast a lower bound of the difference at the guard's part of the error, valid at all
   *     times together
   * @param atMost an upper bound of the same kind
   */
  public record Guard(
      String metric, String unit, double margin, double worseBy, double atLeast, double atMost) {
    /** Whether the candidate is certainly worse than it may be, which rolls it back. */
    public boolean isViolated() {
      return atLeast > margin;
    }

    /** Whether the candidate is certainly not worse than it may be. */
    public boolean isKept() {
      return atMost <= margin;
    }
  }

  /**
   * The candidate's part of the present comparison, and whether it is the share that was set.
   *
   * @param share that was set, 0 to 1
   * @param tasks its part of the first choices; empty if there were none
   * @param outcomes its part of the outcomes that are compared; empty if there are none
   * @param isWrong whether one of the parts is certainly not the share: a sample ratio mismatch.
   *     Look for tasks that come twice under one key, and for outcomes that one side loses,
   *     excludes as INFRASTRUCTURE or gets much later
   */
  public record Split(
      double share, OptionalDouble tasks, OptionalDouble outcomes, boolean isWrong) {}

  /**
   * How often both routers chose the same agent in shadow mode. Nothing else is known of the tasks
   * where they did not.
   *
   * @param asked first choices that both made
   * @param agreed first choices of the same agent
   */
  public record Agreement(long asked, long agreed) {
    /** The share of agreement, 0 to 1; empty if the candidate was never asked. */
    public OptionalDouble share() {
      return asked == 0 ? OptionalDouble.empty() : OptionalDouble.of(agreed / (double) asked);
    }
  }
}
