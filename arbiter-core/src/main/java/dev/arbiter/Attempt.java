/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call of one agent, which can be called off. */
final class Attempt {
  private final Assignment assignment;
  private final Slots slots;
  private final long began;
  private @Nullable Thread caller;
  private @Nullable CompletableFuture<?> future;
  private boolean entered;
  private boolean abandoned;
  private boolean over;

  Attempt(Assignment assignment, Slots slots, long began) {
    this.assignment = assignment;
    this.slots = slots;
    this.began = began;
  }

  Assignment assignment() {
    return assignment;
  }

  long began() {
    return began;
  }

  Slots slots() {
    return slots;
  }

  /**
   * Lets the agent be called: once, while somebody waits for it, for what was approved. An
   * interceptor stands between the approval and the call, and must not stretch the one.
   *
   * @throws IllegalStateException if it may not be called
   */
  synchronized void enter(Assignment given) {
    String why = "";
    if (entered) {
      why = "was let go on before; an attempt goes on once";
    } else if (abandoned || over) {
      why = "is over; what waits for it must be submitted again";
    } else if (!isApproved(given)) {
      why = "was amended; task, agent, attempt and spec digest must stay, time can only shrink";
    }
    if (!why.isEmpty()) {
      throw new IllegalStateException(
          "attempt " + assignment.attempt() + " at task '" + assignment.task().id() + "' " + why);
    }
    entered = true;
  }

  private boolean isApproved(Assignment given) {
    return given.task().equals(assignment.task())
        && given.agent().equals(assignment.agent())
        && given.attempt() == assignment.attempt()
        && given.specDigest().equals(assignment.specDigest())
        && given.timeLimit().compareTo(assignment.timeLimit()) <= 0;
  }

  /** The agent's method is about to be called; false if it need not be any more. */
  synchronized boolean begin(Thread thread) {
    caller = thread;
    return !abandoned;
  }

  /** The agent's method returned, with what is still to come if it is asynchronous. */
  void returned(@Nullable CompletableFuture<?> toCome) {
    boolean toCancel;
    synchronized (this) {
      caller = null;
      future = toCome;
      toCancel = abandoned;
    }
    if (toCancel) {
      // The interrupt was meant for the agent, not for what this thread does next.
      boolean unused = Thread.interrupted();
      if (toCome != null) {
        toCome.cancel(true);
      }
    }
  }

  /** The call is over, for good or ill. */
  synchronized void over() {
    over = true;
    if (abandoned) {
      slots.abandon(-1);
    }
  }

  /** Interrupts the agent; it keeps its slot until it really returns. */
  void abandon() {
    CompletableFuture<?> toCancel;
    synchronized (this) {
      if (over) {
        return;
      }
      abandoned = true;
      slots.abandon(1);
      toCancel = future;
      if (caller != null) {
        caller.interrupt();
      }
    }
    if (toCancel != null) {
      toCancel.cancel(true);
    }
  }
}
