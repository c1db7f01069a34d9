/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The three events of one attempt, made in advance for many tasks. */
final class TaskEvents {
  private static final AtomicInteger SETS = new AtomicInteger();

  private final TaskEvent[] events;
  private int next;

  /** Makes events of new tasks. */
  TaskEvents(int tasks) {
    Usage usage = new Usage(1_200, 400, 0.01, Duration.ZERO);
    WorkReport report = WorkReport.of("done").withUsage(usage);
    Verdict verdict = new Verdict.Approved(List.of(), 0.9, Seal.none());
    Instant at = Instant.now();
    String prefix = "T-" + SETS.incrementAndGet() + "-";
    events = new TaskEvent[3 * tasks];
    for (int i = 0; i < tasks; i++) {
      Task task = Task.builder("type-" + i % 3).id(prefix + i).build();
      Step step = new Step(task, 1, "agent-" + i % 64, at, System.nanoTime());
      events[3 * i] = new TaskEvent.Executing(step);
      events[3 * i + 1] = new TaskEvent.Executed(step, report, 1_000_000 + i);
      events[3 * i + 2] = new TaskEvent.Verified(step, verdict);
    }
  }

  /** {@return the next event; the first one follows the last} */
  TaskEvent next() {
    TaskEvent event = events[next++];
    if (next == events.length) {
      next = 0;
    }
    return event;
  }
}
