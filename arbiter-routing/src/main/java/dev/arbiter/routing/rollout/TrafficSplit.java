/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.internal.record.UnfollowedDecision;
import dev.arbiter.routing.rollout.RolloutController.RolloutState;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** The two routers of a rollout: asks the router of a task, and passes outcomes back to it. */
final class TrafficSplit {
  private final AtomicLong lastId = new AtomicLong();
  private final Router current;
  private final Router candidate;
  private final boolean shadowLearns;
  private final Bucketing bucketing;
  private final RolloutController controller;

  TrafficSplit(
      Router current,
      Router candidate,
      boolean shadowLearns,
      Bucketing bucketing,
      RolloutController controller) {
    this.current = current;
    this.candidate = candidate;
    this.shadowLearns = shadowLearns;
    this.bucketing = bucketing;
    this.controller = controller;
  }

  RoutingDecision route(RoutingRequest request) {
    RolloutState now = controller.now();
    return isForCandidate(request, now) ? byCandidate(request, now) : byCurrent(request, now);
  }

  private boolean isForCandidate(RoutingRequest request, RolloutState now) {
    RolloutDecision earlier = lastOwn(request.earlier());
    return earlier == null
        ? bucketing.of(request.task()) < now.share()
        : earlier.byCandidate() && now.state() != Rollout.State.ROLLED_BACK;
  }

  private RoutingDecision byCandidate(RoutingRequest request, RolloutState now) {
    boolean first = request.earlier().isEmpty();
    if (first) {
      controller.counts().task(true, now.comparison());
    }
    RoutingDecision chosen = ask(request);
    if (chosen != null) {
      return wrap(chosen, true, first ? now.comparison() : null, null);
    }
    if (first) {
      controller.addFault(now.comparison());
    }
    return wrap(current.route(unwrap(request, false)), false, null, null);
  }

  private RoutingDecision byCurrent(RoutingRequest request, RolloutState now) {
    RoutingDecision chosen = current.route(unwrap(request, false));
    if (!request.earlier().isEmpty()) {
      return wrap(chosen, false, null, null);
    }
    controller.counts().task(false, now.comparison());
    RoutingDecision shadow = now.isShadow() ? shadow(request, chosen) : null;
    return wrap(chosen, false, now.comparison(), shadow);
  }

  /** The candidate's own choice if it is to learn from the outcome of current's, else null. */
  private @Nullable RoutingDecision shadow(RoutingRequest request, RoutingDecision chosen) {
    RoutingDecision shadow = ask(request);
    if (shadow == null) {
      return null;
    }
    boolean agrees = shadow.agent().equals(chosen.agent());
    controller.counts().shadowed(agrees);
    if (agrees && shadowLearns) {
      return shadow;
    }
    if (candidate instanceof BanditRouter) {
      teachCandidate(
          new UnfollowedDecision(shadow).outcome(request.task())); // holds no money for it
    }
    return null;
  }

  /** The candidate's choice, null if it failed to make one. */
  private @Nullable RoutingDecision ask(RoutingRequest request) {
    try {
      RoutingDecision chosen = candidate.route(unwrap(request, true));
      requireCandidate(chosen.agent(), request.candidates());
      return chosen;
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      controller.counts().fault(e);
      return null;
    }
  }

  private static void requireCandidate(String agent, List<RegisteredAgent> candidates) {
    for (RegisteredAgent known : candidates) {
      if (known.id().equals(agent)) {
        return;
      }
    }
    throw new IllegalStateException(
        "agent '" + agent + "' is none of the " + candidates.size() + " candidates");
  }

  private RolloutDecision wrap(
      RoutingDecision inner,
      boolean byCandidate,
      @Nullable Comparison comparison,
      @Nullable RoutingDecision shadow) {
    return new RolloutDecision(
        lastId.incrementAndGet(),
        new AtomicBoolean(),
        this,
        inner,
        byCandidate,
        comparison,
        shadow);
  }

  /**
   * Shows a router its own earlier decisions as it made them. Those of the other side stay wrapped,
   * so that it knows their agents and does not take the other router's draws for its own.
   */
  private RoutingRequest unwrap(RoutingRequest request, boolean forCandidate) {
    return request.earlier().isEmpty()
        ? request
        : new RoutingRequest(
            request.task(),
            request.candidates(),
            request.performance(),
            unwrap(request.failed(), forCandidate),
            unwrap(request.working(), forCandidate),
            request.exclusions());
  }

  private List<RoutingDecision> unwrap(List<RoutingDecision> decisions, boolean forCandidate) {
    return decisions.stream().map(decision -> unwrap(decision, forCandidate)).toList();
  }

  private RoutingDecision unwrap(RoutingDecision decision, boolean forCandidate) {
    RolloutDecision own = own(decision);
    return own != null && own.byCandidate() == forCandidate ? own.inner() : decision;
  }

  private @Nullable RolloutDecision lastOwn(List<RoutingDecision> earlier) {
    RolloutDecision last = null;
    for (RoutingDecision decision : earlier) {
      RolloutDecision own = own(decision);
      last = own == null ? last : own;
    }
    return last;
  }

  private @Nullable RolloutDecision own(RoutingDecision decision) {
    return decision instanceof RolloutDecision wrapped && wrapped.owner() == this ? wrapped : null;
  }

  void learn(Outcome outcome) {
    RolloutDecision decision = own(outcome.decision());
    if (decision == null || !decision.settle()) {
      controller.counts().ignored();
      return;
    }
    if (decision.comparison() != null && outcome.kind() != Outcome.Kind.INFRASTRUCTURE) {
      controller.add(decision.comparison(), decision.byCandidate(), outcome);
    }
    if (decision.shadow() != null) {
      teachCandidate(of(decision.shadow(), outcome));
    }
    if (decision.byCandidate()) {
      teachCandidate(of(decision.inner(), outcome));
    } else {
      current.learn(of(decision.inner(), outcome));
    }
  }

  private void teachCandidate(Outcome outcome) {
    try {
      candidate.learn(outcome);
    } catch (RuntimeException | StackOverflowError | LinkageError | AssertionError e) {
      controller.counts().fault(e);
    }
  }

  private static Outcome of(RoutingDecision decision, Outcome outcome) {
    return new Outcome(
        decision,
        outcome.task(),
        outcome.attempt(),
        outcome.kind(),
        outcome.quality(),
        outcome.cost(),
        outcome.time());
  }
}
