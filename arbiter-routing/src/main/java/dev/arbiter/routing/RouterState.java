/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.BanditRouter.AgentChange;
import dev.arbiter.routing.BanditRouter.Specialty;
import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.routing.internal.record.Audits;
import dev.arbiter.routing.internal.record.PendingDecisions;
import dev.arbiter.routing.internal.record.Prices;
import dev.arbiter.routing.internal.record.TaskTypeIndex;
import dev.arbiter.routing.internal.record.UnfollowedDecision;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The state of a {@link BanditRouter}, used by one thread at a time. */
final class RouterState {
  /* Ids begin at random, so that a decision of another router is unknown here, and one of before a
   * restart is another one. 48 bits leave room for ids to grow. */
  private static final int ID_SHIFT = 16;

  /* Rewards are rounded to a millionth, in binary, so that their sums do not depend on order. */
  private static final double GRAINS = 1 << 20;

  /* A decision holds its margin for an hour. */
  private static final int MOST_HELD_SECONDS = 3_600;
  private static final long NANOS = 1_000_000_000;

  private static final double MOST_SECONDS = 1e9;
  private static final double MOST_DOLLARS = 1e9;

  final Prices prices;
  final Spending spending = new Spending();
  final HealthFilter health;
  private final Learner learner;
  private final AgentIndex agentIndex;
  private final CandidateSet.Cache candidateSets;
  private final TaskTypeIndex categories;
  private final PendingDecisions pending;
  private final EarlierDecisions earlier = new EarlierDecisions();
  private final Audits audits = new Audits();
  private final SplittableRandom auditing;
  private final Specialties specialties = new Specialties(BanditRouter.MOST_TYPES);
  private final boolean countInfrastructureFailures;
  private final boolean tellsChanges;
  private final LongSupplier nanoTime;
  private final long start;
  private final long firstId;
  private long released;
  long lastId;
  long ignored;

  RouterState(BanditRouter.Builder builder) {
    SplittableRandom random = new SplittableRandom(builder.sources.random().nextLong());
    this.lastId = random.nextLong() >>> ID_SHIFT;
    this.auditing = new SplittableRandom(lastId);
    this.prices = new Prices(builder.valueOfSuccess, builder.pricePerSecond);
    if (builder.limit < Double.POSITIVE_INFINITY) {
      spending.limit(builder.limit, builder.limitedTasks);
    }
    this.health = new HealthFilter(builder.healthy);
    Learner own =
        builder.policy.start(new BanditPolicy.Setting(random, builder.horizon, prices, spending));
    this.learner =
        builder.newcomersShare > 0
            ? new Newcomers(own, random, builder.newcomersShare, builder.newcomersTasks)
            : own;
    this.categories = new TaskTypeIndex(BanditRouter.MOST_TYPES, learner::forgetType);
    this.agentIndex = new AgentIndex(BanditRouter.MOST_AGENTS, this::forget);
    this.candidateSets = new CandidateSet.Cache(agentIndex);
    this.pending = new PendingDecisions(builder.memory);
    this.countInfrastructureFailures = builder.countInfrastructureFailures;
    this.tellsChanges = builder.onChange != null;
    this.nanoTime = builder.sources.nanoTime();
    this.start = nanoTime.getAsLong();
    this.released = lastId;
    this.firstId = lastId;
  }

  StateCodec codec(String policy) {
    return new StateCodec(
        policy,
        learner.summed(),
        agentIndex,
        categories,
        prices,
        audits,
        this::rows,
        this::continues);
  }

  private void continues(Continuation continuation) {
    continuation.rows(
        "age",
        row -> new double[] {lastId - agentIndex.seen(row)},
        (numbers, row) -> agentIndex.seen(row, lastId - (long) numbers[0]));
    continuation.numbers("prices", prices::all, prices::all);
    continuation.numbers("spending", spending::state, spending::state);
    earlier.continues(continuation.within("decisions"), open(), firstId, lastId, spending.period());
    specialties.continues(continuation.within("specialties"));
    learner.continues(continuation.within("policy"));
  }

  BanditDecision route(RoutingRequest request) {
    long id = ++lastId;
    List<RoutingDecision> earlier = request.earlier();
    CandidateSet all =
        candidateSets.of(request.candidates(), request.task(), earlier.isEmpty(), id);
    rows(agentIndex.size());
    CandidateSet healthy = health.healthy(all);
    CandidateSet candidates = healthy;
    if (!spending.isLimited()) {
      released = lastId;
    } else {
      releaseOld();
      if (earlier.isEmpty()) {
        spending.come();
      }
      candidates = spending.affordable(healthy, prices, earlier.size(), request.task().id());
    }
    int category = categories.number(request.task().type());
    BanditDecision decision = learner.choose(id, request, candidates, category);
    decision.answers(request, all.listed, healthy.listed);
    remember(decision, request, candidates, category);
    return decision;
  }

  private void remember(
      BanditDecision decision, RoutingRequest request, CandidateSet candidates, int category) {
    int chosen = decision.chosen;
    int row = candidates.rows[chosen];
    int failedRow = failedRow(request, row);
    if (pending.isFull()) {
      release(pending.oldest());
    }
    pending.add(decision.id(), row, category, failedRow, candidates.claim(chosen));
    if (spending.isLimited()) {
      float cost = spending.held(row, candidates.agents[chosen], prices);
      float deviation = spending.deviation(row, cost, prices);
      pending.hold(decision.id(), cost, deviation, spending.period(), second());
      spending.decided(request.earlier().isEmpty(), cost, deviation);
    }
  }

  /*
   * An agent that joins others which work has no failure before it: it learns as a first choice.
   * But its task came before, so for money it is none. Its own row says so; no agent falls back from
   * itself.
   */
  private int failedRow(RoutingRequest request, int own) {
    List<RoutingDecision> failed = request.failed();
    if (!failed.isEmpty()) {
      return agentIndex.find(failed.get(failed.size() - 1).agent());
    }
    return request.working().isEmpty() ? PendingDecisions.FIRST_CHOICE : own;
  }

  private int second() {
    return (int) ((nanoTime.getAsLong() - start) / NANOS);
  }

  /* A cursor passes each decision once. */
  private void releaseOld() {
    int now = second();
    while (released < lastId) {
      int at = pending.find(released);
      if (at >= 0 && now - pending.second(at) < MOST_HELD_SECONDS) {
        return;
      }
      if (at >= 0) {
        release(at);
      }
      released++;
    }
  }

  private void release(int at) {
    if (!pending.isReleased(at)) {
      spending.release(pending.period(at), pending.cost(at), pending.deviation(at));
      pending.release(at);
    }
  }

  private void rows(int count) {
    learner.rows(count);
    prices.rows(count);
    audits.rows(count);
    specialties.rows(count);
  }

  private void forget(int row) {
    learner.forget(row);
    prices.forget(row);
    audits.forget(row);
    specialties.forget(row);
  }

  /* The newest decisions without an outcome; not those whose agent was forgotten. */
  private Map<Long, EarlierDecisions.Open> open() {
    Map<Long, EarlierDecisions.Open> open = new LinkedHashMap<>();
    long[] ids = pending.inOrder();
    for (int i = Math.max(0, ids.length - EarlierDecisions.MOST); i < ids.length; i++) {
      int at = pending.find(ids[i]);
      String agent = agentIndex.id(pending.row(at));
      if (agent != null) {
        String failed = agentIndex.id(pending.failedRow(at));
        open.put(
            ids[i],
            new EarlierDecisions.Open(
                agent,
                isFirstChoice(at),
                failed == null ? "" : failed,
                pending.claim(at),
                pending.cost(at),
                pending.period(at),
                0));
      }
    }
    return open;
  }

  private boolean isFirstChoice(int at) {
    return pending.failedRow(at) == PendingDecisions.FIRST_CHOICE;
  }

  /** Learns an outcome, once; returns the change that it revealed, or null. */
  @Nullable AgentChange learn(Outcome outcome) {
    int at = pending.find(outcome.decision().id());
    if (at < 0 || !agentIndex.isRowOf(pending.row(at), outcome.decision().agent())) {
      return learnEarlier(outcome);
    }
    pay(at, isFirstChoice(at), dollars(outcome));
    AgentChange change = null;
    if (isCounted(outcome)) {
      int category = category(at, outcome.task().type());
      change =
          learnCounted(
              pending.row(at), category, pending.failedRow(at), pending.claim(at), outcome);
    }
    pending.remove(at);
    return change;
  }

  /* The outcome of a decision that a router before this one made. */
  private @Nullable AgentChange learnEarlier(Outcome outcome) {
    EarlierDecisions.Open open =
        isOwn(outcome.decision().id())
            ? null
            : earlier.take(outcome.decision(), outcome.attempt(), spending.period());
    if (open == null) {
      ignored++;
      return null;
    }
    spending.paidLate(open.firstChoice(), open.period(), open.cost(), dollars(outcome));
    if (!isCounted(outcome)) {
      return null;
    }
    int row = agentIndex.row(open.agent(), lastId);
    rows(agentIndex.size());
    int failedRow =
        open.firstChoice() ? PendingDecisions.FIRST_CHOICE : agentIndex.find(open.failed());
    int category = categories.number(outcome.task().type());
    return learnCounted(row, category, failedRow, open.claim(), outcome);
  }

  private boolean isOwn(long id) {
    return id > firstId && id <= lastId;
  }

  private boolean isCounted(Outcome outcome) {
    return outcome.kind() != Outcome.Kind.INFRASTRUCTURE
        || (countInfrastructureFailures && !(outcome.decision() instanceof UnfollowedDecision));
  }

  private static double dollars(Outcome outcome) {
    return Math.min(MOST_DOLLARS, outcome.cost());
  }

  private void pay(int at, boolean firstChoice, double dollars) {
    int period = pending.period(at);
    float expected = pending.cost(at);
    if (pending.isReleased(at)) {
      spending.paidLate(firstChoice, period, expected, dollars);
    } else {
      spending.paid(firstChoice, period, expected, pending.deviation(at), dollars);
    }
  }

  private @Nullable AgentChange learnCounted(
      int row, int category, int failedRow, float claim, Outcome outcome) {
    prices.learn(row, seconds(outcome.time()), dollars(outcome));
    Feedback feedback = feedback(row, category, failedRow, claim, outcome);
    long alarms = learner.alarms();
    double before = tellsChanges ? mean(row) : Double.NaN;
    learner.learn(feedback);
    specialties.learn(row, feedback.task(), feedback.reward());
    audit(row, outcome.kind());
    return tellsChanges && learner.alarms() > alarms
        ? new AgentChange(outcome.decision().agent(), before, mean(row))
        : null;
  }

  /* An agent's sums begin with rewards and outcomes in every policy. */
  private double mean(int row) {
    double[] sums = learner.summed().sums(row);
    return sums.length < 2 || sums[1] == 0 ? Double.NaN : sums[0] / sums[1];
  }

  private Feedback feedback(int row, int category, int failedRow, float claim, Outcome outcome) {
    boolean unchecked = outcome.kind() == Outcome.Kind.CLAIMED;
    double reward = Math.rint(outcome.reward() * GRAINS) / GRAINS;
    return new Feedback(
        row,
        category,
        failedRow == row ? PendingDecisions.FIRST_CHOICE : failedRow,
        claim,
        unchecked ? audits.belief(row) * reward : reward,
        unchecked ? reward : 0,
        outcome.task());
  }

  /* Since the decision the category may have been taken from the type. */
  private int category(int at, String type) {
    int category = pending.category(at);
    return type.equals(categories.name(category)) ? category : categories.number(type);
  }

  private void audit(int row, Outcome.Kind kind) {
    if (kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.REFUTED) {
      double before = audits.belief(row);
      audits.learn(row, kind == Outcome.Kind.SUCCESS);
      learner.revalue(row, audits.belief(row) - before);
    }
  }

  private static double seconds(Duration time) {
    double seconds = time.getSeconds() + time.getNano() / 1e9;
    return Math.min(MOST_SECONDS, Math.max(0, seconds));
  }

  boolean shouldAudit(String agent) {
    int row = agentIndex.find(agent);
    return row < 0 || auditing.nextDouble() < audits.chance(row);
  }

  List<Specialty> specialties(String agent) {
    int row = agentIndex.find(agent);
    return row < 0 ? List.of() : specialties.of(row);
  }

  int outstanding() {
    return pending.size() + earlier.size();
  }
}
