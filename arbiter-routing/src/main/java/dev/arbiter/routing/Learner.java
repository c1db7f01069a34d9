/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.RoutingRequest;

/** A policy at work: its rule and what it has learned. Called under the router's lock. */
interface Learner {

  BanditDecision choose(RoutingRequest request, long id);

  /** Called at most once for a decision, with an outcome that counts. */
  void learn(BanditDecision decision, Outcome outcome);

  /** Times an agent was found to have changed. */
  default long alarms() {
    return 0;
  }
}
