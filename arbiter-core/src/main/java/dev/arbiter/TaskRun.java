/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.News.Asked;
import dev.arbiter.News.Decided;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Answer;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A task in flight: the pipeline's state of it, and the handle of its caller.
 *
 * <p>One thread at a time drives a run; only it touches the plain fields. The {@link Mailbox} hands
 * them over. What a run has taken (place, seat, attempt, timer) is given back by {@code
 * Holdings.settle}, once, on every way to an end.
 */
final class TaskRun extends Mailbox implements TaskHandle, Crew.Job {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long FAR = Long.MAX_VALUE / 4;

  /* Who decides the end: null while open, a text once cancelled, ENDING once the end is decided. */
  private static final Object ENDING = new Object();

  private static final AtomicReferenceFieldUpdater<TaskRun, @Nullable Object> FATE =
      AtomicReferenceFieldUpdater.newUpdater(TaskRun.class, Object.class, "fate");

  private static final AtomicReferenceFieldUpdater<TaskRun, @Nullable WaitReason> REASON =
      AtomicReferenceFieldUpdater.newUpdater(TaskRun.class, WaitReason.class, "waitReason");

  private final Pipeline pipeline;
  private final Task task;
  private final String key;
  private final Instant accepted;
  private final long submitted;
  private final CompletableFuture<TaskResult> result = new CompletableFuture<>();
  private final CompletableFuture<TaskHandle> acceptance = new CompletableFuture<>();
  private final Timers.@Nullable Timer deadline;

  private volatile @Nullable Object fate;
  private volatile TaskState state = TaskState.RECEIVED;
  private volatile @Nullable CopyOnWriteArrayList<ArbiterListener> subscribers;
  private volatile @Nullable Thread driver;

  /* The line's lock guards these three. */
  private boolean place;
  private boolean reserved;
  private long arrival;

  private Stage stage = Stage.ENTER;
  private Stage onPlace = Stage.ADMIT;
  private volatile @Nullable Waits waits = Waits.STORE;
  private Store.@Nullable Shard shard;
  private int batch;
  private long lostAt;
  private String lostBy = "";
  private @Nullable List<KeptStep> steps;
  private @Nullable TaskEvent untold;
  private Crew.@Nullable Worker worker;

  private Slots.@Nullable Seat seat;
  private volatile @Nullable Attempt attempt;
  private @Nullable Attempt toCall;
  private List<RoutingDecision> decisions = new ArrayList<>(1);
  private @Nullable List<RoutingDecision> settled;
  private TaskEvent.@Nullable AttemptFailure failure;
  private @Nullable WorkReport report;
  private long nanos;
  private String specDigest = "";
  private @Nullable Grant grant;
  private CallPermits.@Nullable Permit permit;
  private Usage used = Usage.none();
  private @Nullable Passed passed;
  private Move.@Nullable Ended ending;
  private Move.@Nullable Ended stopping;
  private boolean unrecorded;
  private boolean timed;
  private volatile @Nullable WaitReason waitReason;
  private volatile @Nullable Means means;
  private @Nullable Decided deciding;
  private @Nullable Asked asking;
  private String overspent = "";
  private volatile Timers.@Nullable Timer wake;
  private volatile long wakeAt;

  /* The attempts that a process before this one made, and the last one whose agent was called here. */
  private int restored;
  private volatile int called;

  /* The last reading of the wall clock, and its nano time. */
  private Instant at;
  private long readAt;
  private TaskEvent.@Nullable Step lastMoment;

  TaskRun(Pipeline pipeline, Task task, Instant accepted, long submitted) {
    this.pipeline = pipeline;
    this.task = task;
    this.key = KeptValue.key(task.tenant(), task.id());
    this.accepted = accepted;
    this.submitted = submitted;
    this.at = accepted;
    this.readAt = submitted;
    this.deadline = task.deadline().isPresent() ? new RunTimer(this, this::isClosed) : null;
  }

  /* A time of the run, which matters until something holds. */
  private static final class RunTimer extends Timers.Timer {
    private final TaskRun run;
    private final BooleanSupplier over;

    RunTimer(TaskRun run, BooleanSupplier over) {
      this.run = run;
      this.over = over;
    }

    @Override
    TaskRun ofRun() {
      return run;
    }

    @Override
    boolean isOver() {
      return over.getAsBoolean();
    }
  }

  /* The end of a wait, which matters as long as that wait lasts. */
  private static final class WakeTimer extends Timers.Timer {
    private final TaskRun run;

    WakeTimer(TaskRun run) {
      this.run = run;
    }

    @Override
    TaskRun ofRun() {
      return run;
    }

    @Override
    boolean isOver() {
      return run.wake != this || run.isClosed() || run.state != TaskState.WAITING;
    }
  }

  /** What the store keeps of a run. A recovered run goes on from it. */
  record Kept(KeptTask accepted, KeptProgress progress) {}

  /** How far the run has come. */
  KeptProgress progress() {
    Means own = means;
    return new KeptProgress(
        state,
        List.copyOf(decisions),
        specDigest,
        report,
        nanos,
        used,
        state == TaskState.WAITING ? waitReason : null,
        own == null ? KeptMeans.none() : own.kept());
  }

  /** Takes the values of the safe phase that the store has kept. */
  void rewind(KeptProgress to, Instant now, long nanoTime) {
    if (means != null || !to.means().equals(KeptMeans.none())) {
      means().rewind(to.means(), now, nanoTime);
    }
    deciding = null;
    state = to.state();
    decisions = own(to.decisions());
    specDigest = to.specDigest();
    report = to.report();
    nanos = to.nanos();
    used = to.used();
    waitReason = to.waits();
    failure = null;
    grant = null;
    ending = null;
    stopping = null;
    steps = null;
    untold = null;
    batch++;
    lastMoment = null;
    FATE.compareAndSet(this, ENDING, null);
  }

  /* The kept decisions; those that were made in this process as the router made them. */
  private List<RoutingDecision> own(List<RoutingDecision> kept) {
    List<RoutingDecision> all = new ArrayList<>(kept);
    for (int i = 0; i < Math.min(kept.size(), decisions.size()); i++) {
      if (isSame(decisions.get(i), kept.get(i))) {
        all.set(i, decisions.get(i));
      }
    }
    return all;
  }

  private static boolean isSame(RoutingDecision one, RoutingDecision other) {
    return one.id() == other.id() && one.agent().equals(other.agent());
  }

  /** Whether the run is at the attempt of the last of these decisions. */
  boolean isAtAttempt(List<RoutingDecision> kept) {
    int last = kept.size() - 1;
    return decisions.size() == kept.size()
        && (last < 0 || isSame(decisions.get(last), kept.get(last)));
  }

  /** Notes that the run comes from a store: its attempts so far were another process's. */
  void restored(int attempts) {
    restored = attempts;
  }

  /** Whether the last attempt was begun by a process that has ended. */
  boolean isOfBefore() {
    return restored == attempts() && called < restored;
  }

  /** Whether this process called an agent for it. */
  boolean hasBegun() {
    return called > 0;
  }

  /** Whether the agent of the last attempt was called by this process. */
  boolean wasCalled() {
    return called >= attempts();
  }

  /** Takes back the last decision: its attempt is made again, with the same number. */
  void dropDecision() {
    attemptEnded();
    used = Usage.none();
    decisions.remove(decisions.size() - 1);
    lastMoment = null;
  }

  @Override
  public void go(Crew.Worker by) {
    if (claim()) {
      pipeline.drive(this, by);
    }
  }

  @Override
  public Task task() {
    return task;
  }

  /** Completes when the store has kept the task, or fails. */
  CompletableFuture<TaskHandle> acceptance() {
    return acceptance;
  }

  boolean isAccepted() {
    return acceptance.isDone() && !acceptance.isCompletedExceptionally();
  }

  /** Tenant and id, apart by a character that neither has. */
  String key() {
    return key;
  }

  @Override
  public TaskState state() {
    return state;
  }

  void state(TaskState next) {
    state = next;
  }

  Instant accepted() {
    return accepted;
  }

  long submitted() {
    return submitted;
  }

  /**
   * A moment of this run. The wall clock is read again if its last reading is a millisecond old.
   */
  TaskEvent.Step moment(long nanoTime, InstantSource clock) {
    if (nanoTime - readAt >= NANOS_PER_MILLI) {
      at = clock.instant();
      readAt = nanoTime;
    }
    TaskEvent.Step step = new TaskEvent.Step(task, attempts(), agent(), at, nanoTime);
    lastMoment = step;
    return step;
  }

  /** The last moment, if attempt and agent are still the same; null otherwise. */
  TaskEvent.@Nullable Step lastMoment() {
    return lastMoment;
  }

  Timers.@Nullable Timer deadline() {
    return deadline;
  }

  /** The timer of the deadline, the first time; null then, because it stays set until the end. */
  Timers.@Nullable Timer deadlineToSet() {
    Timers.Timer unset = timed ? null : deadline;
    timed = true;
    return unset;
  }

  /** Nano time of the deadline; in a far future without one. */
  long ends() {
    return task.deadline().isEmpty()
        ? submitted + FAR
        : submitted + Math.min(FAR, NANOSECONDS.convert(task.deadline().get()));
  }

  /** Whether the deadline has passed; the time of waits does not count where it stands still. */
  boolean isPastDeadline(long now) {
    if (task.deadline().isEmpty()) {
      return false;
    }
    return now - ends() - paused(now) >= 0;
  }

  /** How long the deadline has stood still, in nanoseconds. */
  long paused(long now) {
    Means own = means;
    return own == null || !task.terms().deadlinePauses() ? 0 : own.waited(now);
  }

  boolean hasPlace() {
    return place;
  }

  void place(boolean has) {
    place = has;
  }

  /** Whether the line keeps room for the run, which has not come to it. */
  boolean isReserved() {
    return reserved;
  }

  void reserved(boolean is) {
    reserved = is;
  }

  /** Its number in the line, if it may be shed there. */
  long arrival() {
    return arrival;
  }

  void arrival(long number) {
    arrival = number;
  }

  /** Whether nothing was done for it yet: no agent was called, and no person was asked. */
  boolean isFresh() {
    return decisions.isEmpty() && means == null;
  }

  Stage stage() {
    return stage;
  }

  /** The stage that comes when the run has a place. */
  Stage onPlace() {
    return onPlace;
  }

  void onPlace(Stage then) {
    onPlace = then;
  }

  @Nullable Waits waits() {
    return waits;
  }

  /** Goes on with a stage. */
  void next(Stage to) {
    stage = to;
    waits = null;
  }

  /** Parks the run until the store comes back. */
  void lost(long now, String why) {
    lostAt = now;
    lostBy = why;
    waits = Waits.RECOVERY;
  }

  /** Whether the run has waited so long for the store to come back. */
  boolean isLostFor(long limit, long now) {
    return waits == Waits.RECOVERY && now - lostAt >= limit;
  }

  String lostBy() {
    return lostBy;
  }

  /** The time after which the run does not wait for the store any more. */
  Timers.Timer lostTimer() {
    return new RunTimer(this, () -> waits != Waits.RECOVERY);
  }

  /** Parks the run. */
  void await(Waits what) {
    waits = what;
  }

  /* What it waits for outside. */

  Means means() {
    Means own = means;
    if (own == null) {
      own = new Means();
      means = own;
    }
    return own;
  }

  @Nullable Means meansOrNull() {
    return means;
  }

  /** The task as its agents get it: with the instruction that a person gave. */
  Task assigned() {
    Means own = means;
    return own == null ? task : own.edited(task);
  }

  @Nullable WaitReason reason() {
    return waitReason;
  }

  /** The request of the wait that lasts, or lasted last. */
  @Nullable ApprovalRequest request() {
    WaitReason reason = waitReason;
    return reason == null ? null : reason.request().orElse(null);
  }

  /** Whether the run waits for a request, parked or within a call of its agent. */
  boolean waitsForDecision(String request) {
    ApprovalRequest asked = state == TaskState.WAITING ? request() : null;
    return asked != null
        && asked.id().equals(request)
        && (waits == Waits.OUTSIDE || waits == Waits.AGENT);
  }

  /** Whether the run is parked for a person, or for something that comes after a nano time. */
  boolean waitsForLong(long nanoTime) {
    return waits == Waits.OUTSIDE && (wake == null || request() != null || wakeAt - nanoTime > 0);
  }

  /** Whether an agent was called here, and the run is not left to the store by its wait. */
  boolean isInWork() {
    WaitReason reason = waitReason;
    return hasBegun() && (state != TaskState.WAITING || (reason != null && reason.withinCall()));
  }

  /** A new timer for the end of the wait. */
  Timers.Timer wakeAt(long nanoTime) {
    Timers.Timer timer = new WakeTimer(this);
    wake = timer;
    wakeAt = nanoTime;
    return timer;
  }

  Timers.@Nullable Timer takeWake() {
    Timers.Timer timer = wake;
    wake = null;
    return timer;
  }

  /** Whether the time of the wait has come. */
  boolean isToWake(long now) {
    return wake != null && now - wakeAt >= 0;
  }

  @Nullable Decided deciding() {
    return deciding;
  }

  void deciding(@Nullable Decided news) {
    deciding = news;
  }

  /** The question of its agent that has no answer. */
  @Nullable Asked asking() {
    return asking;
  }

  void asking(@Nullable Asked news) {
    asking = news;
  }

  String overspent() {
    return overspent;
  }

  void overspent(String limit) {
    overspent = limit;
  }

  /** Hands a decision to the thread that drives the run. */
  void decided(Decided news) {
    pipeline.decided(this, news);
  }

  /** Refuses a budget that is used up already. */
  void requireAboveSpent(ApprovalRequest request, Answer answer) {
    if (request.point() == Point.TENANT_BUDGET) {
      pipeline.ledger().requireMore(request, answer);
      return;
    }
    Attempt running = attempt;
    TaskBudget.Spent spent = running == null ? spent() : running.spent();
    String reached = answer.budget().map(budget -> budget.reached(spent)).orElse("");
    if (!reached.isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "request '%s' cannot be raised so: task '%s' has a %s already; give it more",
              request.id(),
              request.task(),
              reached));
    }
  }

  Crew.Worker worker() {
    return Objects.requireNonNull(worker, "nobody drives the run");
  }

  void drivenBy(Crew.@Nullable Worker by) {
    worker = by;
    driver = by == null ? null : Thread.currentThread();
  }

  /** Whether this thread drives the run or calls its agent, perhaps further up its stack. */
  boolean isOnThisThread() {
    Attempt running = attempt;
    return driver == Thread.currentThread()
        || (running != null && running.isCalledBy(Thread.currentThread()));
  }

  /* A run writes to the tenure in which it was recovered, and to no later one. */

  Store.@Nullable Shard shard() {
    return shard;
  }

  void shard(Store.@Nullable Shard own) {
    shard = own;
  }

  int batch() {
    return batch;
  }

  /** Adds a step to the next batch. */
  void add(KeptStep step) {
    if (steps == null) {
      steps = new ArrayList<>(8);
    }
    steps.add(step);
  }

  /** Begins a new batch. Returns the steps that belong to it. */
  List<KeptStep> takeSteps() {
    List<KeptStep> all = steps;
    steps = null;
    batch++;
    return all == null ? List.of() : all;
  }

  @Nullable TaskEvent untold() {
    return untold;
  }

  void untold(@Nullable TaskEvent event) {
    untold = event;
  }

  Slots.@Nullable Seat seat() {
    return seat;
  }

  void seat(Slots.@Nullable Seat taken) {
    seat = taken;
  }

  @Nullable Attempt attempt() {
    return attempt;
  }

  /** Sets the attempt whose agent must be called next. */
  void attempt(Attempt next) {
    called = attempts();
    attempt = next;
    toCall = next;
  }

  void noAttempt() {
    attempt = null;
    toCall = null;
  }

  @Nullable Attempt takeToCall() {
    Attempt next = toCall;
    toCall = null;
    return next;
  }

  /* A cancellation and the end race for the fate of a run; one of them gets it. */

  /** The reason of the cancellation, null if there is none. */
  @Nullable String cancelReason() {
    return fate instanceof String reason ? reason : null;
  }

  /** Decides the end. False if the run was cancelled first. */
  boolean decide() {
    return FATE.compareAndSet(this, null, ENDING) || fate == ENDING;
  }

  void approved(String underSpec) {
    specDigest = underSpec;
  }

  String specDigest() {
    return specDigest;
  }

  /** Records the decision for the next attempt, and grants that attempt. */
  void routed(RoutingDecision decision) {
    attemptEnded();
    decisions.add(decision);
    used = Usage.none();
    report = null;
    grant = new Grant(specDigest);
    lastMoment = null;
  }

  /* What was used up so far counts as spent, where somebody asks for it. */
  private void attemptEnded() {
    Means own = task.terms().budget().isNone() ? means : means();
    if (own != null) {
      own.attemptEnded(used);
    }
  }

  /** What the task has used up in all of its attempts; between calls. */
  TaskBudget.Spent spent() {
    Means own = means();
    return new TaskBudget.Spent(own.spent().plus(used), own.worked(), attempts(), own.calls());
  }

  /** Grants the last attempt again. */
  void grantAgain() {
    grant = new Grant(specDigest);
    report = null;
    lastMoment = null;
  }

  @Nullable Grant grant() {
    return grant;
  }

  /** What the run has taken for its next call. */
  CallPermits.@Nullable Permit permit() {
    return permit;
  }

  void permit(CallPermits.@Nullable Permit taken) {
    permit = taken;
  }

  TaskEvent.@Nullable AttemptFailure failure() {
    return failure;
  }

  void failure(TaskEvent.@Nullable AttemptFailure last) {
    failure = last;
  }

  /** What the last attempt used up so far. */
  Usage used() {
    return used;
  }

  /** Sets what the last call used up; the calls before it, of the same attempt, come on top. */
  void used(Usage usage) {
    Means own = means;
    used = own == null ? usage : own.carried().plus(usage);
  }

  WorkReport report() {
    return Objects.requireNonNull(report, "no report was kept");
  }

  @Nullable WorkReport reportOrNull() {
    return report;
  }

  long nanos() {
    return nanos;
  }

  void report(WorkReport came, long after) {
    report = came;
    nanos = after;
  }

  /** The decisions so far; the last one is that of the running attempt. */
  List<RoutingDecision> decisions() {
    return decisions;
  }

  int attempts() {
    return decisions.size();
  }

  /**
   * The last decision, if its outcome was not yet learned; null otherwise. That of a process before
   * is open as long as this process has not told its outcome.
   */
  @Nullable RoutingDecision openDecision() {
    RoutingDecision last = decisions.isEmpty() ? null : decisions.get(decisions.size() - 1);
    return last == null || isSettled(last) ? null : last;
  }

  /* The store gives back the same decision as another object, whenever it is asked. */
  private boolean isSettled(RoutingDecision decision) {
    boolean isKept = decision instanceof KeptDecision;
    for (int i = 0; settled != null && i < settled.size(); i++) {
      if (settled.get(i) == decision || (isKept && isSame(settled.get(i), decision))) {
        return true;
      }
    }
    return false;
  }

  /** Settles a decision; false if it was settled before: each has one outcome. */
  boolean settle(RoutingDecision decision) {
    if (isSettled(decision)) {
      return false;
    }
    if (settled == null) {
      settled = new ArrayList<>(1);
    }
    return settled.add(decision);
  }

  String agent() {
    return decisions.isEmpty() ? "" : decisions.get(decisions.size() - 1).agent();
  }

  /** A verdict that passed the work, as long as the end of the task is not kept. */
  record Passed(Assignment assignment, Verdict verdict) {}

  void passed(Passed verdict) {
    passed = verdict;
  }

  @Nullable Passed takePassed() {
    Passed verdict = passed;
    passed = null;
    return verdict;
  }

  Move.@Nullable Ended ending() {
    return ending;
  }

  void ending(Move.Ended end) {
    ending = end;
  }

  /** Lets go of what only a run in flight needs; callers may keep their handles for long. */
  void letGo() {
    decisions = List.of();
    settled = null;
    ending = null;
    lastMoment = null;
    grant = null;
    shard = null;
    wake = null;
    asking = null;
  }

  /** Whether the end was told without a record of it. */
  boolean isUnrecorded() {
    return unrecorded;
  }

  void unrecorded() {
    unrecorded = true;
  }

  /** Ends the run with its next step. */
  void stop(Move.Ended end) {
    stopping = end;
    waits = null;
  }

  Move.@Nullable Ended takeStop() {
    Move.Ended end = stopping;
    stopping = null;
    return end;
  }

  @Override
  public Optional<WaitReason> waitsFor() {
    return state == TaskState.WAITING ? Optional.ofNullable(waitReason) : Optional.empty();
  }

  void waitsFor(@Nullable WaitReason reason) {
    waitReason = reason;
  }

  @Override
  public boolean runAgain() {
    WaitReason reason = waitReason;
    if (waits != Waits.OUTSIDE
        || !(reason instanceof WaitReason.UnknownEffect)
        || !REASON.compareAndSet(this, reason, null)) {
      return false;
    }
    pipeline.runAgain(this);
    return true;
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

  /** Whether the run was left to the store for the next arbiter. */
  boolean isLeftToStore() {
    return result.isCompletedExceptionally();
  }

  /** Completes the handle of a run that is left to the store. */
  void leftToStore() {
    result.completeExceptionally(
        new ArbiterException(
            "task '"
                + task.id()
                + "' has not begun and the arbiter was closed; the store keeps it, and the next"
                + " arbiter over that store runs it"));
  }

  @Override
  public void subscribe(ArbiterListener listener) {
    Objects.requireNonNull(listener, "a listener must not be null");
    synchronized (this) {
      if (subscribers == null) {
        subscribers = new CopyOnWriteArrayList<>();
      }
    }
    subscribers.add(listener);
  }

  @Override
  public boolean cancel(String reason) {
    Objects.requireNonNull(reason, "give a reason for the cancellation; an empty text is enough");
    if (FATE.compareAndSet(this, null, reason)) {
      pipeline.cancelled(this);
    }
    return fate != ENDING;
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
    } catch (ExecutionException leftToStore) {
      return true;
    }
  }

  @Override
  public TaskResult await(Duration most) throws InterruptedException {
    if (awaitEnd(NANOSECONDS.convert(most))) {
      try {
        return result.join();
      } catch (CompletionException e) {
        throw e.getCause() instanceof ArbiterException left ? left : e;
      }
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
    Waits parked = waits;
    return "task '"
        + task.id()
        + "' ("
        + state
        + (parked == null ? "" : ", waits for " + parked)
        + ")";
  }
}
