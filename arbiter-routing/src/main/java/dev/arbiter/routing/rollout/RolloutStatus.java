/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What a {@link Rollout} knows at one moment; immutable.
 *
 * <p>Only first choices count, and only outcomes that are not INFRASTRUCTURE. Means, interval and
 * guards speak of the present comparison: the tasks chosen for since the share was last changed.
 * Everything else counts since the rollout was built.
 *
 * @param name of the rollout
 * @param mode the mode, the last one if the rollout is over
 * @param share the part of new tasks that goes to the candidate, 0 to 1: 0 in shadow mode and after
 *     a rollback, 1 after a promotion
 * @param state whether the rollout goes on
 * @param reason why it is in that state, in one sentence
 * @param current what the router in place did
 * @param candidate what the new router did; in shadow mode it does nothing
 * @param difference the mean reward of the candidate less that of current
 * @param guards what each guard says: failure rate first, then cost and time if they are guarded
 * @param agreement what shadow mode saw
 * @param faults how often the candidate threw, or chose somebody who was no candidate
 * @param lastFault what it threw last, empty if it never did
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
    Agreement agreement,
    long faults,
    String lastFault,
    long ignoredOutcomes) {

  /** Copies the guards. */
  public RolloutStatus {
    guards = List.copyOf(guards);
  }

  /**
   * What one router did.
   *
   * @param tasks that came to it first; for the candidate also those it threw at
   * @param outcomes of such tasks
   * @param compared how many of the outcomes belong to the present comparison; 0 reward for a task
   *     the candidate threw at
   * @param reward their mean reward, 0 to 1; empty if there are none
   */
  public record Side(long tasks, long outcomes, long compared, OptionalDouble reward) {}

  /**
   * Where a difference of mean rewards lies, by a confidence sequence: with at least the stated
   * probability every interval that the rollout ever shows holds the difference between the sides'
   * average expected rewards at that moment, however often somebody looks.
   *
   * @param low at least -1, which is where it begins
   * @param high at most 1, which is where it begins
   * @param level above 0, below 1
   */
  public record Interval(double low, double high, double level) {}

  /**
   * How much worse than current the candidate is by one figure, of which more is worse; below 0
   * when it is better.
   *
   * @param metric {@code failure rate}, {@code mean cost} or {@code mean time}
   * @param unit of the numbers: empty for a rate, {@code USD} or {@code s}
   * @param margin how much worse it may be
   * @param worseBy the difference of the means that were seen, 0 before both sides have one
   * @param atLeast a bound below what the difference is, at the guard's part of the error; holds at
   *     all times together
   * @param atMost a bound above it, of the same kind
   */
  public record Guard(
      String metric, String unit, double margin, double worseBy, double atLeast, double atMost) {

    /**
     * Whether the candidate is certainly worse than it may be, which rolls it back.
     *
     * @return true if {@code atLeast} is above the margin
     */
    public boolean isViolated() {
      return atLeast > margin;
    }

    /**
     * Whether the candidate is certainly not worse than it may be.
     *
     * @return true if {@code atMost} is at or below the margin
     */
    public boolean isKept() {
      return atMost <= margin;
    }
  }

  /**
   * How often both routers chose the same agent in shadow mode. Of the tasks where they did not,
   * nothing is known but that.
   *
   * @param asked first choices that both made
   * @param agreed in how many of them the agent was the same
   */
  public record Agreement(long asked, long agreed) {

    /**
     * The share of agreement.
     *
     * @return 0 to 1; empty if the candidate was never asked
     */
    public OptionalDouble share() {
      return asked == 0 ? OptionalDouble.empty() : OptionalDouble.of(agreed / (double) asked);
    }
  }
}
