/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.internal.LogLimiter;
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
import dev.arbiter.task.TaskState;
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
 * The stages of a task: admit, candidates, route, run, judge, conclude, learn.
 *
 * <p>The thread that drives a run calls every method that takes it.
 */
final class TaskPipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final LiveRegistry registry;
  private final Router router;
  private final Constitution constitution;
  private final PerformanceView performance;
  private final AgentCaller caller;
  private final TaskStateMachine states;
  private final Dispatcher dispatcher;
  private final Sources sources;
  private final int fallbacks;
  private final Duration attemptLimit;
  private final TaskDigest taskDigest = new TaskDigest();
  private final AtomicLong learningErrors = new AtomicLong();
  private final LogLimiter failureLog;

  TaskPipeline(
      EngineConfig config, LiveRegistry registry, TaskStateMachine states, Dispatcher dispatcher) {
    this.registry = registry;
    this.router = config.router();
    this.constitution = config.constitution();
    this.performance = config.performance();
    this.caller = new AgentCaller(config.interceptors());
    this.states = states;
    this.dispatcher = dispatcher;
    this.sources = config.sources();
    this.fallbacks = config.fallbacks();
    this.attemptLimit = config.attemptLimit();
    this.failureLog = new LogLimiter(config.sources().nanoTime());
  }

  /** Publishes that a run was submitted. */
  void receive(TaskRun run) {
    states.step(run, new TaskEvent.Received(now(run)));
  }

  /** Fails a run that was received and found the queue full. */
  void refuse(TaskRun run, String why) {
    drive(run, () -> conclude(run, failed(run, FailureCause.INTERNAL, why, Optional.empty())));
  }

  /** Starts a claimed run. */
  void begin(TaskRun run) {
    drive(
        run,
        () -> {
          if (isStopped(run)) {
            return;
          }
          states.step(run, new TaskEvent.Validating(now(run)));
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
    } catch (RuntimeException | Error e) {
      return new Admission.Refused(List.of(constitutionFailed("admit", e)));
    }
  }

  private void approve(TaskRun run, Admission.Admitted admission) {
    run.approved(admission.specDigest(), taskDigest.of(run.task(), admission.specDigest()));
    states.step(run, new TaskEvent.Approved(now(run), admission));
  }

  private void route(TaskRun run, Optional<AttemptFailure> failed) {
    if (isStopped(run)) {
      return;
    }
    states.step(run, new TaskEvent.Routing(now(run), failed));
    RoutingRequest request = registry.request(run.task(), run.decisions(), performance);
    if (request.candidates().isEmpty()) {
      String why = registry.explainNone(run.task(), run.decisions());
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
    LiveRegistry.Registration entry = chosen(decision, request.candidates());
    run.routed(decision);
    states.step(run, new TaskEvent.Routed(now(run), decision));
    takeSlot(run, entry);
  }

  private LiveRegistry.Registration chosen(
      RoutingDecision decision, List<RegisteredAgent> candidates) {
    for (RegisteredAgent candidate : candidates) {
      if (candidate.id().equals(decision.agent())) {
        return (LiveRegistry.Registration) candidate;
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

  private void takeSlot(TaskRun run, LiveRegistry.Registration entry) {
    if (entry.slots().tryAcquire()) {
      execute(run, entry);
      return;
    }
    int ticket = run.park();
    AgentSlots.Answer asked = entry.slots().acquireOrWait(new AgentSlots.Waiter(run, ticket));
    if (asked == AgentSlots.Answer.WAITING) {
      if (run.cancelReason() != null && run.take(ticket)) {
        cancelled(run);
      }
    } else if (run.take(ticket)) {
      if (asked == AgentSlots.Answer.ACQUIRED) {
        execute(run, entry);
      } else {
        route(run, Optional.empty());
      }
    } else if (asked == AgentSlots.Answer.ACQUIRED) {
      release(entry.slots());
    }
  }

  /** Continues a run that waited for a slot and has it now. */
  void slotFreed(AgentSlots.Waiter waiting) {
    TaskRun run = waiting.run();
    dispatcher.resume(
        () ->
            drive(
                run,
                () -> {
                  LiveRegistry.Registration entry = registry.entryOf(run.agent());
                  if (entry == null) {
                    route(run, Optional.empty());
                  } else {
                    execute(run, entry);
                  }
                }));
  }

  /** Routes a run again whose agent was retired or set offline while it waited. */
  void agentGone(AgentSlots.Waiter waiting) {
    if (waiting.run().take(waiting.ticket())) {
      dispatcher.resume(() -> drive(waiting.run(), () -> route(waiting.run(), Optional.empty())));
    }
  }

  /** Calls the agent. The run has one of the agent's slots. */
  private void execute(TaskRun run, LiveRegistry.Registration entry) {
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

  /* Null if the run ended instead of starting the attempt. */
  private @Nullable Attempt attempt(TaskRun run, LiveRegistry.Registration entry) {
    if (isStopped(run)) {
      return null;
    }
    String refusal = redeem(run);
    if (!refusal.isEmpty()) {
      conclude(run, failed(run, FailureCause.APPROVAL_VOID, refusal, Optional.empty()));
      return null;
    }
    Step step = now(run);
    states.step(run, new TaskEvent.Executing(step));
    Assignment assignment =
        new Assignment(run.task(), run.agent(), run.attempts(), run.specDigest(), timeLeft(run));
    return new Attempt(assignment, entry.slots(), step.nanoTime());
  }

  private void call(TaskRun run, LiveRegistry.Registration entry, Attempt attempt) {
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

  /* A task is immutable, so its digest is computed again only if the spec's digest differs. */
  private String redeem(TaskRun run) {
    Grant grant = run.grant();
    if (grant == null) {
      return "no approval was given for this attempt";
    }
    String spec = constitution.specDigest(run.task());
    return grant.redeem(
        spec.equals(run.specDigest()) ? run.approvedDigest() : taskDigest.of(run.task(), spec));
  }

  private Duration timeLeft(TaskRun run) {
    if (run.task().deadline().isEmpty()) {
      return attemptLimit;
    }
    Duration left =
        run.task().deadline().get().minusNanos(sources.nanoTime().getAsLong() - run.submitted());
    return left.compareTo(attemptLimit) < 0 ? left : attemptLimit;
  }

  private void returned(
      TaskRun run, int ticket, Attempt attempt, CompletableFuture<@Nullable WorkReport> report) {
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
            AgentCaller.Failure failure = AgentCaller.failure(attempt, report);
            run.used(failure.usage());
            logFailure(run, failure);
            failAttempt(run, failure.cause(), failure.message(), failure.detail(), nanos, null);
            return;
          }
          WorkReport came = report.join();
          Usage metered = attempt.assignment().meter().total();
          if (came == null) {
            run.used(metered);
            String why = "agent '" + run.agent() + "' returned null; return a WorkReport";
            failAttempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
            return;
          }
          if (came.usage().equals(Usage.none())) {
            came = came.withUsage(metered);
          }
          run.used(came.usage());
          judge(run, attempt.assignment(), came, nanos);
        });
  }

  private void judge(TaskRun run, Assignment assignment, WorkReport report, long nanos) {
    Step step = now(run);
    states.step(run, new TaskEvent.Executed(step, report, nanos));
    if (isStopped(run)) {
      return;
    }
    states.step(run, new TaskEvent.Verifying(step));
    Verdict verdict = judge(assignment, report);
    if (verdict instanceof Verdict.Denied) {
      String why = "denied: " + verdict.findings().get(0).message();
      failAttempt(run, FailureCause.DENIED, why, "", nanos, verdict);
      return;
    }
    try {
      states.step(run, new TaskEvent.Verified(now(run), verdict));
      Outcome outcome =
          outcome(run, Outcome.Kind.SUCCESS, verdict.quality(), report.usage(), nanos);
      TaskResult result =
          new TaskResult.Completed(run.task(), run.agent(), run.attempts(), report, verdict);
      conclude(run, result, outcome);
    } catch (RuntimeException | Error e) {
      if (run.state() != TaskState.COMPLETED) {
        withdraw(assignment, verdict, e);
      }
      throw e;
    }
  }

  /* A verdict that passed work must not outlive a task whose end was not kept. */
  private void withdraw(Assignment assignment, Verdict verdict, Throwable why) {
    try {
      constitution.withdraw(assignment, verdict, "the end of the task could not be kept: " + why);
    } catch (RuntimeException | Error e) {
      LOG.error("the verdict on task {} stands unconcluded", assignment.task().id(), e);
    }
  }

  private Verdict judge(Assignment assignment, WorkReport report) {
    try {
      return constitution.judge(assignment, report);
    } catch (RuntimeException | Error e) {
      return new Verdict.Denied(List.of(constitutionFailed("judge", e)), Seal.none());
    }
  }

  private static Finding constitutionFailed(String method, Throwable error) {
    return Finding.error(
        "arbiter.constitution.failed",
        "",
        "the constitution failed in " + method + ", so nothing passes: " + error);
  }

  /* A flood of failures must not become a flood of log lines; each result has its own trace. */
  private void logFailure(TaskRun run, AgentCaller.Failure failure) {
    if (failureLog.passes()) {
      LOG.warn("attempt {} at {} failed: {}", run.attempts(), run, failure.detail());
    }
  }

  private void failAttempt(
      TaskRun run,
      FailureCause cause,
      String why,
      String detail,
      long nanos,
      @Nullable Verdict denial) {
    Outcome.Kind kind = denial == null ? Outcome.Kind.FAILURE : Outcome.Kind.VIOLATION;
    Optional<Verdict> verdict = Optional.ofNullable(denial);
    Outcome outcome = outcome(run, kind, 0, run.used(), nanos);
    if (run.attempts() <= fallbacks
        && !registry.candidates(run.task(), run.decisions()).isEmpty()) {
      learn(outcome);
      route(run, Optional.of(new AttemptFailure(cause, why, verdict, run.used(), detail)));
    } else {
      TaskResult result =
          new TaskResult.Failed(
              run.task(), cause, why, run.attempts(), verdict, run.used(), detail);
      conclude(run, result, outcome);
    }
  }

  /** Ends an attempt or a task that exceeded its time. */
  void timeUp(TaskRun run) {
    drive(
        run,
        () -> {
          long now = sources.nanoTime().getAsLong();
          Attempt attempt = run.attempt();
          abandon(run, attempt);
          if (run.isPastDeadline(now)) {
            TaskResult late =
                failed(run, FailureCause.DEADLINE, pastDeadline(run), Optional.empty());
            conclude(run, late, unfinished(run));
          } else if (attempt != null) {
            String why =
                String.format(
                    Locale.ROOT,
                    "agent '%s' did not report within %s; it was interrupted",
                    run.agent(),
                    attemptLimit);
            failAttempt(run, FailureCause.AGENT_TIMEOUT, why, "", now - attempt.began(), null);
          }
        });
  }

  /** Ends a run that its caller cancelled. */
  void cancelled(TaskRun run) {
    drive(
        run,
        () -> {
          abandon(run, run.attempt());
          isStopped(run);
        });
    dispatcher.wake();
  }

  private static void abandon(TaskRun run, @Nullable Attempt attempt) {
    if (attempt != null) {
      attempt.abandon();
      run.used(attempt.assignment().meter().total());
      run.attempt(null, 0);
    }
  }

  /* Ends a run that was cancelled or missed its deadline; false if it may continue. */
  private boolean isStopped(TaskRun run) {
    String reason = run.cancelReason();
    if (reason != null) {
      conclude(run, new TaskResult.Cancelled(run.task(), reason, run.used()), unfinished(run));
      return true;
    }
    if (run.isPastDeadline(sources.nanoTime().getAsLong())) {
      TaskResult late = failed(run, FailureCause.DEADLINE, pastDeadline(run), Optional.empty());
      conclude(run, late, unfinished(run));
      return true;
    }
    return false;
  }

  private static String pastDeadline(TaskRun run) {
    return String.format(
        Locale.ROOT,
        "task '%s' missed its deadline of %s while %s; give it more time or a higher priority",
        run.task().id(),
        run.task().deadline().map(Duration::toString).orElse(""),
        run.state());
  }

  private static TaskResult failed(
      TaskRun run, FailureCause cause, String why, Optional<Verdict> verdict) {
    return new TaskResult.Failed(run.task(), cause, why, run.attempts(), verdict, run.used(), "");
  }

  private void conclude(TaskRun run, TaskResult result) {
    conclude(run, result, null);
  }

  private void conclude(TaskRun run, TaskResult result, @Nullable Outcome outcome) {
    Step step = now(run);
    states.step(run, new TaskEvent.Concluded(step, result, step.nanoTime() - run.submitted()));
    if (outcome != null) {
      learn(outcome);
    }
    dispatcher.done(run);
    run.complete(result);
  }

  private void learn(Outcome outcome) {
    try {
      router.learn(outcome);
    } catch (RuntimeException | Error e) {
      if (learningErrors.getAndIncrement() == 0) {
        LOG.warn("router {} could not learn; further errors are counted", router.getClass(), e);
      }
    }
  }

  long learningErrors() {
    return learningErrors.get();
  }

  private static Outcome outcome(
      TaskRun run, Outcome.Kind kind, double quality, Usage usage, long nanos) {
    Duration time = usage.time().isZero() ? Duration.ofNanos(Math.max(0, nanos)) : usage.time();
    return new Outcome(
        run.decision(), run.task(), run.attempts(), kind, quality, usage.cost(), time);
  }

  /* Tells the router that its last decision has no outcome, if the run ends before one. */
  private static @Nullable Outcome unfinished(TaskRun run) {
    boolean decided =
        switch (run.state()) {
          case ROUTED, EXECUTING, EXECUTION_COMPLETE, VERIFYING -> true;
          default -> false;
        };
    return decided ? outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, run.used(), 0) : null;
  }

  private void release(AgentSlots slots) {
    AgentSlots.Waiter next = slots.release();
    if (next != null) {
      slotFreed(next);
    }
  }

  /* Any error in Arbiter or in an implementation of a socket ends the task and is logged. */
  private void drive(TaskRun run, Runnable way) {
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
        states.endUnrecorded(run, result.state());
        dispatcher.done(run);
        run.complete(result);
      }
    }
  }

  private Step now(TaskRun run) {
    long nanoTime = sources.nanoTime().getAsLong();
    return new Step(
        run.task(), run.attempts(), run.agent(), run.at(nanoTime, sources.clock()), nanoTime);
  }
}
