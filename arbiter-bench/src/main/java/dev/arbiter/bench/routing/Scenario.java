/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.routing.BanditPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cases that belong together, printed as one table.
 *
 * @param name for {@code --only}
 * @param about what is simulated and what the numbers are, in a sentence or two
 * @param cases at least one
 */
record Scenario(String name, String about, List<Case> cases) {

  /** Runs one policy once. */
  @FunctionalInterface
  interface Trial {
    double run(BanditPolicy policy, long seed);
  }

  /**
   * One column of the table.
   *
   * @param name what is special about it
   * @param runs how many there are at scale 1
   * @param trial one of them
   * @param bar what the default must reach, and what would be top; empty if nothing is asked
   * @param figures what the reference simulation came to, by policy
   */
  record Case(String name, int runs, Trial trial, String bar, Map<String, String> figures) {

    static Case of(String name, int runs, Trial trial) {
      return new Case(name, runs, trial, "", Map.of());
    }

    /**
     * Bars of the default: at most, or at least, {@code must}; {@code top} is what is hoped for.
     */
    Case bar(String must, String top) {
      return new Case(name, runs, trial, must + ", top " + top, figures);
    }

    /** Figures as in {@code "ucb1 334, kl-ucb 56.8"}. */
    Case reference(String text) {
      Map<String, String> parsed = new HashMap<>();
      for (String figure : text.split(", ", -1)) {
        int space = figure.indexOf(' ');
        parsed.put(figure.substring(0, space), figure.substring(space + 1));
      }
      return new Case(name, runs, trial, bar, Map.copyOf(parsed));
    }

    /** How many runs there are at a scale, at least one. */
    int runs(double scale) {
      return (int) Math.max(1, Math.round(scale * runs));
    }
  }
}
