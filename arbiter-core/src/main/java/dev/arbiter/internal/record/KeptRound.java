/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.util.List;

/**
 * The attempts that a task makes at once. A task with one attempt at a time has none of this.
 *
 * @param first the number of the first of them; 0 without several
 * @param at the number of the attempt that state and report are about; 0 without several
 * @param aside the work that waits until it is compared with that of the others
 */
public record KeptRound(int first, int at, List<Work> aside) {
  private static final KeptRound NONE = new KeptRound(0, 0, List.of());

  /** Copies. */
  public KeptRound {
    aside = List.copyOf(aside);
  }

  /**
   * Work that was reported.
   *
   * @param attempt the number of its attempt
   * @param report the report
   * @param nanos how long the agent took for it
   * @param used what it used up
   */
  public record Work(int attempt, WorkReport report, long nanos, Usage used) {}

  /** The round of a task with one attempt at a time. */
  public static KeptRound none() {
    return NONE;
  }
}
