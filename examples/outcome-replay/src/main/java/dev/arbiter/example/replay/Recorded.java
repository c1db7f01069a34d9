/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.routing.evaluation.OutcomeMatrix;
import java.util.Map;
import java.util.Set;

/**
 * What a file of outcomes holds.
 *
 * @param matrix tasks by agents
 * @param profiles the tasks each agent has a record of, by agent in the order of the matrix
 * @param declarePrices whether agents declare their mean cost as price
 * @param arrivals for each agent its place between the first and the last date, 0 to 1; empty when
 *     dates were not asked for
 */
record Recorded(
    OutcomeMatrix matrix,
    Map<String, Profile> profiles,
    boolean declarePrices,
    Map<String, Double> arrivals) {

  /**
   * What is known of one agent.
   *
   * @param tasks ids of the tasks it has a record of
   * @param meanCost US dollars a trial
   * @param success share of its trials that solved the task
   */
  record Profile(Set<String> tasks, double meanCost, double success) {}
}
