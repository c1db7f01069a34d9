/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.TaskQueue.Lease;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** One task on its way: what the line knows of it, and what its caller holds. */
final class Run implements TaskHandle {
  /*
   * At any moment one thread drives a run, or nobody does and it is parked: in the queue, in an
   * agent's line, or while an agent works. Whoever wants to go on with a parked run takes its ticket
   * by compare-and-set; of a returning agent, the deadline sweep and a cancelling caller exactly one
   * wins, and the others walk away. Every plain field below is touched by the driver alone, and
   * handed over by the write and the read of the ticket.
   *
   * A cancelling caller sets the reason first and looks for the ticket then; a driver parks first
   * and looks for the reason then: one of the two sees the other.
   */
  private static final int DRIVEN = 0;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Line line;
  private final Task task;
  private final long submitted;
  private final CompletableFuture<TaskResult> result = new CompletableFuture<>();
  private final AtomicInteger ticket = new AtomicInteger(DRIVEN);
  private int lastTicket;

  private volatile TaskState state = TaskState.RECEIVED;
  private volatile @Nullable String cancelReason;
  private volatile @Nullable CopyOnWriteArrayList<ArbiterListener> subscribers;
  private volatile @Nullable Lease lease;
  private volatile @Nullable Attempt attempt;

  /* Nano time at which the running attempt must have ended; meaningless without an attempt. */
  private volatile long attemptEnds;

  private final List<RoutingDecision> decisions = new ArrayList<>(1);
  private String specDigest = "";
  private byte[] approvedDigest = {};
  private @Nullable Grant grant;

  /* The last reading of the wall clock, and when it was. */
  private Instant at;
  private long readAt;

  Run(Line line, Task task, Instant at, long submitted) {
    this.line = line;
    this.task = task;
    this.at = at;
    this.readAt = submitted;
    this.submitted = submitted;
  }

  @Override
  public Task task() {
    return task;
  }

  @Override
  public TaskState state() {
    return state;
  }

  void enter(TaskState next) {
    state = next;
  }

  long submitted() {
    return submitted;
  }

  /** Wall-clock time, read anew once the last reading is a millisecond old. */
  Instant at(long nanoTime, InstantSource clock) {
    if (nanoTime - readAt >= NANOS_PER_MILLI) {
      at = clock.instant();
      readAt = nanoTime;
    }
    return at;
  }

  /** Stops driving; whoever takes the ticket drives on. */
  int park() {
    int next = ++lastTicket;
    ticket.set(next);
    return next;
  }

  boolean take(int parkedAs) {
    return ticket.compareAndSet(parkedAs, DRIVEN);
  }

  /** Takes the run if it is parked, whatever for. */
  boolean takeIfParked() {
    int parkedAs = ticket.get();
    return parkedAs != DRIVEN && take(parkedAs);
  }

  /** Takes the run if it is parked and out of time; whatever it is parked for then stands still. */
  boolean takeIfOverdue(long now) {
    int parkedAs = ticket.get();
    return parkedAs != DRIVEN && isOverdue(now) && take(parkedAs);
  }

  @Nullable String cancelReason() {
    return cancelReason;
  }

  @Nullable Lease lease() {
    return lease;
  }

  void lease(@Nullable Lease claimed) {
    lease = claimed;
  }

  @Nullable Attempt attempt() {
    return attempt;
  }

  void attempt(@Nullable Attempt running, long ends) {
    attemptEnds = ends;
    attempt = running;
  }

  private boolean isOverdue(long now) {
    return (attempt != null && now - attemptEnds >= 0) || isPastDeadline(now);
  }

  boolean isPastDeadline(long now) {
    return task.deadline().isPresent()
        && now - submitted >= NANOSECONDS.convert(task.deadline().get());
  }

  void approved(String underSpec, byte[] digest) {
    specDigest = underSpec;
    approvedDigest = digest;
  }

  String specDigest() {
    return specDigest;
  }

  byte[] approvedDigest() {
    return approvedDigest;
  }

  /** Notes who is to have the next attempt, and gives that attempt its permission. */
  void routed(RoutingDecision decision) {
    decisions.add(decision);
    grant = new Grant(approvedDigest);
  }

  @Nullable Grant grant() {
    return grant;
  }

  /** The decisions so far, the running attempt's last. */
  List<RoutingDecision> decisions() {
    return decisions;
  }

  int attempts() {
    return decisions.size();
  }

  RoutingDecision decision() {
    return decisions.get(decisions.size() - 1);
  }

  String agent() {
    return decisions.isEmpty() ? "" : decision().agent();
  }

  @Nullable List<ArbiterListener> subscribers() {
    return subscribers;
  }

  boolean isComplete() {
    return result.isDone();
  }

  void complete(TaskResult end) {
    result.complete(end);
  }

  @Override
  public void subscribe(ArbiterListener listener) {
    synchronized (this) {
      if (subscribers == null) {
        subscribers = new CopyOnWriteArrayList<>();
      }
    }
    subscribers.add(listener);
  }

  @Override
  public boolean cancel(String reason) {
    synchronized (this) {
      if (cancelReason == null) {
        cancelReason = reason;
      }
    }
    if (takeIfParked()) {
      line.cancelled(this);
    }
    return state == TaskState.CANCELLED || !(state.isEnd() || state == TaskState.VERIFIED);
  }

  @Override
  public CompletionStage<TaskResult> result() {
    return result.minimalCompletionStage();
  }

  /** Waits for the end, and tells whether it came. */
  boolean awaitEnd(long nanos) throws InterruptedException {
    try {
      result.get(nanos, NANOSECONDS);
      return true;
    } catch (TimeoutException e) {
      return false;
    } catch (ExecutionException e) {
      throw new AssertionError("a result never completes exceptionally", e);
    }
  }

  @Override
  public TaskResult await(Duration most) throws InterruptedException {
    if (awaitEnd(NANOSECONDS.convert(most))) {
      return result.join();
    }
    throw new ArbiterException(
        String.format(
            Locale.ROOT,
            "task '%s' is still %s after %s; await it again or cancel it",
            task.id(),
            state,
            most));
  }

  @Override
  public String toString() {
    return "task '" + task.id() + "' (" + state + ")";
  }
}
