/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The limits of time for one attempt: the shortest one counts. Immutable. */
final class TimeLimits {
  private final Limit each;
  private final Map<String, Duration> byType;

  TimeLimits(Duration each, Map<String, Duration> byType) {
    this.each = new Limit(each, "", "");
    this.byType = byType;
  }

  /**
   * A limit.
   *
   * @param time how long the attempt may take
   * @param what which limit it is; empty for that of the arbiter
   * @param name of what has it, may be empty
   */
  record Limit(Duration time, String what, String name) {
    Limit or(@Nullable Duration other, String ofWhat, String ofName) {
      return other != null && other.compareTo(time) < 0 ? new Limit(other, ofWhat, ofName) : this;
    }

    /** Which limit it is, for messages; empty for that of the arbiter. */
    String of() {
      return name.isEmpty() ? what : what + " '" + name + "'";
    }
  }

  /** The shortest limit for a task. */
  Limit of(Task task) {
    return each.or(byType.get(task.type()), "the attempt limit of type", task.type())
        .or(task.terms().attemptLimit().orElse(null), "the attempt limit of the task", "");
  }

  /** The shortest limit for an agent that works at a task. */
  Limit of(Task task, AgentProfile agent) {
    return of(task).or(agent.attemptLimit().orElse(null), "the attempt limit of agent", agent.id());
  }

  /** The shortest of a limit, of what the budget of a task has left, and of its deadline. */
  static Limit left(TaskRun run, Limit limit, long now) {
    Limit least = ofDeadline(run, limit, now);
    Means means = run.meansOrNull();
    if (means != null) {
      Duration left = means.budget(run.task()).time().minus(means.worked());
      least = least.or(left, "what its budget has left", "");
    }
    return least;
  }

  /** The shortest of a limit and of what the deadline of a task has left. */
  static Limit ofDeadline(TaskRun run, Limit limit, long now) {
    Limit least = limit;
    Means means = run.meansOrNull();
    if (run.task().deadline().isPresent()) {
      long past = now - run.submitted() - (means == null ? 0 : run.paused(now));
      Duration left = run.task().deadline().get().minusNanos(past);
      least = least.or(left, "what its deadline has left", "");
    }
    return least;
  }
}
