/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.LiveRegistry.Registration;
import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.AgentLink;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.UsageMeter;
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
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
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
 * before its end is told. News ends a wait ({@link #hear}).
 */
final class Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);
  private static final int MOST_CALLS = 100;
  private static final Duration SHORTEST_LIMIT = Duration.ofSeconds(1);

  private final LiveRegistry registry;
  private final Router router;
  private final Constitution constitution;
  private final PerformanceView performance;
  private final LogContext context = new LogContext();
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
  private final OpenRequests open;
  private final Waiting waiting;
  private final Retries retries;
  private final Ledger ledger;
  private final CallPermits permits;
  private final Rounds rounds;
  private final Consumer<TaskRun> ended;
  private final Sources sources;
  private final int fallbacks;
  private final Duration attemptLimit;
  private final TimeLimits timeLimits;
  private final Guards guards;
  private final long storeLimit;
  private final boolean keeps;
  /* Whether the arbiter closes: runs that have not begun are left to the store. */
  private volatile boolean leaves;

  /* The attempts whose agents were interrupted and have not returned. */
  private final Set<Attempt> interrupted = ConcurrentHashMap.newKeySet();
  private final AtomicLong constitutionErrors = new AtomicLong();
  private final LogLimiter failureLog;

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
    this.router = config.router();
    this.constitution = config.constitution();
    this.performance = config.performance();
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
    this.endings = new Endings(holdings, lessons, publisher, constitution, sources);
    this.rounds = new Rounds(config, registry, publisher, lessons, timers);
    this.rewinding = new Rewinding(config, registry, publisher, holdings, lessons, endings, rounds);
    this.open = open;
    this.ledger = ledger;
    this.waiting = new Waiting(open, endings, publisher, timers, ledger, sources);
    this.permits = new CallPermits(config, ledger, waiting, endings, holdings, lessons, registry);
    this.retries = new Retries(config.retries(), sources.random().nextLong());
    this.fallbacks = config.fallbacks();
    this.attemptLimit = config.attemptLimit();
    this.timeLimits = new TimeLimits(attemptLimit, config.attemptLimits());
    this.guards = config.guards();
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
    LogContext.Scope scope = context.of(run.task());
    try (scope) {
      return goOn(run, worker);
    }
  }

  private @Nullable Attempt goOn(TaskRun run, Crew.Worker worker) {
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
      case SEAT_AGAIN -> seatAgain(run);
      case RUN -> run(run);
      case CALL -> call(run);
      case MORE -> more(run);
      case REPORT -> report(run);
      case ASK -> ask(run);
      case ASK_NEXT -> askNext(run);
      case KEEP_REPORT -> keepReport(run);
      case JUDGE -> judge(run);
      case ACCEPT -> accept(run);
      case HOLD -> hold(run);
      case PARK -> park(run);
      case WAKE -> waiting.woken(run);
      case DECIDE -> decide(run);
      case OVERSPENT -> overspent(run);
      case ASK_FOR_MORE -> askForMore(run);
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
      if (at == Waits.AGENT && run.lookAt(reported.attempt)) {
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
      if (at == Waits.OUTSIDE) {
        rewinding.again(run);
      }
    } else if (news instanceof News.Decided decided) {
      heardDecided(run, decided);
    } else if (news instanceof News.Asked asked) {
      heardAsked(run, asked);
    } else if (news instanceof News.Overspent over) {
      if (at == Waits.AGENT && run.lookAt(over.attempt)) {
        run.overspent(over.limit);
        run.next(Stage.OVERSPENT);
      }
    } else if (news instanceof News.Shed shed) {
      if (at == Waits.PLACE) {
        run.stop(endings.failed(run, FailureCause.OVERLOAD, shed.why, null));
      }
    } else if (news instanceof News.Tripped tripped) {
      if (at == Waits.AGENT && run.lookAt(tripped.attempt)) {
        run.next(Stage.REPORT);
      }
    } else if (news instanceof News.MeansChanged) {
      heardMeansChanged(run, at);
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
    return at == Waits.PLACE || at == Waits.SLOT || at == Waits.AGENT || at == Waits.OUTSIDE;
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

  private void heardDecided(TaskRun run, News.Decided news) {
    if (run.waitsForDecision(news.approval.request())) {
      run.deciding(news);
      run.next(Stage.DECIDE);
    } else {
      news.fail("it has expired or its task has ended meanwhile; look again");
    }
  }

  private static void heardMeansChanged(TaskRun run, @Nullable Waits at) {
    boolean isOfTenant = Waiting.isOfTenant(run.reason());
    if (at == Waits.OUTSIDE && (isOfTenant || run.reason() instanceof WaitReason.Quota)) {
      run.next(Stage.WAKE);
    } else if (at == Waits.AGENT && isOfTenant && run.state() == TaskState.WAITING) {
      run.next(Stage.ASK_NEXT);
    }
  }

  private void heardAsked(TaskRun run, News.Asked news) {
    if (run.waits() != Waits.AGENT || !run.lookAt(news.attempt)) {
      news.attempt.answered();
      news.fail("the attempt is over, or the store is away; ask again");
    } else if (run.othersWork()) {
      news.attempt.answered();
      if (news.point == Point.BUDGET || news.point == Point.TENANT_BUDGET) {
        run.overspent(news.question.text());
        run.next(Stage.ASK_FOR_MORE);
      }
      news.fail("several agents work at the task, so none of them can ask; give it to one");
    } else {
      run.asking(news);
      run.next(Stage.ASK);
    }
  }

  /*
   * A cancellation or a time: the deadline of the task, the limit of the attempt, the end of a wait.
   */
  private void stop(TaskRun run, Waits at) {
    long now = now();
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      run.stop(stopped);
    } else if (run.state() == TaskState.WAITING && run.isToWake(now)) {
      run.next(at == Waits.AGENT ? Stage.ASK_NEXT : Stage.WAKE);
    } else if (at == Waits.AGENT && run.state() != TaskState.WAITING) {
      attemptTimes(run, now);
    }
  }

  /* The end of the time of an attempt, or the time for another agent to start beside it. */
  private void attemptTimes(TaskRun run, long now) {
    Attempt attempt = run.attempt();
    Round round = run.round();
    if (attempt != null && now - attemptEnds(attempt) >= 0) {
      run.next(Stage.REPORT);
    } else if (round != null) {
      round.others().stream()
          .filter(lane -> lane.attempt != null && now - attemptEnds(lane.attempt) >= 0)
          .findFirst()
          .ifPresent(
              late -> {
                run.lookAt(late);
                run.next(Stage.REPORT);
              });
    } else if (attempt != null && rounds.isToHedge(run, attempt, now)) {
      run.next(Stage.MORE);
    }
  }

  private static long attemptEnds(Attempt attempt) {
    return attempt.began() + attempt.paused() + attempt.longest();
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
    Instant begin = run.task().terms().notBefore().orElse(null);
    if (begin != null && sources.clock().instant().isBefore(begin)) {
      return hold(run, new WaitReason.NotBefore(begin));
    }
    Task task = run.assigned();
    Admission admission = admission(task);
    if (admission instanceof Admission.Refused refused) {
      return new Ended(new TaskResult.Rejected(run.task(), refused.findings()), null);
    }
    Admission.Admitted admitted = (Admission.Admitted) admission;
    ApprovalRequest asked = toAsk(run, admitted);
    if (asked != null) {
      return hold(run, new WaitReason.Approval(asked));
    }
    run.approved(admitted.specDigest());
    publisher.step(run, new TaskEvent.Approved(moment(run), admitted));
    return Stage.ROUTE;
  }

  /* The first question about the beginning that has no decision; null if there is none. */
  private @Nullable ApprovalRequest toAsk(TaskRun run, Admission.Admitted admitted) {
    ApprovalRequest own = toAsk(run, run.task().terms().approval(), admitted);
    return own != null ? own : toAsk(run, admitted.question(), admitted);
  }

  private @Nullable ApprovalRequest toAsk(
      TaskRun run, Optional<Question> question, Admission.Admitted admitted) {
    if (question.isEmpty()) {
      return null;
    }
    ApprovalRequest asked = waiting.start(run, question.get(), admitted.specDigest());
    return run.means().of(asked.id()) == null ? asked : null;
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
    Move spent = spent(run);
    if (spent != null) {
      return spent;
    }
    if (Waiting.isBeforeCall(run)) {
      lessons.unlearned(run);
      run.dropDecision();
    }
    AttemptFailure failed = run.failure();
    run.failure(null);
    Step now = failed == null ? sameMoment(run) : moment(run);
    publisher.step(run, new TaskEvent.Routing(now, Optional.ofNullable(failed)));
    RoutingRequest request = registry.request(run.assigned(), run.decisions(), performance);
    boolean mustWait = request.candidates().isEmpty();
    if (mustWait) {
      request = registry.limitedRequest(run.assigned(), run.decisions(), performance);
    }
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
    if (run.task().terms().bestOf() > 1) {
      run.width(rounds.width(run, request), true);
    }
    Registration agent = chosen(decision, request);
    publisher.step(run, new TaskEvent.Routed(moment(run), decision));
    if (mustWait) {
      return hold(run, LiveRegistry.quota(agent, request));
    }
    run.seat(agent.slots().request(run, agent));
    return Stage.SEAT;
  }

  /* What happens if the task has reached its budget; null if there is something left. */
  private @Nullable Move spent(TaskRun run) {
    Means means = run.meansOrNull();
    if (means == null) {
      return null;
    }
    TaskBudget budget = means.budget(run.task());
    String reached = budget.isNone() ? "" : budget.reached(run.spent());
    if (reached.isEmpty()) {
      return null;
    }
    String why = "task '" + run.task().id() + "' has reached its budget, a " + reached;
    if (budget.atLimit() != TaskBudget.AtLimit.ASK) {
      return endings.failed(run, FailureCause.BUDGET, why, null);
    }
    Question more = Question.of(why + ". Give it more?");
    return hold(
        run, new WaitReason.Budget(waiting.request(run, Point.BUDGET, more, List.of()), false));
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
        // The agent was not tried: it may have reached its limit, and the task then waits for that.
        run.seat(null);
        lessons.unlearned(run);
        run.dropDecision();
        yield Stage.ROUTE;
      }
    };
  }

  /* The same agent works on at the same attempt. */
  private Move seatAgain(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    Registration agent = registry.taking(run.agent(), run.task());
    if (agent == null) {
      lessons.unlearned(run);
      if (registry.comesBack(run.agent())) {
        run.dropDecision();
      }
      return Stage.ROUTE;
    }
    run.grantAgain();
    run.seat(agent.slots().request(run, agent));
    return Stage.SEAT;
  }

  private Move run(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    Move instead = permits.take(run);
    if (instead != null) {
      return instead;
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
        : grant.redeem(constitution.specDigest(run.assigned()));
  }

  private Move call(TaskRun run) {
    Attempt calling = run.attempt();
    if (calling != null) {
      return calling(run, calling);
    }
    Ended stopped = endings.stopped(run);
    Slots.Seat seat = run.seat();
    if (stopped != null || seat == null) {
      return stopped != null ? stopped : Stage.ROUTE;
    }
    long now = sameMoment(run).nanoTime();
    noteCall(run);
    TimeLimits.Limit limit = timeLeft(run, timeLimits.of(run.task(), seat.agent().profile()), now);
    Attempt attempt = new Attempt(run, this, limit, seat, now);
    run.seat(null);
    run.permit(null);
    run.attempt(attempt);
    timers.set(attempt, attemptEnds(attempt));
    return rounds.called(run, attempt);
  }

  /* One more agent works at the task, if one is free. */
  private Move more(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    Attempt first = run.takeToCall();
    if (first != null) {
      run.worker().add(first);
    }
    if (!rounds.join(run)) {
      rounds.joinNoMore(run);
      return rounds.next(run);
    }
    String none = permits.takeToJoin(run);
    if (!none.isEmpty()) {
      rounds.joinNoMore(run);
      holdings.giveBackSeat(run);
      return rounds.ended(
          run,
          new AttemptFailure(FailureCause.SUPERSEDED, none, Optional.empty()),
          lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
    }
    String refusal = redeem(run);
    if (!refusal.isEmpty()) {
      return endings.failed(run, FailureCause.APPROVAL_VOID, refusal, null);
    }
    publisher.stepToKeep(run, new TaskEvent.Executing(moment(run)));
    return keep(run, Stage.CALL);
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

  private void noteCall(TaskRun run) {
    Means means = run.task().terms().budget().isNone() ? run.meansOrNull() : run.means();
    if (means != null) {
      means.called();
    }
    if (retries.isOn() && (means == null || means.retries() == 0)) {
      retries.called();
    }
  }

  /* The agent works, or waits within its call for an answer. */
  private Move calling(TaskRun run, Attempt attempt) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    ApprovalRequest request = run.request();
    if (run.state() == TaskState.WAITING && request != null) {
      Approval decision = run.means().of(request.id());
      if (decision == null) {
        waiting.listen(run, request);
        if (Waiting.isOfTenant(run.reason()) && mayGoOn(run, request)) {
          return Stage.ASK_NEXT;
        }
      } else {
        ledger.raise(request, decision);
        resume(run, attempt);
        News.Asked asking = run.asking();
        run.asking(null);
        attempt.budget(run.means().budget(run.task()));
        attempt.answered();
        if (asking != null) {
          asking.answer.complete(decision);
        }
        if (decision.isDenial() && run.reason() instanceof WaitReason.Budget) {
          run.overspent(request.question().text() + " Denied by " + decision.answer().by() + ".");
          return overspent(run);
        }
      }
    }
    return attempt.isToRead() ? Stage.REPORT : rounds.next(run);
  }

  /* The wait of an agent within its call is over; its time runs on. */
  private void resume(TaskRun run, Attempt attempt) {
    attempt.paused(waiting.end(run));
    publisher.step(run, new TaskEvent.Resumed(moment(run)));
  }

  /* An agent asks within its call: the run gives its place to another. */
  private Move ask(TaskRun run) {
    News.Asked asking = run.asking();
    Attempt attempt = run.attempt();
    if (asking == null || attempt == null) {
      return Stage.CALL;
    }
    ApprovalRequest request = waiting.request(run, asking.point, asking.question, List.of());
    Approval known = run.means().of(request.id());
    if (known != null) {
      run.asking(null);
      attempt.answered();
      asking.answer.complete(known);
      return Stage.CALL;
    }
    waiting.begin(
        run,
        asking.point != Point.INPUT
            ? new WaitReason.Budget(request, true)
            : new WaitReason.Input(request, "", true));
    holdings.leaveLine(run);
    return keep(run, Stage.CALL);
  }

  /* The audience did not answer an agent within its call: the next is asked, or none is left. */
  private Move askNext(TaskRun run) {
    Attempt attempt = run.attempt();
    ApprovalRequest request = run.request();
    if (attempt == null || request == null) {
      return Stage.CALL;
    }
    boolean isPassed = Waiting.isOfTenant(run.reason()) && mayGoOn(run, request);
    if (Waiting.isOfTenant(run.reason()) && !isPassed) {
      return Stage.CALL;
    }
    open.remove(run);
    WaitReason next = isPassed ? null : waiting.escalated(run);
    if (next != null) {
      waiting.begin(run, next);
      return keep(run, Stage.CALL);
    }
    resume(run, attempt);
    attempt.answered();
    News.Asked asking = run.asking();
    run.asking(null);
    if (isPassed && asking != null) {
      asking.answer.completeExceptionally(new News.LimitPassed());
      return Stage.CALL;
    }
    if (request.point() == Point.BUDGET) {
      run.overspent(Waiting.expired(request));
      return overspent(run);
    }
    if (asking != null) {
      asking.fail(Waiting.expired(request));
    }
    return Stage.CALL;
  }

  /* Whether the tenant has means again, or the period of which a person was asked has ended. */
  private boolean mayGoOn(TaskRun run, ApprovalRequest request) {
    return ledger.full(run.task().tenant()) == null || !clock().isBefore(request.expiresAt());
  }

  private Move overspent(TaskRun run) {
    holdings.abandon(run);
    return endings.failed(run, FailureCause.BUDGET, run.overspent(), null);
  }

  /* Several agents worked at the task: all of them stop before a person is asked. */
  private Move askForMore(TaskRun run) {
    holdings.abandon(run);
    endings.endOthers(run, FailureCause.BUDGET, run.overspent());
    lessons.unlearned(run);
    run.failure(
        new AttemptFailure(FailureCause.BUDGET, run.overspent(), Optional.empty(), run.used(), ""));
    run.dropDecision();
    return Stage.ROUTE;
  }

  private Move decide(TaskRun run) {
    News.Decided news = run.deciding();
    if (news == null) {
      return run.attempt() == null ? Stage.PARK : Stage.CALL;
    }
    waiting.keep(run, news);
    return keep(run, run.attempt() == null ? Stage.PARK : Stage.CALL);
  }

  private Move park(TaskRun run) {
    Ended stopped = endings.stopped(run);
    return stopped == null ? waiting.parked(run) : stopped;
  }

  private Move hold(TaskRun run, WaitReason reason) {
    run.waitsFor(reason);
    return Stage.HOLD;
  }

  private static TimeLimits.Limit timeLeft(TaskRun run, TimeLimits.Limit limit, long now) {
    TimeLimits.Limit least = limit;
    Means means = run.meansOrNull();
    if (means != null) {
      Duration left = means.budget(run.task()).time().minus(means.worked());
      least = least.or(left, "what its budget has left", "");
    }
    if (run.task().deadline().isPresent()) {
      long past = now - run.submitted() - (means == null ? 0 : run.paused(now));
      Duration left = run.task().deadline().get().minusNanos(past);
      least = least.or(left, "what its deadline has left", "");
    }
    return least;
  }

  /** How long an attempt has worked, its waits for answers not counted. */
  long worked(Attempt attempt) {
    return now() - attempt.began() - attempt.paused();
  }

  private Move report(TaskRun run) {
    Attempt attempt = run.attempt();
    if (attempt == null) {
      return Stage.ROUTE;
    }
    long nanos = worked(attempt);
    if (!run.task().terms().budget().isNone()) {
      run.means().worked(nanos);
    }
    if (run.state() == TaskState.WAITING) {
      resume(run, attempt);
    }
    CompletableFuture<@Nullable WorkReport> report = attempt.reportIfOver();
    if (report == null) {
      Ended stopped = endings.stopped(run);
      if (stopped != null) {
        return stopped;
      }
      holdings.abandon(run);
      registry.callEnded(attempt.seat().agent(), true, attempt.began());
      FailureCause cause = attempt.isLoop() ? FailureCause.AGENT_ERROR : FailureCause.AGENT_TIMEOUT;
      return failAttempt(run, cause, attempt.whyEnded(), "", nanos, null);
    }
    holdings.over(run);
    if (report.isCompletedExceptionally()) {
      AgentCaller.Failure failure = AgentCaller.failure(attempt, report);
      registry.callEnded(attempt.seat().agent(), failure.cause().byAgent(), attempt.began());
      attempt.charge(failure.usage());
      run.used(failure.usage());
      logFailure(run, failure);
      return failed(run, failure, nanos);
    }
    return read(run, attempt, report.join(), nanos);
  }

  private Move read(TaskRun run, Attempt attempt, @Nullable WorkReport came, long nanos) {
    Usage metered = attempt.assignment().meter().total();
    attempt.charge(came == null || came.usage().equals(Usage.none()) ? metered : came.usage());
    registry.callEnded(attempt.seat().agent(), came == null, attempt.began());
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
    if (report.pending().isPresent()) {
      return leftWaiting(run, report.pending().get());
    }
    if (guards.sameWork() && run.means().wasDenied(Watch.digest(report))) {
      String why =
          String.format(
              Locale.ROOT,
              "loop guard: agent '%s' reported the work that was denied in an earlier attempt",
              run.agent());
      return failAttempt(run, FailureCause.AGENT_ERROR, why, "", nanos, null);
    }
    run.report(report, nanos);
    Step step = run.moment(attempt.began() + nanos, sources.clock());
    publisher.stepToKeep(run, new TaskEvent.Executed(step, report, nanos));
    return keep(run, Stage.JUDGE);
  }

  /* The agent has left its call, and is called again when its question has an answer. */
  private Move leftWaiting(TaskRun run, WorkReport.Pending pending) {
    if (run.hasOthers()) {
      String why = "agent '" + run.agent() + "' left with a question while others work at the task";
      return rounds.ended(
          run,
          new AttemptFailure(FailureCause.SUPERSEDED, why, Optional.empty(), run.used(), ""),
          lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
    }
    Means means = run.means();
    if (means.calls() >= MOST_CALLS) {
      String why =
          String.format(
              Locale.ROOT,
              "agent '%s' asks again after %d calls; a task that asks may call agents %d times",
              run.agent(),
              means.calls(),
              MOST_CALLS);
      return failAttempt(run, FailureCause.AGENT_ERROR, why, "", run.nanos(), null);
    }
    ApprovalRequest request = waiting.request(run, Point.INPUT, pending.question(), List.of());
    means.resumeToken(pending.resumeToken());
    means.again(run.used(), false);
    return hold(run, new WaitReason.Input(request, pending.resumeToken(), false));
  }

  /* The store has lost a report that this process still has. */
  private Move keepReport(TaskRun run) {
    publisher.stepToKeep(run, new TaskEvent.Executed(moment(run), run.report(), run.nanos()));
    return keep(run, Stage.JUDGE);
  }

  /* The run waits for something outside, and gives everything back. */
  private Move hold(TaskRun run) {
    waiting.begin(run, Objects.requireNonNull(run.reason(), "no reason to wait was given"));
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
    Assignment assignment = assignment(run, attemptLimit, AgentLink.none());
    ApprovalRequest asked = toAsk(run, assignment, report);
    Approval decision = asked == null ? null : run.means().of(asked.id());
    if (asked != null && decision == null) {
      return run.othersWork() ? rounds.aside(run) : hold(run, new WaitReason.Approval(asked));
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
      return failAttempt(run, FailureCause.DENIED, why, "", run.nanos(), verdict);
    }
    run.passed(new TaskRun.Passed(assignment, verdict));
    if (decision == null && run.compares() && run.othersWork()) {
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
      publisher.step(run, new TaskEvent.Verifying(moment(run)));
    }
    return completed(run);
  }

  private Ended completed(TaskRun run) {
    Verdict verdict = Objects.requireNonNull(run.passed(), "no work has passed").verdict();
    if (!run.decide()) {
      return endings.cancelled(run, String.valueOf(run.cancelReason()));
    }
    publisher.step(run, new TaskEvent.Verified(moment(run), verdict));
    return new Ended(
        new TaskResult.Completed(run.assigned(), run.agent(), run.number(), run.report(), verdict),
        lessons.outcome(run, Outcome.Kind.SUCCESS, verdict.quality(), run.nanos()));
  }

  /* The question about the work, if the constitution has one. */
  private @Nullable ApprovalRequest toAsk(TaskRun run, Assignment assignment, WorkReport report) {
    Optional<Question> question = constitution.asks(assignment, report);
    return question.isEmpty() ? null : waiting.result(run, question.get(), report);
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
    } catch (Throwable e) {
      return new Verdict.Denied(List.of(constitutionFailed("judge", e)), Seal.none());
    }
  }

  private Finding constitutionFailed(String method, Throwable error) {
    constitutionErrors.incrementAndGet();
    return Finding.error(
        "arbiter.constitution.failed",
        "",
        "the constitution failed in " + method + ", so nothing passes: " + error);
  }

  /* A flood of failures must not become a flood of log lines; each result has its own trace. */
  private void logFailure(TaskRun run, AgentCaller.Failure failure) {
    if (failureLog.passes()) {
      LOG.warn("attempt {} at {} failed: {}", run.number(), run, failure.detail());
    }
  }

  /* The agent failed: it is called again, another is, or a person must look first. */
  private Move failed(TaskRun run, AgentCaller.Failure failure, long nanos) {
    boolean idempotent = registry.isIdempotent(run.agent());
    if (run.hasOthers()) {
      return failedOfSeveral(run, failure, nanos);
    }
    if (failure.effect() == Effect.POSSIBLE && !idempotent) {
      lessons.learn(run, lessons.outcome(run, Outcome.Kind.FAILURE, 0, nanos));
      return hold(run, new WaitReason.UnknownEffect(run.agent(), run.number()));
    }
    if (failure.cause() == FailureCause.QUOTA) {
      registry.limited(run.agent(), limitEnds(failure));
      lessons.unlearned(run);
      run.failure(attemptFailure(run, failure));
      run.dropDecision();
      return Stage.ROUTE;
    }
    if (Retries.passes(failure.cause()) && (failure.effect() == Effect.NONE || idempotent)) {
      WaitReason.Retry retry = retry(run, failure);
      if (retry != null) {
        run.means().again(run.used(), true);
        return hold(run, retry);
      }
    }
    if (failure.cause() == FailureCause.INVALID_INPUT) {
      return endings.failed(run, failure.cause(), failure.message(), null);
    }
    return failAttempt(run, failure.cause(), failure.message(), failure.detail(), nanos, null);
  }

  /* The others work on, so nothing is tried again. */
  private Move failedOfSeveral(TaskRun run, AgentCaller.Failure failure, long nanos) {
    boolean isLimit = failure.cause() == FailureCause.QUOTA;
    if (isLimit) {
      registry.limited(run.agent(), limitEnds(failure));
    }
    Outcome.Kind kind = isLimit ? Outcome.Kind.INFRASTRUCTURE : Outcome.Kind.FAILURE;
    return rounds.ended(run, attemptFailure(run, failure), lessons.outcome(run, kind, 0, nanos));
  }

  private static AttemptFailure attemptFailure(TaskRun run, AgentCaller.Failure failure) {
    return new AttemptFailure(
        failure.cause(), failure.message(), Optional.empty(), run.used(), failure.detail());
  }

  /* A limit that ended in the past, or has no end, is tried again soon: the agent knows better. */
  private Instant limitEnds(AgentCaller.Failure failure) {
    Instant soon = sources.clock().instant().plus(SHORTEST_LIMIT);
    Instant said = failure.retryAt();
    return said == null || said.isBefore(soon) ? soon : said;
  }

  /* The next call of the same agent; null if there is none, or none in time. */
  private WaitReason.@Nullable Retry retry(TaskRun run, AgentCaller.Failure failure) {
    Means means = run.meansOrNull();
    long pause = retries.pause(means == null ? 0 : means.retries());
    if (pause < 0) {
      return null;
    }
    Instant now = sources.clock().instant();
    Instant at = now.plusNanos(pause);
    Instant said = failure.retryAt();
    at = said != null && said.isAfter(at) ? said : at;
    boolean inTime =
        run.task().deadline().isEmpty()
            || run.task().terms().deadlinePauses()
            || Duration.between(now, at)
                    .compareTo(timeLeft(run, timeLimits.of(run.task()), now()).time())
                < 0;
    return inTime ? new WaitReason.Retry(run.agent(), run.number(), at) : null;
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
    if (run.hasOthers()) {
      AttemptFailure failure = new AttemptFailure(cause, why, verdict, run.used(), detail);
      return rounds.ended(run, failure, outcome);
    }
    if (run.attempts() <= fallbacks && registry.hasOther(run.task(), run.decisions())) {
      lessons.learn(run, outcome);
      run.failure(new AttemptFailure(cause, why, verdict, run.used(), detail));
      return Stage.ROUTE;
    }
    return new Ended(
        new TaskResult.Failed(run.task(), cause, why, run.attempts(), verdict, run.used(), detail),
        outcome);
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
    }
    endings.endOthers(run, othersEnd(decided.result()), decided.result().summary());
    run.ending(decided);
    Step step = moment(run);
    long nanos = step.nanoTime() - run.submitted();
    publisher.stepToKeep(run, new TaskEvent.Concluded(step, decided.result(), nanos));
    return keep(run, Stage.TELL);
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
    waiting.kept(run);
    run.next(run.stage());
  }

  private void lost(TaskRun run, Throwable error) {
    tenure.failed(error);
    News.Decided deciding = run.deciding();
    if (deciding != null) {
      run.deciding(null);
      deciding.fail("the store failed; decide again when it is back");
    }
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
    boolean isIdle =
        run.stage() == Stage.PARK
            || (!run.hasBegun() && run.stage() != Stage.CALL && run.stage() != Stage.TELL);
    return keeps && isIdle && run.decide();
  }

  /* The store keeps the run; what it has taken here is given back. */
  private Waits handedBack(TaskRun run) {
    // The next arbiter tells the outcome of a decision that the store keeps.
    boolean isKept = run.stage() == Stage.PARK || run.openDecision() instanceof KeptDecision;
    if (!isKept) {
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

  /** Lets the runs look again that wait for the usage limit of an agent. */
  void agentsChanged() {
    for (TaskRun run : waiting.waitingForAgents()) {
      post(run, new News.MeansChanged());
    }
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
