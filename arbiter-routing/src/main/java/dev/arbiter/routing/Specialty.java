/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/**
 * How well one agent does at one type of task, or at tasks that require one capability, by its
 * outcomes.
 *
 * @param kind what the name names
 * @param name a task type or a capability
 * @param outcomes how many the figures rest on, where older ones count less
 * @param success mean reward, between 0 and 1
 * @param low lower end of the 95 % interval (Wilson's)
 * @param high upper end of the 95 % interval
 */
public record Specialty(
    Kind kind, String name, double outcomes, double success, double low, double high) {
  private static final double Z = 1.959963984540054;

  /** What an agent can be special at. */
  public enum Kind {
    /** A type of task. */
    TASK_TYPE,
    /** A capability that tasks required. */
    CAPABILITY
  }

  static Specialty of(Kind kind, String name, double rewards, double outcomes) {
    double success = rewards / outcomes;
    double shrink = 1 + Z * Z / outcomes;
    double center = (success + Z * Z / (2 * outcomes)) / shrink;
    double reach =
        Z
            / shrink
            * Math.sqrt(success * (1 - success) / outcomes + Z * Z / (4 * outcomes * outcomes));
    return new Specialty(
        kind, name, outcomes, success, Math.max(0, center - reach), Math.min(1, center + reach));
  }
}
