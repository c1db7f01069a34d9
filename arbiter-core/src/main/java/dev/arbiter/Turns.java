/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.WaitReason;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whose turn it is, of the tasks that wait for an agent with a rate: as many look again as it has
 * tokens, in the order in which they began to wait. Else thousands would look for each token, and
 * all but one would wait again, each with an event and a write to the store.
 */
final class Turns {
  private final Buckets agents;
  private final LiveRegistry registry;

  /* What is left in this sweep of the tokens that each agent had. The thread of the sweep uses it. */
  private final Map<String, Long> left = new HashMap<>();

  Turns(Buckets agents, LiveRegistry registry) {
    this.agents = agents;
    this.registry = registry;
  }

  /** Those that look again because an agent has opened, of those that wait for any. */
  List<TaskRun> ofOpened(String agent, List<TaskRun> waiting) {
    long tokens = agents.available(agent);
    List<TaskRun> called = new ArrayList<>();
    for (TaskRun run : waiting) {
      if (tokens > 0 || rated(run).isEmpty()) {
        called.add(run);
        tokens--;
      }
    }
    return called;
  }

  /** A sweep begins. */
  void sweep() {
    left.clear();
  }

  /** Whether a run whose time has come looks again in this sweep; if not, in one of the next. */
  boolean isCalled(TaskRun run) {
    String agent = rated(run);
    if (agent.isEmpty()) {
      return true;
    }
    if (registry.isLimited(agent)) {
      return false;
    }
    return left.merge(agent, agents.available(agent), (before, now) -> before - 1) > 0;
  }

  /* The agent with a rate for which a run waits; empty if it waits for something else. */
  private String rated(TaskRun run) {
    String agent = run.reason() instanceof WaitReason.Quota quota ? quota.agent() : "";
    return agent.isEmpty() || agents.limit(agent) == null ? "" : agent;
  }
}
