/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ends of a run that are not a completion: what its caller and its router hear. */
final class Endings {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Holdings holdings;
  private final Lessons lessons;
  private final Publisher publisher;
  private final Constitution constitution;
  private final Sources sources;
  private final Duration attemptLimit;

  Endings(
      Holdings holdings,
      Lessons lessons,
      Publisher publisher,
      Constitution constitution,
      Sources sources,
      Duration attemptLimit) {
    this.holdings = holdings;
    this.lessons = lessons;
    this.publisher = publisher;
    this.constitution = constitution;
    this.sources = sources;
    this.attemptLimit = attemptLimit;
  }

  /** The end of a run that was cancelled or missed its deadline; null if it may go on. */
  @Nullable Ended stopped(TaskRun run) {
    String reason = run.cancelReason();
    if (reason != null) {
      return cancelled(run, reason);
    }
    if (run.deadline() == null || !run.isPastDeadline(now())) {
      return null;
    }
    String late =
        String.format(
            Locale.ROOT,
            "task '%s' missed its deadline of %s while %s; give it more time or a higher priority",
            run.task().id(),
            run.task().deadline().map(Duration::toString).orElse(""),
            run.state());
    Outcome.Kind kind =
        hadItsTime(run, run.attempt()) ? Outcome.Kind.FAILURE : Outcome.Kind.INFRASTRUCTURE;
    holdings.abandon(run);
    return new Ended(
        new TaskResult.Failed(
            run.task(),
            FailureCause.DEADLINE,
            late,
            run.attempts(),
            Optional.empty(),
            run.used(),
            ""),
        lessons.outcome(run, kind, 0, now() - run.submitted()));
  }

  /* An agent that had at least half of the time of its task, and did not report, has failed. */
  private boolean hadItsTime(TaskRun run, @Nullable Attempt attempt) {
    return attempt != null && 2 * (now() - attempt.began()) >= run.ends() - run.submitted();
  }

  /** The end of a run that was cancelled. */
  Ended cancelled(TaskRun run, String reason) {
    holdings.abandon(run);
    return new Ended(
        new TaskResult.Cancelled(run.task(), reason, run.used()),
        lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
  }

  /** The end of a run that failed without a fault of an agent. */
  Ended failed(TaskRun run, FailureCause cause, String why, @Nullable Verdict verdict) {
    return new Ended(
        new TaskResult.Failed(
            run.task(), cause, why, run.attempts(), Optional.ofNullable(verdict), run.used(), ""),
        lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
  }

  /** Any error in Arbiter or in an implementation of a socket ends the task, and is logged. */
  Ended broken(TaskRun run, Throwable error) {
    if (error instanceof Fuse.OpenException) {
      String why = error.getMessage() + ", so nothing passes";
      return failed(run, FailureCause.INTERNAL, why, null);
    }
    LOG.error("{} failed inside Arbiter", run, error);
    return failed(
        run,
        FailureCause.INTERNAL,
        "failed inside Arbiter while " + run.state() + ": " + error,
        null);
  }

  /** Ends the other attempts of a round, because the task has ended; their work is paid. */
  void endOthers(TaskRun run, FailureCause cause, String why) {
    Round round = run.round();
    int kept = run.number();
    while (round != null && !round.others().isEmpty()) {
      run.lookAt(round.others().get(0));
      Attempt attempt = run.attempt();
      TaskRun.Passed passed = run.passed();
      holdings.abandon(run);
      Outcome outcome =
          passed == null
              ? lessons.outcome(run, hadItsTime(cause, run, attempt), 0, run.nanos())
              : lessons.outcome(run, Outcome.Kind.SUCCESS, passed.verdict().quality(), run.nanos());
      withdraw(run, why);
      withdrawEarlier(run, why);
      lessons.learn(run, outcome);
      publisher.step(
          run,
          new TaskEvent.AttemptEnded(
              run.moment(now(), sources.clock()),
              new TaskEvent.AttemptFailure(
                  isBeaten(passed, cause) ? FailureCause.SUPERSEDED : cause,
                  why,
                  Optional.ofNullable(passed).map(TaskRun.Passed::verdict),
                  run.used(),
                  ""),
              run.state()));
      run.leave();
      boolean unused = run.lookAt(kept);
    }
  }

  /* Work that passed did not fail by the cause for which the others were stopped. */
  private static boolean isBeaten(TaskRun.@Nullable Passed passed, FailureCause cause) {
    return passed != null && cause != FailureCause.UNRECORDED;
  }

  private Outcome.Kind hadItsTime(FailureCause cause, TaskRun run, @Nullable Attempt attempt) {
    return cause == FailureCause.DEADLINE && hadItsTime(run, attempt)
        ? Outcome.Kind.FAILURE
        : Outcome.Kind.INFRASTRUCTURE;
  }

  /** Takes back a verdict that passed the work: the task did not end so. */
  void withdraw(TaskRun run, String why) {
    TaskRun.Passed passed = run.takePassed();
    if (passed == null) {
      return;
    }
    try {
      constitution.withdraw(passed.assignment(), passed.verdict(), why);
    } catch (Throwable e) {
      LOG.error("a verdict that passed {} stands, though it did not end so", run, e);
    }
  }

  /** Takes back what a dead process may have recorded for the work of the attempt in view. */
  void withdrawEarlier(TaskRun run, String why) {
    WorkReport report = run.reportOrNull();
    if (report == null || !run.isOfBefore()) {
      return;
    }
    try {
      Assignment earlier = Pipeline.assignment(run, attemptLimit, AgentLink.none());
      constitution.withdrawEarlier(earlier, report, run.accepted(), why);
    } catch (Throwable e) {
      LOG.error("a verdict of before on the work of {} stands, though it did not end so", run, e);
    }
  }

  /** Tells an end of which the store has no record. */
  Stage giveUp(TaskRun run, String why) {
    endOthers(run, FailureCause.UNRECORDED, why);
    Ended meant = run.ending();
    String message =
        String.format(
            Locale.ROOT,
            "task '%s' ended while %s, and the store has no record of the end: %s%s",
            run.task().id(),
            run.state(),
            why,
            meant == null ? "" : "; it would have been: " + meant.result().summary());
    holdings.abandon(run);
    withdraw(run, message);
    TaskResult result =
        run.decide()
            ? new TaskResult.Failed(
                run.task(),
                FailureCause.UNRECORDED,
                message,
                run.attempts(),
                Optional.empty(),
                run.used(),
                "")
            : new TaskResult.Cancelled(run.task(), run.cancelReason() + "; " + message, run.used());
    run.unrecorded();
    Outcome outcome =
        meant == null ? lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0) : meant.outcome();
    run.ending(new Ended(result, outcome));
    run.state(result.state());
    Step step = run.moment(now(), sources.clock());
    publisher.tell(run, new TaskEvent.Concluded(step, result, step.nanoTime() - run.submitted()));
    return Stage.TELL;
  }

  private long now() {
    return sources.nanoTime().getAsLong();
  }
}
