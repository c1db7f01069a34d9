/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.Arrays;
import java.util.List;

/**
 * A policy to be judged by a log of other choices.
 *
 * <p>Threads: as many as judge. Errors: an exception ends the evaluation.
 */
@FunctionalInterface
public interface TargetPolicy {
  /**
   * The probability of each candidate, in their order; at least 0 each, 1 together.
   *
   * @param type the task's type
   * @param candidates ids of all candidates
   */
  double[] probabilities(String type, List<String> candidates);

  /** Any candidate, each with the same probability. */
  static TargetPolicy uniform() {
    return (type, candidates) -> {
      double[] all = new double[candidates.size()];
      Arrays.fill(all, 1. / all.length);
      return all;
    };
  }

  /** Always the agent of an id; any candidate if it is none. */
  static TargetPolicy fixed(String agent) {
    return (type, candidates) -> {
      int at = candidates.indexOf(agent);
      return at < 0 ? uniform().probabilities(type, candidates) : only(at, candidates.size());
    };
  }

  /**
   * The candidate with the highest mean in a log at the type of task. The mean is shrunk towards
   * the agent's mean over all types, as if 20 decisions had shown it, and that towards the mean of
   * all agents by 8.
   *
   * <p>A policy must not be judged by the log it was learned from: pass this method itself to
   * {@link OffPolicyEvaluator#evaluateLearned}.
   */
  static TargetPolicy bestMean(List<LoggedDecision> log) {
    RewardModel model = RewardModel.of(log);
    return (type, candidates) -> {
      int best = 0;
      for (int i = 1; i < candidates.size(); i++) {
        if (model.predict(type, candidates.get(i)) > model.predict(type, candidates.get(best))) {
          best = i;
        }
      }
      return only(best, candidates.size());
    };
  }

  private static double[] only(int at, int size) {
    double[] all = new double[size];
    all[at] = 1;
    return all;
  }
}
