/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A router whose choice a test writes down, and that remembers what it was asked and told. */
final class ScriptedRouter implements Router {
  private final Function<RoutingRequest, String> script;
  private final AtomicLong ids = new AtomicLong();
  final Queue<RoutingRequest> asked = new ConcurrentLinkedQueue<>();
  final Queue<Outcome> learned = new ConcurrentLinkedQueue<>();
  boolean remembers = true;

  ScriptedRouter(Function<RoutingRequest, String> script) {
    this.script = script;
  }

  /** A router that always names this agent. */
  static ScriptedRouter of(String agent) {
    return new ScriptedRouter(request -> agent);
  }

  /** A router that takes the first candidate and remembers nothing. */
  static ScriptedRouter first() {
    ScriptedRouter router = new ScriptedRouter(request -> request.candidates().get(0).id());
    router.remembers = false;
    return router;
  }

  static ScriptedRouter failing() {
    return new ScriptedRouter(
        request -> {
          throw new IllegalStateException("no model loaded");
        });
  }

  @Override
  public RoutingDecision route(RoutingRequest request) {
    if (remembers) {
      asked.add(request);
    }
    return new Choice(ids.incrementAndGet(), script.apply(request));
  }

  @Override
  public void learn(Outcome outcome) {
    if (remembers) {
      learned.add(outcome);
    }
  }

  /** A decision of this router. */
  public record Choice(long id, String agent) implements RoutingDecision {
    @Override
    public String policy() {
      return "scripted";
    }

    @Override
    public double probability() {
      return .25;
    }

    @Override
    public String reason() {
      return "the script says " + agent;
    }

    @Override
    public List<Scored> candidates() {
      return List.of(new Scored(agent, 1));
    }
  }
}
