/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The chance that one of several random scores is the highest. */
public final class Propensity {
  /*
   * The integral of the product of the other scores' distribution functions against the chosen
   * score's distribution, by the trapezoid rule for Stieltjes sums. It needs no density; a beta
   * distribution below shape 1 has no finite one. A score that is surely lower has the factor 1,
   * so of ten thousand candidates only the rivals cost anything. Equal neighbours, such as agents
   * without outcomes, are evaluated once.
   *
   * After failures the order of the failed agents' draws is known: all above the chosen one, each
   * below the one before. The chance of that order above a score is computed on the same grid, from
   * the top down.
   */
  private static final int STEPS = 256;
  private static final double SMALLEST = 1e-9;

  private Propensity() {}

  /**
   * The chance that the chosen score is the highest.
   *
   * @param chosen the chosen candidate's score
   * @param others the scores of all other candidates
   * @param above scores known to be still higher, highest first
   */
  public static double of(
      Distribution chosen, List<Distribution> others, List<Distribution> above) {
    double joint = integrate(chosen, others, above);
    if (above.isEmpty()) {
      return limit(joint);
    }
    List<Distribution> below = new ArrayList<>(others);
    below.add(chosen);
    int last = above.size() - 1;
    double known = integrate(above.get(last), below, above.subList(0, last));
    return known > 0 ? limit(joint / known) : 1;
  }

  private static double limit(double probability) {
    return Math.min(1, Math.max(SMALLEST, probability));
  }

  /** The chance of the order above[0] > above[1] > ... > chosen > each of the others. */
  private static double integrate(
      Distribution chosen, List<Distribution> others, List<Distribution> above) {
    double low = chosen.low();
    double high = chosen.high();
    for (Distribution distribution : others) {
      low = Math.max(low, distribution.low());
    }
    for (Distribution distribution : above) {
      high = Math.max(high, distribution.high());
    }
    if (low >= high) {
      return 0;
    }
    List<Distribution> rivals = new ArrayList<>();
    for (Distribution distribution : others) {
      if (distribution.high() > low) {
        rivals.add(distribution);
      }
    }
    double[] nodes = new double[STEPS + 1];
    for (int k = 0; k <= STEPS; k++) {
      nodes[k] = low + (high - low) * k / STEPS;
    }
    return sum(nodes, chosen, rivals, ordered(nodes, above));
  }

  private static double sum(
      double[] nodes, Distribution chosen, List<Distribution> rivals, double[] ordered) {
    double sum = 0;
    double cumulative = chosen.cumulative(nodes[0]);
    double value = cumulative > 0 ? product(nodes[0], rivals) * ordered[0] : 0;
    // The atom-free part below the first node lies under some rival, so it adds nothing.
    for (int k = 1; k < nodes.length; k++) {
      double next = chosen.cumulative(nodes[k]);
      double nextValue = product(nodes[k], rivals) * ordered[k];
      sum += (next - cumulative) * (value + nextValue) / 2;
      cumulative = next;
      value = nextValue;
    }
    return sum;
  }

  private static double product(double score, List<Distribution> rivals) {
    double product = 1;
    double factor = 1;
    Distribution previous = null;
    for (int i = 0; i < rivals.size() && product > 0; i++) {
      Distribution distribution = rivals.get(i);
      if (!distribution.equals(previous)) {
        factor = distribution.cumulative(score);
        previous = distribution;
      }
      product *= factor;
    }
    return product;
  }

  /** At each node the chance that all of these are above it, in this order. */
  private static double[] ordered(double[] nodes, List<Distribution> above) {
    double[] chance = new double[nodes.length];
    Arrays.fill(chance, 1);
    for (Distribution distribution : above) {
      double[] next = new double[nodes.length];
      double cumulative = 1;
      for (int k = nodes.length - 2; k >= 0; k--) {
        double lower = distribution.cumulative(nodes[k]);
        next[k] = next[k + 1] + (cumulative - lower) * (chance[k] + chance[k + 1]) / 2;
        cumulative = lower;
      }
      chance = next;
    }
    return chance;
  }
}
