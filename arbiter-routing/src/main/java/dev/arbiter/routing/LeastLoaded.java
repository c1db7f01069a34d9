/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;

/** See {@link BanditPolicy#leastLoaded()}. */
final class LeastLoaded extends IndexLearner {
  static final String NAME = "least-loaded";

  LeastLoaded() {
    super(NAME);
  }

  @Override
  double index(CandidateSet candidates, int candidate) {
    RegisteredAgent agent = candidates.agents[candidate];
    double slots = candidates.slots[candidate];
    return (slots - agent.active() - agent.queued()) / slots;
  }

  @Override
  String why(CandidateSet candidates, int chosen) {
    return "takes who has the largest share of its slots free, ";
  }
}
