/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.agent.Assignment;
import dev.arbiter.learning.EndedAttempts.TaskKey;
import dev.arbiter.learning.Shelf.Chosen;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Hands practices to attempts by the throw of a coin, and counts how they end; not thread-safe. */
final class Handing {
  private static final int MOST_OPEN = 16_384;
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final int UNUSED_BITS = 11;

  private final Recent<TaskKey, Map<Integer, Given>> open = new Recent<>(MOST_OPEN);
  private final long salt;

  Handing(String name) {
    this.salt = fold(0, name);
  }

  /** What came of one coin. */
  private record Throw(Chosen chosen, double share, boolean isWith) {}

  /** What was thrown for the call of one agent. */
  private record Given(String agent, List<Throw> thrown) {
    List<String> texts() {
      return thrown.stream()
          .filter(Throw::isWith)
          .map(one -> one.chosen.item().practice().text())
          .toList();
    }
  }

  /**
   * The texts for an attempt, out of those that compete for it. An attempt whose agent is called
   * again has the texts of its first call.
   */
  List<String> hand(Assignment assignment, List<Chosen> competing) {
    TaskKey key = TaskKey.of(assignment.task());
    Map<Integer, Given> attempts = open.get(key);
    if (attempts == null) {
      attempts = new HashMap<>();
      open.put(key, attempts);
    }
    Given before = attempts.get(assignment.attempt());
    if (before != null && before.agent.equals(assignment.agent())) {
      return before.texts();
    }
    List<Throw> thrown = new ArrayList<>();
    for (Chosen chosen : competing) {
      double share = chosen.trial().share();
      boolean isWith = coin(assignment, chosen.item().practice().id()) < share;
      thrown.add(new Throw(chosen, share, isWith));
    }
    Given given = new Given(assignment.agent(), thrown);
    attempts.put(assignment.attempt(), given);
    return given.texts();
  }

  /** Counts the end of an attempt, if it says something about its agent. */
  boolean end(EndedAttempt ended) {
    Map<Integer, Given> attempts = open.get(TaskKey.of(ended.task()));
    Given given = attempts == null ? null : attempts.remove(ended.attempt());
    if (given == null || !ended.isByAgent()) {
      return false;
    }
    for (Throw one : given.thrown) {
      one.chosen.trial().add(one.isWith, one.share, ended.outcome());
      one.chosen.item().overall().add(one.isWith, one.share, ended.outcome());
      if (one.isWith) {
        one.chosen.item().count(ended.passed());
      }
    }
    return !given.thrown.isEmpty();
  }

  /** Forgets a task that is over. */
  void forget(Task task) {
    open.remove(TaskKey.of(task));
  }

  /* A coin for each attempt, so that the failure of a first agent does not choose who has it. */
  private double coin(Assignment assignment, String practice) {
    long hash = fold(fold(salt, assignment.task().tenant()), assignment.task().id());
    hash = fold(fold(hash, assignment.agent()), practice);
    return (mixed(hash + assignment.attempt() * GOLDEN) >>> UNUSED_BITS) * 0x1p-53;
  }

  private static long fold(long hash, String text) {
    long folded = hash;
    for (int i = 0; i < text.length(); i++) {
      folded = mixed(folded + GOLDEN + text.charAt(i));
    }
    return mixed(folded + GOLDEN + text.length());
  }

  /* The finalizer of SplittableRandom: every bit of the input moves about half of the output. */
  private static long mixed(long bits) {
    long first = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
    long second = (first ^ (first >>> 27)) * 0x94D049BB133111EBL;
    return second ^ (second >>> 31);
  }
}
