/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.Guards.Velocity;
import dev.arbiter.Ledger.Full;
import dev.arbiter.Move.Stage;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Question;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.function.LongSupplier;
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
  private final InstantSource clock;
  private final @Nullable Velocities ofTenant;
  private final @Nullable Velocities ofAgent;

  CallPermits(EngineConfig config, Ledger ledger, Waiting waiting, Endings endings) {
    this.ledger = ledger;
    this.clock = config.sources().clock();
    LongSupplier nanoTime = config.sources().nanoTime();
    Velocity most = config.guards().attempts().orElse(null);
    this.ofTenant = most == null ? null : new Velocities(most, "attempts of tenant", nanoTime);
    this.ofAgent = most == null ? null : new Velocities(most, "attempts of agent", nanoTime);
    this.waiting = waiting;
    this.endings = endings;
  }

  /** What a run has taken for its next call. */
  interface Permit {
    /** Gives it back: there is no call. */
    void giveBack();
  }

  /** Takes a permit, unless the run has one. What happens instead if it gets none, or null. */
  @Nullable Move take(TaskRun run) {
    if (run.permit() != null) {
      return null;
    }
    String tenant = run.task().tenant();
    Permit taken = () -> {};
    Means means = run.meansOrNull();
    boolean isAttempt = means == null || !means.isBegun();
    if (ledger.has(tenant)) {
      Ledger.Counted counted = ledger.take(tenant, isAttempt);
      while (counted == null) {
        Full full = ledger.full(tenant);
        if (full != null) {
          return full(run, full, clock.instant());
        }
        counted = ledger.take(tenant, isAttempt);
      }
      Ledger.Counted own = counted;
      taken = () -> ledger.giveBack(own);
    }
    String why = isAttempt ? tooFast(run) : "";
    if (!why.isEmpty()) {
      taken.giveBack();
      return endings.failed(run, FailureCause.RUNAWAY, why, null);
    }
    run.permit(taken);
    return null;
  }

  private static String tooFast(Velocities guard, String name) {
    return guard.add(name) == 0 ? "" : guard.tooMany(name);
  }

  /** Takes a permit for an agent that joins others. Why it gets none, or empty. */
  String takeToJoin(TaskRun run) {
    String tenant = run.task().tenant();
    Permit taken = () -> {};
    if (ledger.has(tenant)) {
      Ledger.Counted own = ledger.take(tenant, true);
      if (own == null) {
        return "tenant '" + tenant + "' has no means for one more agent";
      }
      taken = () -> ledger.giveBack(own);
    }
    String why = tooFast(run);
    if (why.isEmpty()) {
      run.permit(taken);
    } else {
      taken.giveBack();
    }
    return why;
  }

  /* Why the attempt would be one too many within a time, or empty. */
  private String tooFast(TaskRun run) {
    if (ofTenant == null || ofAgent == null) {
      return "";
    }
    String tenant = run.task().tenant();
    String why = tooFast(ofTenant, tenant);
    if (why.isEmpty()) {
      why = tooFast(ofAgent, run.agent());
      if (!why.isEmpty()) {
        ofTenant.remove(tenant);
      }
    }
    return why;
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
