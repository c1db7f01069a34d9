/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.tracker.training.Transition.Reward.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Steps for tests. */
final class Steps {
  static final List<String> AGENTS = List.of("ada", "bob", "eve", "zoë");

  private Steps() {}

  static Transition step(int number, String taskType, String action, double quality) {
    Transition.State state =
        new Transition.State(
            taskType, 5, List.of("java"), 1, List.of(), "", number % 1000, 0.1, AGENTS, "");
    Transition.State end =
        new Transition.State(
            taskType,
            5,
            List.of("java"),
            1,
            quality > 0 ? List.of() : List.of(action),
            quality > 0 ? "" : "AGENT_ERROR",
            number + 1000L,
            0.3,
            List.of(),
            quality > 0 ? "COMPLETED" : "FAILED");
    return new Transition(
        "acme",
        "T-" + number,
        Tale.BEGIN.plus(Duration.ofMinutes(number)),
        state,
        action,
        "ucb1",
        0.25,
        new Transition.Reward(
            quality > 0 ? Outcome.SUCCESS : Outcome.FAILURE,
            quality > 0,
            quality,
            0.1 + number / 7.0,
            1234.5,
            0),
        end,
        true);
  }

  /** Four agents in turn, every other one succeeds: good enough. */
  static List<Transition> good(int from, int count) {
    List<Transition> steps = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      steps.add(step(i, "refactor", AGENTS.get(i % 4), (i / 4) % 2));
    }
    return steps;
  }
}
