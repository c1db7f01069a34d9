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
  double index(Slate slate, int candidate) {
    RegisteredAgent agent = slate.agents[candidate];
    double slots = slate.slots[candidate];
    return (slots - agent.active() - agent.queued()) / slots;
  }

  @Override
  String why(Slate slate, int chosen) {
    return "takes who has the largest share of its slots free, ";
  }
}
