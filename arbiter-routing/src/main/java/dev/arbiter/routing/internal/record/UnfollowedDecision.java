/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import dev.arbiter.spi.Outcome;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;

/** A decision that nobody followed: no agent worked, so its outcome tells nothing of one. */
public record UnfollowedDecision(RoutingDecision made) implements RoutingDecision {

  /** The outcome that gives back what the decision holds. */
  public Outcome outcome(Task task) {
    return new Outcome(this, task, 1, Outcome.Kind.INFRASTRUCTURE, 0, 0, Duration.ZERO);
  }

  @Override
  public long id() {
    return made.id();
  }

  @Override
  public String agent() {
    return made.agent();
  }

  @Override
  public String policy() {
    return made.policy();
  }

  @Override
  public double probability() {
    return made.probability();
  }

  @Override
  public String reason() {
    return made.reason();
  }

  @Override
  public List<Scored> candidates() {
    return made.candidates();
  }
}
