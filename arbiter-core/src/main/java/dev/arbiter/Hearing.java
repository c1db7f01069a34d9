/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import org.jspecify.annotations.Nullable;

/** What a parked run hears, and where it goes on. News that does not fit its wait is stale. */
final class Hearing {
  private final Rewinding rewinding;
  private final Endings endings;
  private final Rounds rounds;
  private final Waiting waiting;
  private final Keeping keeping;
  private final Leaving leaving;
  private final RunClock clock;

  Hearing(
      Rewinding rewinding,
      Endings endings,
      Rounds rounds,
      Waiting waiting,
      Keeping keeping,
      Leaving leaving,
      RunClock clock) {
    this.rewinding = rewinding;
    this.endings = endings;
    this.rounds = rounds;
    this.waiting = waiting;
    this.keeping = keeping;
    this.leaving = leaving;
    this.clock = clock;
  }

  /** Reads one message. */
  void hear(TaskRun run, Mailbox.News news) {
    Waits at = run.waits();
    if (news instanceof News.Kept kept) {
      if (at == Waits.STORE && kept.batch == run.batch()) {
        heardKept(run, kept);
      }
    } else if (news instanceof News.Placed) {
      if (at == Waits.PLACE) {
        run.next(run.onPlace());
      }
    } else if (news instanceof News.Seated seated) {
      if (at == Waits.SLOT && seated.seat == run.seat()) {
        run.next(Stage.SEAT);
      }
    } else if (news instanceof News.Reported reported) {
      if (at == Waits.AGENT && run.lookAt(reported.attempt)) {
        run.next(Stage.REPORT);
      }
    } else if (news instanceof News.Recovered recovered) {
      if (run.isUnrecorded()) {
        recovered.unread();
      } else {
        run.shard(recovered.shard);
        rewinding.rewind(run, recovered.kept);
      }
    } else if (news instanceof News.GivenUp given) {
      if (at != Waits.NOTHING) {
        run.next(endings.giveUp(run, given.why));
      }
    } else if (news instanceof News.RunAgain) {
      if (at == Waits.OUTSIDE) {
        rewinding.again(run);
      }
    } else if (news instanceof News.Decided decided) {
      heardDecided(run, decided);
    } else if (news instanceof News.Asked asked) {
      heardAsked(run, asked);
    } else if (news instanceof News.Overspent over) {
      if (at == Waits.AGENT && run.lookAt(over.attempt)) {
        run.next(Stage.REPORT);
      }
    } else if (news instanceof News.Shed shed) {
      if (at == Waits.PLACE) {
        run.stop(endings.failed(run, FailureCause.OVERLOAD, shed.why, null));
      }
    } else if (news instanceof News.Tripped tripped) {
      if (at == Waits.AGENT && run.lookAt(tripped.attempt)) {
        run.next(Stage.REPORT);
      }
    } else if (news instanceof News.MeansChanged) {
      heardMeansChanged(run, at);
    } else if (news instanceof News.ClockMoved) {
      if (run.state() == TaskState.WAITING && (at == Waits.OUTSIDE || at == Waits.AGENT)) {
        waiting.clockMoved(run);
      }
    } else if (news instanceof News.Leave) {
      if (at != null && isIdle(at) && leaving.mayLeave(run)) {
        run.await(leaving.leave(run));
      }
    } else if (at != null && isIdle(at)) {
      stop(run, at);
    } else if (at == Waits.RECOVERY && keeping.isTired(run)) {
      run.next(endings.giveUp(run, run.lostBy()));
    }
  }

  /* Whether a run waits for something that a cancellation ends. */
  private static boolean isIdle(Waits at) {
    return at == Waits.PLACE || at == Waits.SLOT || at == Waits.AGENT || at == Waits.OUTSIDE;
  }

  private void heardKept(TaskRun run, News.Kept kept) {
    if (kept.error == null) {
      keeping.kept(run);
    } else {
      keeping.lost(run, kept.error);
    }
  }

  private void heardDecided(TaskRun run, News.Decided news) {
    if (run.waitsForDecision(news.approval.request())) {
      run.deciding(news);
      run.next(Stage.DECIDE);
    } else {
      run.unlisted();
      news.fail("it has expired or its task has ended meanwhile; look again");
    }
  }

  private static void heardMeansChanged(TaskRun run, @Nullable Waits at) {
    boolean isOfTenant = Waiting.isOfTenant(run.reason());
    if (at == Waits.OUTSIDE && (isOfTenant || run.reason() instanceof WaitReason.Quota)) {
      run.next(Stage.WAKE);
    } else if (at == Waits.AGENT && isOfTenant && run.state() == TaskState.WAITING) {
      run.next(Stage.ASK_NEXT);
    }
  }

  private void heardAsked(TaskRun run, News.Asked news) {
    boolean isOfBudget = news.point == Point.BUDGET || news.point == Point.TENANT_BUDGET;
    if (run.waits() != Waits.AGENT || !run.lookAt(news.attempt)) {
      news.attempt.answered();
      news.fail("the attempt is over, or the store is away; ask again");
    } else if (run.othersWork() || (isOfBudget && rounds.hasPassed(run))) {
      news.attempt.answered();
      if (isOfBudget) {
        run.overspent(news.question.text());
        run.next(Stage.ASK_FOR_MORE);
      }
      news.fail("several agents work at the task, so none of them can ask; give it to one");
    } else {
      run.asking(news);
      run.next(Stage.ASK);
    }
  }

  /*
   * A cancellation or a time: the deadline of the task, the limit of the attempt, the end of a wait.
   */
  private void stop(TaskRun run, Waits at) {
    long now = clock.now();
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      run.stop(stopped);
    } else if (run.state() == TaskState.WAITING && run.isToWake(now)) {
      run.next(at == Waits.AGENT ? Stage.ASK_NEXT : Stage.WAKE);
    } else if (at == Waits.AGENT && run.state() != TaskState.WAITING) {
      attemptTimes(run, now);
    }
  }

  /* The end of the time of an attempt, or the time for another agent to start beside it. */
  private void attemptTimes(TaskRun run, long now) {
    Attempt attempt = run.attempt();
    Round round = run.round();
    if (attempt != null && now - attempt.ends() >= 0) {
      run.next(Stage.REPORT);
    } else if (round != null) {
      round.others().stream()
          .filter(lane -> lane.attempt != null && now - lane.attempt.ends() >= 0)
          .findFirst()
          .ifPresent(
              late -> {
                run.lookAt(late);
                run.next(Stage.REPORT);
              });
    } else if (attempt != null && rounds.isToHedge(run, attempt, now)) {
      run.next(Stage.MORE);
    }
  }
}
