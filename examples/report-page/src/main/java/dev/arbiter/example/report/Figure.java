/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.report;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** One chart. The page also shows every number of it in a table below. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "kind")
public sealed interface Figure {

  /** {@return the words above the chart: the finding, how to read the chart, and its axis} */
  Caption caption();

  /**
   * The words above a figure.
   *
   * @param finding the result, as a sentence without full stop
   * @param about how to read the figure, and where its numbers come from
   * @param axis meaning of the values
   */
  record Caption(String finding, String about, String axis) {}

  /** The meaning of a line or a bar. It decides the colour, which is the same in every figure. */
  enum Role {
    /** The learned routing. */
    LEARNED,
    /** The learned routing with other agents tried after a failure. */
    FALLBACK,
    /** An agent chosen at random. */
    UNIFORM,
    /** The best single agent. */
    BEST,
    /** A limit that was set. */
    LIMIT
  }

  /** The unit of a number. It decides the number's text. */
  enum Unit {
    /** A count. */
    COUNT,
    /** A share from 0 to 1, written as a percentage. */
    SHARE,
    /** US dollars. */
    DOLLARS,
    /** Thousandths of a second. */
    MILLISECONDS
  }

  /**
   * A horizontal line to compare with.
   *
   * @param name of the line
   * @param role its meaning
   * @param value its height
   */
  record Level(String name, Role role, double value) {}

  /**
   * Numbers that belong together.
   *
   * @param name of the series
   * @param role its meaning
   * @param values the numbers; a number that is not finite is left out
   * @param deviations for each number one standard deviation of a single run; empty for no band
   */
  record Series(String name, Role role, List<Double> values, List<Double> deviations) {

    /** Copies the lists. */
    public Series {
      values = List.copyOf(values);
      deviations = List.copyOf(deviations);
    }

    /**
     * {@return a series without a band}
     *
     * @param name of the series
     * @param role its meaning
     * @param values the numbers
     */
    public static Series of(String name, Role role, List<Double> values) {
      return new Series(name, role, values, List.of());
    }
  }

  /**
   * Values over the course of a run.
   *
   * @param caption the words above it
   * @param tasks length of the run; the values of each line are spread over it evenly
   * @param cumulative true if a value belongs to the end of a part of the run and the first one to
   *     its start; false if a value belongs to a whole part
   * @param unit of the values
   * @param lines the values
   * @param levels lines to compare with
   */
  record Curve(
      Caption caption,
      int tasks,
      boolean cumulative,
      Unit unit,
      List<Series> lines,
      List<Level> levels)
      implements Figure {

    /** Copies the lists. */
    public Curve {
      lines = List.copyOf(lines);
      levels = List.copyOf(levels);
    }
  }

  /**
   * Groups of bars.
   *
   * @param caption the words above it
   * @param flat true for horizontal bars; on a narrow page bars are always horizontal
   * @param unit of the values
   * @param groups names of the groups
   * @param bars in each group, one value for each group
   */
  record Bars(Caption caption, boolean flat, Unit unit, List<String> groups, List<Series> bars)
      implements Figure {

    /** Copies the lists. */
    public Bars {
      groups = List.copyOf(groups);
      bars = List.copyOf(bars);
    }
  }

  /**
   * Single values, smallest first.
   *
   * @param caption the words above it
   * @param each name of the thing that has one value, such as a run
   * @param unit of the values
   * @param values in any order
   * @param levels lines to compare with
   */
  record Dots(Caption caption, String each, Unit unit, List<Double> values, List<Level> levels)
      implements Figure {

    /** Sorts and copies the lists. */
    public Dots {
      values = values.stream().sorted().toList();
      levels = List.copyOf(levels);
    }
  }

  /**
   * The share of each agent over the course of a run.
   *
   * @param caption the words above it
   * @param tasks length of the run; values are spread over it evenly
   * @param agents in the order of their colours
   */
  record Shares(Caption caption, int tasks, List<Agent> agents) implements Figure {
    private static final int COLOURS = 7;

    /** Copies the list. */
    public Shares {
      agents = List.copyOf(agents);
    }

    /**
     * One agent.
     *
     * @param name of the agent
     * @param values its share in each part of the run, from 0 to 1
     */
    public record Agent(String name, List<Double> values) {

      /** Copies the list. */
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
     * {@return a figure with the largest shares first; agents without a colour become one sum}
     *
     * @param caption the words above it
     * @param tasks length of the run
     * @param agents in any order
     */
    public static Shares of(Caption caption, int tasks, List<Agent> agents) {
      Comparator<Agent> largest = Comparator.comparingDouble(Agent::sum).reversed();
      List<Agent> sorted = agents.stream().sorted(largest).toList();
      if (sorted.size() <= COLOURS) {
        return new Shares(caption, tasks, sorted);
      }
      List<Agent> rest = sorted.subList(COLOURS - 1, sorted.size());
      List<Agent> folded = new ArrayList<>(sorted.subList(0, COLOURS - 1));
      Agent none = new Agent(rest.size() + " others", rest.get(0).values());
      folded.add(rest.stream().skip(1).reduce(none, Agent::plus));
      return new Shares(caption, tasks, folded);
    }
  }
}
