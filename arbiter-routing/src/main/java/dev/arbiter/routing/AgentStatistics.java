/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What is known of each agent, one array for each quantity. */
final class AgentStatistics implements Arms.Rows {
  /*
   * Pairs of agent and type fade with their agent. To fade them all at each outcome would touch
   * many, so a row has a scale: what is stored is divided by it, and it shrinks in their place.
   * Long before it could lose precision the stored values are multiplied out.
   */
  private static final double FADING = 0.9995;
  private static final double SMALLEST_SCALE = 1e-6;
  private static final int SUM_ANEW = 4_096;
  private static final double TIME_STRENGTH = 5;

  double[] successes = new double[0];
  double[] outcomes = new double[0];
  private double[] scale = new double[0];
  private int[] era = new int[0];
  private double[] seconds = new double[0];
  private double[] timed = new double[0];
  private double[] flatLikelihood = new double[0];
  private double[] declaredLikelihood = new double[0];
  private @Nullable ChangeTest[] tests = new ChangeTest[0];
  private final Cells cells = new Cells();
  private final Population population = new Population();
  private double allSeconds;
  private double allTimed;
  private int changes;

  @Override
  public void grow(int length) {
    int old = scale.length;
    successes = Arrays.copyOf(successes, length);
    outcomes = Arrays.copyOf(outcomes, length);
    scale = Arrays.copyOf(scale, length);
    Arrays.fill(scale, old, length, 1);
    era = Arrays.copyOf(era, length);
    seconds = Arrays.copyOf(seconds, length);
    timed = Arrays.copyOf(timed, length);
    flatLikelihood = Arrays.copyOf(flatLikelihood, length);
    declaredLikelihood = Arrays.copyOf(declaredLikelihood, length);
    tests = Arrays.copyOf(tests, length);
  }

  @Override
  public void clear(int row) {
    replace(row, 0, 0);
    forgetTypes(row);
    seconds[row] = 0;
    timed[row] = 0;
    tests[row] = null;
  }

  /** The population's mean, m0. */
  double population() {
    return population.mean();
  }

  /** The posterior mean under the population prior, mu. */
  double mean(int row, double m0) {
    return (Population.STRENGTH * m0 + successes[row]) / (Population.STRENGTH + outcomes[row]);
  }

  /** The mean under a flat prior. */
  double smoothedMean(int row) {
    return (1 + successes[row]) / (2 + outcomes[row]);
  }

  double successesOf(int row, int type) {
    int at = cells.find(row, type, era[row]);
    return at < 0 ? 0 : cells.successes(at) * scale[row];
  }

  double outcomesOf(int row, int type) {
    int at = cells.find(row, type, era[row]);
    return at < 0 ? 0 : cells.outcomes(at) * scale[row];
  }

  /** Fades what is known of an agent, then adds one outcome. */
  void addOutcome(int row, int type, double reward) {
    scale[row] *= FADING;
    if (scale[row] < SMALLEST_SCALE) {
      cells.scale(row, scale[row]);
      scale[row] = 1;
    }
    replace(row, successes[row] * FADING + reward, outcomes[row] * FADING + 1);
    addToType(row, type, reward, 1);
  }

  /** Adds part of an outcome, without fading. */
  void addCorrected(int row, int type, double success, double weight) {
    double sum = outcomes[row] + weight;
    replace(row, Math.max(0, Math.min(sum, successes[row] + success)), sum);
    addToType(row, type, success, weight);
  }

  private void addToType(int row, int type, double success, double weight) {
    int at = cells.findOrAdd(row, type, era[row]);
    if (at >= 0) {
      cells.add(at, success / scale[row], weight / scale[row]);
    }
  }

  /** Looks for a sudden change; on one forgets what was before it. */
  boolean changed(int row, double reward) {
    ChangeTest test = tests[row];
    if (test == null) {
      test = new ChangeTest();
      tests[row] = test;
    }
    ChangeTest.Rest rest = test.add(reward);
    if (rest == null) {
      return false;
    }
    replace(row, rest.successes(), rest.outcomes());
    forgetTypes(row);
    return true;
  }

  private void forgetTypes(int row) {
    era[row]++;
    scale[row] = 1;
    flatLikelihood[row] = 0;
    declaredLikelihood[row] = 0;
  }

  private void replace(int row, double newSuccesses, double newOutcomes) {
    population.remove(successes[row], outcomes[row]);
    successes[row] = newSuccesses;
    outcomes[row] = newOutcomes;
    population.add(newSuccesses, newOutcomes);
    if (++changes % SUM_ANEW == 0) {
      population.clear();
      for (int i = 0; i < successes.length; i++) {
        population.add(successes[i], outcomes[i]);
      }
    }
  }

  /** How far an agent's declarations are believed. */
  double trust(int row) {
    return 1 / (1 + Math.exp(flatLikelihood[row] - declaredLikelihood[row]));
  }

  /** Compares what an agent declared, and what was expected without it, with what came. */
  void judgeDeclaration(int row, int type, double declared, double flat, double reward) {
    double n = outcomesOf(row, type);
    double claim = (30 * declared + successesOf(row, type) + 0.5) / (31 + n);
    declaredLikelihood[row] += logLikelihood(claim, reward);
    flatLikelihood[row] += logLikelihood(flat, reward);
  }

  private static double logLikelihood(double expected, double reward) {
    double p = Math.max(0.01, Math.min(0.99, expected));
    return reward * Math.log(p) + (1 - reward) * Math.log(1 - p);
  }

  void addTime(int row, double spent) {
    seconds[row] += spent;
    timed[row]++;
    allSeconds += spent;
    allTimed++;
  }

  /** The expected wait for a slot, in halves of a mean task's time; 0 if a slot is free. */
  double waitPrice(int row, RegisteredAgent agent) {
    if (agent.freeSlots() > 0) {
      return 0;
    }
    double mean = allTimed == 0 || allSeconds == 0 ? 1 : allSeconds / allTimed;
    double own =
        allSeconds == 0 ? 1 : (TIME_STRENGTH * mean + seconds[row]) / (TIME_STRENGTH + timed[row]);
    return (agent.queued() + 1) * own / agent.profile().capacity() / (2 * mean);
  }
}
