/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

/** Successes and outcomes of every agent, and of all agents together. */
public final class SuccessCounts {
  /** The population's mean counts as many outcomes in an agent's mean. */
  public static final double PRIOR = 8;

  private double[] successes = {};
  private double[] outcomes = {};
  /* 1/(N+8), kept because every decision needs it of every candidate. */
  private double[] shares = {};
  /* Sums of S/(N+8) and N/(N+8) over all agents: w S/N and w, where w = N/(N+8). */
  private double weightedRates;
  private double weights;

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    successes = RowSums.grown(successes, count, 0);
    outcomes = RowSums.grown(outcomes, count, 0);
    shares = RowSums.grown(shares, count, 1 / PRIOR);
  }

  /** Successes of an agent. */
  public double successes(int row) {
    return successes[row];
  }

  /** Outcomes of an agent. */
  public double outcomes(int row) {
    return outcomes[row];
  }

  /** The success rate to expect of an agent without outcomes. */
  public double populationMean() {
    return (1 + weightedRates) / (2 + weights);
  }

  /** The success rate to expect of an agent, shrunk towards the population's. */
  public double mean(int row, double populationMean) {
    return (PRIOR * populationMean + successes[row]) * shares[row];
  }

  /** The success rate to expect of an agent by its own record alone. */
  public double expected(int row) {
    return (1 + successes[row]) / (2 + outcomes[row]);
  }

  /** The success rate seen, 0 for an agent without outcomes. */
  public double rate(int row) {
    return outcomes[row] > 0 ? successes[row] / outcomes[row] : 0;
  }

  /** Keeps a share of an agent's record and adds a reward of some weight. */
  public void add(int row, double keep, double reward, double weight) {
    double count = keep * outcomes[row] + weight;
    set(row, Math.min(count, keep * successes[row] + weight * reward), count);
  }

  /**
   * Adds sums of an agent from another router; none falls below 0, successes not above outcomes.
   */
  public void addSums(int row, double moreSuccesses, double moreOutcomes) {
    double count = Math.max(0, outcomes[row] + moreOutcomes);
    set(row, Math.min(count, Math.max(0, successes[row] + moreSuccesses)), count);
  }

  /** Computes the sums over all agents anew. */
  public void recount(int[] rows) {
    weightedRates = 0;
    weights = 0;
    for (int row : rows) {
      weightedRates += successes[row] * shares[row];
      weights += outcomes[row] * shares[row];
    }
  }

  /** Replaces an agent's record. */
  public void set(int row, double newSuccesses, double newOutcomes) {
    double share = 1 / (newOutcomes + PRIOR);
    weightedRates += newSuccesses * share - successes[row] * shares[row];
    weights += newOutcomes * share - outcomes[row] * shares[row];
    shares[row] = share;
    successes[row] = newSuccesses;
    outcomes[row] = newOutcomes;
  }
}
