/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.LiveRegistry.Registration;
import dev.arbiter.Move.Ended;
import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.event.TaskEvent.Step;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds an agent for the next attempt of a run, and what it takes to call it. */
final class Choosing {
  /* Agents may change while they are chosen, but not so often. */
  private static final int MOST_CHANGES = 100;

  private final LiveRegistry registry;
  private final Router router;
  private final Constitution constitution;
  private final PerformanceView performance;
  private final Publisher publisher;
  private final Waiting waiting;
  private final Endings endings;
  private final Lessons lessons;
  private final Holdings holdings;
  private final CallPermits permits;
  private final Rounds rounds;
  private final Keeping keeping;
  private final RunClock clock;

  Choosing(
      EngineConfig config,
      Constitution constitution,
      LiveRegistry registry,
      Publisher publisher,
      Waiting waiting,
      Endings endings,
      Lessons lessons,
      Holdings holdings,
      CallPermits permits,
      Rounds rounds,
      Keeping keeping,
      RunClock clock) {
    this.registry = registry;
    this.router = config.router();
    this.constitution = constitution;
    this.performance = config.performance();
    this.publisher = publisher;
    this.waiting = waiting;
    this.endings = endings;
    this.lessons = lessons;
    this.holdings = holdings;
    this.permits = permits;
    this.rounds = rounds;
    this.keeping = keeping;
    this.clock = clock;
  }

  /** The router chooses an agent. */
  Move route(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    if (Waiting.isBeforeCall(run)) {
      lessons.unlearned(run);
      run.dropDecision();
    }
    Move spent = spent(run);
    if (spent != null) {
      return spent;
    }
    AttemptFailure failed = run.failure();
    routing(run, failed);
    for (int i = 0; i < MOST_CHANGES; i++) {
      Move next = choose(run, failed);
      if (next != null) {
        return next;
      }
    }
    throw new IllegalStateException("the chosen agents of " + run + " went away again and again");
  }

  private void routing(TaskRun run, @Nullable AttemptFailure failed) {
    Step now = failed == null ? clock.same(run) : run.ofFailed(clock.of(run));
    run.failure(null);
    publisher.step(run, new TaskEvent.Routing(now, Optional.ofNullable(failed)));
  }

  /* Null if the chosen agent went away while it was chosen: then there is another choice. */
  private @Nullable Move choose(TaskRun run, @Nullable AttemptFailure failed) {
    RoutingRequest request = registry.request(run.assigned(), run.decisions().all(), performance);
    boolean mustWait = request.candidates().isEmpty();
    if (mustWait) {
      request = registry.limitedRequest(run.assigned(), run.decisions().all(), performance);
    }
    if (request.candidates().isEmpty()) {
      String why = registry.explainNone(run.task(), run.decisions().all());
      return endings.failed(run, FailureCause.NO_AGENT, why, null);
    }
    RoutingDecision decision;
    try {
      decision = router.route(request);
    } catch (Router.RefusedException refused) {
      return endings.failed(
          run, FailureCause.REFUSED, String.valueOf(refused.getMessage()), verdict(failed));
    } catch (Throwable e) {
      throw new IllegalStateException("router " + router.getClass().getName() + " threw " + e, e);
    }
    if (decision == null) {
      throw new IllegalStateException(
          "router "
              + router.getClass().getName()
              + " returned null; return a decision for a candidate");
    }
    Registration agent = registry.candidate(decision.agent(), request);
    boolean isChanged = agent == null || (mustWait && agent.declared().takesWork());
    if (isChanged && wasCandidate(decision, request)) {
      lessons.unlearned(run, decision);
      return null;
    }
    run.routed(decision);
    if (agent == null) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "router %s chose agent '%s', which is none of the %d candidates",
              router.getClass().getName(),
              decision.agent(),
              request.candidates().size()));
    }
    if (run.task().terms().bestOf() > 1) {
      run.width(rounds.width(run, request), true);
    }
    publisher.step(run, new TaskEvent.Routed(clock.of(run), decision));
    if (mustWait) {
      return Waiting.hold(run, LiveRegistry.quota(agent, request));
    }
    run.seat(agent.slots().request(run, agent));
    return Stage.SEAT;
  }

  private static @Nullable Verdict verdict(@Nullable AttemptFailure failed) {
    return failed == null ? null : failed.verdict().orElse(null);
  }

  private static boolean wasCandidate(RoutingDecision decision, RoutingRequest request) {
    for (RegisteredAgent candidate : request.candidates()) {
      if (candidate.id().equals(decision.agent())) {
        return true;
      }
    }
    return false;
  }

  /* What happens if the task has reached its budget; null if there is something left. */
  private @Nullable Move spent(TaskRun run) {
    String reached = run.reached();
    if (reached.isEmpty()) {
      return null;
    }
    TaskBudget budget = run.means().budget(run.task());
    String why = "task '" + run.task().id() + "' has reached its budget, a " + reached;
    AttemptFailure failed = run.failure();
    if (budget.atLimit() != TaskBudget.AtLimit.ASK) {
      if (failed != null) {
        routing(run, failed);
      }
      return endings.failed(run, FailureCause.BUDGET, why, verdict(failed));
    }
    if (failed != null) {
      Step step = run.ofFailed(clock.of(run));
      run.failure(null);
      publisher.step(run, new TaskEvent.AttemptEnded(step, failed, TaskState.EXECUTING));
    }
    Question more = Question.of(why + ". Give it more?");
    return Waiting.hold(
        run, new WaitReason.Budget(waiting.request(run, Point.BUDGET, more, List.of()), false));
  }

  /** The run goes on when it holds a slot of its agent. */
  Move seat(TaskRun run) {
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
        Means means = run.meansOrNull();
        if (means != null && means.isBegun()) {
          yield Stage.SEAT_AGAIN;
        }
        // The agent was not tried: it may have reached its limit, and the task then waits for that.
        lessons.unlearned(run);
        run.dropDecision();
        yield Stage.ROUTE;
      }
    };
  }

  /** The same agent works on at the same attempt. */
  Move seatAgain(TaskRun run) {
    Ended stopped = endings.stopped(run);
    if (stopped != null) {
      return stopped;
    }
    Move spent = spent(run);
    if (spent != null) {
      return spent;
    }
    Registration agent = registry.taking(run.agent(), run.task());
    if (agent == null) {
      lessons.unlearned(run);
      String why = "agent '" + run.agent() + "' takes no work, so its attempt does not go on";
      run.failure(new AttemptFailure(FailureCause.NO_AGENT, why, Optional.empty(), run.used(), ""));
      if (registry.comesBack(run.agent())) {
        run.dropDecision();
      }
      return Stage.ROUTE;
    }
    run.grantAgain();
    run.seat(agent.slots().request(run, agent));
    return Stage.SEAT;
  }

  /** The run has a slot: the store must keep that its agent is called. */
  Move run(TaskRun run) {
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
    run.countCall();
    publisher.stepToKeep(run, new TaskEvent.Executing(clock.of(run)));
    return keeping.keep(run, Stage.CALL);
  }

  /** One more agent works at the task, if one is free. */
  Move more(TaskRun run) {
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
      Move next =
          rounds.ended(
              run,
              new AttemptFailure(FailureCause.SUPERSEDED, none, Optional.empty()),
              lessons.outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
      run.decisions().dropLast();
      return next;
    }
    String refusal = redeem(run);
    if (!refusal.isEmpty()) {
      return endings.failed(run, FailureCause.APPROVAL_VOID, refusal, null);
    }
    run.countCall();
    publisher.stepToKeep(run, new TaskEvent.Executing(clock.of(run)));
    return keeping.keep(run, Stage.CALL);
  }

  private String redeem(TaskRun run) {
    Grant grant = run.grant();
    return grant == null
        ? "no approval was given for this attempt"
        : grant.redeem(constitution.specDigest(run.assigned()));
  }
}
