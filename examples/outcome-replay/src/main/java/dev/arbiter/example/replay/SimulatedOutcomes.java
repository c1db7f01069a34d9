/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Makes the simulated sample of outcomes that this example ships.
 *
 * <p>No agent is real. Each task has a difficulty, each agent a skill and a small strength or
 * weakness at each category. The chance of success is the logistic function of skill plus strength
 * minus difficulty. One trial in eight is missing. The same program makes the same file on every
 * machine: it uses {@link StrictMath} and one seed.
 *
 * <p>{@code java -cp examples/outcome-replay/target/outcome-replay.jar
 * dev.arbiter.example.replay.SimulatedOutcomes FILE} writes the file.
 */
final class SimulatedOutcomes {
  private static final long SEED = 20_260_101;
  private static final int TASKS = 400;
  private static final int MISSING = 8;
  private static final double[] SKILLS = {0.1, -0.3, -0.5, -1.0, -1.5, -2.2};
  private static final double[] COSTS = {0.60, 0.25, 0.40, 0.10, 0.15, 0.05};
  private static final String[] CATEGORIES = {"api", "build", "docs", "parser", "tests"};
  private static final double SPREAD_OF_TASKS = 1.5;
  private static final double SPREAD_OF_STRENGTHS = 0.6;

  private SimulatedOutcomes() {}

  /**
   * Writes the sample.
   *
   * @param args the file, which is replaced
   * @throws IOException if the file cannot be written
   */
  public static void main(String[] args) throws IOException {
    Files.writeString(Path.of(args[0]), csv());
  }

  static String csv() {
    SplittableRandom random = new SplittableRandom(SEED);
    double[][] strengths = new double[SKILLS.length][CATEGORIES.length];
    for (double[] agent : strengths) {
      for (int category = 0; category < CATEGORIES.length; category++) {
        agent[category] = SPREAD_OF_STRENGTHS * centred(random);
      }
    }
    StringBuilder csv = new StringBuilder("task_id,category,agent,success,cost\n");
    for (int task = 1; task <= TASKS; task++) {
      int category = random.nextInt(CATEGORIES.length);
      double difficulty = SPREAD_OF_TASKS * centred(random);
      for (int agent = 0; agent < SKILLS.length; agent++) {
        double edge = SKILLS[agent] + strengths[agent][category] - difficulty;
        boolean success = random.nextDouble() < 1 / (1 + StrictMath.exp(-edge));
        double cost = COSTS[agent] * (0.5 + random.nextDouble());
        if (random.nextInt(MISSING) > 0) {
          csv.append(
              String.format(
                  Locale.ROOT,
                  "sim-%03d,%s,sim-agent-%d,%d,%.4f%n",
                  task,
                  CATEGORIES[category],
                  agent + 1,
                  success ? 1 : 0,
                  cost));
        }
      }
    }
    return csv.toString().replace("\r\n", "\n");
  }

  /* The sum of three uniform numbers: nearly normal, mean 0, deviation 1. */
  private static double centred(SplittableRandom random) {
    return 2 * (random.nextDouble() + random.nextDouble() + random.nextDouble() - 1.5);
  }
}
