/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The waits of runs for something outside: what is asked, what ends a wait, and where the run goes
 * on. The thread that drives the run calls these methods.
 */
final class Waiting {
  /** The rule of the finding for what a person denied. */
  static final String DENIED = "arbiter.approval.denied";

  private final OpenRequests open;
  private final Endings endings;
  private final Publisher publisher;
  private final Timers timers;
  private final Ledger ledger;
  private final LiveRegistry registry;
  private final Sources sources;

  /* The runs that wait for a limit of agents or tenants, in order, so that a seed replays them. */
  private final Set<TaskRun> quota = Collections.synchronizedSet(new LinkedHashSet<>());

  Waiting(
      OpenRequests open,
      Endings endings,
      Publisher publisher,
      Timers timers,
      Ledger ledger,
      LiveRegistry registry,
      Sources sources) {
    this.open = open;
    this.registry = registry;
    this.ledger = ledger;
    this.endings = endings;
    this.publisher = publisher;
    this.timers = timers;
    this.sources = sources;
  }

  /* Requests. */

  /** A request for a run at this point; about holds what is shown beside the question. */
  ApprovalRequest request(TaskRun run, Point point, Question question, List<String> about) {
    List<String> boundTo =
        switch (point) {
          // A decision may come too late to have an effect; then it is another question.
          case TENANT_BUDGET -> List.of("decisions " + run.means().approvals().size());
          // An answer is for the agent that asked, not for another one at the same attempt.
          case INPUT -> List.of("agent " + run.agent());
          default -> about;
        };
    return ApprovalRequest.of(
        point,
        run.task(),
        point == Point.START ? 0 : run.number(),
        point == Point.START ? "" : run.agent(),
        question,
        boundTo,
        sources.clock().instant());
  }

  /** A request for approval of the beginning of a task. */
  ApprovalRequest start(Task task, Question question, String specDigest) {
    return ApprovalRequest.start(task, specDigest, question, sources.clock().instant());
  }

  /** A request for approval of work that is done. */
  ApprovalRequest result(TaskRun run, Question question, WorkReport report) {
    return ApprovalRequest.result(
        run.task(),
        run.number(),
        run.agent(),
        run.specDigest(),
        question,
        report,
        sources.clock().instant());
  }

  /* A wait. */

  /** Lets a run wait for a reason. */
  static Move hold(TaskRun run, WaitReason reason) {
    run.waitsFor(reason);
    return Stage.HOLD;
  }

  /** Notes that a run begins to wait for a reason. */
  void begin(TaskRun run, WaitReason reason) {
    run.waitsFor(reason);
    run.means().waitBegins(sources.clock().instant(), now());
    publisher.stepToKeep(run, new TaskEvent.Waiting(run.moment(now(), sources.clock()), reason));
  }

  /** The next move of a run whose wait the store has kept. */
  Move parked(TaskRun run) {
    ApprovalRequest request = run.request();
    Approval decision = request == null ? null : run.means().of(request.id());
    if (request != null && decision != null) {
      return decided(run, request, decision);
    }
    listen(run, request);
    return isOver(run) ? goOn(run) : Waits.OUTSIDE;
  }

  /* Whether what a run waits for is there: it may have come before the run listened. */
  private boolean isOver(TaskRun run) {
    if (isOfTenant(run.reason())) {
      CallPermits.Permit permit = run.permit();
      return ledger.full(run.task().tenant()) == null && (permit == null || !permit.isEarly());
    }
    // Of limits that a process before this one met, only the end of the wait is known.
    List<RoutingDecision> all = run.decisions().all();
    return run.reason() instanceof WaitReason.Quota
        && !run.isOfBefore()
        && !registry.candidates(run.assigned(), all.subList(0, all.size() - 1)).isEmpty();
  }

  /** Lists the request of a run, which the store has kept, if there is no decision yet. */
  void list(TaskRun run) {
    ApprovalRequest request = run.state() == TaskState.WAITING ? run.request() : null;
    if (request != null && run.means().of(request.id()) == null && run.isToList(request)) {
      open.add(request, run);
    }
  }

  /** Lists the request of a run, and sets the time at which its wait ends. */
  void listen(TaskRun run, @Nullable ApprovalRequest request) {
    if (request != null && run.isToList(request)) {
      open.add(request, run);
    }
    WaitReason reason = run.reason();
    if (reason instanceof WaitReason.Quota || isOfTenant(reason)) {
      quota.add(run);
    }
    setTimer(run, reason);
  }

  private void setTimer(TaskRun run, @Nullable WaitReason reason) {
    Instant until = reason == null ? null : reason.until().orElse(null);
    if (until != null) {
      long left = nanosUntil(until);
      timers.set(run.wakeAt(now() + left), now() + left);
    }
  }

  /** Sets the time at which a wait ends anew: the clock by which it was set has stood still. */
  void clockMoved(TaskRun run) {
    WaitReason reason = run.reason();
    Instant until = reason == null ? null : reason.until().orElse(null);
    if (until != null && run.wakesAfter(now() + nanosUntil(until))) {
      Timers.Timer wake = run.takeWake();
      if (wake != null) {
        timers.clear(wake);
      }
      setTimer(run, reason);
    }
  }

  private long nanosUntil(Instant until) {
    Instant now = sources.clock().instant();
    if (until.equals(Instant.MAX)) {
      return Long.MAX_VALUE / 4;
    }
    return Math.max(
        0, Math.min(Long.MAX_VALUE / 4, NANOSECONDS.convert(Duration.between(now, until))));
  }

  /** Ends the wait of a run. Returns how long it was, in nanoseconds. */
  long end(TaskRun run) {
    open.remove(run);
    quota.remove(run);
    Timers.Timer wake = run.takeWake();
    if (wake != null) {
      timers.clear(wake);
    }
    return run.means().waitEnds(now());
  }

  /** The runs that wait for the usage limit of an agent. */
  List<TaskRun> waitingForAgents() {
    return waitingForQuota().stream().filter(run -> !isOfTenant(run.reason())).toList();
  }

  /** The runs that wait because this tenant has reached its budget. */
  List<TaskRun> waitingFor(String tenant) {
    return waitingForQuota().stream()
        .filter(run -> run.task().tenant().equals(tenant) && isOfTenant(run.reason()))
        .toList();
  }

  private List<TaskRun> waitingForQuota() {
    quota.removeIf(TaskRun::isClosed);
    synchronized (quota) {
      return List.copyOf(quota);
    }
  }

  /** Whether it is a limit of the tenant that is waited for. */
  static boolean isOfTenant(@Nullable WaitReason reason) {
    return reason instanceof WaitReason.Quota quota
        ? quota.agent().isEmpty()
        : reason instanceof WaitReason.Budget budget
            && budget.asked().point() == Point.TENANT_BUDGET;
  }

  /** Whether the run waits with a decision whose agent was not called. */
  static boolean isBeforeCall(TaskRun run) {
    WaitReason reason = run.reason();
    return run.state() == TaskState.WAITING
        && run.failure() == null
        && !run.means().isBegun()
        && (reason instanceof WaitReason.Quota
            || (reason != null && isOfTenant(reason) && !reason.withinCall()));
  }

  /** Keeps a decision: the run goes on when the store has it. */
  void keep(TaskRun run, News.Decided news) {
    run.means().add(news.approval);
    run.deciding(news);
    publisher.stepToKeep(
        run, new TaskEvent.Decided(run.moment(now(), sources.clock()), news.approval));
  }

  /** Tells who decided that the store has kept it. */
  void kept(TaskRun run) {
    News.Decided news = run.deciding();
    if (news != null) {
      run.deciding(null);
      news.kept.complete(news.approval);
    }
  }

  private Move decided(TaskRun run, ApprovalRequest request, Approval decision) {
    if (decision.isDenial() && request.point() == Point.START) {
      long unused = end(run);
      return new Ended(new TaskResult.Rejected(run.task(), List.of(denial(decision))), null);
    }
    if (decision.isDenial() && run.reason() instanceof WaitReason.Budget) {
      long unused = end(run);
      return endings.failed(run, FailureCause.BUDGET, denied(request, decision), null);
    }
    ledger.raise(request, decision);
    return goOn(run);
  }

  /** What a task fails with that was denied more. */
  static String denied(ApprovalRequest request, Approval decision) {
    return request.question().text() + " Denied by " + decision.answer().by() + ".";
  }

  /** The finding for what a person denied. */
  static Finding denial(Approval decision) {
    Answer answer = decision.answer();
    return Finding.error(DENIED, "", "denied by '" + answer.by() + "': " + answer.text());
  }

  /** Lets a run go on where it began to wait. */
  Stage goOn(TaskRun run) {
    long unused = end(run);
    run.onPlace(back(run, run.reason()));
    return Stage.ENTER;
  }

  private static Stage back(TaskRun run, @Nullable WaitReason reason) {
    boolean isOfMeans = isOfTenant(reason) || reason instanceof WaitReason.Budget;
    if (isOfMeans && run.means().isBegun()) {
      return Stage.SEAT_AGAIN;
    }
    if (reason instanceof WaitReason.Approval approval) {
      return approval.asked().point() == Point.START ? Stage.ADMIT : Stage.JUDGE;
    }
    if (reason instanceof WaitReason.NotBefore) {
      return Stage.ADMIT;
    }
    return reason instanceof WaitReason.Input || reason instanceof WaitReason.Retry
        ? Stage.SEAT_AGAIN
        : Stage.ROUTE;
  }

  /** The time of a wait has come. */
  Move woken(TaskRun run) {
    WaitReason reason = run.reason();
    ApprovalRequest request = run.request();
    if (reason != null && isOfTenant(reason)) {
      // The period has ended, or somebody raised the limit. It is looked at again before the call.
      return goOn(run);
    }
    if (request == null || reason == null) {
      return goOn(run);
    }
    open.remove(run);
    WaitReason next = escalated(run);
    if (next != null) {
      run.waitsFor(next);
      return Stage.HOLD;
    }
    long unused = end(run);
    return endings.failed(
        run,
        reason instanceof WaitReason.Budget ? FailureCause.BUDGET : FailureCause.EXPIRED,
        expired(request),
        null);
  }

  /** The reason with the request to the next audience; null if all were asked. */
  @Nullable WaitReason escalated(TaskRun run) {
    WaitReason reason = run.reason();
    ApprovalRequest request = run.request();
    ApprovalRequest next = request == null ? null : next(request);
    return reason == null || next == null ? null : with(reason, next);
  }

  /** What a run waits for, and what ends that: a part of a sentence, behind a colon. */
  static String inWords(WaitReason reason) {
    if (reason.request().isPresent()) {
      ApprovalRequest request = reason.request().get();
      return String.format(
          Locale.ROOT,
          ": it waits until %s for a person to decide request '%s' (Arbiter.approvals)",
          request.expiresAt(),
          request.id());
    }
    if (reason instanceof WaitReason.UnknownEffect unknown) {
      return String.format(
          Locale.ROOT,
          ": nobody knows what agent '%s' has done in attempt %d, so a person must look; then"
              + " TaskHandle.runAgain calls an agent again",
          unknown.agent(),
          unknown.attempt());
    }
    return reason.until().map(end -> ": it goes on by itself at " + end).orElse("");
  }

  static String expired(ApprovalRequest request) {
    return String.format(
        Locale.ROOT,
        "nobody decided request '%s' by %s: %s",
        request.id(),
        request.expiresAt(),
        request.question().text());
  }

  private @Nullable ApprovalRequest next(ApprovalRequest request) {
    List<String> audiences = request.question().audiences();
    int next = audiences.indexOf(request.audience()) + 1;
    if (audiences.isEmpty() || next >= audiences.size()) {
      return null;
    }
    return request.to(audiences.get(next), sources.clock().instant());
  }

  private static WaitReason with(WaitReason reason, ApprovalRequest request) {
    if (reason instanceof WaitReason.Input input) {
      return new WaitReason.Input(request, input.resumeToken(), input.withinCall());
    }
    return reason instanceof WaitReason.Budget
        ? new WaitReason.Budget(request, reason.withinCall())
        : new WaitReason.Approval(request);
  }

  private long now() {
    return sources.nanoTime().getAsLong();
  }
}
