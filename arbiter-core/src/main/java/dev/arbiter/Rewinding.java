/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Puts a run back to the last safe phase that the store has kept: accepted, executing, report kept,
 * or waiting for a person.
 */
final class Rewinding {
  private final EngineConfig config;
  private final Sources sources;
  private final LiveRegistry registry;
  private final Publisher publisher;
  private final Holdings holdings;
  private final Lessons lessons;
  private final Endings endings;
  private final Rounds rounds;

  Rewinding(
      EngineConfig config,
      LiveRegistry registry,
      Publisher publisher,
      Holdings holdings,
      Lessons lessons,
      Endings endings,
      Rounds rounds) {
    this.config = config;
    this.sources = config.sources();
    this.registry = registry;
    this.publisher = publisher;
    this.holdings = holdings;
    this.lessons = lessons;
    this.endings = endings;
    this.rounds = rounds;
  }

  /** The store has come back: the run goes on from what the store has kept, or from nothing. */
  void rewind(TaskRun run, TaskRun.@Nullable Kept kept) {
    if (run.waits() == Waits.NOTHING) {
      return;
    }
    if (kept == null) {
      forgotten(run);
      return;
    }
    KeptProgress reached = kept.progress();
    boolean isUnmade = run.takeUnmadeCall();
    Usage usedByAll = run.usedByAll();
    Meant meant = meant(run);
    if (run.round() != null) {
      lookAtKept(run, reached);
    }
    boolean sameAttempt = run.isAtAttempt(reached);
    if (!sameAttempt) {
      lessons.unlearned(run);
    }
    Attempt running = sameAttempt ? run.attempt() : null;
    WorkReport own = sameAttempt ? run.reportOrNull() : null;
    long nanos = run.nanos();
    Usage used = run.used();
    boolean waits = isSameWait(run, reached);
    Means means = run.meansOrNull();
    Duration waited = waits || means == null ? null : means.waited();
    endings.withdraw(run, "the store came back without the end; the work is judged again");
    News.Asked asking = run.asking();
    run.rewind(reached, sources.clock().instant(), sources.nanoTime().getAsLong());
    holdings.setDeadline(run);
    holdings.giveBackSeat(run);
    publisher.tell(run, new TaskEvent.Recovered(moment(run), reached.state()));
    if (isWithinCall(reached) && running != null && waits) {
      run.asking(asking);
      run.next(Stage.CALL);
      return;
    }
    if (isWithinCall(reached)) {
      waitIsOver(run, waited, running != null || own != null || run.hasOthers());
    }
    boolean executes = reached.state() == TaskState.EXECUTING || isWithinCall(reached);
    Meant again = executes && meant != null && meant.attempt == run.number() ? meant : null;
    if (executes && sameAttempt) {
      run.usedInAll(used);
    } else if (again != null) {
      run.usedInAll(again.used);
    }
    run.usedByAll(usedByAll);
    if (executes && running != null) {
      worksOn(run, running, asking);
      return;
    }
    if (executes && own == null && run.hasOthers()) {
      if (isUnmade && sameAttempt) {
        dropUnmade(run);
      }
      goOnWithOthers(run);
      return;
    }
    holdings.abandon(run);
    if (executes && own != null) {
      run.report(own, nanos);
      run.onPlace(Stage.KEEP_REPORT);
      run.next(Stage.ENTER);
      return;
    }
    if (again != null) {
      waitAgain(run, again);
      return;
    }
    goOn(run, reached, isUnmade && sameAttempt);
  }

  private TaskEvent.Step moment(TaskRun run) {
    return run.moment(sources.nanoTime().getAsLong(), sources.clock());
  }

  /* Whether the run waits, now and in the store, for the same answer. */
  private static boolean isSameWait(TaskRun run, KeptProgress reached) {
    ApprovalRequest own = run.state() == TaskState.WAITING ? run.request() : null;
    WaitReason kept = reached.waits();
    return own != null
        && kept != null
        && kept.request().filter(request -> request.id().equals(own.id())).isPresent();
  }

  /* For what a run waits since its call has ended, and what it knows of that attempt. */
  private record Meant(WaitReason reason, int attempt, KeptMeans means, Usage used) {}

  private static @Nullable Meant meant(TaskRun run) {
    WaitReason reason = run.state() == TaskState.WAITING ? run.reason() : null;
    boolean isOfCall =
        reason instanceof WaitReason.UnknownEffect
            || reason instanceof WaitReason.Retry
            || (reason instanceof WaitReason.Input && !reason.withinCall());
    return reason != null && isOfCall
        ? new Meant(reason, run.number(), run.means().kept(), run.used())
        : null;
  }

  /*
   * The agent that waited has its answer, or is gone. That it had the answer is not kept: it worked
   * on meanwhile, so the wait had the length that this process knows.
   */
  private void waitIsOver(TaskRun run, @Nullable Duration known, boolean goesOn) {
    if (known == null) {
      long unused = run.means().waitEnds(sources.nanoTime().getAsLong());
    } else {
      run.means().waited(known);
    }
    if (goesOn) {
      publisher.step(run, new TaskEvent.Resumed(moment(run)));
    }
  }

  /* An agent works on. What it asked was not kept, and what it reported meanwhile was not read. */
  private void worksOn(TaskRun run, Attempt running, News.@Nullable Asked asking) {
    if (asking != null) {
      running.answered();
      run.asking(null);
      asking.fail("the store failed before it kept the question; ask again");
    }
    Move next = running.isToRead() ? Stage.REPORT : rounds.next(run);
    if (next instanceof Stage stage) {
      run.next(stage);
    } else {
      run.await((Waits) next);
    }
  }

  /* Agents that work at once work on. What was not kept of the attempt in view is dropped. */
  private void lookAtKept(TaskRun run, KeptProgress reached) {
    if (run.number() > reached.decisions().size()) {
      holdings.giveBackSeat(run);
      holdings.giveBackPermit(run);
      lessons.unlearned(run);
      run.leave();
    }
    int at = reached.round().at() == 0 ? reached.decisions().size() : reached.round().at();
    if (!run.lookAt(at)) {
      run.lookAtEnded(at);
    }
  }

  /* An agent was about to join, and was not called. */
  private void dropUnmade(TaskRun run) {
    Means means = run.meansOrNull();
    if (means != null) {
      means.notCalled();
    }
    lessons.unlearned(run);
    holdings.giveBackPermit(run);
    rounds.joinNoMore(run);
    run.leave();
    run.decisions().dropLast();
  }

  private void goOnWithOthers(TaskRun run) {
    run.abandonedDecisions().forEach(decision -> lessons.unlearned(run, decision));
    rounds.leaveEmptyHanded(run);
    Move next = rounds.next(run);
    if (next instanceof Stage stage) {
      run.onPlace(stage);
      run.next(Stage.ENTER);
    } else {
      run.await((Waits) next);
    }
  }

  /*
   * The call has ended, and its run was to wait: for somebody who decides about an unknown effect,
   * for an answer, or for the time of a retry. It does so again.
   */
  private static void waitAgain(TaskRun run, Meant meant) {
    run.means().goOn(meant.means);
    run.waitsFor(meant.reason);
    run.onPlace(Stage.HOLD);
    run.next(Stage.ENTER);
  }

  /* Puts a run back to the safe phase that it had reached. */
  private void goOn(TaskRun run, KeptProgress reached, boolean isUnmade) {
    run.abandonedDecisions().forEach(decision -> lessons.unlearned(run, decision));
    switch (reached.state()) {
      case RECEIVED -> run.onPlace(Stage.ADMIT);
      case EXECUTION_COMPLETE -> run.onPlace(Stage.JUDGE);
      case WAITING -> {
        if (!isWithinCall(reached)) {
          holdings.leaveLine(run);
          run.next(Stage.PARK);
          return;
        }
        executedBefore(run, isUnmade);
      }
      default -> executedBefore(run, isUnmade);
    }
    run.next(Stage.ENTER);
  }

  /* Whether the agent waited for the answer within its call, which has ended with its process. */
  private static boolean isWithinCall(KeptProgress reached) {
    return reached.waits() != null && reached.waits().withinCall();
  }

  /* An agent may have worked at it, and there is no report. */
  private void executedBefore(TaskRun run, boolean isUnmade) {
    Means means = run.meansOrNull();
    if (isUnmade && means != null) {
      means.notCalled();
    }
    if (isUnmade && means != null && means.isBegun()) {
      Instant now = sources.clock().instant();
      run.waitsFor(new WaitReason.Retry(run.agent(), run.number(), now));
      run.onPlace(Stage.HOLD);
      return;
    }
    run.roundDecisions().forEach(decision -> lessons.unlearned(run, decision));
    run.onPlace(Stage.ROUTE);
    if (isUnmade || (run.wasCalled() && run.decisions().wereTakenBack(run.roundDecisions()))) {
      run.dropDecision();
      return;
    }
    if (run.wasCalled()) {
      return;
    }
    Ended denied = deniedWithinCall(run);
    if (denied != null) {
      run.stop(denied);
    } else if (!run.isOfBefore() || mayRunAgain(run)) {
      run.dropDecision();
    } else if (config.afterCrash(run.task()) == AfterCrash.FAIL) {
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' worked at task '%s' when the process ended; what it has done is unknown,"
                  + " and tasks of type '%s' are not run again",
              run.agent(),
              run.task().id(),
              run.task().type());
      run.stop(endings.failed(run, FailureCause.UNKNOWN_EFFECT, why, null));
    } else {
      run.waitsFor(new WaitReason.UnknownEffect(run.agent(), run.number()));
      run.onPlace(Stage.HOLD);
    }
  }

  /* A person denied more to an agent that asked within its call; then its process ended. */
  private @Nullable Ended deniedWithinCall(TaskRun run) {
    ApprovalRequest request = run.reason() instanceof WaitReason.Budget ? run.request() : null;
    Approval decision = request == null ? null : run.means().of(request.id());
    return request == null || decision == null || !decision.isDenial()
        ? null
        : endings.failed(run, FailureCause.BUDGET, Waiting.denied(request, decision), null);
  }

  private boolean mayRunAgain(TaskRun run) {
    AfterCrash choice = config.afterCrash(run.task());
    return choice == AfterCrash.RUN_AGAIN
        || (choice == AfterCrash.RUN_AGAIN_IF_IDEMPOTENT
            && run.roundDecisions().stream()
                .allMatch(decision -> registry.isIdempotent(decision.agent())));
  }

  /** A person decided that the attempt of a dead process is made again. */
  void again(TaskRun run) {
    long unused = run.means().waitEnds(sources.nanoTime().getAsLong());
    run.dropDecision();
    run.onPlace(Stage.ROUTE);
    run.next(Stage.ENTER);
  }

  /* The store has nothing of the run: it has kept its end, or never its beginning. */
  private void forgotten(TaskRun run) {
    Ended end = run.ending();
    if (end != null) {
      publisher.tellKept(run);
      run.next(Stage.TELL);
    } else {
      run.next(endings.giveUp(run, "the store came back without it"));
    }
  }
}
