/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskBudget.AtLimit;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One call of one agent, with the slot it holds. It can be abandoned; thread-safe.
 *
 * <p>The slot is given back once: when the call has ended, or when the attempt is abandoned before
 * its call began. A call that outlives its attempt holds its slot until it returns.
 */
final class Attempt extends Timers.Timer implements Crew.Job, AgentLink {
  private final TaskRun run;
  private final Pipeline pipeline;
  private final Assignment assignment;
  private final Slots.Seat seat;
  private final long began;

  /* The budget of the task, and what was used up before this call. */
  private final Usage before;
  private final Duration workedBefore;
  private volatile TaskBudget budget;
  private final Ledger.@Nullable Tab tab;
  private final @Nullable Watch watch;
  private final TimeLimits.Limit limit;

  /* Why a guard ended the call, and the limit that it has passed; empty as long as none has. */
  private String tripped = "";
  private String overspent = "";
  private boolean toldToStop;
  private boolean asks;
  private long paused;

  /* When the agent began to wait for an answer, and when its attempt was over, by the nano clock. */
  private boolean waits;
  private long waitsSince;
  private long overAt;
  private @Nullable Thread caller;
  private @Nullable CompletableFuture<@Nullable WorkReport> report;
  private boolean begun;
  private boolean entered;
  private boolean abandoned;
  private boolean hung;
  private boolean over;

  /**
   * Makes an attempt.
   *
   * @param limit the longest time without a look at the budget, which may be raised meanwhile
   * @param given the time that the agent is told
   */
  Attempt(
      TaskRun run,
      Pipeline pipeline,
      TimeLimits.Limit limit,
      Duration given,
      Slots.Seat seat,
      long began) {
    this.run = run;
    this.pipeline = pipeline;
    this.limit = limit;
    this.watch = Watch.of(pipeline.guards());
    this.assignment = Pipeline.assignment(run, given, this);
    this.seat = seat;
    this.began = began;
    Means means = run.meansOrNull();
    this.budget = means == null ? run.task().terms().budget() : means.budget(run.task());
    this.before = means == null ? Usage.none() : means.spent().plus(means.carried());
    this.workedBefore = means == null ? Duration.ZERO : means.worked();
    this.tab = pipeline.ledger().tab(run.task().tenant());
  }

  /* What the agent says while it works. */

  @Override
  public CompletionStage<Approval> ask(Question question) {
    return ask(Point.INPUT, question).minimalCompletionStage();
  }

  private CompletableFuture<Approval> ask(Point point, Question question) {
    News.Asked asked = new News.Asked(this, point, question);
    String why = "";
    synchronized (this) {
      if (over || abandoned) {
        why = "the attempt is over";
      } else if (asks) {
        why = "the agent asks already; it must wait for that answer first";
      } else {
        asks = true;
        waits = true;
        waitsSince = pipeline.nanoTime();
      }
    }
    if (why.isEmpty()) {
      pipeline.asked(run, asked);
    } else {
      asked.fail(why);
    }
    return asked.answer;
  }

  /** Notes that the question of the agent has its answer. */
  void answered() {
    synchronized (this) {
      asks = false;
      waits = false;
    }
    if (watch != null) {
      watch.sign(worked());
    }
  }

  @Override
  public CompletionStage<Boolean> progress(Usage more, String message) {
    pipeline.alive(assignment.agent());
    Ledger.Full tenant = count(assignment.meter().total(), Level.DURABLE);
    String loop = watch == null ? "" : watched(watch, message);
    if (!loop.isEmpty() && trip(loop)) {
      pipeline.tripped(run, new News.Tripped(this));
      return CompletableFuture.failedFuture(new IllegalStateException(loop));
    }
    String reachedLimit = "";
    AtLimit atLimit = AtLimit.STOP;
    boolean isTaken = false;
    boolean mayAsk;
    // Before the lock: others that work at once are asked how long they have worked.
    String reached = budget.isNone() ? "" : budget.reached(spent());
    synchronized (this) {
      if (over || abandoned) {
        return CompletableFuture.failedFuture(new IllegalStateException("the attempt is over"));
      }
      if (!reached.isEmpty()) {
        reachedLimit = "task '" + run.task().id() + "' has reached its budget, a " + reached;
        atLimit = budget.atLimit();
        tenant = null;
      } else if (tenant != null) {
        reachedLimit = tenant.why();
        atLimit = tenant.budget().limits().atLimit();
      }
      if (reachedLimit.isEmpty()) {
        return CompletableFuture.completedFuture(true);
      }
      if (atLimit == AtLimit.TAKE && !toldToStop) {
        toldToStop = true;
        isTaken = true;
      }
      mayAsk = atLimit == AtLimit.ASK && !asks;
    }
    if (isTaken) {
      return CompletableFuture.completedFuture(false);
    }
    if (mayAsk) {
      return tenant == null
          ? mayGoOn(ask(Point.BUDGET, Question.of(reachedLimit + ". Give it more?")))
          : mayGoOn(ask(Point.TENANT_BUDGET, CallPermits.question(tenant, pipeline.clock())));
    }
    synchronized (this) {
      overspent = reachedLimit;
    }
    pipeline.overspent(run, new News.Overspent(this));
    return CompletableFuture.failedFuture(new IllegalStateException(reachedLimit));
  }

  private synchronized boolean trip(String why) {
    if (over || abandoned) {
      return false;
    }
    tripped = why;
    return true;
  }

  private String watched(Watch by, String message) {
    by.sign(worked());
    return by.message(assignment.agent(), message);
  }

  /** The nano time at which the call must have ended; waits for answers do not count. */
  long ends() {
    return began + paused() + longest();
  }

  /** When the call must have ended, in nanoseconds of working time. */
  long longest() {
    long most = Math.min(Timers.nanos(limit.time()), shareOfBudget());
    return watch == null ? most : Math.min(most, watch.stallsAfter());
  }

  /* Agents that work at once use up the time of the budget together. */
  private long shareOfBudget() {
    if (budget.isNone()) {
      return Long.MAX_VALUE;
    }
    long left = Timers.nanos(budget.time()) - Timers.nanos(spent().time());
    return worked() + left / (1 + run.workingBesides(this));
  }

  synchronized boolean isWorking() {
    return !over && !abandoned;
  }

  /** Why the call was ended. */
  synchronized String whyEnded() {
    if (!tripped.isEmpty()) {
      return tripped;
    }
    boolean isStall = watch != null && watch.stallsAfter() < Timers.nanos(limit.time());
    return isStall && watch != null
        ? watch.stalled(assignment.agent())
        : String.format(
            Locale.ROOT,
            "agent '%s' did not report within %s%s; it was interrupted",
            assignment.agent(),
            limit.time(),
            limit.of().isEmpty() ? "" : ", " + limit.of());
  }

  /** Whether the working time of the budget is used up, which ended the call. */
  boolean isOutOfTime() {
    return !isLoop() && spent().time().compareTo(budget.time()) >= 0;
  }

  /** Whether the run has to read what became of it. */
  boolean isToRead() {
    return reportIfOver() != null || isLoop() || !overspent().isEmpty();
  }

  /** The limit that the agent has passed, and works on; empty if there is none. */
  synchronized String overspent() {
    return overspent;
  }

  /** Whether the loop guard ended the call. */
  synchronized boolean isLoop() {
    return !tripped.isEmpty();
  }

  private static CompletionStage<Boolean> mayGoOn(CompletableFuture<Approval> decided) {
    return decided.handle(
        (decision, error) -> {
          if (error == null) {
            return !decision.isDenial();
          }
          if (error instanceof News.LimitPassed) {
            return true;
          }
          throw new CompletionException(error);
        });
  }

  /** What the call has used up: as its report or its failure says, or else as it metered. */
  Usage used() {
    CompletableFuture<@Nullable WorkReport> ended = reportIfOver();
    if (ended == null || !ended.isDone()) {
      return assignment.meter().total();
    }
    return ended.isCompletedExceptionally()
        ? AgentCaller.failure(this, ended).usage()
        : used(ended.join());
  }

  /** What the call has used up by this report. */
  Usage used(@Nullable WorkReport came) {
    return came == null || came.usage().equals(Usage.none())
        ? assignment.meter().total()
        : came.usage();
  }

  /** Counts what an abandoned call said when it ended; its run does not hear of it any more. */
  void chargeIfAbandoned() {
    if (isAbandoned()) {
      charge(used());
    }
  }

  /** Whether its run did not wait for the end of the call. */
  synchronized boolean isAbandoned() {
    return abandoned;
  }

  /** Counts for the tenant what this call has used in all, and is not counted yet. */
  void charge(Usage total) {
    Ledger.Full unused = count(total, Level.BUFFERED);
  }

  private Ledger.@Nullable Full count(Usage total, Level level) {
    return tab == null ? null : tab.count(total, Duration.ofNanos(worked()), level);
  }

  /** What the task has used up, this call included. */
  TaskBudget.Spent spent() {
    Duration worked = workedBefore.plusNanos(worked()).plusNanos(run.workedBesides(this));
    // Attempts and calls are counted before the next of them.
    Usage own = assignment.meter().total();
    return new TaskBudget.Spent(before.plus(own).plus(run.besides(this)), worked, 0, 0);
  }

  /** Gives the task another budget. */
  synchronized void budget(TaskBudget raised) {
    budget = raised;
    overspent = "";
  }

  /* The time in which the agent waits for an answer is not its own. */

  synchronized void paused(long nanos) {
    paused += nanos;
    waits = false;
  }

  /** How long the agent has worked for this attempt, in nanoseconds, its waits not counted. */
  synchronized long worked() {
    long now = over || abandoned ? overAt : pipeline.nanoTime();
    long waited = waits ? Math.max(0, now - waitsSince) : 0;
    return Math.max(0, now - began - paused - waited);
  }

  synchronized long paused() {
    return paused;
  }

  @Override
  TaskRun ofRun() {
    return run;
  }

  @Override
  synchronized boolean isOver() {
    return over || abandoned || run.isClosed();
  }

  Assignment assignment() {
    return assignment;
  }

  long began() {
    return began;
  }

  Slots.Seat seat() {
    return seat;
  }

  @Override
  public void go(Crew.Worker worker) {
    pipeline.call(run, this, worker);
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

  /** The assignment that an interceptor gave, with the meter and the link of the engine. */
  Assignment metered(Assignment given) {
    return given.meter() == assignment.meter() && given.link() == this
        ? given
        : given.withMeter(assignment.meter()).withLink(this);
  }

  private boolean isApproved(Assignment given) {
    return given.task().equals(assignment.task())
        && given.agent().equals(assignment.agent())
        && given.attempt() == assignment.attempt()
        && given.specDigest().equals(assignment.specDigest())
        && given.approvals().equals(assignment.approvals())
        && given.resumeToken().equals(assignment.resumeToken())
        && given.timeLimit().compareTo(assignment.timeLimit()) <= 0;
  }

  /** Notes the thread that will call the agent; false if it must not be called. */
  synchronized boolean begin(Thread thread) {
    if (begun || abandoned) {
      return false;
    }
    begun = true;
    caller = thread;
    return true;
  }

  boolean isCalledBy(Thread thread) {
    synchronized (this) {
      return caller == thread;
    }
  }

  /** Notes that the agent's method returned, with the future report. */
  void returned(CompletableFuture<@Nullable WorkReport> toCome) {
    boolean toCancel;
    synchronized (this) {
      caller = null;
      report = toCome;
      toCancel = abandoned;
    }
    if (toCancel) {
      pipeline.answered(this);
      toCome.cancel(true);
    }
  }

  /** Notes that the call has ended, with or without a report; false if it had ended before. */
  synchronized boolean over() {
    if (over) {
      return false;
    }
    over = true;
    if (!abandoned) {
      overAt = pipeline.nanoTime();
    } else {
      seat.slots().abandonedReturned(hung);
    }
    return true;
  }

  /** The report that came, or the failure; null while the agent works. */
  synchronized @Nullable CompletableFuture<@Nullable WorkReport> reportIfOver() {
    return over && begun ? report : null;
  }

  /**
   * Interrupts the agent. Its slot stays taken until its method returns; if its call has not begun,
   * the slot goes back now.
   *
   * @return the seat that got the slot, or null
   */
  Slots.@Nullable Seat abandon() {
    CompletableFuture<?> toCancel;
    synchronized (this) {
      if (over || abandoned) {
        return null;
      }
      abandoned = true;
      overAt = pipeline.nanoTime();
      if (!begun) {
        over = true;
        return seat.slots().giveBack(seat);
      }
      seat.slots().abandon();
      toCancel = report;
      if (caller != null) {
        pipeline.interrupted(this);
        caller.interrupt();
      }
    }
    if (toCancel != null) {
      toCancel.cancel(true);
    }
    return null;
  }

  /** Whether the agent works on, though the attempt was abandoned. */
  synchronized boolean outlives() {
    return abandoned && !over;
  }

  /**
   * Notes that the agent does not return.
   *
   * @return the seats that wait in vain
   */
  synchronized List<Slots.Seat> hang() {
    if (over || hung) {
      return List.of();
    }
    hung = true;
    return seat.slots().hang();
  }

  /** The time after which an abandoned call hangs. */
  static final class Patience extends Timers.Timer {
    private final Attempt attempt;

    Patience(Attempt attempt) {
      this.attempt = attempt;
    }

    Attempt attempt() {
      return attempt;
    }
  }
}
