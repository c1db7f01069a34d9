/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Ledger.Full;
import dev.arbiter.Move.Stage;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run that has a seat may call its agent now, as far as its tenant has means. What a run
 * takes here it holds as its {@link Permit}; the call uses it up, and {@link Holdings} gives it
 * back if there is no call. The thread that drives the run calls these methods.
 */
final class CallPermits {
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final Ledger ledger;
  private final Waiting waiting;
  private final Endings endings;

  CallPermits(Ledger ledger, Waiting waiting, Endings endings) {
    this.ledger = ledger;
    this.waiting = waiting;
    this.endings = endings;
  }

  /** What a run has taken for its next call. */
  interface Permit {
    /** Gives it back: there is no call. */
    void giveBack();
  }

  /**
   * Takes a permit, unless the run has one. What happens instead if it gets none; null if it does.
   */
  @Nullable Move take(TaskRun run, Instant now) {
    String tenant = run.task().tenant();
    if (run.permit() != null || !ledger.has(tenant)) {
      return null;
    }
    Means means = run.meansOrNull();
    boolean isAttempt = means == null || !means.isBegun();
    Full full = null;
    Ledger.Counted counted = null;
    while (counted == null) {
      counted = ledger.take(tenant, isAttempt);
      full = counted == null ? ledger.full(tenant) : null;
      if (full != null) {
        return full(run, full, now);
      }
    }
    Ledger.Counted taken = counted;
    run.permit(() -> ledger.giveBack(taken));
    return null;
  }

  private Move full(TaskRun run, Full full, Instant now) {
    return switch (full.budget().atLimit()) {
      case FAIL -> endings.failed(run, FailureCause.BUDGET, full.why(), null);
      case WAIT -> hold(run, new WaitReason.Quota("", full.until(), full.why()));
      case ASK ->
          hold(
              run,
              new WaitReason.Budget(
                  waiting.request(run, Point.TENANT_BUDGET, question(full, now), List.of()),
                  false));
    };
  }

  private static Move hold(TaskRun run, WaitReason reason) {
    run.waitsFor(reason);
    return Stage.HOLD;
  }

  /** The question for more; it expires when the period ends, and then the task goes on. */
  static Question question(Full full, Instant now) {
    Duration left = Duration.between(now, full.until());
    return Question.of(full.why() + ". Give it more?")
        .within(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
  }
}
