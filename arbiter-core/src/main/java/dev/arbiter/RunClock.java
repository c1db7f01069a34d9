/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Sources;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/** The time, as the steps of runs have it. */
final class RunClock {
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  RunClock(Sources sources) {
    this.clock = sources.clock();
    this.nanoTime = sources.nanoTime();
  }

  /** The moment of a step that a run takes now. */
  Step of(TaskRun run) {
    return run.moment(now(), clock);
  }

  /** The moment of a step at another nano time. */
  Step at(TaskRun run, long nanos) {
    return run.moment(nanos, clock);
  }

  /** The moment of the last step: nothing of the host has run since. */
  Step same(TaskRun run) {
    Step last = run.lastMoment();
    return last == null ? of(run) : last;
  }

  /** The nano time. */
  long now() {
    return nanoTime.getAsLong();
  }

  /** The wall clock. */
  Instant instant() {
    return clock.instant();
  }
}
