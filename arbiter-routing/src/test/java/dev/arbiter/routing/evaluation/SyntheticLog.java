/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Logs of a policy that is known, among agents whose success rates are known. */
final class SyntheticLog {
  static final List<String> AGENTS = List.of("ada", "bob", "cy", "dan");

  /** Two of three tasks are fixes. */
  private static final Map<String, double[]> RATES =
      Map.of("fix", new double[] {.3, .5, .7, .4}, "doc", new double[] {.8, .5, .2, .6});

  private static final Map<String, double[]> LOGGING =
      Map.of("fix", new double[] {.5, .2, .2, .1}, "doc", new double[] {.4, .3, .1, .2});

  private SyntheticLog() {}

  static List<LoggedDecision> of(int size, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    List<LoggedDecision> log = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      String type = random.nextInt(3) < 2 ? "fix" : "doc";
      double[] logging = probabilities(LOGGING, type);
      int chosen = draw(logging, random);
      double reward = random.nextDouble() < probabilities(RATES, type)[chosen] ? 1 : 0;
      log.add(new LoggedDecision(type, AGENTS, AGENTS.get(chosen), logging[chosen], reward));
    }
    return log;
  }

  /** The mean reward a policy really comes to. */
  static double truth(TargetPolicy target) {
    return 2 / 3. * truth(target, "fix") + 1 / 3. * truth(target, "doc");
  }

  private static double truth(TargetPolicy target, String type) {
    double[] chosen = target.probabilities(type, AGENTS);
    double truth = 0;
    for (int agent = 0; agent < chosen.length; agent++) {
      truth += chosen[agent] * probabilities(RATES, type)[agent];
    }
    return truth;
  }

  private static double[] probabilities(Map<String, double[]> all, String type) {
    return all.getOrDefault(type, new double[0]);
  }

  private static int draw(double[] probabilities, SplittableRandom random) {
    double left = random.nextDouble();
    int drawn = 0;
    while (drawn < probabilities.length - 1 && left >= probabilities[drawn]) {
      left -= probabilities[drawn++];
    }
    return drawn;
  }
}
