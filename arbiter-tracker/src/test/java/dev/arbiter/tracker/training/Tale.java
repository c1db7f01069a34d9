/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Tells the events of one task to a listener, as the engine does. */
final class Tale {
  static final Instant BEGIN = Instant.parse("2026-02-01T00:00:00Z");

  private static final Finding WHY = Finding.error("policy.budget", "", "too much changed");
  private static final Finding NOTE = Finding.warning("policy.style", "", "odd");

  private final ArbiterListener listener;
  private final Task task;
  private Instant at;
  private long nanoTime = 5_000_000_000L;
  private int attempt;
  private String agent = "";
  private Usage usage = Usage.none();

  record Decision(String agent, double probability, List<Scored> candidates)
      implements RoutingDecision {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String policy() {
      return "ucb1";
    }

    @Override
    public String reason() {
      return "because";
    }
  }

  /** Fails when it is asked how likely it was. */
  static final class BrokenDecision implements RoutingDecision {
    @Override
    public long id() {
      return 1;
    }

    @Override
    public String agent() {
      return "ada";
    }

    @Override
    public String policy() {
      return "broken";
    }

    @Override
    public double probability() {
      throw new IllegalStateException("broken");
    }

    @Override
    public String reason() {
      return "none";
    }

    @Override
    public List<Scored> candidates() {
      return List.of();
    }
  }

  Tale(ArbiterListener listener, String id, Instant at) {
    this(
        listener,
        Task.builder("refactor").id(id).tenant("acme").priority(7).requires("sql", "java").build(),
        at);
  }

  Tale(ArbiterListener listener, Task task, Instant at) {
    this.listener = listener;
    this.task = task;
    this.at = at;
  }

  Tale received() {
    listener.on(new TaskEvent.Received(step()));
    listener.on(new TaskEvent.Validating(step()));
    listener.on(new TaskEvent.Approved(step(), new Admission.Admitted("sha256:00", List.of())));
    listener.on(new TaskEvent.Routing(step(), Optional.empty()));
    return this;
  }

  Tale passes(Duration time) {
    at = at.plus(time);
    nanoTime += time.toNanos();
    return this;
  }

  Tale routed(String to, double propensity, String... candidates) {
    attempt++;
    agent = to;
    usage = Usage.none();
    List<RoutingDecision.Scored> scored =
        List.of(candidates).stream().map(name -> new RoutingDecision.Scored(name, 0.5)).toList();
    return routed(new Decision(to, propensity, scored));
  }

  Tale routed(RoutingDecision decision) {
    listener.on(new TaskEvent.Routed(step(), decision));
    return this;
  }

  Tale executing() {
    listener.on(new TaskEvent.Executing(step()));
    return this;
  }

  Tale waits(Duration time, boolean withinCall) {
    ApprovalRequest request =
        new ApprovalRequest(
            "r-1", "acme", "T-1", Point.INPUT, 1, "ada", Question.of("?"), "", "", at, at);
    listener.on(new TaskEvent.Waiting(step(), new WaitReason.Input(request, "token", withinCall)));
    passes(time);
    listener.on(
        new TaskEvent.Decided(
            step(), new Approval("r-1", Point.INPUT, "", Answer.approve("eve"), at)));
    if (withinCall) {
      listener.on(new TaskEvent.Resumed(step()));
    }
    return this;
  }

  Tale reported(Duration time, double cost) {
    passes(time);
    usage = Usage.cost(cost);
    listener.on(new TaskEvent.Executed(step(), report(), time.toNanos()));
    listener.on(new TaskEvent.Verifying(step()));
    return this;
  }

  Tale completed(double quality) {
    Verdict verdict = new Verdict.Approved(List.of(NOTE), quality, Seal.none());
    listener.on(new TaskEvent.Verified(step(), verdict));
    return concluded(new TaskResult.Completed(task, agent, attempt, report(), verdict));
  }

  Tale denied() {
    return failedAttempt(FailureCause.DENIED, Optional.of(denial()));
  }

  Tale failedAttempt(FailureCause cause, Optional<Verdict> verdict) {
    TaskEvent.AttemptFailure failure = new TaskEvent.AttemptFailure(cause, "no good", verdict);
    listener.on(new TaskEvent.Routing(step(), Optional.of(failure)));
    return this;
  }

  Tale failed(FailureCause cause) {
    Optional<Verdict> verdict =
        cause == FailureCause.DENIED ? Optional.of(denial()) : Optional.empty();
    return concluded(new TaskResult.Failed(task, cause, "no good", attempt, verdict));
  }

  Tale cancelled() {
    return concluded(new TaskResult.Cancelled(task, "changed my mind"));
  }

  Tale rejected() {
    return concluded(new TaskResult.Rejected(task, List.of(WHY)));
  }

  private Tale concluded(TaskResult result) {
    listener.on(new TaskEvent.Concluded(step(), result, 1));
    return this;
  }

  private static Verdict denial() {
    return new Verdict.Denied(List.of(WHY, WHY, NOTE), Seal.none());
  }

  private WorkReport report() {
    return WorkReport.of("done").withUsage(usage);
  }

  private Step step() {
    return new Step(task, attempt, agent, at, nanoTime);
  }
}
