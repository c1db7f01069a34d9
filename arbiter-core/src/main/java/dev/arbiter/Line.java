/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One task, a straight line: admit, candidates, route, run, judge, conclude, learn.
 *
 * <p>Every method that takes a run is called by the thread that drives it.
 */
final class Line {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Roster roster;
  private final Router router;
  private final Constitution constitution;
  private final PerformanceView performance;
  private final Caller caller;
  private final Publisher publisher;
  private final Dispatcher dispatcher;
  private final Sources sources;
  private final int fallbacks;
  private final Duration attemptLimit;
  private final TaskDigest taskDigest = new TaskDigest();
  private final AtomicLong learningErrors = new AtomicLong();

  Line(Parts parts, Roster roster, Publisher publisher, Dispatcher dispatcher) {
    this.roster = roster;
    this.router = parts.router();
    this.constitution = parts.constitution();
    this.performance = parts.performance();
    this.caller = new Caller(parts.interceptors());
    this.publisher = publisher;
    this.dispatcher = dispatcher;
    this.sources = parts.sources();
    this.fallbacks = parts.fallbacks();
    this.attemptLimit = parts.attemptLimit();
  }

  /** A run was submitted. */
  void receive(Run run) {
    publisher.step(run, new TaskEvent.Received(now(run)));
  }

  /** A run that was received found no room to wait. */
  void refuse(Run run, String why) {
    drive(run, () -> conclude(run, failed(run, FailureCause.INTERNAL, why, Optional.empty())));
  }

  /** It is the run's turn. */
  void begin(Run run) {
    drive(
        run,
        () -> {
          if (isStopped(run)) {
            return;
          }
          publisher.step(run, new TaskEvent.Validating(now(run)));
          Admission admission = admit(run.task());
          if (admission instanceof Admission.Refused refused) {
            conclude(run, new TaskResult.Rejected(run.task(), refused.findings()));
            return;
          }
          approve(run, (Admission.Admitted) admission);
          route(run, Optional.empty());
        });
  }

  private Admission admit(Task task) {
    try {
      return constitution.admit(task);
    } catch (RuntimeException | StackOverflowError e) {
      return new Admission.Refused(List.of(constitutionFailed("admit", e)));
    }
  }

  private void approve(Run run, Admission.Admitted admission) {
    run.approved(admission.specDigest(), taskDigest.of(run.task(), admission.specDigest()));
    publisher.step(run, new TaskEvent.Approved(now(run), admission));
  }

  private void route(Run run, Optional<AttemptFailure> failed) {
    if (isStopped(run)) {
      return;
    }
    publisher.step(run, new TaskEvent.Routing(now(run), failed));
    RoutingRequest request = roster.request(run.task(), run.decisions(), performance);
    if (request.candidates().isEmpty()) {
      String why = roster.explainNone(run.task(), run.decisions());
      conclude(run, failed(run, FailureCause.NO_AGENT, why, Optional.empty()));
      return;
    }
    RoutingDecision decision;
    try {
      decision = router.route(request);
    } catch (Router.RefusedException refused) {
      Optional<Verdict> verdict = failed.flatMap(AttemptFailure::verdict);
      conclude(
          run, failed(run, FailureCause.REFUSED, String.valueOf(refused.getMessage()), verdict));
      return;
    }
    Roster.Entry entry = chosen(decision, request.candidates());
    run.routed(decision);
    publisher.step(run, new TaskEvent.Routed(now(run), decision));
    takeSlot(run, entry);
  }

  private Roster.Entry chosen(RoutingDecision decision, List<RegisteredAgent> candidates) {
    for (RegisteredAgent candidate : candidates) {
      if (candidate.id().equals(decision.agent())) {
        return (Roster.Entry) candidate;
      }
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "router %s chose agent '%s', which is none of the %d candidates",
            router.getClass().getName(),
            decision.agent(),
            candidates.size()));
  }

  private void takeSlot(Run run, Roster.Entry entry) {
    if (entry.slots().tryEnter()) {
      execute(run, entry);
      return;
    }
    int ticket = run.park();
    Slots.Entry asked = entry.slots().enterOrWait(new Slots.Waiting(run, ticket));
    if (asked == Slots.Entry.WAITING) {
      if (run.cancelReason() != null && run.take(ticket)) {
        cancelled(run);
      }
    } else if (run.take(ticket)) {
      if (asked == Slots.Entry.ENTERED) {
        execute(run, entry);
      } else {
        route(run, Optional.empty());
      }
    } else if (asked == Slots.Entry.ENTERED) {
      release(entry.slots());
    }
  }

  /** Somebody left, and a run that waited in line has the slot. */
  void slotFreed(Slots.Waiting waiting) {
    Run run = waiting.run();
    dispatcher.resume(
        () ->
            drive(
                run,
                () -> {
                  Roster.Entry entry = roster.entryOf(run.agent());
                  if (entry == null) {
                    route(run, Optional.empty());
                  } else {
                    execute(run, entry);
                  }
                }));
  }

  /** The agent a run waited for went away. */
  void agentGone(Slots.Waiting waiting) {
    if (waiting.run().take(waiting.ticket())) {
      dispatcher.resume(() -> drive(waiting.run(), () -> route(waiting.run(), Optional.empty())));
    }
  }

  /** Runs the agent; the run has one of its slots. */
  private void execute(Run run, Roster.Entry entry) {
    Attempt attempt = null;
    try {
      attempt = attempt(run, entry);
    } finally {
      if (attempt == null) {
        release(entry.slots());
      }
    }
    if (attempt != null) {
      call(run, entry, attempt);
    }
  }

  /* Null if the run ended instead. */
  private @Nullable Attempt attempt(Run run, Roster.Entry entry) {
    if (isStopped(run)) {
      return null;
    }
    String refusal = redeem(run);
    if (!refusal.isEmpty()) {
      conclude(run, failed(run, FailureCause.APPROVAL_VOID, refusal, Optional.empty()));
      return null;
    }
    Step step = now(run);
    publisher.step(run, new TaskEvent.Executing(step));
    Assignment assignment =
        new Assignment(run.task(), run.agent(), run.attempts(), run.specDigest(), timeLeft(run));
    return new Attempt(assignment, entry.slots(), step.nanoTime());
  }

  private void call(Run run, Roster.Entry entry, Attempt attempt) {
    run.attempt(attempt, attempt.began() + NANOSECONDS.convert(attempt.assignment().timeLimit()));
    int ticket = run.park();
    if (run.cancelReason() != null && run.take(ticket)) {
      cancelled(run);
    }
    CompletableFuture<@Nullable WorkReport> report = caller.call(entry.agent(), attempt);
    if (report.isDone()) {
      returned(run, ticket, attempt, report);
    } else {
      CompletableFuture<?> unused =
          report.whenComplete(
              (value, error) -> dispatcher.resume(() -> returned(run, ticket, attempt, report)));
    }
  }

  /* A task is immutable, so its digest needs computing again only when the spec's differs. */
  private String redeem(Run run) {
    Grant grant = run.grant();
    if (grant == null) {
      return "no approval was given for this attempt";
    }
    String spec = constitution.specDigest(run.task());
    return grant.redeem(
        spec.equals(run.specDigest()) ? run.approvedDigest() : taskDigest.of(run.task(), spec));
  }

  private Duration timeLeft(Run run) {
    if (run.task().deadline().isEmpty()) {
      return attemptLimit;
    }
    Duration left =
        run.task().deadline().get().minusNanos(sources.nanoTime().getAsLong() - run.submitted());
    return left.compareTo(attemptLimit) < 0 ? left : attemptLimit;
  }

  private void returned(
      Run run, int ticket, Attempt attempt, CompletableFuture<@Nullable WorkReport> report) {
    attempt.over();
    release(attempt.slots());
    if (!run.take(ticket)) {
      return;
    }
    run.attempt(null, 0);
    drive(
        run,
        () -> {
          long nanos = sources.nanoTime().getAsLong() - attempt.began();
          if (report.isCompletedExceptionally()) {
            failAttempt(
                run, FailureCause.AGENT_ERROR, Caller.message(attempt, report), nanos, null);
            return;
          }
          WorkReport came = report.join();
          if (came == null) {
            String why = "agent '" + run.agent() + "' returned null; return a WorkReport";
            failAttempt(run, FailureCause.AGENT_ERROR, why, nanos, null);
            return;
          }
          judge(run, attempt.assignment(), came, nanos);
        });
  }

  private void judge(Run run, Assignment assignment, WorkReport report, long nanos) {
    Step step = now(run);
    publisher.step(run, new TaskEvent.Executed(step, report, nanos));
    if (isStopped(run)) {
      return;
    }
    publisher.step(run, new TaskEvent.Verifying(step));
    Verdict verdict = judge(assignment, report);
    if (verdict instanceof Verdict.Denied) {
      String why = "denied: " + verdict.findings().get(0).message();
      Denial denial = new Denial(report.usage(), verdict);
      failAttempt(run, FailureCause.DENIED, why, nanos, denial);
      return;
    }
    publisher.step(run, new TaskEvent.Verified(now(run), verdict));
    Outcome outcome = outcome(run, Outcome.Kind.SUCCESS, verdict.quality(), report.usage(), nanos);
    TaskResult result =
        new TaskResult.Completed(run.task(), run.agent(), run.attempts(), report, verdict);
    conclude(run, result, outcome);
  }

  private Verdict judge(Assignment assignment, WorkReport report) {
    try {
      return constitution.judge(assignment, report);
    } catch (RuntimeException | StackOverflowError e) {
      return new Verdict.Denied(List.of(constitutionFailed("judge", e)), Seal.none());
    }
  }

  private static Finding constitutionFailed(String method, Throwable error) {
    return Finding.error(
        "arbiter.constitution.failed",
        "",
        "the constitution failed in " + method + ", so nothing passes: " + error);
  }

  /** What an attempt that was judged leaves behind. */
  private record Denial(Usage usage, Verdict verdict) {}

  private void failAttempt(
      Run run, FailureCause cause, String why, long nanos, @Nullable Denial denial) {
    Outcome.Kind kind = denial == null ? Outcome.Kind.FAILURE : Outcome.Kind.VIOLATION;
    Usage usage = denial == null ? Usage.none() : denial.usage();
    Optional<Verdict> verdict = Optional.ofNullable(denial).map(Denial::verdict);
    Outcome outcome = outcome(run, kind, 0, usage, nanos);
    if (run.attempts() <= fallbacks && !roster.candidates(run.task(), run.decisions()).isEmpty()) {
      learn(outcome);
      route(run, Optional.of(new AttemptFailure(cause, why, verdict)));
    } else {
      conclude(run, failed(run, cause, why, verdict), outcome);
    }
  }

  /** An attempt or the whole task is out of time. */
  void timeUp(Run run) {
    drive(
        run,
        () -> {
          long now = sources.nanoTime().getAsLong();
          Attempt attempt = run.attempt();
          abandon(run, attempt);
          if (run.isPastDeadline(now)) {
            conclude(run, failed(run, FailureCause.DEADLINE, pastDeadline(run), Optional.empty()));
          } else if (attempt != null) {
            String why =
                "agent '"
                    + run.agent()
                    + "' did not report within "
                    + attemptLimit
                    + "; it was interrupted";
            failAttempt(run, FailureCause.AGENT_TIMEOUT, why, now - attempt.began(), null);
          }
        });
  }

  /** The caller called the task off. */
  void cancelled(Run run) {
    drive(
        run,
        () -> {
          abandon(run, run.attempt());
          isStopped(run);
        });
    dispatcher.wake();
  }

  private static void abandon(Run run, @Nullable Attempt attempt) {
    if (attempt != null) {
      attempt.abandon();
      run.attempt(null, 0);
    }
  }

  /* Ends a run that was called off or is out of time. */
  private boolean isStopped(Run run) {
    String reason = run.cancelReason();
    if (reason != null) {
      conclude(run, new TaskResult.Cancelled(run.task(), reason), unfinished(run));
      return true;
    }
    if (run.isPastDeadline(sources.nanoTime().getAsLong())) {
      TaskResult late = failed(run, FailureCause.DEADLINE, pastDeadline(run), Optional.empty());
      conclude(run, late, unfinished(run));
      return true;
    }
    return false;
  }

  private static String pastDeadline(Run run) {
    return String.format(
        Locale.ROOT,
        "task '%s' missed its deadline of %s while %s; give it more time or a higher priority",
        run.task().id(),
        run.task().deadline().map(Duration::toString).orElse(""),
        run.state());
  }

  private static TaskResult failed(
      Run run, FailureCause cause, String why, Optional<Verdict> verdict) {
    return new TaskResult.Failed(run.task(), cause, why, run.attempts(), verdict);
  }

  private void conclude(Run run, TaskResult result) {
    conclude(run, result, null);
  }

  private void conclude(Run run, TaskResult result, @Nullable Outcome outcome) {
    Step step = now(run);
    publisher.step(run, new TaskEvent.Concluded(step, result, step.nanoTime() - run.submitted()));
    if (outcome != null) {
      learn(outcome);
    }
    dispatcher.done(run);
    run.complete(result);
  }

  private void learn(Outcome outcome) {
    try {
      router.learn(outcome);
    } catch (RuntimeException | StackOverflowError e) {
      if (learningErrors.getAndIncrement() == 0) {
        LOG.warn("router {} could not learn; further errors are counted", router.getClass(), e);
      }
    }
  }

  long learningErrors() {
    return learningErrors.get();
  }

  private static Outcome outcome(
      Run run, Outcome.Kind kind, double quality, Usage usage, long nanos) {
    Duration time = usage.time().isZero() ? Duration.ofNanos(Math.max(0, nanos)) : usage.time();
    return new Outcome(
        run.decision(), run.task(), run.attempts(), kind, quality, usage.cost(), time);
  }

  /* The router is told that nothing will come of its last decision, unless it knows what came. */
  private static @Nullable Outcome unfinished(Run run) {
    boolean decided =
        switch (run.state()) {
          case ROUTED, EXECUTING, EXECUTION_COMPLETE, VERIFYING -> true;
          default -> false;
        };
    return decided ? outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, Usage.none(), 0) : null;
  }

  private void release(Slots slots) {
    Slots.Waiting next = slots.leave();
    if (next != null) {
      slotFreed(next);
    }
  }

  /* Whatever goes wrong in Arbiter or in a plug ends the task, and is said. */
  private void drive(Run run, Runnable way) {
    try {
      way.run();
    } catch (RuntimeException | Error e) {
      LOG.error("{} failed inside Arbiter", run, e);
      if (run.isComplete()) {
        return;
      }
      String why = "failed inside Arbiter while " + run.state() + ": " + e;
      TaskResult result = failed(run, FailureCause.INTERNAL, why, Optional.empty());
      try {
        conclude(run, result, unfinished(run));
      } catch (RuntimeException | Error again) {
        // Not even the end can be recorded: the caller must not wait for ever all the same.
        run.enter(result.state());
        dispatcher.done(run);
        run.complete(result);
      }
    }
  }

  private Step now(Run run) {
    long nanoTime = sources.nanoTime().getAsLong();
    return new Step(
        run.task(), run.attempts(), run.agent(), run.at(nanoTime, sources.clock()), nanoTime);
  }
}
