/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the router hears: one outcome for each of its decisions. */
final class Lessons {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Router router;
  private final AtomicLong learningErrors = new AtomicLong();

  Lessons(Router router) {
    this.router = router;
  }

  /** The outcome of the open decision; null if there is none. */
  @Nullable Outcome outcome(TaskRun run, Outcome.Kind kind, double quality, long nanos) {
    RoutingDecision open = run.openDecision();
    if (open == null) {
      return null;
    }
    Usage usage = run.used();
    Duration time = usage.time().isZero() ? Duration.ofNanos(Math.max(0, nanos)) : usage.time();
    return new Outcome(open, run.task(), run.number(), kind, quality, usage.cost(), time);
  }

  /** Tells the router that its last decision has no outcome. */
  void unlearned(TaskRun run) {
    learn(run, outcome(run, Outcome.Kind.INFRASTRUCTURE, 0, 0));
  }

  /**
   * Tells the router that a decision has no outcome: one of the run, or one that came to nothing.
   */
  void unlearned(TaskRun run, RoutingDecision decision) {
    int at = run.decisions().all().indexOf(decision);
    learn(
        run,
        new Outcome(
            decision,
            run.task(),
            at < 0 ? run.attempts() + 1 : at + 1,
            Outcome.Kind.INFRASTRUCTURE,
            0,
            0,
            Duration.ZERO));
  }

  /** Tells the router an outcome, unless its decision had one. */
  void learn(TaskRun run, @Nullable Outcome outcome) {
    if (outcome == null || !run.decisions().settle(outcome.decision())) {
      return;
    }
    try {
      router.learn(outcome);
    } catch (Throwable e) {
      if (learningErrors.getAndIncrement() == 0) {
        LOG.warn("router {} could not learn; further errors are counted", router.getClass(), e);
      }
    }
  }

  long learningErrors() {
    return learningErrors.get();
  }
}
