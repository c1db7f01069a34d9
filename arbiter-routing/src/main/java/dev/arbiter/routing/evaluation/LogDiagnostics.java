/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reasons to doubt the estimates of a target by a log. */
final class LogDiagnostics {
  /*
   * A log holds the probability of the chosen agent only. That another agent could not be chosen
   * shows in two ways: the log has no choice of it, and the weights fall short of 1, their mean in
   * any log that supports the target.
   */
  private static final double LEAST_EFFECTIVE = 50;
  private static final double MOST_UNSEEN = .05;
  private static final double ERRORS = 3;
  private static final double TOLERANCE = .02;
  private static final int NAMED = 3;

  private final Map<String, Double> unseen = new HashMap<>();
  private final int size;

  LogDiagnostics(int size) {
    this.size = size;
  }

  /** Adds a probability that the target chooses an agent never chosen for this type of task. */
  void unseen(String agent, double probability) {
    unseen.merge(agent, probability / size, Double::sum);
  }

  List<String> of(WeightedLog log) {
    List<String> doubts = new ArrayList<>();
    addUnseen(doubts);
    addWeights(doubts, log.meanWeight(), log.errorOfMeanWeight());
    if (log.effectiveSize() < LEAST_EFFECTIVE) {
      doubts.add(
          format(
              "%d decisions of this log say as much as %.1f of the target's own, and %.0f are"
                  + " needed; log more, with more exploration",
              size, log.effectiveSize(), LEAST_EFFECTIVE));
    }
    return List.copyOf(doubts);
  }

  private void addUnseen(List<String> doubts) {
    double share = unseen.values().stream().mapToDouble(Double::doubleValue).sum();
    if (share <= MOST_UNSEEN) {
      return;
    }
    List<String> most =
        unseen.entrySet().stream()
            .sorted(
                Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .limit(NAMED)
            .map(Map.Entry::getKey)
            .toList();
    doubts.add(
        format(
            "%.0f %% of the target's choices are agents that this log never chose for that type of"
                + " task, first of all %s; let the router try them",
            100 * share, String.join(", ", most)));
  }

  private static void addWeights(List<String> doubts, double mean, double error) {
    double reach = ERRORS * error + TOLERANCE;
    if (mean < 1 - reach) {
      doubts.add(
          format(
              "weights average %.3f where 1 is due: what the target chooses could hardly be chosen"
                  + " when this was logged; log with more exploration",
              mean));
    } else if (mean > 1 + reach) {
      doubts.add(
          format(
              "weights average %.3f where 1 is due: choices were more likely than the log says;"
                  + " check where its probabilities come from",
              mean));
    }
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
