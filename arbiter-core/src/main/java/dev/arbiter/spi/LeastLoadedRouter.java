/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.RoutingDecision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/** Compares only the load of agents. */
final class LeastLoadedRouter implements Router {
  private final AtomicLong decisions = new AtomicLong();

  @Override
  public RoutingDecision route(RoutingRequest request) {
    RegisteredAgent best = request.candidates().get(0);
    double least = load(best);
    for (int i = 1; i < request.candidates().size() && least > 0; i++) {
      RegisteredAgent candidate = request.candidates().get(i);
      double load = load(candidate);
      if (load < least) {
        best = candidate;
        least = load;
      }
    }
    return new Decision(decisions.incrementAndGet(), best.id(), least, request);
  }

  private static double load(RegisteredAgent agent) {
    return (agent.active() + agent.queued()) / (double) agent.profile().capacity();
  }

  /** Reads the loads of the other candidates when asked; they may have changed since. */
  private record Decision(long id, String agent, double share, RoutingRequest request)
      implements RoutingDecision {
    @Override
    public String policy() {
      return "least-loaded";
    }

    @Override
    public double probability() {
      return 1;
    }

    @Override
    public String reason() {
      return String.format(
          Locale.ROOT,
          "least loaded of %d: %.0f %% of its capacity taken",
          request.candidates().size(),
          100 * share);
    }

    @Override
    public List<Scored> candidates() {
      List<Scored> scored = new ArrayList<>(request.candidates().size());
      for (RegisteredAgent candidate : request.candidates()) {
        scored.add(new Scored(candidate.id(), -load(candidate)));
      }
      return scored;
    }

    @Override
    public Explanation explanation() {
      Explanation compared = RoutingDecision.super.explanation();
      return new Explanation(
          compared.motive(), compared.candidates(), request.exclusions().of(request));
    }

    @Override
    public String toString() {
      return policy() + " chose " + agent + ": " + reason();
    }
  }
}
