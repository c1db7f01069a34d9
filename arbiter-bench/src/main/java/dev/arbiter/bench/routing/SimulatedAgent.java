/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.util.List;
import java.util.stream.IntStream;

/** An agent that is never busy; how well it does is the {@link World}'s business. */
record SimulatedAgent(AgentProfile profile, int number) implements RegisteredAgent {

  static RegisteredAgent of(String id, int number) {
    return new SimulatedAgent(AgentProfile.of(id), number);
  }

  /** Agents a0, a1, ... in an immutable list. */
  static List<RegisteredAgent> several(int count) {
    return IntStream.range(0, count).mapToObj(i -> of("a" + i, i)).toList();
  }

  @Override
  public Status status() {
    return Status.AVAILABLE;
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
