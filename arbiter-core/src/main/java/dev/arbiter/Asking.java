/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.spi.Outcome;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** An agent asks within its call, or leaves with a question, or has used up what it may. */
final class Asking {
  private static final int MOST_CALLS = 100;
  private static final int MOST_DECISIONS = 1_000;

  private final Publisher publisher;
  private final OpenRequests open;
  private final Waiting waiting;
  private final Endings endings;
  private final Lessons lessons;
  private final Holdings holdings;
  private final Ledger ledger;
  private final Rounds rounds;
  private final Failures failures;
  private final Keeping keeping;
  private final RunClock clock;

  Asking(
      Publisher publisher,
      OpenRequests open,
      Waiting waiting,
      Endings endings,
      Lessons lessons,
      Holdings holdings,
      Ledger ledger,
      Rounds rounds,
      Failures failures,
      Keeping keeping,
      RunClock clock) {
    this.publisher = publisher;
    this.open = open;
    this.waiting = waiting;
    this.endings = endings;
    this.lessons = lessons;
    this.holdings = holdings;
    this.ledger = ledger;
    this.rounds = rounds;
    this.failures = failures;
    this.keeping = keeping;
    this.clock = clock;
  }

  /** An agent asks within its call: the run gives its place to another. */
  Move ask(TaskRun run) {
    News.Asked asking = run.asking();
    Attempt attempt = run.attempt();
    if (asking == null || attempt == null) {
      return Stage.CALL;
    }
    ApprovalRequest request = waiting.request(run, asking.point, asking.question, List.of());
    Approval known = run.means().of(request.id());
    if (known != null) {
      run.asking(null);
      attempt.answered();
      asking.answer.complete(known);
      return Stage.CALL;
    }
    if (asking.point == Point.INPUT && run.means().approvals().size() >= MOST_DECISIONS) {
      // A program may answer at once, and its time is not the agent's: nothing else would end this.
      run.asking(null);
      attempt.answered();
      asking.fail(
          String.format(
              Locale.ROOT,
              "agent '%s' asks again after %,d decisions about task '%s', and no task has more",
              run.agent(),
              MOST_DECISIONS,
              run.task().id()));
      return Stage.CALL;
    }
    // What it has used so far is kept with the wait: the process may end before its report.
    run.used(attempt.assignment().meter().total());
    waiting.begin(
        run,
        asking.point != Point.INPUT
            ? new WaitReason.Budget(request, true)
            : new WaitReason.Input(request, "", true));
    holdings.leaveLine(run);
    return keeping.keep(run, Stage.CALL);
  }

  /** The agent works, or waits within its call for an answer. */
  Move calling(TaskRun run, Attempt attempt) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    ApprovalRequest request = run.request();
    if (run.state() == TaskState.WAITING && request != null) {
      Approval decision = run.means().of(request.id());
      if (decision == null) {
        waiting.listen(run, request);
        if (Waiting.isOfTenant(run.reason()) && mayGoOn(run, request)) {
          return Stage.ASK_NEXT;
        }
      } else {
        ledger.raise(request, decision);
        resume(run, attempt);
        News.Asked asking = run.asking();
        run.asking(null);
        attempt.budget(run.means().budget(run.task()));
        attempt.answered();
        if (asking != null) {
          asking.answer.complete(decision);
        }
        if (decision.isDenial() && run.reason() instanceof WaitReason.Budget) {
          run.overspent(Waiting.denied(request, decision));
          return overspent(run);
        }
      }
    }
    return attempt.isToRead() ? Stage.REPORT : rounds.next(run);
  }

  /** The wait of an agent within its call is over; its time runs on. */
  void resume(TaskRun run, Attempt attempt) {
    attempt.paused(waiting.end(run));
    publisher.step(run, new TaskEvent.Resumed(clock.of(run)));
  }

  /** The audience did not answer an agent within its call: the next is asked, or none is left. */
  Move askNext(TaskRun run) {
    Attempt attempt = run.attempt();
    ApprovalRequest request = run.request();
    if (attempt == null || request == null) {
      return Stage.CALL;
    }
    boolean isPassed = Waiting.isOfTenant(run.reason()) && mayGoOn(run, request);
    if (Waiting.isOfTenant(run.reason()) && !isPassed) {
      return Stage.CALL;
    }
    open.remove(run);
    WaitReason next = isPassed ? null : waiting.escalated(run);
    if (next != null) {
      waiting.begin(run, next);
      return keeping.keep(run, Stage.CALL);
    }
    resume(run, attempt);
    attempt.answered();
    News.Asked asking = run.asking();
    run.asking(null);
    if (isPassed && asking != null) {
      asking.answer.completeExceptionally(new News.LimitPassed());
      return Stage.CALL;
    }
    if (request.point() == Point.BUDGET) {
      run.overspent(Waiting.expired(request));
      return overspent(run);
    }
    if (asking != null) {
      asking.fail(Waiting.expired(request));
    }
    return Stage.CALL;
  }

  /* Whether the tenant has means again, or the period of which a person was asked has ended. */
  private boolean mayGoOn(TaskRun run, ApprovalRequest request) {
    return ledger.full(run.task().tenant()) == null
        || !clock.instant().isBefore(request.expiresAt());
  }

  /** The agent has left its call, and is called again when its question has an answer. */
  Move leftWaiting(TaskRun run, WorkReport.Pending pending) {
    if (run.hasOthers()) {
      String why = "agent '" + run.agent() + "' left with a question while others work at the task";
      return rounds.ended(
          run,
          new AttemptFailure(FailureCause.SUPERSEDED, why, Optional.empty(), run.used(), ""),
          lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
    }
    Means means = run.means();
    if (means.calls() >= MOST_CALLS) {
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' asks again after %d calls; a task that asks may call agents %d times",
              run.agent(),
              means.calls(),
              MOST_CALLS);
      return failures.attempt(run, FailureCause.AGENT_ERROR, why, "", run.nanos(), null);
    }
    ApprovalRequest request = waiting.request(run, Point.INPUT, pending.question(), List.of());
    means.resumeToken(pending.resumeToken());
    means.again(run.used(), false);
    return Waiting.hold(run, new WaitReason.Input(request, pending.resumeToken(), false));
  }

  /** Ends a task that has used up its budget, and works on. */
  Move overspent(TaskRun run) {
    holdings.abandon(run);
    return endings.failed(run, FailureCause.BUDGET, run.overspent(), null);
  }

  /** The time of the budget is over, and the agent was interrupted: that is no fault of it. */
  Move outOfTime(TaskRun run) {
    String why =
        String.format(
            Locale.ROOT,
            "agent '%s' was interrupted: task '%s' has used up the working time of its budget",
            run.agent(),
            run.task().id());
    boolean asks = run.means().budget(run.task()).atLimit() == TaskBudget.AtLimit.ASK;
    AttemptFailure failure =
        new AttemptFailure(FailureCause.BUDGET, why, Optional.empty(), run.used(), "");
    if (run.othersWork()) {
      run.overspent(why);
      return asks ? Stage.ASK_FOR_MORE : Stage.OVERSPENT;
    }
    if (run.hasOthers()) {
      return rounds.ended(run, failure, lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
    }
    if (!asks) {
      return endings.failed(run, FailureCause.BUDGET, why, null);
    }
    lessons.unlearned(run);
    run.failure(failure);
    run.dropDecision();
    return Stage.ROUTE;
  }

  /**
   * Several agents worked at the task: all of them stop before a person is asked. Nobody is asked
   * if the work of one has passed, which is the result then.
   */
  Move askForMore(TaskRun run) {
    if (rounds.hasPassed(run)) {
      return overspent(run);
    }
    holdings.abandon(run);
    endings.endOthers(run, FailureCause.BUDGET, run.overspent());
    lessons.unlearned(run);
    run.failure(
        new AttemptFailure(FailureCause.BUDGET, run.overspent(), Optional.empty(), run.used(), ""));
    run.dropDecision();
    return Stage.ROUTE;
  }
}
