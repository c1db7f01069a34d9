/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Move.Stage;
import dev.arbiter.Move.Waits;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.event.TaskEvent.AttemptFailure;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskState;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Several attempts of one run at once: who joins, which is looked at next, and which is kept. The
 * thread that drives the run calls these methods.
 *
 * <p>A run that has a slot waits for no second one: agents with a free slot join, or none. So two
 * runs never hold a slot each and wait for the other's.
 */
final class Rounds {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final LiveRegistry registry;
  private final Router router;
  private final PerformanceView performance;
  private final Publisher publisher;
  private final Lessons lessons;
  private final Timers timers;
  private final Sources sources;
  private final int fallbacks;
  private final Hedging hedging;
  private final Ration ration;
  private final LogLimiter log;

  Rounds(
      EngineConfig config,
      LiveRegistry registry,
      Publisher publisher,
      Lessons lessons,
      Timers timers) {
    this.registry = registry;
    this.router = config.router();
    this.performance = config.performance();
    this.publisher = publisher;
    this.lessons = lessons;
    this.timers = timers;
    this.sources = config.sources();
    this.fallbacks = config.fallbacks();
    this.hedging = config.hedging();
    this.ration = new Ration(hedging.extra(), 0);
    this.log = new LogLimiter(sources.nanoTime());
  }

  /* Who joins. */

  /** How many agents a task gets at once, of which the first was just chosen. */
  int width(TaskRun run, RoutingRequest request) {
    int most = run.task().terms().bestOf();
    if (run.attempts() > 1) {
      most = Math.min(most, fallbacks + 2 - run.attempts());
    }
    if (run.meansOrNull() != null) {
      TaskBudget budget = run.means().budget(run.task());
      most = Math.min(most, budget.attempts() - run.attempts() + 1);
      most = Math.min(most, budget.calls() - run.means().calls());
    }
    return most <= 1 ? 1 : Math.max(1, Math.min(most, router.agentsAtOnce(request)));
  }

  /** An agent is called. Returns the next move of its run. */
  Move called(TaskRun run, Attempt attempt) {
    Round round = run.round();
    int so = round == null ? 1 : run.attempts() - round.first() + 1;
    if (so < run.width()) {
      return Stage.MORE;
    }
    if (round != null) {
      return next(run);
    }
    if (hedging.isOn()) {
      ration.earn();
      if (run.task().terms().hedged()) {
        timers.set(run.hedgeTimer(), attempt.began() + nanos(hedging.after()));
      }
    }
    return Waits.AGENT;
  }

  private static long nanos(Duration time) {
    return Math.min(Long.MAX_VALUE / 4, time.toNanos());
  }

  /**
   * Whether it is time for another agent to start, because the first is slow. None starts beside an
   * agent that goes on: its answer, its resume token and its retries are not another one's. None
   * starts for a run that gave its place to another one while its agent asked.
   */
  boolean isToHedge(TaskRun run, Attempt attempt, long now) {
    Means means = run.meansOrNull();
    boolean is =
        run.state() == TaskState.EXECUTING
            && run.hasPlace()
            && hedging.isOn()
            && (means == null || !means.isBegun())
            && run.reached().isEmpty()
            && now - attempt.began() - nanos(hedging.after()) >= 0
            && run.takeHedge()
            && ration.take();
    if (is) {
      run.width(2, false);
    }
    return is;
  }

  /** Notes that nobody joined. */
  void joinNoMore(TaskRun run) {
    if (!run.compares()) {
      ration.giveBack();
    }
    run.width(1, run.compares());
  }

  /** Lets one more agent join. False if there is none with a free slot. */
  boolean join(TaskRun run) {
    RoutingRequest all = registry.request(run.assigned(), run.decisions().all(), performance);
    List<RegisteredAgent> free =
        all.candidates().stream().filter(agent -> agent.freeSlots() > 0).toList();
    RoutingDecision decision = free.isEmpty() ? null : decision(run, all, free);
    Slots.Seat seat = decision == null ? null : seat(run, decision, free);
    if (decision == null || seat == null) {
      return false;
    }
    run.join(decision, seat);
    publisher.step(run, new TaskEvent.Joined(moment(run), decision));
    return true;
  }

  /* The others work already: a router that fails here costs no task. */
  private @Nullable RoutingDecision decision(
      TaskRun run, RoutingRequest all, List<RegisteredAgent> free) {
    try {
      return router.route(
          new RoutingRequest(
              all.task(),
              free,
              performance,
              run.failedDecisions(),
              run.openDecisions(),
              all.exclusions()));
    } catch (Router.RefusedException refused) {
      return null;
    } catch (Throwable e) {
      if (log.passes()) {
        LOG.warn("router {} found no further agent for {}", router.getClass(), run, e);
      }
      return null;
    }
  }

  private Slots.@Nullable Seat seat(
      TaskRun run, RoutingDecision decision, List<RegisteredAgent> free) {
    for (RegisteredAgent agent : free) {
      if (agent.id().equals(decision.agent())) {
        LiveRegistry.Registration entry = (LiveRegistry.Registration) agent;
        Slots.Seat seat = entry.slots().requestFree(run, entry);
        if (seat == null) {
          lessons.unlearned(run, decision);
        }
        return seat;
      }
    }
    lessons.unlearned(run, decision);
    if (log.passes()) {
      LOG.warn(
          "router {} chose agent '{}' for {}, which is no candidate",
          router.getClass(),
          decision.agent(),
          run);
    }
    return null;
  }

  /* Agents that work at once have less time than each alone, and more when one of them has ended. */
  private void lookWhenTimeIsUp(TaskRun run, Round round) {
    Attempt working = round.anyWorking();
    Means means = run.meansOrNull();
    if (working != null
        && means != null
        && !means.budget(run.task()).time().equals(TaskBudget.UNLIMITED)) {
      timers.set(run.timeTimer(working), working.ends());
    }
  }

  /* Which attempt is looked at next. */

  /** The next move of a run that has read what one of its attempts had to tell. */
  Move next(TaskRun run) {
    Attempt own = run.attempt();
    if (own != null && own.isToRead()) {
      return Stage.REPORT;
    }
    Round round = run.round();
    if (round == null) {
      return Waits.AGENT;
    }
    lookWhenTimeIsUp(run, round);
    Optional<Lane> over =
        round.others().stream()
            .filter(lane -> lane.attempt != null && lane.attempt.isToRead())
            .min(Comparator.comparingInt(lane -> lane.number));
    if (over.isPresent()) {
      run.lookAt(over.get());
      return Stage.REPORT;
    }
    if (own != null) {
      return Waits.AGENT;
    }
    Optional<Lane> working = round.others().stream().filter(Lane::works).findFirst();
    if (working.isPresent()) {
      run.lookAt(working.get());
      return Waits.AGENT;
    }
    if (hasWorkToJudge(run)) {
      round.others().stream().filter(Lane::isToJudge).findFirst().ifPresent(run::lookAt);
      return Stage.KEEP_REPORT;
    }
    return hasPassed(run) ? Stage.ACCEPT : firstAside(run, round);
  }

  /** Whether another attempt has work that nobody has looked at yet. */
  boolean hasWorkToJudge(TaskRun run) {
    Round round = run.round();
    return round != null && round.others().stream().anyMatch(Lane::isToJudge);
  }

  /** Whether the work of an attempt has passed and was set aside. */
  boolean hasPassed(TaskRun run) {
    Round round = run.round();
    return round != null
        && (run.passed() != null || round.others().stream().anyMatch(lane -> lane.passed != null));
  }

  /** Leaves attempts that have failed, if what followed from that was lost with the store. */
  void leaveEmptyHanded(TaskRun run) {
    while (run.hasOthers() && run.isEmptyHanded()) {
      lessons.unlearned(run);
      run.leave();
    }
  }

  /* Work that a person must look at is judged when nobody works any more, in order. */
  private Move firstAside(TaskRun run, Round round) {
    leaveEmptyHanded(run);
    if (run.isEmptyHanded()) {
      lessons.unlearned(run);
      return Stage.ROUTE;
    }
    round.others().stream()
        .filter(lane -> lane.number < run.number() && lane.report != null)
        .min(Comparator.comparingInt(lane -> lane.number))
        .ifPresent(run::lookAt);
    return Stage.KEEP_REPORT;
  }

  /** Looks at the best work that passed; of equals, at that of the earliest attempt. */
  void lookAtBest(TaskRun run) {
    Round round = run.round();
    if (round == null) {
      return;
    }
    TaskRun.Passed own = run.passed();
    double quality = own == null ? -1 : own.verdict().quality();
    Lane best = null;
    for (Lane lane : round.others()) {
      boolean better =
          lane.quality() > quality
              || (lane.quality() == quality
                  && lane.passed != null
                  && lane.number < (best == null ? run.number() : best.number));
      if (better) {
        best = lane;
        quality = lane.quality();
      }
    }
    if (best != null) {
      run.lookAt(best);
    }
  }

  /* How they end. */

  /** Ends the attempt that the run looks at: another one may be the result. */
  Move ended(TaskRun run, AttemptFailure failure, @Nullable Outcome outcome) {
    lessons.learn(run, outcome);
    publisher.step(run, new TaskEvent.AttemptEnded(moment(run), failure, TaskState.EXECUTING));
    run.leave();
    return next(run);
  }

  /** Sets the work aside that the run looks at, until the other agents have ended. */
  Move aside(TaskRun run) {
    publisher.step(
        run,
        new TaskEvent.SetAside(
            moment(run), Optional.ofNullable(run.passed()).map(TaskRun.Passed::verdict)));
    return next(run);
  }

  private TaskEvent.Step moment(TaskRun run) {
    return run.moment(sources.nanoTime().getAsLong(), sources.clock());
  }
}
