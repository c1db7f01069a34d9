/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.TaskQueue.Lease;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport.Usage;
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

/** A task in flight: the pipeline's state of it, and the handle of its caller. */
final class TaskRun implements TaskHandle {
  /*
   * At any moment one thread drives a run, or the run is parked: in the queue, waiting for an
   * agent's slot, or while an agent works. A thread continues a parked run by taking its ticket with
   * compare-and-set. A returning agent, the deadline sweep and a cancelling caller may compete:
   * exactly one takes the ticket, the others do nothing. Only the driver touches the plain fields
   * below; write and read of the ticket hand them over.
   *
   * A cancelling caller sets the reason, then looks for the ticket. A driver parks, then looks for
   * the reason. So one of the two sees the other.
   */
  private static final int DRIVEN = 0;
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final TaskPipeline pipeline;
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

  /* Nano time by which the running attempt must end; meaningless without an attempt. */
  private volatile long attemptEnds;

  private final List<RoutingDecision> decisions = new ArrayList<>(1);
  private String specDigest = "";
  private byte[] approvedDigest = {};
  private @Nullable Grant grant;
  private Usage used = Usage.none();

  /* The last reading of the wall clock, and its nano time. */
  private Instant at;
  private long readAt;

  TaskRun(TaskPipeline pipeline, Task task, Instant at, long submitted) {
    this.pipeline = pipeline;
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

  /** Wall-clock time; read again if the last reading is a millisecond old. */
  Instant at(long nanoTime, InstantSource clock) {
    if (nanoTime - readAt >= NANOS_PER_MILLI) {
      at = clock.instant();
      readAt = nanoTime;
    }
    return at;
  }

  /** Stops driving. The thread that takes the returned ticket continues. */
  int park() {
    int next = ++lastTicket;
    ticket.set(next);
    return next;
  }

  boolean take(int parkedAs) {
    return ticket.compareAndSet(parkedAs, DRIVEN);
  }

  /** Takes the ticket if the run is parked, for any reason. */
  boolean takeIfParked() {
    int parkedAs = ticket.get();
    return parkedAs != DRIVEN && take(parkedAs);
  }

  /** Takes the ticket if the run is parked and has exceeded its time. */
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

  /** Records the decision for the next attempt, and grants that attempt. */
  void routed(RoutingDecision decision) {
    decisions.add(decision);
    used = Usage.none();
    grant = new Grant(approvedDigest);
  }

  /** What the last attempt used up so far. */
  Usage used() {
    return used;
  }

  void used(Usage usage) {
    used = usage;
  }

  @Nullable Grant grant() {
    return grant;
  }

  /** The decisions so far; the last one is that of the running attempt. */
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
      pipeline.cancelled(this);
    }
    return state == TaskState.CANCELLED || !(state.isEnd() || state == TaskState.VERIFIED);
  }

  @Override
  public CompletionStage<TaskResult> result() {
    return result.minimalCompletionStage();
  }

  /** Waits for the end; false if the time passed before it. */
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
