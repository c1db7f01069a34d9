/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;

/** Attempts that ended elsewhere. */
final class Attempts {
  private Attempts() {}

  static FinishedAttempt at(Instant at) {
    return lasting(at, Duration.ofSeconds(1));
  }

  static FinishedAttempt lasting(Instant at, Duration time) {
    return new FinishedAttempt(
        "ada", "format", Task.DEFAULT_TENANT, at, time, true, 1, Usage.none());
  }
}
