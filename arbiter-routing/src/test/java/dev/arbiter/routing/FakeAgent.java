/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.util.ArrayList;
import java.util.List;

/** A registered agent whose load a test sets. */
public final class FakeAgent implements RegisteredAgent {
  private final AgentProfile profile;
  private final int number;
  public int active;
  public int queued;

  public FakeAgent(AgentProfile profile, int number) {
    this.profile = profile;
    this.number = number;
  }

  public static FakeAgent of(String id, int number) {
    return new FakeAgent(AgentProfile.of(id), number);
  }

  /** Agents a0, a1, ... in an immutable list. */
  public static List<RegisteredAgent> several(int count) {
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      agents.add(of("a" + i, i));
    }
    return List.copyOf(agents);
  }

  @Override
  public AgentProfile profile() {
    return profile;
  }

  @Override
  public Status status() {
    return freeSlots() > 0 ? Status.AVAILABLE : Status.BUSY;
  }

  @Override
  public int active() {
    return active;
  }

  @Override
  public int queued() {
    return queued;
  }

  @Override
  public int number() {
    return number;
  }
}
