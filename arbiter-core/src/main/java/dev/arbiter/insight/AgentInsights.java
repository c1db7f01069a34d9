/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.insight;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What is known of one agent, from at most its last 100 attempts within 24 hours.
 *
 * @param agent its id
 * @param performance its figures over all types of tasks
 * @param capabilities its figures for each type of task, at most 32 types
 * @param relationships how it does after other agents have failed, at most 16
 * @param recommendations those that are about it
 */
public record AgentInsights(
    String agent,
    Figures performance,
    Map<String, Figures> capabilities,
    List<Relationship> relationships,
    List<Recommendation> recommendations) {

  /** Copies. */
  public AgentInsights {
    capabilities = Map.copyOf(capabilities);
    relationships = List.copyOf(relationships);
    recommendations = List.copyOf(recommendations);
  }

  /**
   * The figures of some attempts.
   *
   * @param attempts how many; attempts that ended without a fault of the agent do not count
   * @param successRate the share that the constitution accepted, 0 to 1; NaN without attempts
   * @param violationRate the share that it denied
   * @param quality the mean quality of accepted work, 0 to 1; NaN without any
   * @param latency the mean time of those that reported
   * @param cost the mean cost in US dollars
   * @param ratings how many ratings of people
   * @param rating their mean, 1 to 5; NaN without ratings
   * @param trend how the last three attempts compare with those before
   */
  public record Figures(
      int attempts,
      double successRate,
      double violationRate,
      double quality,
      Duration latency,
      double cost,
      int ratings,
      double rating,
      Trend trend) {}

  /** A trend: by more than five percent points, or none. */
  public enum Trend {
    /** More of the last three succeeded. */
    IMPROVING,
    /** No difference, or fewer than five attempts. */
    STABLE,
    /** Fewer of the last three succeeded. */
    DECLINING
  }

  /**
   * This agent after another one had failed at the same task.
   *
   * @param other the agent that had failed
   * @param times how often
   * @param strength the share of these at which this agent succeeded
   */
  public record Relationship(String other, int times, double strength) {}
}
