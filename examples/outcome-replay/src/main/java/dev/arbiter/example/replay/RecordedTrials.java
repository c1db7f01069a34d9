/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import dev.arbiter.routing.evaluation.OutcomeMatrix;
import java.util.Map;
import java.util.Set;

/**
 * The content of a file of outcomes.
 *
 * @param matrix tasks by agents
 * @param profiles the known facts of each agent, by agent in the order of the matrix
 * @param declarePrices true if agents declare their mean cost as price
 * @param arrivals for each agent its place between the first and the last date, 0 to 1; empty if
 *     the file has no dates or none were asked for
 */
record RecordedTrials(
    OutcomeMatrix matrix,
    Map<String, Profile> profiles,
    boolean declarePrices,
    Map<String, Double> arrivals) {

  /**
   * The known facts of one agent.
   *
   * @param tasks ids of the tasks that it tried
   * @param meanCost US dollars a trial
   * @param success share of its trials that solved the task
   */
  record Profile(Set<String> tasks, double meanCost, double success) {}
}
