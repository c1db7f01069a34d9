/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.Step;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Usage;
import dev.arbiter.task.Verdict;
import dev.arbiter.tracker.OpenAttempts.OpenAttempt;
import java.util.concurrent.atomic.LongAdder;

/** Derives finished attempts from the events of tasks. */
final class TaskAttempts {
  /*
   * An attempt opens when its agent begins and ends with the first of: the verdict that the work
   * stands, the return to routing, the end of the task. What comes without an open attempt is none:
   * a rejected task, an agent that never began, the end of a task whose last attempt already ended.
   */
  private final OpenAttempts open = new OpenAttempts();
  private final Sink sink;
  private final LongAdder notOpened = new LongAdder();

  /** Takes a finished attempt. */
  interface Sink {
    /** Takes it; a quality of NaN is work that does not stand. */
    void take(String agent, String taskType, long at, long nanos, double quality, Usage usage);
  }

  TaskAttempts(Sink sink) {
    this.sink = sink;
  }

  void on(TaskEvent event) {
    if (event instanceof TaskEvent.Executing executing) {
      begin(executing.step());
    } else if (event instanceof TaskEvent.Executed executed) {
      report(executed);
    } else if (event instanceof TaskEvent.Verified verified) {
      end(verified.step(), quality(verified.verdict()));
    } else if (event instanceof TaskEvent.Concluded concluded) {
      end(concluded.step(), quality(concluded.result()));
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      end(routing.step(), Slots.DOES_NOT_STAND);
    }
  }

  private void begin(Step step) {
    if (open.open(step.task(), step.agent(), step.nanoTime()) == null) {
      notOpened.increment();
    }
  }

  private void report(TaskEvent.Executed executed) {
    Task task = executed.task();
    OpenAttempt attempt = open.find(task);
    if (attempt != null) {
      attempt.reported = true;
      attempt.nanos = executed.nanos();
      attempt.usage = executed.report().usage();
      open.handOn(task, attempt);
    }
  }

  private void end(Step step, double quality) {
    OpenAttempt attempt = open.find(step.task());
    if (attempt == null) {
      return;
    }
    String agent = attempt.agent;
    long nanos = attempt.reported ? attempt.nanos : step.nanoTime() - attempt.startNanos;
    Usage usage = attempt.usage;
    open.close(step.task(), attempt);
    sink.take(agent, step.task().type(), Levels.millis(step.at()), nanos, quality, usage);
  }

  private static double quality(Verdict verdict) {
    return verdict.passed() ? verdict.quality() : Slots.DOES_NOT_STAND;
  }

  private static double quality(TaskResult result) {
    return result instanceof TaskResult.Completed completed
        ? quality(completed.verdict())
        : Slots.DOES_NOT_STAND;
  }

  /** Attempts that run now. */
  int open() {
    return open.count();
  }

  /** Attempts that were not followed because too many were open. */
  long notOpened() {
    return notOpened.sum();
  }
}
