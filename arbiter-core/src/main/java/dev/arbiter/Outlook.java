/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.insight.Insight;
import dev.arbiter.insight.Recommendation.Kind;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Tells the insight each half minute how the parts are, and lets it offer what it recommends. */
final class Outlook {
  private static final long EACH = TimeUnit.SECONDS.toNanos(30);

  private final Insight insight;
  private long last;

  Outlook(Insight insight, long nanoTime) {
    this.insight = insight;
    this.last = nanoTime;
  }

  /** Whether it is time to look; true once each time. For the thread of the sweep. */
  boolean isDue(long nanoTime) {
    boolean due = nanoTime - last >= EACH;
    last = due ? nanoTime : last;
    return due;
  }

  void look(HealthReport health, List<RegisteredAgent> agents) {
    insight.look();
    for (Component part : health.components()) {
      if (part.level() != Level.HEALTHY && !part.name().equals("agent_registry")) {
        insight.saw(Kind.SYSTEM, part.name(), "look at the " + part.name(), part.detail());
      }
    }
    for (RegisteredAgent agent : agents) {
      if (agent.status() == Status.LIMITED) {
        saw(agent, "it has reached its usage limit", "raise its limit");
      } else if (agent.queued() > 0 && agent.freeSlots() == 0) {
        String full =
            String.format(
                Locale.ROOT,
                "all of its %d slots are taken, and tasks wait",
                agent.profile().capacity());
        saw(agent, full, "give it more slots");
      }
    }
    insight.offer();
  }

  private void saw(RegisteredAgent agent, String evidence, String remedy) {
    String text = "agent '" + agent.id() + "': " + remedy + ", or register another such agent";
    insight.saw(Kind.RESOURCE, agent.id(), text, evidence);
  }
}
