/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One call of one agent. It can be abandoned; thread-safe. */
final class Attempt {
  private final Assignment assignment;
  private final AgentSlots slots;
  private final long began;
  private @Nullable Thread caller;
  private @Nullable CompletableFuture<?> future;
  private boolean entered;
  private boolean abandoned;
  private boolean over;

  Attempt(Assignment assignment, AgentSlots slots, long began) {
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

  AgentSlots slots() {
    return slots;
  }

  /**
   * Allows the call of the agent: once, while the run waits for the report, and with the assignment
   * that was approved. Interceptors run between approval and call, and must not extend the
   * approval.
   *
   * @throws IllegalStateException if the call is not allowed
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

  /** The assignment that an interceptor gave, with the meter that the engine reads. */
  Assignment metered(Assignment given) {
    return given.meter() == assignment.meter() ? given : given.withMeter(assignment.meter());
  }

  private boolean isApproved(Assignment given) {
    return given.task().equals(assignment.task())
        && given.agent().equals(assignment.agent())
        && given.attempt() == assignment.attempt()
        && given.specDigest().equals(assignment.specDigest())
        && given.timeLimit().compareTo(assignment.timeLimit()) <= 0;
  }

  /** Notes the thread that will call the agent; false if the attempt was abandoned before. */
  synchronized boolean begin(Thread thread) {
    caller = thread;
    return !abandoned;
  }

  /** Notes that the agent's method returned, with the future of an asynchronous agent. */
  void returned(@Nullable CompletableFuture<?> toCome) {
    boolean toCancel;
    synchronized (this) {
      caller = null;
      future = toCome;
      toCancel = abandoned;
    }
    if (toCancel) {
      // The interrupt was for the agent, not for this thread's next work.
      boolean unused = Thread.interrupted();
      if (toCome != null) {
        toCome.cancel(true);
      }
    }
  }

  /** Notes that the call has ended, with or without a report. */
  synchronized void over() {
    over = true;
    if (abandoned) {
      slots.abandon(-1);
    }
  }

  /** Interrupts the agent. Its slot stays taken until its method returns. */
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
