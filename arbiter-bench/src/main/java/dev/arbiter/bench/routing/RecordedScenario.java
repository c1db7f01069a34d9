/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import dev.arbiter.bench.routing.Scenario.Case;
import dev.arbiter.routing.evaluation.OutcomeMatrix;
import dev.arbiter.routing.evaluation.ReplayEvaluator;
import dev.arbiter.routing.evaluation.ReplayReport;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;

/** What real agents came to at real tasks, replayed; the bars are those of SWE-bench Pro. */
final class RecordedScenario {
  private static final int ORDERS = 100;
  private static final int STREAMS = 40;
  private static final int DRAWS = 5_000;
  private static final int SYNC = 100;

  private final OutcomeMatrix matrix;

  private RecordedScenario(OutcomeMatrix matrix) {
    this.matrix = matrix;
  }

  /** Reads outcomes, see {@link RecordedOutcome#read}. */
  static RecordedScenario read(Path file) {
    OutcomeMatrix.Builder matrix = OutcomeMatrix.builder();
    for (RecordedOutcome outcome : RecordedOutcome.read(file)) {
      matrix.trial(outcome.task(), outcome.type(), outcome.agent(), outcome.solved());
    }
    return new RecordedScenario(matrix.build());
  }

  Scenario scenario() {
    return new Scenario(
        "recorded",
        "Tasks solved in percent: more is better. One pass in random order, or 5,000 tasks drawn"
            + " with replacement; the error times the root of the number of runs is the deviation"
            + " over orders.",
        List.of(
            first("one pass", ORDERS, 1, replay -> replay)
                .bar("39.0", "40.0")
                .reference(
                    "uniform 26.0, ucb1 32.9, epsilon-greedy 39.6, kl-ucb 37.2, imed 38.2,"
                        + " thompson 37.7, hierarchical-thompson 37.0, optimistic-gittins 39.9,"
                        + " adaptive-thompson 39.4"),
            first("T=5,000", STREAMS, 1, replay -> replay.draws(DRAWS))
                .bar("42.3", "43.0")
                .reference(
                    "uniform 26.2, ucb1 37.8, epsilon-greedy 41.5, kl-ucb 41.1, imed 41.6,"
                        + " thompson 41.6, hierarchical-thompson 41.5, optimistic-gittins 42.1,"
                        + " adaptive-thompson 42.6"),
            first("T=5,000, delay 50", STREAMS, 1, replay -> replay.draws(DRAWS).delay(50))
                .bar("42.3", "43.0")
                .reference(
                    "ucb1 37.4, kl-ucb 40.4, imed 40.9, thompson 41.6, adaptive-thompson 42.7"),
            first("two nodes, one pass", ORDERS, 2, replay -> replay).bar("one pass - 2", "- .5"),
            first("two nodes, T=5,000", STREAMS, 2, replay -> replay.draws(DRAWS))
                .bar("T=5,000 - .8", "- 0"),
            fallback("one pass, fallback", ORDERS, replay -> replay).bar("49.5", "50.5"),
            fallback("T=5,000, fallback", STREAMS, replay -> replay.draws(DRAWS))
                .bar("52.0", "52.6")
                .reference("adaptive-thompson 52.6")));
  }

  private Case first(
      String name, int runs, int nodes, UnaryOperator<ReplayEvaluator.Builder> setting) {
    return Case.of(
        name,
        runs,
        (policy, seed) ->
            100
                * replay(setting, seed)
                    .evaluate(s -> Routers.nodes(policy, s, nodes, nodes > 1 ? SYNC : 0))
                    .firstChoice()
                    .value());
  }

  private Case fallback(String name, int runs, UnaryOperator<ReplayEvaluator.Builder> setting) {
    return Case.of(
        name,
        runs,
        (policy, seed) -> {
          ReplayReport report =
              replay(replay -> setting.apply(replay).fallbacks(1), seed)
                  .evaluate(s -> Routers.router(policy, s));
          return 100 * report.afterFallback().value();
        });
  }

  private ReplayEvaluator replay(UnaryOperator<ReplayEvaluator.Builder> setting, long seed) {
    return setting.apply(ReplayEvaluator.builder(matrix).runs(1).seed(seed).buckets(1)).build();
  }
}
