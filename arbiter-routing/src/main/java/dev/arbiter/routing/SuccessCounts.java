/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** Successes and outcomes of every agent, and how the population does. */
final class SuccessCounts {
  /** How many outcomes the population counts for in an agent's mean. */
  static final double PRIOR = 8;

  double[] successes = new double[0];
  double[] counts = new double[0];

  /* 1/(N+8): kept because every decision needs it of every candidate. */
  private double[] shares = new double[0];

  /* Sums of S/(N+8) and N/(N+8) over all agents, which is w S/N and w with w = N/(N+8). */
  private double weightedRates;
  private double weights;

  void rows(int count) {
    if (count > counts.length) {
      int length = Math.max(count, 2 * counts.length);
      successes = Arrays.copyOf(successes, length);
      counts = Arrays.copyOf(counts, length);
      int before = shares.length;
      shares = Arrays.copyOf(shares, length);
      Arrays.fill(shares, before, length, 1 / PRIOR);
    }
  }

  /** The success to expect of an agent nobody has seen. */
  double populationMean() {
    return (1 + weightedRates) / (2 + weights);
  }

  /** The success to expect of an agent, shrunk towards the population. */
  double mean(int row, double populationMean) {
    return (PRIOR * populationMean + successes[row]) * shares[row];
  }

  /** The success to expect of an agent by its own record alone. */
  double expected(int row) {
    return (1 + successes[row]) / (2 + counts[row]);
  }

  /** The success rate seen, 0 for an agent without outcomes. */
  double rate(int row) {
    return counts[row] > 0 ? successes[row] / counts[row] : 0;
  }

  /** Keeps a share of what was seen of one agent and adds a reward of some weight. */
  void add(int row, double keep, double reward, double weight) {
    double count = keep * counts[row] + weight;
    set(row, Math.min(count, keep * successes[row] + weight * reward), count);
  }

  void set(int row, double newSuccesses, double newCount) {
    double share = 1 / (newCount + PRIOR);
    weightedRates += newSuccesses * share - successes[row] * shares[row];
    weights += newCount * share - counts[row] * shares[row];
    shares[row] = share;
    successes[row] = newSuccesses;
    counts[row] = newCount;
  }
}
