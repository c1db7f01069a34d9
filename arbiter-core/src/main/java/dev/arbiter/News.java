/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Store;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The messages that a parked run may get. News that does not fit what it waits for is stale. */
final class News {
  private News() {}

  /** The run has a place. */
  static final class Placed extends Mailbox.News {}

  /** The seat of the run changed: it is held, or its agent is gone. */
  static final class Seated extends Mailbox.News {
    final Slots.Seat seat;

    Seated(Slots.Seat seat) {
      this.seat = seat;
    }
  }

  /** The call of the agent has ended. */
  static final class Reported extends Mailbox.News {
    final Attempt attempt;

    Reported(Attempt attempt) {
      this.attempt = attempt;
    }
  }

  /** The store has kept a batch, or failed. */
  static final class Kept extends Mailbox.News {
    final int batch;
    final @Nullable Throwable error;

    Kept(int batch, @Nullable Throwable error) {
      this.batch = batch;
      this.error = error;
    }
  }

  /** The store came back with what it has kept of the run; null if it has nothing. */
  static final class Recovered extends Mailbox.News {
    final TaskRun.@Nullable Kept kept;
    final Store.Shard shard;
    private final Runnable overtaken;

    /**
     * Makes the message.
     *
     * @param overtaken what to do if the store has kept a run that has ended meanwhile
     */
    Recovered(TaskRun.@Nullable Kept kept, Store.Shard shard, Runnable overtaken) {
      this.kept = kept;
      this.shard = shard;
      this.overtaken = overtaken;
    }

    @Override
    void unread() {
      if (kept != null) {
        overtaken.run();
      }
    }
  }

  /** The arbiter closes: the run ends, without a record if need be. */
  static final class GivenUp extends Mailbox.News {
    final String why;

    GivenUp(String why) {
      this.why = why;
    }
  }

  /** A person decided that the run goes on. */
  static final class RunAgain extends Mailbox.News {}

  /** A person decided the request of the run. */
  static final class Decided extends Mailbox.News {
    final Approval approval;
    final CompletableFuture<Approval> kept;

    Decided(Approval approval, CompletableFuture<Approval> kept) {
      this.approval = approval;
      this.kept = kept;
    }

    @Override
    void unread() {
      fail("its task has ended meanwhile, or the arbiter was closed; look again");
    }

    void fail(String why) {
      kept.completeExceptionally(
          new ArbiterException("request '" + approval.request() + "' was not decided: " + why));
    }
  }

  /** An agent asks within its call. */
  static final class Asked extends Mailbox.News {
    final Attempt attempt;
    final Point point;
    final Question question;
    final CompletableFuture<Approval> answer = new CompletableFuture<>();

    Asked(Attempt attempt, Point point, Question question) {
      this.attempt = attempt;
      this.point = point;
      this.question = question;
    }

    @Override
    void unread() {
      attempt.answered();
      fail("the attempt is over");
    }

    void fail(String why) {
      answer.completeExceptionally(new ArbiterException("no answer: " + why));
    }
  }

  /** The limit for which a person was asked holds no more, though nobody decided. */
  static final class LimitPassed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    LimitPassed() {
      super("the limit was passed");
    }
  }

  /** An agent went on though the task has reached its budget. */
  static final class Overspent extends Mailbox.News {
    final Attempt attempt;

    Overspent(Attempt attempt) {
      this.attempt = attempt;
    }
  }

  /** A task of higher priority has taken the room of the run in the line. */
  static final class Shed extends Mailbox.News {
    final String why;

    Shed(String why) {
      this.why = why;
    }
  }

  /** A guard ends the call of an agent. */
  static final class Tripped extends Mailbox.News {
    final Attempt attempt;

    Tripped(Attempt attempt) {
      this.attempt = attempt;
    }
  }

  /** An agent, or the tenant, may have means again that it had not when the run began to wait. */
  static final class MeansChanged extends Mailbox.News {}

  /** The wall clock went ahead, and the timers of waits did not, as when the machine slept. */
  static final class ClockMoved extends Mailbox.News {}

  /** The arbiter closes: a run that has not begun is left to the store, any other is cancelled. */
  static final class Leave extends Mailbox.News {}

  /** The run was cancelled, or one of its times has come: its state says which. */
  static final class Stop extends Mailbox.News {}
}
