/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.internal.record.KeptDecision;
import java.util.function.Consumer;

/**
 * Leaves runs to the store when the arbiter closes: those that have not begun, and those that wait.
 */
final class Leaving {
  private final Lessons lessons;
  private final Holdings holdings;
  private final Consumer<TaskRun> ended;
  private final boolean keeps;
  private volatile boolean began;

  /**
   * Makes it.
   *
   * @param keeps whether the store outlives the process
   */
  Leaving(Lessons lessons, Holdings holdings, Consumer<TaskRun> ended, boolean keeps) {
    this.lessons = lessons;
    this.holdings = holdings;
    this.ended = ended;
    this.keeps = keeps;
  }

  /** The arbiter closes. */
  void begin() {
    began = true;
  }

  /** Whether the arbiter closes, and its store outlives it. */
  boolean isClosing() {
    return began;
  }

  /** Whether the arbiter closes and the run is one for the store. */
  boolean isToLeave(TaskRun run) {
    return began && mayLeave(run);
  }

  /** At CALL the store has kept that the agent is called; the next arbiter would believe it. */
  boolean mayLeave(TaskRun run) {
    boolean isIdle =
        waits(run) || (!run.hasBegun() && run.stage() != Stage.CALL && run.stage() != Stage.TELL);
    return keeps && isIdle && run.decide();
  }

  /* Whether the store keeps that it waits; its wait may be over, and its agent is not called. */
  private static boolean waits(TaskRun run) {
    return run.stage() == Stage.PARK || run.waitsBetweenCalls();
  }

  /** The store keeps the run; what it has taken here is given back. */
  Waits leave(TaskRun run) {
    // The next arbiter tells the outcome of a decision that the store keeps.
    boolean isKept = waits(run) || run.openDecision() instanceof KeptDecision;
    if (!isKept) {
      lessons.unlearned(run);
    }
    holdings.settle(run);
    run.leftToStore();
    ended.accept(run);
    return Waits.NOTHING;
  }
}
