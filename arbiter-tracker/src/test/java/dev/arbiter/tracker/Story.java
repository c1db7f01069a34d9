/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells the events of one task to a listener, as the engine does. */
final class Story {
  private static final Finding WHY = Finding.error("policy.budget", "", "too much changed");

  private final ArbiterListener listener;
  private final Task task;
  private Instant at;
  private long nanoTime = 1_000_000;
  private int attempt;
  private String agent = "";
  private Usage usage = Usage.none();

  Story(ArbiterListener listener, String id, Instant at) {
    this(listener, Task.builder("format").id(id).build(), at);
  }

  Story(ArbiterListener listener, Task task, Instant at) {
    this.listener = listener;
    this.task = task;
    this.at = at;
  }

  Story admitted() {
    listener.on(new TaskEvent.Received(step()));
    listener.on(new TaskEvent.Validating(step()));
    listener.on(new TaskEvent.Approved(step(), new Admission.Admitted("sha256:00", List.of())));
    listener.on(new TaskEvent.Routing(step(), Optional.empty()));
    return this;
  }

  Story given(String toAgent) {
    agent = toAgent;
    attempt++;
    listener.on(new TaskEvent.Executing(step()));
    return this;
  }

  Story works(Duration time) {
    at = at.plus(time);
    nanoTime += time.toNanos();
    return this;
  }

  Story reported(Duration time, Usage used) {
    works(time);
    usage = used;
    listener.on(new TaskEvent.Executed(step(), report(), time.toNanos()));
    listener.on(new TaskEvent.Verifying(step()));
    return this;
  }

  Story completed(double quality) {
    Verdict verdict = new Verdict.Approved(List.of(), quality, Seal.none());
    listener.on(new TaskEvent.Verified(step(), verdict));
    return concluded(new TaskResult.Completed(task, agent, attempt, report(), verdict));
  }

  Story deniedAndRoutedAgain() {
    return routedAgain(FailureCause.DENIED, Optional.of(denied()));
  }

  Story routedAgain(FailureCause cause, Optional<Verdict> verdict) {
    TaskEvent.AttemptFailure failure = new TaskEvent.AttemptFailure(cause, "no good", verdict);
    listener.on(new TaskEvent.Routing(step(), Optional.of(failure)));
    return this;
  }

  Story failed(FailureCause cause) {
    return concluded(new TaskResult.Failed(task, cause, "no good", attempt, Optional.empty()));
  }

  Story cancelled() {
    return concluded(new TaskResult.Cancelled(task, "changed my mind"));
  }

  Story rejected() {
    return concluded(new TaskResult.Rejected(task, List.of(WHY)));
  }

  private Story concluded(TaskResult result) {
    listener.on(new TaskEvent.Concluded(step(), result, 1));
    return this;
  }

  private static Verdict denied() {
    return new Verdict.Denied(List.of(WHY), Seal.none());
  }

  private WorkReport report() {
    return WorkReport.of("done").withUsage(usage);
  }

  private Step step() {
    return new Step(task, attempt, agent, at, nanoTime);
  }
}
