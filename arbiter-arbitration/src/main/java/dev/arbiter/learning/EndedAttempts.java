/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes attempts of events, each attempt's once; not thread-safe. */
final class EndedAttempts {
  private static final int MOST_OPEN = 16_384;

  private final Recent<TaskKey, Open> open = new Recent<>(MOST_OPEN);

  /** A task, over tenants. */
  record TaskKey(String tenant, String id) {
    static TaskKey of(Task task) {
      return new TaskKey(task.tenant(), task.id());
    }
  }

  /* Goes with the task's end, or when too many newer ones are open. A call is true while its agent
   * works, and false while it waits within its call. */
  private static final class Open {
    private final Map<Integer, Boolean> calls = new HashMap<>();
    private final Map<Integer, WorkReport> reports = new HashMap<>();
    private final Set<Integer> ended = new HashSet<>();
  }

  /**
   * The attempt that an event ends; null if it ends none that is not over already, if a deadline
   * passed while the agent was not at work: it waited for a slot or a person, or had reported; or
   * if a budget ended outside of a call.
   */
  @Nullable EndedAttempt on(TaskEvent event) {
    TaskKey key = TaskKey.of(event.task());
    int attempt = event.step().attempt();
    if (event instanceof TaskEvent.Executing) {
      open(key).calls.put(attempt, true);
    } else if (event instanceof TaskEvent.Waiting waiting) {
      pause(open.get(key), attempt, waiting.reason());
    } else if (event instanceof TaskEvent.Resumed) {
      open(key).calls.replace(attempt, true);
    } else if (event instanceof TaskEvent.Executed executed) {
      Open task = open(key);
      task.calls.remove(attempt);
      task.reports.put(attempt, executed.report());
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      return failed(event, routing.failed().get(), open(key));
    } else if (event instanceof TaskEvent.AttemptEnded beside) {
      return failed(event, beside.failure(), open(key));
    } else if (event instanceof TaskEvent.Concluded concluded) {
      Open task = open.remove(key);
      return concluded(concluded, attempt, task == null ? new Open() : task);
    }
    return null;
  }

  private static void pause(@Nullable Open task, int attempt, WaitReason reason) {
    if (task != null && reason.withinCall()) {
      task.calls.replace(attempt, false);
    } else if (task != null) {
      task.calls.remove(attempt);
    }
  }

  private static boolean isBlamed(FailureCause cause, int attempt, Open task) {
    return switch (cause) {
      case DEADLINE -> task.calls.getOrDefault(attempt, false);
      case BUDGET -> task.calls.containsKey(attempt);
      default -> true;
    };
  }

  /* Work beside others that passed, and was not the best, was accepted as far as it goes. */
  private static @Nullable EndedAttempt failed(
      TaskEvent event, TaskEvent.AttemptFailure failure, Open task) {
    int attempt = event.step().attempt();
    boolean isGood =
        failure.cause() == FailureCause.SUPERSEDED
            && failure.verdict().filter(Verdict::passed).isPresent();
    Optional<WorkReport> report = Optional.ofNullable(task.reports.remove(attempt));
    boolean isBlamed = isBlamed(failure.cause(), attempt, task);
    task.calls.remove(attempt);
    return attempt > 0 && task.ended.add(attempt) && isBlamed
        ? new EndedAttempt(
            event.task(),
            event.step().agent(),
            attempt,
            report,
            failure.verdict(),
            isGood ? Optional.empty() : Optional.of(failure.cause()),
            isGood ? "" : failure.message())
        : null;
  }

  private Open open(TaskKey key) {
    Open task = open.get(key);
    if (task == null) {
      task = new Open();
      open.put(key, task);
    }
    return task;
  }

  private static @Nullable EndedAttempt concluded(
      TaskEvent.Concluded event, int attempt, Open task) {
    if (event.result() instanceof TaskResult.Completed done) {
      return new EndedAttempt(
          event.task(),
          done.agent(),
          attempt,
          Optional.of(done.report()),
          Optional.of(done.verdict()),
          Optional.empty(),
          "");
    }
    if (event.result() instanceof TaskResult.Failed failed
        && attempt > 0
        && !task.ended.contains(attempt)
        && isBlamed(failed.cause(), attempt, task)) {
      Optional<Verdict> verdict = failed.verdict();
      return new EndedAttempt(
          event.task(),
          event.step().agent(),
          attempt,
          Optional.ofNullable(task.reports.get(attempt)),
          verdict,
          Optional.of(failed.cause()),
          failed.message());
    }
    return null;
  }
}
