/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Who got how much over a run.
 *
 * @param caption the words above it
 * @param tasks how long the run is; values are spread over it evenly
 * @param agents each with its shares, from 0 to 1; this order gives agents their colours
 */
public record Shares(Caption caption, int tasks, List<Agent> agents) implements Figure {
  private static final int COLOURS = 7;

  /** Copies. */
  public Shares {
    agents = List.copyOf(agents);
  }

  /**
   * One agent.
   *
   * @param name what it is called
   * @param values its share in each part of the run
   */
  public record Agent(String name, List<Double> values) {

    /** Copies. */
    public Agent {
      values = List.copyOf(values);
    }

    private double sum() {
      return values.stream().mapToDouble(value -> value).sum();
    }

    private Agent plus(Agent other) {
      List<Double> sums = new ArrayList<>(values);
      for (int part = 0; part < sums.size(); part++) {
        sums.set(part, sums.get(part) + other.values.get(part));
      }
      return new Agent(name, sums);
    }
  }

  /**
   * The largest shares first; those for which no colour is left become one.
   *
   * @param caption the words above it
   * @param tasks how long the run is
   * @param agents who takes part, in any order
   * @return the figure
   */
  public static Shares of(Caption caption, int tasks, List<Agent> agents) {
    Comparator<Agent> largest = Comparator.comparingDouble(Agent::sum).reversed();
    return new Shares(caption, tasks, folded(agents.stream().sorted(largest).toList()));
  }

  private static List<Agent> folded(List<Agent> agents) {
    if (agents.size() <= COLOURS) {
      return agents;
    }
    List<Agent> rest = agents.subList(COLOURS - 1, agents.size());
    Agent others = new Agent(rest.size() + " others", rest.get(0).values());
    for (Agent agent : rest.subList(1, rest.size())) {
      others = others.plus(agent);
    }
    List<Agent> folded = new ArrayList<>(agents.subList(0, COLOURS - 1));
    folded.add(others);
    return folded;
  }
}
