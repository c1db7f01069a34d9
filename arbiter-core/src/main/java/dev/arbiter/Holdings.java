/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.task.WorkReport.Usage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a run has taken: its place, its seat, its permit, its attempt, its timers, its open request,
 * its decision that is not kept yet. Each is given back here, on every way to an end. The thread
 * that drives the run calls these methods.
 */
final class Holdings {
  /* An agent that was interrupted has this time to return, before no run waits for it any more. */
  private static final long PATIENCE = 1_000_000_000;

  private final Line line;
  private final Crew crew;
  private final Timers timers;
  private final OpenRequests open;
  private final LongSupplier nanoTime;

  Holdings(Line line, Crew crew, Timers timers, OpenRequests open, LongSupplier nanoTime) {
    this.line = line;
    this.open = open;
    this.crew = crew;
    this.timers = timers;
    this.nanoTime = nanoTime;
  }

  /** Gives back everything that a run has taken. */
  void settle(TaskRun run) {
    abandon(run);
    giveBackSeat(run);
    giveBackPermit(run);
    Timers.Timer deadline = run.deadline();
    if (deadline != null) {
      timers.clear(deadline);
    }
    Timers.Timer wake = run.takeWake();
    if (wake != null) {
      timers.clear(wake);
    }
    open.remove(run);
    News.Decided deciding = run.deciding();
    if (deciding != null) {
      run.deciding(null);
      deciding.unread();
    }
    leaveLine(run);
  }

  /** Gives back what a run has taken for a call that does not take place. */
  void giveBackPermit(TaskRun run) {
    CallPermits.Permit permit = run.permit();
    if (permit != null) {
      run.permit(null);
      permit.giveBack();
    }
  }

  /** Gives back the place of a run; the run that gets it goes on. */
  void leaveLine(TaskRun run) {
    TaskRun next = line.leave(run);
    if (next != null && next.post(new News.Placed())) {
      run.worker().add(next);
    }
  }

  /** Gives back the seat of a run, if it has one. */
  void giveBackSeat(TaskRun run) {
    Slots.Seat seat = run.seat();
    if (seat != null) {
      run.seat(null);
      giveBack(seat, run.worker());
    }
  }

  /** Gives back a seat; the run that gets its slot goes on, with this worker if there is one. */
  void giveBack(Slots.Seat seat, Crew.@Nullable Worker worker) {
    Slots.Seat next = seat.slots().giveBack(seat);
    if (next != null) {
      changed(next, worker);
    }
  }

  /* Sees that a run hears of its seat. */
  private void changed(Slots.Seat seat, Crew.@Nullable Worker worker) {
    if (seat.run().post(new News.Seated(seat))) {
      if (worker == null) {
        crew.add(seat.run());
      } else {
        worker.add(seat.run());
      }
    }
  }

  /** Ends the attempt of a run, if there is one: interrupts the agent and ignores its report. */
  void abandon(TaskRun run) {
    Attempt attempt = run.attempt();
    if (attempt != null) {
      over(run);
      Slots.Seat next = attempt.abandon();
      if (next != null) {
        changed(next, run.worker());
      } else if (attempt.outlives()) {
        timers.set(new Attempt.Patience(attempt), nanoTime.getAsLong() + PATIENCE);
      }
      Usage used = attempt.used();
      attempt.charge(used);
      run.used(used);
      if (!run.task().terms().budget().isNone()) {
        run.means().worked(attempt.worked());
      }
    }
  }

  /** Notes that the attempt of a run has ended. */
  void over(TaskRun run) {
    Attempt attempt = run.attempt();
    if (attempt != null) {
      timers.clear(attempt);
      run.noAttempt();
    }
    News.Asked asking = run.asking();
    if (asking != null) {
      run.asking(null);
      asking.fail("the attempt is over");
    }
  }

  /** Sets the timer of the deadline, the first time. */
  void setDeadline(TaskRun run) {
    Timers.Timer deadline = run.deadlineToSet();
    if (deadline != null) {
      timers.set(deadline, run.ends());
    }
  }
}
