/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.internal.EventTime;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.EventCounts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** Derives finished attempts from the events of tasks. */
final class TaskAttempts {
  /*
   * An attempt opens when its agent begins. It ends with the first of: an accepting verdict, the
   * return to routing, its own end beside others, the end of the task. Events without an open
   * attempt are ignored: a rejected task, an agent that never began, the end of a task whose last
   * attempt already ended, a repeated event, a report that an earlier process heard.
   */
  private final OpenAttempts open = new OpenAttempts();
  private final Sink sink;
  private final EventCounts counts;
  private final LongAdder notOpened = new LongAdder();

  /** Takes a finished attempt. */
  interface Sink {
    /**
     * Receives an attempt: bits of its tag (whether judged, violations), and NaN as quality if its
     * work was not accepted.
     */
    void take(
        Task task,
        String agent,
        int kind,
        long bits,
        long at,
        long nanos,
        double quality,
        Usage usage);
  }

  TaskAttempts(Sink sink, EventCounts counts) {
    this.sink = sink;
    this.counts = counts;
  }

  void on(TaskEvent event) {
    if (event instanceof TaskEvent.Executing executing) {
      begin(executing);
    } else if (event instanceof TaskEvent.Executed executed) {
      report(executed);
    } else if (event instanceof TaskEvent.Verified verified) {
      endJudged(verified.step(), verified.verdict(), Usage.none());
    } else if (event instanceof TaskEvent.Concluded concluded) {
      end(concluded.step(), concluded.result());
    } else if (event instanceof TaskEvent.Routing routing && routing.failed().isPresent()) {
      TaskEvent.AttemptFailure failure = routing.failed().get();
      endFailed(routing.step(), failure.cause(), failure.verdict(), failure.usage());
    } else if (event instanceof TaskEvent.AttemptEnded ended) {
      TaskEvent.AttemptFailure failure = ended.failure();
      if (failure.cause() == FailureCause.SUPERSEDED && failure.verdict().isPresent()) {
        endJudged(ended.step(), failure.verdict().get(), failure.usage());
      } else {
        endFailed(ended.step(), failure.cause(), failure.verdict(), failure.usage());
      }
    } else if (event instanceof TaskEvent.Routed || event instanceof TaskEvent.Joined) {
      counts.decisions.increment();
      counts.selections.increment();
    } else if (event instanceof TaskEvent.Approved) {
      counts.admissions.increment();
    } else if (event instanceof TaskEvent.Waiting waiting) {
      counts.add("task_waiting");
      pause(waiting);
    } else if (event instanceof TaskEvent.Decided) {
      counts.add("human_review");
    } else if (event instanceof TaskEvent.Resumed resumed) {
      resume(resumed);
    }
  }

  /*
   * A wait is no work. While an agent waits within its call, its place holds a Resumed whose nano
   * time is minus what it has worked. Reported work may wait for a person before its verdict, which
   * ends the attempt. In any other wait the call is over: it failed with an unknown effect, or the
   * agent is called again for the same attempt, which then begins anew.
   */
  private void pause(TaskEvent.Waiting event) {
    int place = open.find(event.step());
    if (place == OpenAttempts.NONE) {
      return;
    }
    if (event.reason() instanceof WaitReason.UnknownEffect) {
      Usage unknown = Usage.none();
      end(event.step(), EventTag.ATTEMPT, 0, SlotLayout.DOES_NOT_STAND, unknown);
      return;
    }
    TaskEvent last = open.last(place, event.step());
    boolean isReported = last instanceof TaskEvent.Executed;
    if (event.reason().withinCall() && last instanceof TaskEvent.Executing executing) {
      long worked = event.nanoTime() - executing.nanoTime();
      open.replace(place, new TaskEvent.Resumed(at(executing.step(), -worked)));
    } else if (!event.reason().withinCall() && !isReported) {
      TaskEvent unused = open.close(place, event.step());
    }
  }

  private void resume(TaskEvent.Resumed event) {
    int place = open.find(event.step());
    if (place != OpenAttempts.NONE
        && open.last(place, event.step()) instanceof TaskEvent.Resumed paused) {
      long began = event.nanoTime() + paused.nanoTime();
      open.replace(place, new TaskEvent.Executing(at(paused.step(), began)));
    }
  }

  private static Step at(Step step, long nanoTime) {
    return new Step(step.task(), step.attempt(), step.agent(), step.at(), nanoTime);
  }

  private void begin(TaskEvent.Executing executing) {
    if (!open.open(executing)) {
      notOpened.increment();
    }
  }

  private void report(TaskEvent.Executed executed) {
    int place = open.find(executed.step());
    if (place != OpenAttempts.NONE) {
      open.replace(place, executed);
    }
  }

  private void end(Step step, TaskResult result) {
    if (result instanceof TaskResult.Completed completed) {
      endJudged(step, completed.verdict(), Usage.none());
    } else if (result instanceof TaskResult.Failed failed) {
      if (failed.cause() == FailureCause.NO_AGENT || failed.cause() == FailureCause.REFUSED) {
        counts.decisions.increment();
      }
      endFailed(step, failed.cause(), failed.verdict(), failed.usage());
    } else if (result instanceof TaskResult.Cancelled cancelled) {
      end(step, EventTag.EXCUSED, 0, SlotLayout.DOES_NOT_STAND, cancelled.usage());
    } else {
      counts.admissions.increment();
    }
  }

  private void endFailed(Step step, FailureCause cause, Optional<Verdict> verdict, Usage usage) {
    boolean byAgent = cause.byAgent(verdict);
    if (byAgent && cause == FailureCause.DENIED && verdict.isPresent()) {
      endJudged(step, verdict.get(), usage);
    } else {
      end(step, byAgent ? EventTag.ATTEMPT : EventTag.EXCUSED, 0, SlotLayout.DOES_NOT_STAND, usage);
    }
  }

  private void endJudged(Step step, Verdict verdict, Usage usage) {
    double quality = verdict.passed() ? verdict.quality() : SlotLayout.DOES_NOT_STAND;
    end(step, EventTag.ATTEMPT, EventTag.judged(violations(verdict.findings())), quality, usage);
  }

  private void end(Step step, int kind, long bits, double quality, Usage usage) {
    Task task = step.task();
    int place = open.find(step);
    TaskEvent last = place == OpenAttempts.NONE ? null : open.close(place, step);
    if (last == null) {
      return;
    }
    String agent = last.step().agent();
    long at = EventTime.millis(step.at());
    if (last instanceof TaskEvent.Executed executed) {
      Usage all = executed.report().usage();
      sink.take(task, agent, kind, bits, at, executed.nanos(), quality, all);
    } else {
      boolean paused = last instanceof TaskEvent.Resumed;
      long nanos = paused ? -last.nanoTime() : step.nanoTime() - last.nanoTime();
      sink.take(task, agent, kind, bits, at, nanos, quality, usage);
    }
  }

  private static int violations(List<Finding> findings) {
    int violations = 0;
    for (int i = 0; i < findings.size(); i++) {
      violations += findings.get(i).severity() == Severity.ERROR ? 1 : 0;
    }
    return violations;
  }

  /** Forgets all that runs. */
  void forget() {
    open.clear();
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
