/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** See {@link BanditPolicy#fixedRanking(List)}. */
final class FixedRanking extends IndexLearner {
  static final String NAME = "fixed-ranking";

  private final Map<String, Integer> ranks = new HashMap<>();

  FixedRanking(List<String> agents) {
    super(NAME);
    for (String agent : agents) {
      ranks.putIfAbsent(agent, 1 + ranks.size());
    }
  }

  /** One over the rank; who is not listed ranks after all who are. */
  @Override
  double index(CandidateSet candidates, int candidate) {
    int last = ranks.size() + 1 + candidate;
    return 1.0 / ranks.getOrDefault(candidates.agents[candidate].id(), last);
  }

  @Override
  String why(CandidateSet candidates, int chosen) {
    return "takes the first in the ranking, ";
  }
}
