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
  private List<RoutingDecision> decisions = List.of();

  /* The attempt that the fields are about, how many are made at once, and the others of them. */
  private int number;
  private int width = 1;
  private boolean compares;
  private volatile @Nullable Round round;
  private boolean hedges;
  private List<RoutingDecision> settled = List.of();

  /* Decisions that were taken back, as long as the store may bring them again. */
  private List<RoutingDecision> takenBack = List.of();

  /* Whether the store keeps at this moment that the agent is called. */
  private boolean callIsKept;
  private TaskEvent.@Nullable AttemptFailure failure;
  private int failedNumber;
  private String failedAgent = "";
  private @Nullable WorkReport report;
  private long nanos;
  private String specDigest = "";
  private @Nullable Grant grant;
  private CallPermits.@Nullable Permit permit;
  private Usage used = Usage.none();
  private @Nullable Passed passed;
  private boolean needsPerson;
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
        decisions,
        specDigest,
        report,
        nanos,
        used,
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
    for (Round.Lane lane : several.others()) {
      WorkReport reported = lane.report;
      if (reported != null) {
        aside.add(new KeptRound.Work(lane.number, reported, lane.nanos, lane.used));
      }
    }
    return new KeptRound(several.first(), number, aside);
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
    decisions = own(to.decisions());
    rewind(to.round());
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

  /* The attempts that work here go on; the kept work of the others waits to be judged again. */
  private void rewind(KeptRound to) {
    number = to.at() == 0 ? decisions.size() : to.at();
    if (round == null && to.first() > 0) {
      Round kept = new Round(to.first());
      for (KeptRound.Work work : to.aside()) {
        Round.Lane lane = new Round.Lane(work.attempt());
        lane.report = work.report();
        lane.nanos = work.nanos();
        lane.used = work.used();
        kept.others().add(lane);
      }
      round = kept;
      compares = task.terms().bestOf() > 1;
    }
  }

  /* The kept decisions; those that were made in this process as the router made them. */
  private List<RoutingDecision> own(List<RoutingDecision> kept) {
    List<RoutingDecision> all = new ArrayList<>(kept);
    for (int i = 0; i < Math.min(kept.size(), decisions.size()); i++) {
      if (isSame(decisions.get(i), kept.get(i))) {
        all.set(i, decisions.get(i));
      }
    }
    return List.copyOf(all);
  }

  private static boolean isSame(RoutingDecision one, RoutingDecision other) {
    return one.id() == other.id() && one.agent().equals(other.agent());
  }

  /** Whether the run looks at the attempt that the store has kept. */
  boolean isAtAttempt(KeptProgress kept) {
    List<RoutingDecision> all = kept.decisions();
    int at = kept.round().at() == 0 ? all.size() : kept.round().at();
    return number == at && (at == 0 || isSame(decisions.get(at - 1), all.get(at - 1)));
  }

  /** Notes that the run comes from a store: its attempts so far were another process's. */
  void restored(int attempts) {
    restored = attempts;
  }

  /** Whether the last attempt was begun by a process that has ended. */
  boolean isOfBefore() {
    return number <= restored && called < number;
  }

  /** Whether this process called an agent for it. */
  boolean hasBegun() {
    return called > 0;
  }

  /** Whether the agent of the last attempt was called by this process. */
  boolean wasCalled() {
    return called >= number;
  }

  /** The decisions of the agents that work at once; of one agent, the last decision. */
  List<RoutingDecision> roundDecisions() {
    Round several = round;
    int from = several == null ? number : several.first();
    return from == 0 ? List.of() : decisions.subList(from - 1, decisions.size());
  }

  /**
   * Those of the round whose attempts are neither at work nor set aside: they ended, or were lost.
   */
  List<RoutingDecision> abandonedDecisions() {
    Round several = round;
    List<RoutingDecision> all = new ArrayList<>();
    for (int at = several == null ? number + 1 : several.first(); at <= decisions.size(); at++) {
      int lane = at;
      if (at != number
          && several != null
          && several.others().stream().noneMatch(l -> l.number == lane)) {
        all.add(decisions.get(at - 1));
      }
    }
    return all;
  }

  /** The decisions of the attempts that have ended without a result, oldest first. */
  List<RoutingDecision> failedDecisions() {
    List<RoutingDecision> all = new ArrayList<>(decisions);
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
    used = Usage.none();
    Round several = round;
    int from = several == null ? decisions.size() : several.first();
    for (RoutingDecision decision : decisions.subList(from - 1, decisions.size())) {
      takenBack = plus(takenBack, decision);
    }
    decisions = List.copyOf(decisions.subList(0, from - 1));
    number = decisions.size();
    round = null;
    waitReason = null;
    lastMoment = null;
  }

  /** Takes back the decision of an agent that joined and was not called. */
  void dropJoined() {
    decisions = List.copyOf(decisions.subList(0, decisions.size() - 1));
  }

  /** The store has kept how far the run has come: it brings back no decision of before. */
  void forgetTakenBack() {
    takenBack = List.of();
    if (settled.size() > decisions.size()) {
      settled =
          settled.stream().filter(one -> decisions.stream().anyMatch(d -> isSame(d, one))).toList();
    }
  }

  /** Whether these decisions were taken back, and the store has brought them again. */
  boolean wereTakenBack(List<RoutingDecision> kept) {
    return kept.stream().allMatch(one -> takenBack.stream().anyMatch(back -> isSame(back, one)));
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
    return attempt == null && report == null && passed == null;
  }

  /** Whether the agent of another attempt works. */
  boolean othersWork() {
    Round several = round;
    return several != null && several.others().stream().anyMatch(Round.Lane::works);
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
      several = new Round(number);
      Attempt own = attempt;
      if (own != null) {
        several.called(own);
      }
      round = several;
    }
    several.others().add(lane());
    decisions = plus(decisions, decision);
    look(new Round.Lane(decisions.size()));
    seat = taken;
    grant = new Grant(specDigest);
  }

  /** Looks at another attempt of the round. */
  void lookAt(Round.Lane lane) {
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    several.others().remove(lane);
    several.others().add(lane());
    look(lane);
  }

  /** Looks at the attempt with this number; false if it has ended. */
  boolean lookAt(int attemptNumber) {
    Round several = round;
    if (attemptNumber == number || several == null) {
      return attemptNumber == number;
    }
    for (Round.Lane lane : several.others()) {
      if (lane.number == attemptNumber) {
        lookAt(lane);
        return true;
      }
    }
    return false;
  }

  /** Looks at this attempt; false if it has ended. */
  boolean lookAt(Attempt called) {
    Round several = round;
    if (attempt == called || several == null) {
      return attempt == called;
    }
    for (Round.Lane lane : several.others()) {
      if (lane.attempt == called) {
        lookAt(lane);
        return true;
      }
    }
    return false;
  }

  /** Looks at an attempt that has ended, which the store brings back. */
  void lookAtEnded(int attemptNumber) {
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    several.others().add(lane());
    look(new Round.Lane(attemptNumber));
  }

  /** Ends this attempt of the round, and looks at another one. */
  void leave() {
    attemptEnded();
    Round several = Objects.requireNonNull(round, "there is one attempt only");
    look(several.others().remove(several.others().size() - 1));
  }

  private Round.Lane lane() {
    Round.Lane lane = new Round.Lane(number);
    lane.seat = seat;
    lane.attempt = attempt;
    lane.grant = grant;
    lane.report = report;
    lane.nanos = nanos;
    lane.used = used;
    lane.passed = passed;
    lane.needsPerson = needsPerson;
    return lane;
  }

  private void look(Round.Lane lane) {
    number = lane.number;
    seat = lane.seat;
    attempt = lane.attempt;
    grant = lane.grant;
    report = lane.report;
    nanos = lane.nanos;
    used = lane.used;
    passed = lane.passed;
    needsPerson = lane.needsPerson;
    lastMoment = null;
  }

  /** The time at which another agent may start; set once for each attempt. */
  Timers.Timer hedgeTimer() {
    Attempt slow = attempt;
    hedges = true;
    return new RunTimer(this, () -> !hedges || attempt != slow || isClosed());
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
    TaskEvent.Step step = new TaskEvent.Step(task, number, agent(), at, nanoTime);
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
    Attempt running = attempt;
    Round several = round;
    return driver == Thread.currentThread()
        || (running != null && running.isCalledBy(Thread.currentThread()))
        || (several != null && several.isCalledBy(Thread.currentThread()));
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
    called = Math.max(called, number);
    callIsKept = false;
    takenBack = List.of();
    attempt = next;
    toCall = next;
    Round several = round;
    if (several != null) {
      several.called(next);
    }
  }

  void noAttempt() {
    if (toCall == attempt) {
      toCall = null;
    }
    attempt = null;
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
    decisions = plus(decisions, decision);
    number = decisions.size();
    width = 1;
    round = null;
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

  /**
   * What the task has used up in all of its attempts; between calls. An attempt that goes on is not
   * counted: it is no further one.
   */
  TaskBudget.Spent spent() {
    Means own = means();
    int attempts = attempts() - (own.isBegun() ? 1 : 0);
    return new TaskBudget.Spent(own.spent().plus(used), own.worked(), attempts, own.calls());
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
    Usage all = used;
    Round several = round;
    for (Round.Lane lane : several == null ? List.<Round.Lane>of() : several.others()) {
      all = all.plus(lane.used);
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
    grant = new Grant(specDigest);
    report = null;
    lastMoment = null;
  }

  @Nullable Grant grant() {
    return grant;
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
    failedNumber = number;
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
    return used;
  }

  /** Sets what the last call used up; the calls before it, of the same attempt, come on top. */
  void used(Usage usage) {
    Means own = means;
    used = own == null ? usage : own.carried().plus(usage);
  }

  /** Sets what the whole attempt used up, its earlier calls included. */
  void usedInAll(Usage usage) {
    used = usage;
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

  /** How many attempts were begun. */
  int attempts() {
    return decisions.size();
  }

  /** The number of the attempt that the run looks at; 0 before the first. */
  int number() {
    return number;
  }

  /**
   * The decision of that attempt, if its outcome was not yet learned; null otherwise. That of a
   * process before is open as long as this process has not told its outcome.
   */
  @Nullable RoutingDecision openDecision() {
    RoutingDecision own = number == 0 ? null : decisions.get(number - 1);
    return own == null || isSettled(own) ? null : own;
  }

  /* The store gives back the same decision as another object, whenever it is asked. */
  private boolean isSettled(RoutingDecision decision) {
    boolean isKept = decision instanceof KeptDecision;
    for (int i = 0; i < settled.size(); i++) {
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
    settled = plus(settled, decision);
    return true;
  }

  /* Most runs have one decision, and a list that nobody changes can be given away. */
  private static List<RoutingDecision> plus(List<RoutingDecision> list, RoutingDecision next) {
    if (list.isEmpty()) {
      return List.of(next);
    }
    List<RoutingDecision> longer = new ArrayList<>(list);
    longer.add(next);
    return List.copyOf(longer);
  }

  String agent() {
    return number == 0 ? "" : decisions.get(number - 1).agent();
  }

  /** A verdict that passed the work, as long as the end of the task is not kept. */
  record Passed(Assignment assignment, Verdict verdict) {}

  void passed(Passed verdict) {
    passed = verdict;
  }

  @Nullable Passed passed() {
    return passed;
  }

  /** Notes whether a person must look at the work before it is judged. */
  void needsPerson(boolean does) {
    needsPerson = does;
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
    number = 0;
    round = null;
    settled = List.of();
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
