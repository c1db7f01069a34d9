/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What eight agents declare to be worth at six types of task. */
enum DeclaredLevels {
  /** Capabilities without levels. */
  NONE,
  /** The truth, give or take .1. */
  HONEST,
  /** Any number. */
  WORTHLESS,
  /** The truth, give or take .1, but for the two worst agents, which declare .95. */
  OVERSTATED;

  private static final int AGENTS = 8;
  private static final int TYPES = 6;

  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Agents are better the higher their number; each type of task shifts them by about .1. */
  World world(long seed, int rounds) {
    SeededDraws lots = new SeededDraws(seed);
    double[][] chances = new double[AGENTS][TYPES];
    List<RegisteredAgent> agents = new ArrayList<>();
    for (int agent = 0; agent < AGENTS; agent++) {
      AgentProfile.Builder profile = AgentProfile.builder("a" + agent);
      for (int type = 0; type < TYPES; type++) {
        double ability = .3 + .5 * (agent + lots.uniform()) / AGENTS;
        double chance = Math.min(.98, ability + .1 * lots.normal());
        chances[agent][type] = chance;
        declare(profile, agent, type, chance, lots);
      }
      agents.add(new SimulatedAgent(profile.build(), agent));
    }
    int[] sequence = lots.sequence(rounds, TYPES);
    return World.typed(Worlds.types(TYPES), sequence, List.copyOf(agents), chances);
  }

  private void declare(
      AgentProfile.Builder profile, int agent, int type, double chance, SeededDraws lots) {
    double honest = Math.min(.98, Math.max(.02, chance + .1 * lots.normal()));
    String capability = "t" + type;
    switch (this) {
      case NONE -> profile.capability(capability);
      case HONEST -> profile.capability(capability, honest);
      case WORTHLESS -> profile.capability(capability, lots.uniform());
      case OVERSTATED -> profile.capability(capability, agent < 2 ? .95 : honest);
    }
  }
}
