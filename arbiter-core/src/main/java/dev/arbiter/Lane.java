/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import org.jspecify.annotations.Nullable;

/**
 * What a run knows of one of its attempts. The thread that drives the run changes it; others may
 * read {@link #attempt}.
 */
final class Lane {
  /** The number of the attempt; 0 before the first. */
  int number;

  Slots.@Nullable Seat seat;
  volatile @Nullable Attempt attempt;
  @Nullable Grant grant;
  @Nullable WorkReport report;
  long nanos;
  Usage used = Usage.none();
  TaskRun.@Nullable Passed passed;
  boolean needsPerson;

  Lane(int number) {
    this.number = number;
  }

  /** Whether its agent works, or its end was not read yet. */
  boolean works() {
    return attempt != null;
  }

  /** Whether it has no agent at work, and no work. */
  boolean isEmptyHanded() {
    return attempt == null && report == null && passed == null;
  }

  /** Whether its work was not looked at yet, as after a restart. */
  boolean isToJudge() {
    return report != null && passed == null && !needsPerson;
  }

  /** The quality of its work; -1 if none has passed. */
  double quality() {
    return passed == null ? -1 : passed.verdict().quality();
  }
}
