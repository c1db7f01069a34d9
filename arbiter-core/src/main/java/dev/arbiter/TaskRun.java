/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.News.Asked;
import dev.arbiter.News.Decided;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptMeans;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptRound;
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

  /* A store must be able to keep it. */
  private static final int LONGEST_REASON = 65_536;

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

  private final Decisions decisions = new Decisions();

  /* The attempt that the run looks at, how many are made at once, and the others of them. */
  private volatile Lane lane = new Lane(0);
  private int width = 1;
  private boolean compares;
  private volatile @Nullable Round round;
  private boolean hedges;
  private @Nullable Attempt toCall;

  /* Whether the store keeps at this moment that the agent is called. */
  private boolean callIsKept;
  private TaskEvent.@Nullable AttemptFailure failure;
  private int failedNumber;
  private String failedAgent = "";
  private String specDigest = "";
  private CallPermits.@Nullable Permit permit;
  private Move.@Nullable Ended ending;
  private Move.@Nullable Ended stopping;
  private boolean unrecorded;
  private boolean timed;
  private volatile @Nullable WaitReason waitReason;
  private @Nullable ApprovalRequest listed;
  private volatile @Nullable Means means;
  private @Nullable Decided deciding;
  private @Nullable Asked asking;
  private String overspent = "";
  private volatile Timers.@Nullable Timer wake;
  private volatile long wakeAt;

  /* The attempts that a process before this one made, and the last one whose agent was called here. */
  private int restored;
  private volatile int called;

  /* The last round in which the sweep saw it wait for the executor. Only the sweep uses it. */
  private int seenInRound = Integer.MIN_VALUE;

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
        decisions.all(),
        specDigest,
        lane.report,
        lane.nanos,
        lane.used,
        state == TaskState.WAITING ? waitReason : null,
        own == null ? KeptMeans.none() : own.kept(),
        keptRound());
  }

  private KeptRound keptRound() {
    Round several = round;
    if (several == null) {
      return KeptRound.none();
    }
    List<KeptRound.Work> aside = new ArrayList<>();
    for (Lane other : several.others()) {
      WorkReport reported = other.report;
      if (reported != null) {
        aside.add(new KeptRound.Work(other.number, reported, other.nanos, other.used));
      }
    }
    return new KeptRound(several.first(), lane.number, aside);
  }

  /** Takes the values of the safe phase that the store has kept. */
  void rewind(KeptProgress to, Instant now, long nanoTime) {
    if (means != null || !to.means().equals(KeptMeans.none())) {
      means().rewind(to.means(), now, nanoTime);
    }
    Decided lost = deciding;
    if (lost != null) {
      deciding = null;
      lost.fail("the store failed; decide again when it is back");
    }
    state = to.state();
    decisions.rewind(to.decisions());
    rewind(to.round());
    specDigest = to.specDigest();
    lane.report = to.report();
    lane.nanos = to.nanos();
    lane.used = to.used();
    lane.grant = null;
    waitReason = to.waits();
    failure = null;
    ending = null;
    stopping = null;
    steps = null;
    untold = null;
    batch++;
    lastMoment = null;
    FATE.compareAndSet(this, ENDING, null);
  }

  /* The attempts that work here go on; the kept work of the others waits to be judged again. */
  private void rewind(KeptRound to) {
    lane.number = to.at() == 0 ? decisions.size() : to.at();
    if (round == null && to.first() > 0) {
      Round kept = new Round(to.first());
      for (KeptRound.Work work : to.aside()) {
        Lane other = new Lane(work.attempt());
        other.report = work.report();
        other.nanos = work.nanos();
        other.used = work.used();
        kept.others().add(other);
      }
      round = kept;
      compares = task.terms().bestOf() > 1;
    }
  }

  /** Whether the run looks at the attempt that the store has kept. */
  boolean isAtAttempt(KeptProgress kept) {
    List<RoutingDecision> all = kept.decisions();
    int at = kept.round().at() == 0 ? all.size() : kept.round().at();
    RoutingDecision own = decisions.find(at);
    return lane.number == at
        && (at == 0 || (own != null && Decisions.isSame(own, all.get(at - 1))));
  }

  /** Notes that the run comes from a store: its attempts so far were another process's. */
  void restored(int attempts) {
    restored = attempts;
  }

  /** Whether the last attempt was begun by a process that has ended. */
  boolean isOfBefore() {
    return lane.number <= restored && called < lane.number;
  }

  /** Whether this process called an agent for it. */
  boolean hasBegun() {
    return called > 0;
  }

  /** Whether the agent of the last attempt was called by this process. */
  boolean wasCalled() {
    return called >= lane.number;
  }

  /** The decisions of the agents that work at once; of one agent, the last decision. */
  List<RoutingDecision> roundDecisions() {
    Round several = round;
    return decisions.from(several == null ? lane.number : several.first());
  }

  /**
   * Those of the round whose attempts are neither at work nor set aside: they ended, or were lost.
   */
  List<RoutingDecision> abandonedDecisions() {
    Round several = round;
    List<RoutingDecision> all = new ArrayList<>();
    int first = several == null ? decisions.size() + 1 : several.first();
    for (int number = first; number <= decisions.size(); number++) {
      if (!isInView(number) && laneOf(number) == null) {
        all.add(decisions.of(number));
      }
    }
    return all;
  }

  /** The decisions of the attempts that have ended without a result, oldest first. */
  List<RoutingDecision> failedDecisions() {
    List<RoutingDecision> all = new ArrayList<>(decisions.all());
    all.removeAll(roundDecisions());
    all.addAll(abandonedDecisions());
    return List.copyOf(all);
  }

  /** The decisions of the attempts that are at work or set aside, oldest first. */
  List<RoutingDecision> openDecisions() {
    List<RoutingDecision> all = new ArrayList<>(roundDecisions());
    all.removeAll(abandonedDecisions());
    return List.copyOf(all);
  }

  /**
   * Takes back the last decision, or those of the round: they are made again as these numbers. What
   * the run waited for with them is over.
   */
  void dropDecision() {
    attemptEnded();
    Round several = round;
    decisions.takeBack(several == null ? decisions.size() : several.first());
    lane.used = Usage.none();
    lane.number = decisions.size();
    round = null;
    waitReason = null;
    lastMoment = null;
  }

  /* Several attempts at once. */

  /** How many attempts the round may have. */
  int width() {
    return width;
  }

  /** Sets how many attempts the round may have; whether their work is compared at the end. */
  void width(int attempts, boolean thenCompares) {
    width = attempts;
    compares = thenCompares;
  }

  /** Whether the best work of the round is kept, and not the first that passes. */
  boolean compares() {
    return compares;
  }

  @Nullable Round round() {
    return round;
  }

  /** Whether another attempt of the round has not ended. */
  boolean hasOthers() {
    Round several = round;
    return several != null && !several.others().isEmpty();
  }

  /** Whether the attempt in view has no agent at work, and no work. */
  boolean isEmptyHanded() {
    return lane.isEmptyHanded();
  }

  /** Whether the agent of another attempt works. */
  boolean othersWork() {
    Round several = round;
    return several != null && several.others().stream().anyMatch(Lane::works);
  }

  /** What the agents of the other attempts have metered. Called on any thread. */
  Usage besides(Attempt own) {
    Round several = round;
    return several == null ? Usage.none() : several.besides(own);
  }

  /** How long the agents of the other attempts have worked. Called on any thread. */
  long workedBesides(Attempt own) {
    Round several = round;
    return several == null ? 0 : several.workedBesides(own);
  }

  /** How many agents of other attempts work. Called on any thread. */
  int workingBesides(Attempt own) {
    Round several = round;
    return several == null ? 0 : several.workingBesides(own);
  }

  /** Begins another attempt beside this one, and looks at it. */
  void join(RoutingDecision decision, Slots.Seat taken) {
    Round several = round;
    if (several == null) {
      several = new Round(lane.number);
      Attempt own = lane.attempt;
      if (own != null) {
        several.called(own);
      }
      round = several;
    }
    decisions.add(decision);
    Lane joined = new Lane(decisions.size());
    joined.seat = taken;
    joined.grant = new Grant(specDigest);
    several.others().add(lane);
    look(joined);
  }

  /** Looks at another attempt of the round. */
  void lookAt(Lane other) {
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    several.others().remove(other);
    several.others().add(lane);
    look(other);
  }

  /** Looks at the attempt with this number; false if it has ended. */
  boolean lookAt(int number) {
    return isInView(number) || lookAtOther(laneOf(number));
  }

  /** Looks at this attempt; false if it has ended. */
  boolean lookAt(Attempt called) {
    Round several = round;
    return lane.attempt == called || lookAtOther(several == null ? null : several.laneOf(called));
  }

  private boolean lookAtOther(@Nullable Lane other) {
    if (other != null) {
      lookAt(other);
    }
    return other != null;
  }

  private boolean isInView(int number) {
    return lane.number == number;
  }

  private @Nullable Lane laneOf(int number) {
    Round several = round;
    return several == null ? null : several.laneOf(number);
  }

  /** Looks at an attempt that has ended, which the store brings back. */
  void lookAtEnded(int number) {
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    several.others().add(lane);
    look(new Lane(number));
  }

  /** Ends this attempt of the round, and looks at another one. */
  void leave() {
    attemptEnded();
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    look(several.others().remove(several.others().size() - 1));
  }

  private void look(Lane at) {
    lane = at;
    lastMoment = null;
  }

  /** The time at which another agent may start; set once for each attempt. */
  Timers.Timer hedgeTimer() {
    Attempt slow = lane.attempt;
    hedges = true;
    return new RunTimer(this, () -> !hedges || lane.attempt != slow || isClosed());
  }

  /** A time at which the attempts are looked at, as long as this one works. */
  Timers.Timer timeTimer(Attempt working) {
    return new RunTimer(this, working::isOver);
  }

  /** Whether another agent may start now; once for each timer. */
  boolean takeHedge() {
    boolean takes = hedges;
    hedges = false;
    return takes;
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

  /* A task that has not begun keeps its turn; one that was handed back waits for an agent. */
  @Override
  public boolean isLeftBehind(int round) {
    boolean wasThere = seenInRound == round - 1;
    seenInRound = round;
    return wasThere
        && isReady()
        && (waits != null || hasNews())
        && (waits != Waits.STORE || state != TaskState.RECEIVED || cancelReason() != null);
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
    TaskEvent.Step step = new TaskEvent.Step(task, lane.number, agent(), at, nanoTime);
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
    return decisions.size() == 0 && means == null;
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

  /** Whether a request is not listed yet: once only, because it may be decided at any time then. */
  @SuppressWarnings("ReferenceEquality") // the store gives back an equal one, to be listed again
  boolean isToList(ApprovalRequest request) {
    boolean is = listed != request;
    listed = request;
    return is;
  }

  /** The list of requests has let go of the run's: it is to be listed again. */
  void unlisted() {
    listed = null;
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
    return hasBegun() && !waitsBetweenCalls();
  }

  /** Whether it waits, or has waited, for something outside, and no agent was called since. */
  boolean waitsBetweenCalls() {
    WaitReason reason = waitReason;
    return state == TaskState.WAITING && (reason == null || !reason.withinCall());
  }

  /** A new timer for the end of the wait. */
  Timers.Timer wakeAt(long nanoTime) {
    Timers.Timer timer = new WakeTimer(this);
    wake = timer;
    wakeAt = nanoTime;
    return timer;
  }

  /** Whether the timer of its wait is set, and for later than a nano time. */
  boolean wakesAfter(long nanoTime) {
    return wake != null && wakeAt - nanoTime > 0;
  }

  /** Whether a timer is that of its wait. */
  boolean isWake(Timers.Timer timer) {
    return timer == wake;
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
    Attempt running = lane.attempt;
    TaskBudget.Spent spent = running == null ? spent() : spentBesides(running);
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

  /* The call that runs is paid, and goes on whatever the limits of calls and attempts are. */
  private TaskBudget.Spent spentBesides(Attempt running) {
    TaskBudget.Spent spent = running.spent();
    int calls = Math.max(0, means().calls() - 1);
    return new TaskBudget.Spent(spent.usage(), spent.time(), Math.max(0, attempts() - 1), calls);
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
    return isOn(Thread.currentThread());
  }

  /** Whether a thread drives the run or calls its agent, perhaps further up its stack. */
  boolean isOn(Thread thread) {
    Attempt running = lane.attempt;
    Round several = round;
    return driver == thread
        || (running != null && running.isCalledBy(thread))
        || (several != null && several.isCalledBy(thread));
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
    return lane.seat;
  }

  void seat(Slots.@Nullable Seat taken) {
    lane.seat = taken;
  }

  @Nullable Attempt attempt() {
    return lane.attempt;
  }

  /** Sets the attempt whose agent must be called next. */
  void attempt(Attempt next) {
    called = Math.max(called, lane.number);
    callIsKept = false;
    decisions.called();
    lane.attempt = next;
    toCall = next;
    Round several = round;
    if (several != null) {
      several.called(next);
    }
  }

  void noAttempt() {
    if (toCall == lane.attempt) {
      toCall = null;
    }
    lane.attempt = null;
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
    width = 1;
    round = null;
    lane.number = decisions.size();
    lane.used = Usage.none();
    lane.report = null;
    lane.grant = new Grant(specDigest);
    lastMoment = null;
  }

  /* What was used up so far counts as spent, where somebody asks for it. */
  private void attemptEnded() {
    Means own = task.terms().budget().isNone() ? means : means();
    if (own != null) {
      own.attemptEnded(lane.used);
    }
  }

  /**
   * What the task has used up in all of its attempts; between calls. An attempt that goes on is not
   * counted: it is no further one.
   */
  TaskBudget.Spent spent() {
    Means own = means();
    int attempts = attempts() - (own.isBegun() ? 1 : 0);
    return new TaskBudget.Spent(own.spent().plus(lane.used), own.worked(), attempts, own.calls());
  }

  /** What its budget says is reached; empty if something is left, or there is no budget. */
  String reached() {
    Means own = means;
    TaskBudget budget = own == null ? TaskBudget.none() : own.budget(task);
    return budget.isNone() ? "" : budget.reached(spent());
  }

  /** What all attempts have used up; null if nobody asks for it. */
  @Nullable Usage usedByAll() {
    Means own = means;
    Usage all = lane.used;
    Round several = round;
    for (Lane other : several == null ? List.<Lane>of() : several.others()) {
      all = all.plus(other.used);
    }
    return own == null ? null : own.spent().plus(all);
  }

  /** Sees that at least as much counts as used up by all attempts: the store may know less. */
  void usedByAll(@Nullable Usage known) {
    Usage counted = known == null ? null : usedByAll();
    if (known != null && counted != null) {
      means().spentToo(Ledger.minus(known, counted));
    }
  }

  /** Grants the last attempt again. */
  void grantAgain() {
    lane.grant = new Grant(specDigest);
    lane.report = null;
    lastMoment = null;
  }

  @Nullable Grant grant() {
    return lane.grant;
  }

  /** Counts a call, before the store keeps that it is made. */
  void countCall() {
    callIsKept = true;
    Means own = task.terms().budget().isNone() ? means : means();
    if (own != null) {
      own.called();
    }
  }

  /** Whether a call was counted and not made, because the store went away. */
  boolean takeUnmadeCall() {
    boolean is = callIsKept;
    callIsKept = false;
    return is;
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
    failedNumber = lane.number;
    failedAgent = agent();
    Means own = means;
    if (last != null && own != null) {
      own.attemptFailed();
    }
  }

  /** A moment as one of the attempt that failed, though its decision may be dropped by now. */
  TaskEvent.Step ofFailed(TaskEvent.Step now) {
    return new TaskEvent.Step(task, failedNumber, failedAgent, now.at(), now.nanoTime());
  }

  /** What the last attempt used up so far. */
  Usage used() {
    return lane.used;
  }

  /** Sets what the last call used up; the calls before it, of the same attempt, come on top. */
  void used(Usage usage) {
    Means own = means;
    lane.used = own == null ? usage : own.carried().plus(usage);
  }

  /** Sets what the whole attempt used up, its earlier calls included. */
  void usedInAll(Usage usage) {
    lane.used = usage;
  }

  WorkReport report() {
    return Objects.requireNonNull(lane.report, "no report was kept");
  }

  @Nullable WorkReport reportOrNull() {
    return lane.report;
  }

  long nanos() {
    return lane.nanos;
  }

  void report(WorkReport came, long after) {
    lane.report = came;
    lane.nanos = after;
  }

  Decisions decisions() {
    return decisions;
  }

  /** How many attempts were begun. */
  int attempts() {
    return decisions.size();
  }

  /** The number of the attempt that the run looks at; 0 before the first. */
  int number() {
    return lane.number;
  }

  /**
   * The decision of that attempt, if its outcome was not yet learned; null otherwise. That of a
   * process before is open as long as this process has not told its outcome.
   */
  @Nullable RoutingDecision openDecision() {
    RoutingDecision own = decisions.find(lane.number);
    return own == null || decisions.isSettled(own) ? null : own;
  }

  String agent() {
    RoutingDecision own = decisions.find(lane.number);
    return own == null ? "" : own.agent();
  }

  /** A verdict that passed the work, as long as the end of the task is not kept. */
  record Passed(Assignment assignment, Verdict verdict) {}

  void passed(Passed verdict) {
    lane.passed = verdict;
  }

  @Nullable Passed passed() {
    return lane.passed;
  }

  /** Notes whether a person must look at the work before it is judged. */
  void needsPerson(boolean does) {
    lane.needsPerson = does;
  }

  @Nullable Passed takePassed() {
    Passed verdict = lane.passed;
    lane.passed = null;
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
    decisions.letGo();
    round = null;
    lane.number = 0;
    lane.grant = null;
    ending = null;
    lastMoment = null;
    shard = null;
    wake = null;
    listed = null;
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

  /** Whether its next step ends it. */
  boolean isToStop() {
    return stopping != null;
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
                + "' waits or has not begun, and the arbiter was closed; the store keeps it, and the"
                + " next arbiter over that store runs it"));
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
    String told = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON);
    if (FATE.compareAndSet(this, null, told)) {
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
            "task '%s' is still %s after %s%s; await it again or cancel it",
            task.id(),
            state,
            most,
            waitsFor().map(Waiting::inWords).orElse("")));
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
