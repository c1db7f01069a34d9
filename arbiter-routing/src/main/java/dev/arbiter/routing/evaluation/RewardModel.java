/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Mean rewards by agent and type, shrunk towards the agent's mean over all types, and that towards
 * the mean of all agents.
 */
final class RewardModel {
  private static final double AGENT_PRIOR = 8;
  private static final double TYPE_PRIOR = 20;
  private static final double UNKNOWN = .5;
  private static final Sum NOTHING = new Sum();

  private final Map<String, Map<String, Sum>> byType = new HashMap<>();
  private final Map<String, Sum> byAgent = new HashMap<>();
  private final Sum all = new Sum();

  private static final class Sum {
    private double rewards;
    private int count;

    void add(double reward) {
      rewards += reward;
      count++;
    }

    double shrunk(double towards, double prior) {
      return (rewards + prior * towards) / (count + prior);
    }
  }

  private RewardModel() {}

  static RewardModel of(List<LoggedDecision> log) {
    RewardModel model = new RewardModel();
    for (LoggedDecision decision : log) {
      double reward = decision.reward();
      model.all.add(reward);
      model.byAgent.computeIfAbsent(decision.agent(), agent -> new Sum()).add(reward);
      model
          .byType
          .computeIfAbsent(decision.type(), type -> new HashMap<>())
          .computeIfAbsent(decision.agent(), agent -> new Sum())
          .add(reward);
    }
    return model;
  }

  /** The expected reward; the mean of all agents for one that was never chosen. */
  double predict(String type, String agent) {
    double everybody = all.count > 0 ? all.rewards / all.count : UNKNOWN;
    double overall = byAgent.getOrDefault(agent, NOTHING).shrunk(everybody, AGENT_PRIOR);
    return cell(type, agent).shrunk(overall, TYPE_PRIOR);
  }

  /** How often an agent was chosen for tasks of a type. */
  int count(String type, String agent) {
    return cell(type, agent).count;
  }

  private Sum cell(String type, String agent) {
    return byType.getOrDefault(type, Map.of()).getOrDefault(agent, NOTHING);
  }
}
