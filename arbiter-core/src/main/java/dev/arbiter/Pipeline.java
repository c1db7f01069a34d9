/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.UsageMeter;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
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
 * <p>Where several agents work at one task at once, CALL -> MORE -> CALL lets them begin, and
 * REPORT and JUDGE look at one attempt after the other ({@link Rounds}).
 *
 * <p>A stage returns a {@link Move}: the next stage, a reason to wait, or the end. The run waits
 * for the store at three points: before its agent is called, before its report is judged, and
 * before its end is told. News ends a wait ({@link Hearing}).
 *
 * <p>ROUTE to RUN are in {@link Choosing}, what follows from a failed attempt in {@link Failures},
 * the questions of agents in {@link Asking}, the store's answers in {@link Keeping}.
 */
final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final LiveRegistry registry;
  private final Constitution constitution;
  private final @Nullable Fuse constitutionFuse;
  private final LogContext context = new LogContext();
  private final AgentCaller caller;
  private final Publisher publisher;
  private final Tenure tenure;
  private final RunClock clock;
  private final Line line;
  private final Crew crew;
  private final Timers timers;
  private final Holdings holdings;
  private final Lessons lessons;
  private final Endings endings;
  private final Waiting waiting;
  private final Retries retries;
  private final Ledger ledger;
  private final Rounds rounds;
  private final Keeping keeping;
  private final Leaving leaving;
  private final Hearing hearing;
  private final Turns turns;
  private final Choosing choosing;
  private final Failures failures;
  private final Asking asking;
  private final Consumer<TaskRun> ended;
  private final Sources sources;
  private final Duration attemptLimit;
  private final TimeLimits timeLimits;
  private final Guards guards;
  private final boolean keeps;

  /* The attempts whose agents were interrupted and have not returned. */
  private final Set<Attempt> interrupted = ConcurrentHashMap.newKeySet();
  private final AtomicLong constitutionErrors = new AtomicLong();

  Pipeline(
      EngineConfig config,
      LiveRegistry registry,
      Publisher publisher,
      Tenure tenure,
      Line line,
      Crew crew,
      Timers timers,
      OpenRequests open,
      Ledger ledger,
      Consumer<TaskRun> ended) {
    this.registry = registry;
    this.constitutionFuse =
        Fuse.of("the constitution", config.breaker(), config.sources().nanoTime());
    this.constitution = GuardedConstitution.of(config.constitution(), constitutionFuse);
    this.caller = new AgentCaller(config.interceptors(), context);
    this.publisher = publisher;
    this.tenure = tenure;
    this.line = line;
    this.crew = crew;
    this.timers = timers;
    this.ended = ended;
    this.sources = config.sources();
    this.holdings = new Holdings(line, crew, timers, open, sources.nanoTime());
    this.lessons = new Lessons(config.router());
    this.endings =
        new Endings(holdings, lessons, publisher, constitution, sources, config.attemptLimit());
    this.rounds = new Rounds(config, registry, publisher, lessons, timers);
    this.ledger = ledger;
    this.waiting = new Waiting(open, endings, publisher, timers, ledger, registry, sources);
    this.retries = new Retries(config.retries(), sources.random().nextLong());
    this.attemptLimit = config.attemptLimit();
    this.timeLimits = new TimeLimits(attemptLimit, config.attemptLimits());
    this.guards = config.guards();
    this.keeps = config.store().isKept();
    this.clock = new RunClock(sources);
    this.keeping = new Keeping(config, publisher, tenure, waiting, endings, crew, timers, clock);
    this.leaving = new Leaving(lessons, holdings, ended, keeps);
    Rewinding rewinding =
        new Rewinding(config, registry, publisher, holdings, lessons, endings, rounds);
    this.hearing = new Hearing(rewinding, endings, rounds, waiting, keeping, leaving, clock);
    CallPermits permits =
        new CallPermits(config, ledger, waiting, endings, holdings, lessons, registry);
    this.turns = new Turns(permits.ofAgents(), registry);
    this.choosing =
        new Choosing(
            config,
            constitution,
            registry,
            publisher,
            waiting,
            endings,
            lessons,
            holdings,
            permits,
            rounds,
            keeping,
            clock);
    this.failures = new Failures(config, registry, endings, lessons, rounds, retries, clock);
    this.asking =
        new Asking(
            publisher, open, waiting, endings, lessons, holdings, ledger, rounds, failures, keeping,
            clock);
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
      tellOfTrial(attempt);
      holdings.giveBack(attempt.seat(), worker);
      attempt.chargeIfAbandoned();
    }
    return run.post(new News.Reported(attempt));
  }

  /* An agent on trial that failed gets no other task, so the registry hears before the slot goes on. */
  private void tellOfTrial(Attempt attempt) {
    LiveRegistry.Registration agent = attempt.seat().agent();
    CompletableFuture<@Nullable WorkReport> report = attempt.reportIfOver();
    if (report == null || !agent.streak().isProbing() || attempt.isAbandoned()) {
      return;
    }
    try {
      if (report.isCompletedExceptionally()) {
        registry.callEnded(agent, AgentCaller.failure(attempt, report).cause(), attempt.began());
      } else if (report.join() == null) {
        registry.callEnded(agent, FailureCause.AGENT_ERROR, attempt.began());
      }
    } catch (Throwable e) {
      LOG.warn("the failed trial of agent '{}' was not noted at once", agent.id(), e);
    }
  }

  private @Nullable Attempt advance(TaskRun run, Crew.Worker worker) {
    LogContext.Scope scope = context.of(run.task());
    try (scope) {
      return goOn(run, worker);
    }
  }

  private @Nullable Attempt goOn(TaskRun run, Crew.Worker worker) {
    Attempt toCall = null;
    do {
      run.drivenBy(worker);
      // One that was handed back goes on first: news is for a run that waits.
      Mailbox.News first = run.waits() == null ? null : run.take();
      for (Mailbox.News news = first; news != null; news = news.next()) {
        try {
          hearing.hear(run, news);
        } catch (Throwable e) {
          LOG.error("{} could not read {}", run, news, e);
          run.next(endings.giveUp(run, "its news failed: " + e));
        }
      }
      while (run.waits() == null) {
        if (!worker.callsAgents() && isForExecutor(run)) {
          Attempt called = run.takeToCall();
          handBack(run, worker);
          return called == null ? toCall : called;
        }
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

  /*
   * Whether what comes next may take long, because it needs the router, the constitution or an
   * agent. A thread that only helps leaves it to the executor; a run that ends asks none of them.
   */
  private boolean isForExecutor(TaskRun run) {
    return switch (run.stage()) {
      case ENTER, ADMIT, ROUTE, SEAT, SEAT_AGAIN, RUN, MORE, JUDGE -> isToGoOn(run);
      case CALL -> run.attempt() == null && isToGoOn(run);
      default -> false;
    };
  }

  private boolean isToGoOn(TaskRun run) {
    return !run.isToStop()
        && run.cancelReason() == null
        && !run.isPastDeadline(clock.now())
        && !leaving.isClosing();
  }

  private static void handBack(TaskRun run, Crew.Worker worker) {
    run.drivenBy(null);
    run.handBack();
    worker.add(run);
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
    if (leaving.isToLeave(run)) {
      return leaving.leave(run);
    }
    if (isWithoutPlace(run)) {
      run.onPlace(run.stage());
      return Stage.ENTER;
    }
    return switch (run.stage()) {
      case ENTER -> enter(run);
      case ADMIT -> admit(run);
      case ROUTE -> choosing.route(run);
      case SEAT -> choosing.seat(run);
      case SEAT_AGAIN -> choosing.seatAgain(run);
      case RUN -> choosing.run(run);
      case CALL -> call(run);
      case MORE -> choosing.more(run);
      case REPORT -> report(run);
      case ASK -> asking.ask(run);
      case ASK_NEXT -> asking.askNext(run);
      case KEEP_REPORT -> keepReport(run);
      case JUDGE -> judge(run);
      case ACCEPT -> accept(run);
      case HOLD -> hold(run);
      case PARK -> park(run);
      case WAKE -> waiting.woken(run);
      case DECIDE -> decide(run);
      case OVERSPENT -> asking.overspent(run);
      case ASK_FOR_MORE -> asking.askForMore(run);
      case TELL -> tell(run);
    };
  }

  /* An agent that asked within its call has worked on without a place; what follows needs one. */
  private static boolean isWithoutPlace(TaskRun run) {
    return !run.hasPlace()
        && (run.stage() == Stage.ROUTE || (run.stage() == Stage.JUDGE && !run.othersWork()));
  }

  /* The stages. */

  private Move enter(TaskRun run) {
    // A cancellation may have come while the store kept the step before.
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    return line.enter(run) ? run.onPlace() : Waits.PLACE;
  }

  private Move admit(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    publisher.step(run, new TaskEvent.Validating(clock.of(run)));
    Instant begin = run.task().terms().notBefore().orElse(null);
    if (begin != null && sources.clock().instant().isBefore(begin)) {
      return Waiting.hold(run, new WaitReason.NotBefore(begin));
    }
    Task task = run.assigned();
    Admission admission = admission(task);
    if (admission instanceof Admission.Refused refused) {
      return new Ended(new TaskResult.Rejected(run.task(), refused.findings()), null);
    }
    Admission.Admitted admitted = (Admission.Admitted) admission;
    ApprovalRequest asked = toAsk(run, admitted);
    if (asked != null) {
      return Waiting.hold(run, new WaitReason.Approval(asked));
    }
    run.approved(admitted.specDigest());
    publisher.step(run, new TaskEvent.Approved(clock.of(run), admitted));
    return Stage.ROUTE;
  }

  /* The first question about the beginning that has no decision; null if there is none. */
  private @Nullable ApprovalRequest toAsk(TaskRun run, Admission.Admitted admitted) {
    ApprovalRequest own = toAsk(run, run.task(), run.task().terms().approval(), admitted);
    return own != null ? own : toAsk(run, run.assigned(), admitted.question(), admitted);
  }

  private @Nullable ApprovalRequest toAsk(
      TaskRun run, Task shown, Optional<Question> question, Admission.Admitted admitted) {
    if (question.isEmpty()) {
      return null;
    }
    Means means = run.means();
    ApprovalRequest asked = waiting.start(shown, question.get(), admitted.specDigest());
    if (means.of(asked.id()) != null) {
      return null;
    }
    // Who wrote the instruction in answer to this question was shown the one before it.
    ApprovalRequest earlier =
        waiting.start(means.beforeEdit(run.task()), question.get(), admitted.specDigest());
    return means.isLastEdit(earlier.id()) ? null : asked;
  }

  private Admission admission(Task task) {
    try {
      return constitution.admit(task);
    } catch (Throwable e) {
      return new Admission.Refused(List.of(constitutionFailed("admit", e)));
    }
  }

  private Move call(TaskRun run) {
    Attempt calling = run.attempt();
    if (calling != null) {
      return asking.calling(run, calling);
    }
    Ended stopped = endings.stopped(run);
    Slots.Seat seat = run.seat();
    if (stopped != null || seat == null) {
      return stopped != null ? stopped : Stage.ROUTE;
    }
    long now = clock.same(run).nanoTime();
    Means means = run.meansOrNull();
    if (retries.isOn() && (means == null || means.retries() == 0)) {
      retries.called();
    }
    TimeLimits.Limit limit =
        TimeLimits.ofDeadline(run, timeLimits.of(run.task(), seat.agent().profile()), now);
    Duration given = TimeLimits.left(run, limit, now).time();
    Attempt attempt = new Attempt(run, this, limit, given, seat, now);
    run.seat(null);
    run.permit(null);
    run.attempt(attempt);
    timers.set(attempt, attempt.ends());
    // A thread that closes looks whether the run has begun after this: one sees the other.
    if (leaving.isClosing()) {
      boolean unused = run.cancel(Arbiter.CLOSED);
    }
    return rounds.called(run, attempt);
  }

  /** The assignment of the last attempt of a run. */
  static Assignment assignment(TaskRun run, Duration limit, AgentLink link) {
    Means means = run.meansOrNull();
    return new Assignment(
        run.assigned(),
        run.agent(),
        run.number(),
        run.specDigest(),
        limit,
        new UsageMeter(),
        means == null ? List.of() : means.approvals(),
        means == null ? "" : means.resumeToken(),
        link,
        Optional.empty());
  }

  private Move decide(TaskRun run) {
    News.Decided news = run.deciding();
    if (news == null) {
      return run.attempt() == null ? Stage.PARK : Stage.CALL;
    }
    waiting.keep(run, news);
    return keeping.keep(run, run.attempt() == null ? Stage.PARK : Stage.CALL);
  }

  private Move park(TaskRun run) {
    Ended stopped = endings.stopped(run);
    return stopped == null ? waiting.parked(run) : stopped;
  }

  private Move report(TaskRun run) {
    Attempt attempt = run.attempt();
    if (attempt == null) {
      return Stage.ROUTE;
    }
    long nanos = attempt.worked();
    if (run.state() == TaskState.WAITING) {
      asking.resume(run, attempt);
    }
    if (!attempt.overspent().isEmpty()) {
      // Also if it has reported meanwhile: what it says then is said past its budget.
      run.overspent(attempt.overspent());
      return asking.overspent(run);
    }
    CompletableFuture<@Nullable WorkReport> report = attempt.reportIfOver();
    if (report == null) {
      Ended stopped = endings.stopped(run);
      if (stopped != null) {
        return stopped;
      }
      holdings.abandon(run);
      if (attempt.isOutOfTime()) {
        return asking.outOfTime(run);
      }
      FailureCause cause = attempt.isLoop() ? FailureCause.AGENT_ERROR : FailureCause.AGENT_TIMEOUT;
      registry.callEnded(attempt.seat().agent(), cause, attempt.began());
      return failures.attempt(run, cause, attempt.whyEnded(), "", nanos, null);
    }
    holdings.over(run);
    if (!run.task().terms().budget().isNone()) {
      run.means().worked(nanos);
    }
    if (report.isCompletedExceptionally()) {
      AgentCaller.Failure failure = AgentCaller.failure(attempt, report);
      registry.callEnded(attempt.seat().agent(), failure.cause(), attempt.began());
      attempt.charge(failure.usage());
      run.used(failure.usage());
      return failures.failed(run, failure, nanos);
    }
    return read(run, attempt, report.join(), nanos);
  }

  private Move read(TaskRun run, Attempt attempt, @Nullable WorkReport came, long nanos) {
    Usage used = attempt.used(came);
    attempt.charge(used);
    run.used(used);
    registry.callEnded(
        attempt.seat().agent(), came == null ? FailureCause.AGENT_ERROR : null, attempt.began());
    if (came == null) {
      String why = "agent '" + run.agent() + "' returned null; return a WorkReport";
      return failures.attempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    long size = keeps ? characters(came) : 0;
    if (size > KeptValue.MOST_TEXT) {
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' reported %,d characters of output, changes and evidence, the store keeps"
                  + " at most %,d; report a reference",
              run.agent(),
              size,
              KeptValue.MOST_TEXT);
      return failures.attempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    Usage all = run.used();
    WorkReport report = came.usage().equals(all) ? came : came.withUsage(all);
    if (report.pending().isPresent()) {
      return asking.leftWaiting(run, report.pending().get());
    }
    if (guards.sameWork() && run.means().wasDenied(Watch.digest(report))) {
      String why =
          String.format(
              Locale.ROOT,
              "loop guard: agent '%s' reported the work that was denied in an earlier attempt",
              run.agent());
      return failures.attempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    run.report(report, nanos);
    Step step = run.moment(attempt.began() + nanos, sources.clock());
    publisher.stepToKeep(run, new TaskEvent.Executed(step, report, nanos));
    return keeping.keep(run, Stage.JUDGE);
  }

  private static long characters(WorkReport report) {
    long sum = report.output().length();
    for (FileChange change : report.changes()) {
      sum += change.path().length();
    }
    for (Evidence evidence : report.evidence()) {
      sum += evidence.gate().length() + evidence.detail().length();
    }
    return sum;
  }

  /* The store has lost a report that this process still has. */
  private Move keepReport(TaskRun run) {
    publisher.stepToKeep(run, new TaskEvent.Executed(clock.of(run), run.report(), run.nanos()));
    return keeping.keep(run, Stage.JUDGE);
  }

  /* The run waits for something outside, and gives everything back. */
  private Move hold(TaskRun run) {
    waiting.begin(run, Objects.requireNonNull(run.reason(), "no reason to wait was given"));
    holdings.giveBackSeat(run);
    holdings.leaveLine(run);
    return keeping.keep(run, Stage.PARK);
  }

  private Move judge(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    publisher.step(run, new TaskEvent.Verifying(clock.same(run)));
    WorkReport report = run.report();
    Assignment assignment = assignment(run, attemptLimit, AgentLink.none());
    ApprovalRequest asked = toAsk(run, assignment, report);
    Approval decision = asked == null ? null : run.means().of(asked.id());
    boolean isLast = !run.othersWork() && !rounds.hasWorkToJudge(run);
    run.needsPerson(asked != null && decision == null);
    if (asked != null && decision == null) {
      // A person need not look at work where other work has passed.
      return isLast && !rounds.hasPassed(run)
          ? Waiting.hold(run, new WaitReason.Approval(asked))
          : rounds.aside(run);
    }
    Verdict verdict = verdict(run, assignment, report);
    if (decision != null && decision.isDenial() && !(verdict instanceof Verdict.Denied)) {
      withdrawn(assignment, verdict);
      verdict = new Verdict.Denied(List.of(Waiting.denial(decision)), Seal.none());
    }
    if (verdict instanceof Verdict.Denied) {
      if (guards.sameWork()) {
        run.means().denied(Watch.digest(report));
      }
      String why = "denied: " + verdict.findings().get(0).message();
      return failures.attempt(run, FailureCause.DENIED, why, "", run.nanos(), verdict);
    }
    run.passed(new TaskRun.Passed(assignment, verdict));
    if (decision == null && run.compares() && !isLast) {
      return rounds.aside(run);
    }
    if (decision == null) {
      rounds.lookAtBest(run);
    }
    return completed(run);
  }

  /* All agents have ended, and the work of some has passed. */
  private Ended accept(TaskRun run) {
    rounds.lookAtBest(run);
    if (run.state() != TaskState.VERIFYING) {
      publisher.step(run, new TaskEvent.Verifying(clock.of(run)));
    }
    return completed(run);
  }

  private Ended completed(TaskRun run) {
    Verdict verdict = Objects.requireNonNull(run.passed(), "no work has passed").verdict();
    if (!run.decide()) {
      return endings.cancelled(run, String.valueOf(run.cancelReason()));
    }
    publisher.step(run, new TaskEvent.Verified(clock.of(run), verdict));
    return new Ended(
        new TaskResult.Completed(run.assigned(), run.agent(), run.number(), run.report(), verdict),
        lessons.outcome(run, Outcome.Kind.SUCCESS, verdict.quality(), run.nanos()));
  }

  /*
   * The question about the work, if the constitution has one. One that was decided stays, though the
   * constitution does not ask it again: else a denial would have no effect.
   */
  private @Nullable ApprovalRequest toAsk(TaskRun run, Assignment assignment, WorkReport report) {
    Optional<Question> question =
        run.isOfBefore()
            ? constitution.asksAgain(assignment, report, run.accepted())
            : constitution.asks(assignment, report);
    if (question.isPresent()) {
      return waiting.result(run, question.get(), report);
    }
    ApprovalRequest last = run.request();
    ApprovalRequest same =
        last == null || last.point() != ApprovalRequest.Point.RESULT
            ? null
            : waiting.result(run, last.question(), report);
    return same != null && run.means().of(same.id()) != null ? same : null;
  }

  private void withdrawn(Assignment assignment, Verdict verdict) {
    try {
      constitution.withdraw(assignment, verdict, "a person denied the work");
    } catch (Throwable e) {
      LOG.error("a verdict that passed {} stands, though a person denied it", assignment, e);
    }
  }

  private Verdict verdict(TaskRun run, Assignment assignment, WorkReport report) {
    try {
      return run.isOfBefore()
          ? constitution.judgeAgain(assignment, report, run.accepted())
          : constitution.judge(assignment, report);
    } catch (Fuse.OpenException e) {
      // Work that was not judged is nobody's fault.
      throw e;
    } catch (Throwable e) {
      return new Verdict.Denied(List.of(constitutionFailed("judge", e)), Seal.none());
    }
  }

  private Finding constitutionFailed(String method, Throwable error) {
    constitutionErrors.incrementAndGet();
    if (error instanceof Fuse.OpenException) {
      return Finding.error(
          "arbiter.constitution.failed", "", error.getMessage() + ", so nothing passes");
    }
    return Finding.error(
        "arbiter.constitution.failed",
        "",
        "the constitution failed in " + method + ", so nothing passes: " + error);
  }

  /* The end: the store, then everything that only hears of it, then the caller. */

  private Move conclude(TaskRun run, Ended end) {
    Ended decided = end;
    if (end.result() instanceof TaskResult.Failed && rounds.hasPassed(run)) {
      // Work that has passed is better than none, such as at the deadline.
      lessons.learn(run, end.outcome());
      decided = accept(run);
    }
    if (!(decided.result() instanceof TaskResult.Cancelled) && !run.decide()) {
      decided = endings.cancelled(run, String.valueOf(run.cancelReason()));
    }
    if (!(decided.result() instanceof TaskResult.Completed)) {
      endings.withdraw(run, decided.result().summary());
      endings.withdrawEarlier(run, decided.result().summary());
    }
    if (run.round() != null) {
      endings.endOthers(run, othersEnd(end.result()), end.result().summary());
    }
    run.ending(decided);
    Step step = clock.of(run);
    long nanos = step.nanoTime() - run.submitted();
    publisher.stepToKeep(run, new TaskEvent.Concluded(step, decided.result(), nanos));
    return keeping.keep(run, Stage.TELL);
  }

  private static FailureCause othersEnd(TaskResult result) {
    return result instanceof TaskResult.Failed failed ? failed.cause() : FailureCause.SUPERSEDED;
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

  /* From outside: each on the caller's thread. */

  /** Sends away the runs that wait in vain for a call that did not return after its interrupt. */
  void hung(Attempt attempt) {
    for (Slots.Seat seat : attempt.hang()) {
      if (seat.run().post(new News.Seated(seat))) {
        crew.addFromSweep(seat.run());
      }
    }
  }

  /** An agent reports progress. */
  void alive(String agent) {
    registry.alive(agent);
  }

  long learningErrors() {
    return lessons.learningErrors();
  }

  /** The breaker of the constitution, if it has one. */
  @Nullable Fuse constitutionFuse() {
    return constitutionFuse;
  }

  long constitutionErrors() {
    return constitutionErrors.get();
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

  /** Lets the runs look again that wait for the limit of an agent, because one has opened. */
  void opened(String agent) {
    for (TaskRun run : turns.ofOpened(agent, waiting.waitingForAgents())) {
      post(run, new News.MeansChanged());
    }
  }

  /** Whose turn it is to be called, of those that wait for an agent with a rate. */
  Turns turns() {
    return turns;
  }

  /** Lets the runs look again that wait because their tenant had no means. */
  void tenantChanged(String tenant) {
    for (TaskRun run : waiting.waitingFor(tenant)) {
      post(run, new News.MeansChanged());
    }
  }

  Ledger ledger() {
    return ledger;
  }

  long nanoTime() {
    return clock.now();
  }

  Instant clock() {
    return sources.clock().instant();
  }

  /** Hands a decision to a run. */
  void decided(TaskRun run, News.Decided news) {
    post(run, news);
  }

  /** An agent asks within its call. */
  void asked(TaskRun run, News.Asked news) {
    post(run, news);
  }

  /** An agent works on though the budget is used up. */
  void overspent(TaskRun run, News.Overspent news) {
    post(run, news);
  }

  /** A task of higher priority has taken the room of a run in the line. */
  void shed(TaskRun run, String why) {
    post(run, new News.Shed(why));
  }

  /** A guard ends the call of an agent. */
  void tripped(TaskRun run, News.Tripped news) {
    post(run, news);
  }

  Guards guards() {
    return guards;
  }

  /** Leaves each run to the store that has not begun; at once if it waits. */
  void leave(List<TaskRun> runs) {
    leaving.begin();
    for (TaskRun run : runs) {
      boolean unused = run.post(new News.Leave());
      crew.doHere(run);
    }
  }

  /** Gives the submission of a run to the store; {@link #begin} follows if it keeps it. */
  CompletionStage<@Nullable Void> receive(TaskRun run) {
    // Before any thread drives it: a busy executor holds up no deadline.
    holdings.setDeadline(run);
    run.shard(tenure.shard());
    Step step = run.moment(run.submitted(), sources.clock());
    publisher.stepToKeep(run, new TaskEvent.Received(step));
    return publisher.keep(run);
  }

  /** Gives back what a run has taken that the arbiter does not accept. */
  void refused(TaskRun run) {
    holdings.settle(run);
  }

  /** The wall clock went ahead: the end of a wait is nearer than its timer knows. */
  void clockMoved(Collection<TaskRun> runs) {
    for (TaskRun run : runs) {
      if (run.state() == TaskState.WAITING && run.post(new News.ClockMoved())) {
        crew.addFromSweep(run);
      }
    }
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

  /** Ends a run, without a record if need be. */
  void dismiss(TaskRun run, String why) {
    post(run, new News.GivenUp(why));
  }

  private void post(TaskRun run, Mailbox.News news) {
    if (run.post(news)) {
      crew.add(run);
    }
  }
}
