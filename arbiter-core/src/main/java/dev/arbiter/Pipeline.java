/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.LiveRegistry.Registration;
import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a run through its stages, as far as it can go without waiting.
 *
 * <pre>
 *   ENTER -> ADMIT -> ROUTE -> SEAT -> RUN -> CALL -> REPORT -> JUDGE -> Ended -> TELL
 *                       ^                               |         |
 *                       +------- a failed attempt ------+---------+
 * </pre>
 *
 * <p>A stage returns a {@link Move}: the next stage, a reason to wait, or the end. The run waits
 * for the store at three points: before its agent is called, before its report is judged, and
 * before its end is told. News ends a wait ({@link #hear}).
 */
final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final LiveRegistry registry;
  private final Router router;
  private final Constitution constitution;
  private final PerformanceView performance;
  private final AgentCaller caller;
  private final Publisher publisher;
  private final Tenure tenure;
  private final Line line;
  private final Crew crew;
  private final Timers timers;
  private final Holdings holdings;
  private final Lessons lessons;
  private final Endings endings;
  private final Rewinding rewinding;
  private final Consumer<TaskRun> ended;
  private final Sources sources;
  private final int fallbacks;
  private final Duration attemptLimit;
  private final long storeLimit;
  private final boolean keeps;
  /* Whether the arbiter closes: runs that have not begun are left to the store. */
  private volatile boolean leaves;

  /* The attempts whose agents were interrupted and have not returned. */
  private final Set<Attempt> interrupted = ConcurrentHashMap.newKeySet();
  private final LogLimiter failureLog;

  Pipeline(
      EngineConfig config,
      LiveRegistry registry,
      Publisher publisher,
      Tenure tenure,
      Line line,
      Crew crew,
      Timers timers,
      Consumer<TaskRun> ended) {
    this.registry = registry;
    this.router = config.router();
    this.constitution = config.constitution();
    this.performance = config.performance();
    this.caller = new AgentCaller(config.interceptors());
    this.publisher = publisher;
    this.tenure = tenure;
    this.line = line;
    this.crew = crew;
    this.timers = timers;
    this.ended = ended;
    this.sources = config.sources();
    this.holdings = new Holdings(line, crew, timers, sources.nanoTime());
    this.lessons = new Lessons(config.router());
    this.endings = new Endings(holdings, lessons, publisher, constitution, sources);
    this.rewinding = new Rewinding(config, registry, publisher, holdings, lessons, endings);
    this.fallbacks = config.fallbacks();
    this.attemptLimit = config.attemptLimit();
    this.storeLimit = Math.min(Long.MAX_VALUE / 4, NANOSECONDS.convert(config.storeLimit()));
    this.keeps = config.store().isKept();
    this.failureLog = new LogLimiter(config.sources().nanoTime());
  }

  /* The loop. */

  /** Drives a claimed run until it waits for something that this thread cannot bring. */
  void drive(TaskRun run, Crew.Worker worker) {
    Attempt toCall = advance(run, worker);
    while (toCall != null) {
      if (!worker.callsAgents()) {
        worker.add(toCall);
        return;
      }
      toCall = callAndAdvance(run, toCall, worker);
    }
  }

  /** Calls the agent of an attempt, then goes on with its run. */
  void call(TaskRun run, Attempt attempt, Crew.Worker worker) {
    Attempt next = callAndAdvance(run, attempt, worker);
    while (next != null) {
      next = callAndAdvance(run, next, worker);
    }
  }

  private @Nullable Attempt callAndAdvance(TaskRun run, Attempt attempt, Crew.Worker worker) {
    worker.handOver();
    CompletableFuture<@Nullable WorkReport> report =
        caller.call(attempt.seat().agent().agent(), attempt);
    if (report == null) {
      return null;
    }
    if (!report.isDone()) {
      CompletableFuture<?> unused =
          report.whenComplete(
              (value, error) -> {
                if (isLast(run, attempt, null)) {
                  crew.add(run);
                }
              });
      return null;
    }
    return isLast(run, attempt, worker) && run.claim() ? advance(run, worker) : null;
  }

  /* Ends the call: the slot goes back, the run hears. True if the run must be driven. */
  private boolean isLast(TaskRun run, Attempt attempt, Crew.@Nullable Worker worker) {
    if (attempt.over()) {
      holdings.giveBack(attempt.seat(), worker);
    }
    return run.post(new News.Reported(attempt));
  }

  private @Nullable Attempt advance(TaskRun run, Crew.Worker worker) {
    Attempt toCall = null;
    do {
      run.drivenBy(worker);
      for (Mailbox.News news = run.take(); news != null; news = news.next()) {
        try {
          hear(run, news);
        } catch (Throwable e) {
          LOG.error("{} could not read {}", run, news, e);
          run.next(endings.giveUp(run, "its news failed: " + e));
        }
      }
      while (run.waits() == null) {
        step(run);
      }
      if (run.waits() == Waits.NOTHING) {
        run.drivenBy(null);
        run.close();
        return null;
      }
      Attempt next = run.takeToCall();
      toCall = next == null ? toCall : next;
      run.drivenBy(null);
    } while (!run.rest());
    return toCall;
  }

  private void step(TaskRun run) {
    Move move;
    try {
      Ended end = run.takeStop();
      move = end == null ? at(run) : end;
    } catch (Throwable e) {
      move = endings.broken(run, e);
    }
    if (move instanceof Ended end) {
      try {
        move = conclude(run, end);
      } catch (Throwable e) {
        LOG.error("{} could not be ended", run, e);
        move = endings.giveUp(run, "its end failed: " + e);
      }
    }
    if (move instanceof Stage next) {
      run.next(next);
    } else {
      run.await((Waits) move);
    }
  }

  private Move at(TaskRun run) {
    if (leaves && mayBeLeft(run)) {
      return handedBack(run);
    }
    return switch (run.stage()) {
      case ENTER -> enter(run);
      case ADMIT -> admit(run);
      case ROUTE -> route(run);
      case SEAT -> seat(run);
      case RUN -> run(run);
      case CALL -> call(run);
      case REPORT -> report(run);
      case KEEP_REPORT -> keepReport(run);
      case JUDGE -> judge(run);
      case HOLD -> hold(run);
      case PARK -> stoppedOr(run, Waits.PERSON);
      case TELL -> tell(run);
    };
  }

  /* What a wait ends with. */

  private void hear(TaskRun run, Mailbox.News news) {
    Waits at = run.waits();
    if (news instanceof News.Kept kept) {
      if (at == Waits.STORE && kept.batch == run.batch()) {
        heardKept(run, kept);
      }
    } else if (news instanceof News.Placed) {
      if (at == Waits.PLACE) {
        run.next(run.onPlace());
      }
    } else if (news instanceof News.Seated seated) {
      if (at == Waits.SLOT && seated.seat == run.seat()) {
        run.next(Stage.SEAT);
      }
    } else if (news instanceof News.Reported reported) {
      if (at == Waits.AGENT && reported.attempt == run.attempt()) {
        run.next(Stage.REPORT);
      }
    } else if (news instanceof News.Recovered recovered) {
      run.shard(recovered.shard);
      rewinding.rewind(run, recovered.kept);
    } else if (news instanceof News.GivenUp given) {
      if (at != Waits.NOTHING) {
        run.next(endings.giveUp(run, given.why));
      }
    } else if (news instanceof News.RunAgain) {
      if (at == Waits.PERSON) {
        rewinding.again(run);
      }
    } else if (news instanceof News.Leave) {
      if (at != null && isIdle(at) && mayBeLeft(run)) {
        run.await(handedBack(run));
      }
    } else if (at != null && isIdle(at)) {
      stop(run, at);
    } else if (at == Waits.RECOVERY && isTiredOfWaiting(run)) {
      run.next(endings.giveUp(run, run.lostBy()));
    }
  }

  /* Whether a run waits for something that a cancellation ends. */
  private static boolean isIdle(Waits at) {
    return at == Waits.PLACE || at == Waits.SLOT || at == Waits.AGENT || at == Waits.PERSON;
  }

  private boolean isTiredOfWaiting(TaskRun run) {
    long now = now();
    return run.cancelReason() != null || run.isPastDeadline(now) || run.isLostFor(storeLimit, now);
  }

  private void heardKept(TaskRun run, News.Kept kept) {
    if (kept.error == null) {
      kept(run);
    } else {
      lost(run, kept.error);
    }
  }

  /* A cancellation or a time: the deadline of the task, or the limit of the attempt. */
  private void stop(TaskRun run, Waits at) {
    long now = now();
    Attempt attempt = run.attempt();
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      run.stop(stopped);
    } else if (at == Waits.AGENT && attempt != null && now - attemptEnds(attempt) >= 0) {
      run.next(Stage.REPORT);
    }
  }

  private static long attemptEnds(Attempt attempt) {
    return attempt.began()
        + Math.min(Long.MAX_VALUE / 4, NANOSECONDS.convert(attempt.assignment().timeLimit()));
  }

  /* The stages. */

  private Move enter(TaskRun run) {
    holdings.setDeadline(run);
    return line.enter(run) ? run.onPlace() : Waits.PLACE;
  }

  private Move admit(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    publisher.step(run, new TaskEvent.Validating(moment(run)));
    Admission admission = admission(run.task());
    if (admission instanceof Admission.Refused refused) {
      return new Ended(new TaskResult.Rejected(run.task(), refused.findings()), null);
    }
    Admission.Admitted admitted = (Admission.Admitted) admission;
    run.approved(admitted.specDigest());
    publisher.step(run, new TaskEvent.Approved(moment(run), admitted));
    return Stage.ROUTE;
  }

  private Admission admission(Task task) {
    try {
      return constitution.admit(task);
    } catch (Throwable e) {
      return new Admission.Refused(List.of(constitutionFailed("admit", e)));
    }
  }

  private Move route(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    AttemptFailure failed = run.failure();
    run.failure(null);
    publisher.step(run, new TaskEvent.Routing(sameMoment(run), Optional.ofNullable(failed)));
    RoutingRequest request = registry.request(run.task(), run.decisions(), performance);
    if (request.candidates().isEmpty()) {
      String why = registry.explainNone(run.task(), run.decisions());
      return endings.failed(run, FailureCause.NO_AGENT, why, null);
    }
    RoutingDecision decision;
    try {
      decision = router.route(request);
    } catch (Router.RefusedException refused) {
      Verdict verdict = failed == null ? null : failed.verdict().orElse(null);
      return endings.failed(
          run, FailureCause.REFUSED, String.valueOf(refused.getMessage()), verdict);
    }
    run.routed(decision);
    Registration agent = chosen(decision, request);
    publisher.step(run, new TaskEvent.Routed(moment(run), decision));
    run.seat(agent.slots().request(run, agent));
    return Stage.SEAT;
  }

  private Registration chosen(RoutingDecision decision, RoutingRequest request) {
    Registration agent = registry.candidate(decision.agent(), request);
    if (agent == null) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "router %s chose agent '%s', which is none of the %d candidates",
              router.getClass().getName(),
              decision.agent(),
              request.candidates().size()));
    }
    return agent;
  }

  private Move seat(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    Slots.Seat seat = run.seat();
    if (seat == null) {
      return Stage.ROUTE;
    }
    return switch (seat.state()) {
      case HELD -> Stage.RUN;
      case WAITING -> Waits.SLOT;
      case GONE, GIVEN_BACK -> {
        run.seat(null);
        lessons.unlearned(run);
        yield Stage.ROUTE;
      }
    };
  }

  private Move run(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    String refusal = redeem(run);
    if (!refusal.isEmpty()) {
      return endings.failed(run, FailureCause.APPROVAL_VOID, refusal, null);
    }
    publisher.stepToKeep(run, new TaskEvent.Executing(moment(run)));
    return keep(run, Stage.CALL);
  }

  private String redeem(TaskRun run) {
    Grant grant = run.grant();
    return grant == null
        ? "no approval was given for this attempt"
        : grant.redeem(constitution.specDigest(run.task()));
  }

  private Move call(TaskRun run) {
    if (run.attempt() != null) {
      return stoppedOr(run, Waits.AGENT);
    }
    Ended stopped = endings.stopped(run);
    Slots.Seat seat = run.seat();
    if (stopped != null || seat == null) {
      return stopped != null ? stopped : Stage.ROUTE;
    }
    long now = sameMoment(run).nanoTime();
    Assignment assignment = assignment(run, timeLeft(run, now));
    Attempt attempt = new Attempt(run, this, assignment, seat, now);
    run.seat(null);
    run.attempt(attempt);
    timers.set(attempt, attemptEnds(attempt));
    return Waits.AGENT;
  }

  private static Assignment assignment(TaskRun run, Duration limit) {
    return new Assignment(run.task(), run.agent(), run.attempts(), run.specDigest(), limit);
  }

  private Duration timeLeft(TaskRun run, long now) {
    if (run.task().deadline().isEmpty()) {
      return attemptLimit;
    }
    Duration left = run.task().deadline().get().minusNanos(now - run.submitted());
    return left.compareTo(attemptLimit) < 0 ? left : attemptLimit;
  }

  private Move report(TaskRun run) {
    Attempt attempt = run.attempt();
    if (attempt == null) {
      return Stage.ROUTE;
    }
    long nanos = now() - attempt.began();
    CompletableFuture<@Nullable WorkReport> report = attempt.reportIfOver();
    if (report == null) {
      Ended stopped = endings.stopped(run);
      if (stopped != null) {
        return stopped;
      }
      holdings.abandon(run);
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' did not report within %s; it was interrupted",
              run.agent(),
              attempt.assignment().timeLimit());
      return failAttempt(run, FailureCause.AGENT_TIMEOUT, why, "", nanos, null);
    }
    holdings.over(run);
    if (report.isCompletedExceptionally()) {
      AgentCaller.Failure failure = AgentCaller.failure(attempt, report);
      run.used(failure.usage());
      logFailure(run, failure);
      return failAttempt(run, failure.cause(), failure.message(), failure.detail(), nanos, null);
    }
    return read(run, attempt, report.join(), nanos);
  }

  private Move read(TaskRun run, Attempt attempt, @Nullable WorkReport came, long nanos) {
    Usage metered = attempt.assignment().meter().total();
    if (came == null) {
      run.used(metered);
      String why = "agent '" + run.agent() + "' returned null; return a WorkReport";
      return failAttempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    if (keeps && came.output().length() > KeptValue.MOST_TEXT) {
      run.used(metered);
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' reported %,d characters of output, the store keeps at most %,d; report a"
                  + " reference",
              run.agent(),
              came.output().length(),
              KeptValue.MOST_TEXT);
      return failAttempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    WorkReport report = came.usage().equals(Usage.none()) ? came.withUsage(metered) : came;
    run.used(report.usage());
    run.report(report, nanos);
    Step step = run.moment(attempt.began() + nanos, sources.clock());
    publisher.stepToKeep(run, new TaskEvent.Executed(step, report, nanos));
    return keep(run, Stage.JUDGE);
  }

  /* The store has lost a report that this process still has. */
  private Move keepReport(TaskRun run) {
    publisher.stepToKeep(run, new TaskEvent.Executed(moment(run), run.report(), run.nanos()));
    return keep(run, Stage.JUDGE);
  }

  /* Waiting for a person: the run gives everything back, and its deadline runs on. */
  private Move hold(TaskRun run) {
    WaitReason reason = new WaitReason.UnknownEffect(run.agent(), run.attempts());
    run.waitsFor(reason);
    publisher.stepToKeep(run, new TaskEvent.Waiting(moment(run), reason));
    holdings.giveBackSeat(run);
    holdings.leaveLine(run);
    return keep(run, Stage.PARK);
  }

  private Move judge(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    publisher.step(run, new TaskEvent.Verifying(sameMoment(run)));
    WorkReport report = run.report();
    Assignment assignment = assignment(run, attemptLimit);
    Verdict verdict = verdict(run, assignment, report);
    if (verdict instanceof Verdict.Denied) {
      String why = "denied: " + verdict.findings().get(0).message();
      return failAttempt(run, FailureCause.DENIED, why, "", run.nanos(), verdict);
    }
    run.passed(new TaskRun.Passed(assignment, verdict));
    if (!run.decide()) {
      return endings.cancelled(run, String.valueOf(run.cancelReason()));
    }
    publisher.step(run, new TaskEvent.Verified(moment(run), verdict));
    return new Ended(
        new TaskResult.Completed(run.task(), run.agent(), run.attempts(), report, verdict),
        lessons.outcome(run, Outcome.Kind.SUCCESS, verdict.quality(), run.nanos()));
  }

  private Verdict verdict(TaskRun run, Assignment assignment, WorkReport report) {
    try {
      return run.isOfBefore()
          ? constitution.judgeAgain(assignment, report, run.accepted())
          : constitution.judge(assignment, report);
    } catch (Throwable e) {
      return new Verdict.Denied(List.of(constitutionFailed("judge", e)), Seal.none());
    }
  }

  private static Finding constitutionFailed(String method, Throwable error) {
    return Finding.error(
        "arbiter.constitution.failed",
        "",
        "the constitution failed in " + method + ", so nothing passes: " + error);
  }

  /* A flood of failures must not become a flood of log lines; each result has its own trace. */
  private void logFailure(TaskRun run, AgentCaller.Failure failure) {
    if (failureLog.passes()) {
      LOG.warn("attempt {} at {} failed: {}", run.attempts(), run, failure.detail());
    }
  }

  private Move failAttempt(
      TaskRun run,
      FailureCause cause,
      String why,
      String detail,
      long nanos,
      @Nullable Verdict denial) {
    Outcome.Kind kind = denial == null ? Outcome.Kind.FAILURE : Outcome.Kind.VIOLATION;
    Outcome outcome = lessons.outcome(run, kind, 0, nanos);
    Optional<Verdict> verdict = Optional.ofNullable(denial);
    if (run.attempts() <= fallbacks
        && !registry.candidates(run.task(), run.decisions()).isEmpty()) {
      lessons.learn(run, outcome);
      run.failure(new AttemptFailure(cause, why, verdict, run.used(), detail));
      return Stage.ROUTE;
    }
    return new Ended(
        new TaskResult.Failed(run.task(), cause, why, run.attempts(), verdict, run.used(), detail),
        outcome);
  }

  private Move stoppedOr(TaskRun run, Move otherwise) {
    Ended stopped = endings.stopped(run);
    return stopped == null ? otherwise : stopped;
  }

  /* The end: the store, then everything that only hears of it, then the caller. */

  private Move conclude(TaskRun run, Ended end) {
    Ended decided = end;
    if (!(end.result() instanceof TaskResult.Cancelled) && !run.decide()) {
      decided = endings.cancelled(run, String.valueOf(run.cancelReason()));
    }
    if (!(decided.result() instanceof TaskResult.Completed)) {
      endings.withdraw(run, decided.result().summary());
    }
    run.ending(decided);
    Step step = moment(run);
    long nanos = step.nanoTime() - run.submitted();
    publisher.stepToKeep(run, new TaskEvent.Concluded(step, decided.result(), nanos));
    return keep(run, Stage.TELL);
  }

  private Move tell(TaskRun run) {
    Ended end = run.ending();
    if (end != null) {
      TaskRun.Passed unused = run.takePassed();
      holdings.settle(run);
      if (end.outcome() != null) {
        lessons.learn(run, end.outcome());
      }
      run.complete(end.result());
      ended.accept(run);
      run.letGo();
    }
    return Waits.NOTHING;
  }

  /* The store. */

  private Move keep(TaskRun run, Stage then) {
    run.next(then);
    CompletionStage<@Nullable Void> stage = publisher.keep(run);
    if (Tenure.isKept(stage)) {
      kept(run);
      return then;
    }
    int batch = run.batch();
    CompletionStage<@Nullable Void> unused =
        stage.whenComplete(
            (kept, error) -> {
              if (run.post(new News.Kept(batch, error))) {
                crew.add(run);
              }
            });
    return Waits.STORE;
  }

  private void kept(TaskRun run) {
    tenure.kept();
    publisher.tellKept(run);
    run.next(run.stage());
  }

  private void lost(TaskRun run, Throwable error) {
    tenure.failed(error);
    if (run.isComplete()) {
      endings.withdraw(run, "the task was left behind when the arbiter was closed");
      run.await(Waits.NOTHING);
      return;
    }
    long now = now();
    run.lost(now, "the store failed: " + error);
    timers.set(run.lostTimer(), now + storeLimit);
  }

  /* At CALL the store has kept that the agent is called; the next arbiter would believe it. */
  private boolean mayBeLeft(TaskRun run) {
    return keeps
        && !run.hasBegun()
        && run.stage() != Stage.CALL
        && run.stage() != Stage.TELL
        && run.decide();
  }

  /* The store keeps the run; what it has taken here is given back. */
  private Waits handedBack(TaskRun run) {
    // A decision of before is in the store: the next arbiter tells its outcome.
    if (!(run.openDecision() instanceof KeptDecision)) {
      lessons.unlearned(run);
    }
    holdings.settle(run);
    run.leftToStore();
    ended.accept(run);
    return Waits.NOTHING;
  }

  /* From outside: each on the caller's thread. */

  /** Sends away the runs that wait in vain for a call that did not return after its interrupt. */
  void hung(Attempt attempt) {
    for (Slots.Seat seat : attempt.hang()) {
      if (seat.run().post(new News.Seated(seat))) {
        crew.addFromSweep(seat.run());
      }
    }
  }

  long learningErrors() {
    return lessons.learningErrors();
  }

  /** Ends a run that its caller cancelled, at once if it waits. */
  void cancelled(TaskRun run) {
    boolean unused = run.post(new News.Stop());
    crew.doHere(run);
  }

  /** Lets a run go on that waits for a person. */
  void runAgain(TaskRun run) {
    post(run, new News.RunAgain());
  }

  /** Leaves each run to the store that has not begun; at once if it waits. */
  void leave(List<TaskRun> runs) {
    leaves = true;
    for (TaskRun run : runs) {
      boolean unused = run.post(new News.Leave());
      crew.doHere(run);
    }
  }

  /** Gives the submission of a run to the store; {@link #begin} follows if it keeps it. */
  CompletionStage<@Nullable Void> receive(TaskRun run) {
    run.shard(tenure.shard());
    Step step = run.moment(run.submitted(), sources.clock());
    publisher.stepToKeep(run, new TaskEvent.Received(step));
    return publisher.keep(run);
  }

  /** Starts a run whose submission is kept, as this batch. */
  void begin(TaskRun run, int batch) {
    post(run, new News.Kept(batch, null));
  }

  /** One of the times of a run has come. */
  void timeUp(TaskRun run) {
    if (run.post(new News.Stop())) {
      crew.addFromSweep(run);
    }
  }

  /** Completes the handle of a run whose driver does not come back. */
  void leaveBehind(TaskRun run, String why) {
    if (!run.isComplete()) {
      String message =
          String.format(
              Locale.ROOT,
              "task '%s' was left behind while %s, and the store has no record of its end: %s",
              run.task().id(),
              run.state(),
              why);
      TaskResult result =
          new TaskResult.Failed(
              run.task(), FailureCause.UNRECORDED, message, 0, Optional.empty(), Usage.none(), "");
      LOG.warn("{}", message);
      run.complete(result);
      ended.accept(run);
    }
  }

  /** Notes an attempt whose agent was interrupted within its method. */
  void interrupted(Attempt attempt) {
    interrupted.add(attempt);
  }

  /** Notes that the method of an interrupted agent has returned. */
  void answered(Attempt attempt) {
    interrupted.remove(attempt);
  }

  /** Whether all interrupted agents have returned, save those that this thread calls. */
  boolean allAnswered() {
    Thread here = Thread.currentThread();
    return interrupted.stream().allMatch(attempt -> attempt.isCalledBy(here));
  }

  /** Tells a run what the store has kept of it, or that it has nothing. */
  void recover(TaskRun run, TaskRun.@Nullable Kept kept, Store.Shard shard) {
    post(run, new News.Recovered(kept, shard));
  }

  /** Ends a run, without a record if need be. */
  void dismiss(TaskRun run, String why) {
    post(run, new News.GivenUp(why));
  }

  private void post(TaskRun run, Mailbox.News news) {
    if (run.post(news)) {
      crew.add(run);
    }
  }

  private long now() {
    return sources.nanoTime().getAsLong();
  }

  private Step moment(TaskRun run) {
    return run.moment(now(), sources.clock());
  }

  /* The moment of the last step: nothing of the host has run since. */
  private Step sameMoment(TaskRun run) {
    Step last = run.lastMoment();
    return last == null ? moment(run) : last;
  }
}
