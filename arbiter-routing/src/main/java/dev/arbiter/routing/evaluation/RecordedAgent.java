/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AgentStatus;
import dev.arbiter.agent.RegisteredAgent;

/** An agent known by its record only: it takes any number of tasks and is never busy. */
record RecordedAgent(AgentProfile profile, int number) implements RegisteredAgent {
  @Override
  public AgentStatus status() {
    return AgentStatus.AVAILABLE;
  }

  @Override
  public int active() {
    return 0;
  }

  @Override
  public int queued() {
    return 0;
  }
}
