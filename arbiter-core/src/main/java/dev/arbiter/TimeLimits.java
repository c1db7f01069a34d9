/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The limits of time for one attempt: the shortest one counts. Immutable. */
final class TimeLimits {
  private final Duration each;
  private final Map<String, Duration> byType;

  TimeLimits(Duration each, Map<String, Duration> byType) {
    this.each = each;
    this.byType = byType;
  }

  /**
   * A limit.
   *
   * @param time how long the attempt may take
   * @param of which limit it is, for messages; empty for that of the arbiter
   */
  record Limit(Duration time, String of) {
    Limit or(Duration other, String whose) {
      return other.compareTo(time) < 0 ? new Limit(other, whose) : this;
    }

    Limit or(Optional<Duration> other, String whose) {
      return other.isEmpty() ? this : or(other.get(), whose);
    }
  }

  /** The shortest limit for a task. */
  Limit of(Task task) {
    return new Limit(each, "")
        .or(
            Optional.ofNullable(byType.get(task.type())),
            "the attempt limit of type '" + task.type() + "'")
        .or(task.terms().attemptLimit(), "the attempt limit of the task");
  }

  /** The shortest limit for an agent that works at a task. */
  Limit of(Task task, AgentProfile agent) {
    return of(task).or(agent.attemptLimit(), "the attempt limit of agent '" + agent.id() + "'");
  }
}
