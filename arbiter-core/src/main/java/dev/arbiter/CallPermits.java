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
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether a run that has a seat may call its agent now: rate and budget of its tenant, velocity,
 * rate of the agent, in this order. The thread that drives the run calls these methods.
 */
final class CallPermits {
  /*
   * What a run takes here it holds as its Permit. The call uses it up; if there is no call, Holdings
   * gives it back. A run that waits for a token of its tenant holds that token already, so that each
   * has its own time and they do not wake together. A run that waits for a budget holds nothing:
   * else those that waited would begin at once when the period ends.
   */
  static final Duration SHORTEST = Duration.ofMillis(1);
  private static final long SOON = 50_000_000;

  private final Ledger ledger;
  private final Waiting waiting;
  private final Endings endings;
  private final Holdings holdings;
  private final Lessons lessons;
  private final LiveRegistry registry;
  private final InstantSource clock;
  private final LongSupplier nanoTime;
  private final @Nullable Velocities ofTenant;
  private final @Nullable Velocities ofAgent;
  private final Buckets tenants;
  private final Buckets agents;
  private final boolean isOn;

  CallPermits(
      EngineConfig config,
      Ledger ledger,
      Waiting waiting,
      Endings endings,
      Holdings holdings,
      Lessons lessons,
      LiveRegistry registry) {
    this.ledger = ledger;
    this.waiting = waiting;
    this.endings = endings;
    this.holdings = holdings;
    this.lessons = lessons;
    this.registry = registry;
    this.clock = config.sources().clock();
    this.nanoTime = config.sources().nanoTime();
    Velocity most = config.guards().attempts().orElse(null);
    this.ofTenant = most == null ? null : new Velocities(most, "attempts of tenant", nanoTime);
    this.ofAgent = most == null ? null : new Velocities(most, "attempts of agent", nanoTime);
    this.tenants = config.rates().tenants(RateLimit.Over.WAIT, nanoTime);
    this.agents = config.rates().agents(nanoTime);
    this.isOn = ledger.isOn() || most != null || tenants.isOn() || agents.isOn();
  }

  /** The buckets of the agents that have a rate. */
  Buckets ofAgents() {
    return agents;
  }

  /** What a run has taken for its next call. Each part goes back once. */
  final class Permit {
    private final String tenant;
    private boolean hasToken;
    private long tokenAt;
    private Ledger.@Nullable Counted counted;
    private boolean isAttempt;
    private boolean hasAgentToken;
    private String agent = "";

    private Permit(String tenant) {
      this.tenant = tenant;
    }

    /** Gives everything back: there is no call. */
    void giveBack() {
      if (hasToken) {
        hasToken = false;
        tenants.giveBack(tenant);
      }
      giveBackCall();
    }

    /** Gives back all but the turn of the tenant. */
    private void giveBackCall() {
      if (counted != null) {
        ledger.giveBack(counted);
        counted = null;
      }
      giveBackAttempt();
    }

    private void giveBackAttempt() {
      if (isAttempt && ofTenant != null && ofAgent != null) {
        ofTenant.remove(tenant);
        ofAgent.remove(agent);
      }
      isAttempt = false;
      if (hasAgentToken) {
        hasAgentToken = false;
        agents.giveBack(agent);
      }
      agent = "";
    }

    /** Whether the run waits for its token. */
    boolean isEarly() {
      return hasToken && tokenAt - nanoTime.getAsLong() > 0;
    }
  }

  /** Takes a permit for the agent of the run. What happens instead if it gets none; or null. */
  @Nullable Move take(TaskRun run) {
    if (!isOn) {
      return null;
    }
    Permit permit = run.permit();
    if (permit == null) {
      permit = new Permit(run.task().tenant());
      run.permit(permit);
    }
    if (permit.agent.equals(run.agent())) {
      return null;
    }
    permit.giveBackAttempt();
    Means means = run.meansOrNull();
    boolean isAttempt = means == null || !means.isBegun();
    Move instead = token(run, permit);
    instead = instead == null ? budget(run, permit, isAttempt) : instead;
    instead = instead == null && isAttempt ? velocity(run, permit) : instead;
    return instead == null ? agent(run, permit) : instead;
  }

  private @Nullable Move token(TaskRun run, Permit permit) {
    if (!permit.hasToken && tenants.limit(permit.tenant) != null) {
      permit.hasToken = true;
      permit.tokenAt = nanoTime.getAsLong() + tenants.take(permit.tenant);
    }
    if (!permit.isEarly()) {
      return null;
    }
    String limit =
        String.format(
            Locale.ROOT,
            "tenant '%s' has reached its rate of %s",
            permit.tenant,
            tenants.limit(permit.tenant));
    Instant at = clock.instant().plusNanos(permit.tokenAt - nanoTime.getAsLong());
    return Waiting.hold(run, new WaitReason.Quota("", at, limit));
  }

  private @Nullable Move budget(TaskRun run, Permit permit, boolean isAttempt) {
    while (permit.counted == null && ledger.has(permit.tenant)) {
      permit.counted = ledger.take(permit.tenant, isAttempt);
      Full full = permit.counted == null ? ledger.full(permit.tenant) : null;
      if (full != null) {
        holdings.giveBackPermit(run);
        return full(run, full, clock.instant());
      }
    }
    return null;
  }

  private @Nullable Move velocity(TaskRun run, Permit permit) {
    String why = tooFast(run, permit);
    return why.isEmpty() ? null : endings.failed(run, FailureCause.RUNAWAY, why, null);
  }

  /* Why the attempt would be one too many within a time, or empty. */
  private String tooFast(TaskRun run, Permit permit) {
    if (ofTenant == null || ofAgent == null) {
      return "";
    }
    if (ofTenant.add(permit.tenant) > 0) {
      return ofTenant.tooMany(permit.tenant);
    }
    if (ofAgent.add(run.agent()) > 0) {
      ofTenant.remove(permit.tenant);
      return ofAgent.tooMany(run.agent());
    }
    permit.isAttempt = true;
    return "";
  }

  /** Takes a permit for an agent that joins others. Why it gets none, or empty. */
  String takeToJoin(TaskRun run) {
    if (!isOn) {
      return "";
    }
    Permit permit = new Permit(run.task().tenant());
    String why = whyNoMore(run, permit);
    if (why.isEmpty()) {
      run.permit(permit);
    } else {
      permit.giveBack();
    }
    return why;
  }

  private String whyNoMore(TaskRun run, Permit permit) {
    if (tenants.tryTake(permit.tenant) > 0) {
      return "tenant '" + permit.tenant + "' has reached its rate";
    }
    permit.hasToken = true;
    permit.tokenAt = nanoTime.getAsLong();
    permit.counted = ledger.has(permit.tenant) ? ledger.take(permit.tenant, true) : null;
    if (permit.counted == null && ledger.has(permit.tenant)) {
      return "tenant '" + permit.tenant + "' has no means for one more agent";
    }
    String why = tooFast(run, permit);
    permit.agent = run.agent();
    if (!why.isEmpty() || agents.limit(run.agent()) == null) {
      return why;
    }
    return tokenOf(run.agent(), permit) ? "" : "agent '" + run.agent() + "' has reached its rate";
  }

  /* An agent without a token is LIMITED until it has one; the task goes to another, or waits. */
  private @Nullable Move agent(TaskRun run, Permit permit) {
    String id = run.agent();
    permit.agent = id;
    if (agents.limit(id) == null) {
      return null;
    }
    Instant at = clock.instant().plusNanos(Math.max(SOON, agents.untilNext(id)));
    if (tokenOf(id, permit)) {
      return null;
    }
    // It may wait until another period: what it holds of this one is of no use to it then.
    permit.giveBackCall();
    Means means = run.meansOrNull();
    if (means != null && means.isBegun()) {
      return Waiting.hold(run, new WaitReason.Retry(id, run.attempts(), at));
    }
    holdings.giveBackSeat(run);
    lessons.unlearned(run);
    run.dropDecision();
    return Stage.ROUTE;
  }

  /* Takes a token of an agent. If it has no other, it is LIMITED until it has one. */
  private boolean tokenOf(String id, Permit permit) {
    long pause = agents.tryTake(id);
    permit.hasAgentToken = pause == 0;
    long next = pause > 0 ? pause : agents.untilNext(id);
    if (next > 0) {
      registry.limited(id, clock.instant().plusNanos(Math.max(SOON, next)));
    }
    return pause == 0;
  }

  private Move full(TaskRun run, Full full, Instant now) {
    return switch (full.budget().atLimit()) {
      case FAIL -> endings.failed(run, FailureCause.BUDGET, full.why(), null);
      case WAIT -> Waiting.hold(run, new WaitReason.Quota("", full.until(), full.why()));
      case ASK ->
          Waiting.hold(
              run,
              new WaitReason.Budget(
                  waiting.request(run, Point.TENANT_BUDGET, question(full, now), List.of()),
                  false));
    };
  }

  /** The question for more; it expires when the period ends, and then the task goes on. */
  static Question question(Full full, Instant now) {
    Duration left = Duration.between(now, full.until());
    return Question.of(full.why() + ". Give it more?")
        .within(left.compareTo(SHORTEST) < 0 ? SHORTEST : left);
  }
}
