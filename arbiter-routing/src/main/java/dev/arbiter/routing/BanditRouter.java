/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Chooses agents by a {@link BanditPolicy}, and learns from what comes of it.
 *
 * <p>Thread-safe: decisions and outcomes take turns under one lock, held for as long as the policy
 * thinks. With the same seed, the same requests and outcomes in the same order give the same
 * decisions. Outcomes may come late, in any order, or never; a second outcome of a decision, and
 * one of a decision unknown or forgotten, changes nothing and is counted ({@link
 * #ignoredOutcomes()}).
 *
 * <p>Memory is bounded whatever comes in: {@value #MOST_AGENTS} agents, beyond which the one seen
 * longest ago is forgotten; {@value #MOST_TYPES} types of task, beyond which all new ones are one;
 * and as many outstanding decisions as the builder says.
 */
public final class BanditRouter implements Router {
  /* Ids begin at random, so that an outcome of another router, or of one before a restart, is
   * taken for what it is: unknown. 48 bits leave room for ids to grow. */
  private static final int ID_SHIFT = 16;

  /* Rewards are taken to the millionth, in binary, so that sums of them do not depend on order. */
  private static final double GRAINS = 1 << 20;

  static final int MOST_AGENTS = 100_000;
  static final int MOST_TYPES = 4_096;
  private static final double MOST_SECONDS = 1e9;
  private static final double MOST_DOLLARS = 1e9;

  private final Object lock = new Object();
  private final Learner learner;
  private final Roster roster;
  private final Slates slates;
  private final Categories categories = new Categories(MOST_TYPES);
  private final Pending pending;
  private final Prices prices;
  private final Audits audits = new Audits();
  private final SplittableRandom auditing;
  private final Spending spending = new Spending();
  private final Specialties specialties = new Specialties(MOST_TYPES);
  private final Health health;
  private final @Nullable Consumer<AgentChange> onChange;
  private final boolean countInfrastructureFailures;
  private final Exchange exchange;
  private final String node;
  private final long epoch;
  private final Deltas seen = new Deltas();
  private LearnedState told;
  private long sequence;
  private long lastId;
  private long ignored;

  private BanditRouter(Builder builder) {
    SplittableRandom random = new SplittableRandom(builder.sources.random().nextLong());
    this.lastId = random.nextLong() >>> ID_SHIFT;
    this.auditing = new SplittableRandom(lastId);
    this.prices = new Prices(builder.valueOfSuccess, builder.pricePerSecond);
    if (builder.limit < Double.POSITIVE_INFINITY) {
      spending.limit(builder.limit, builder.limitedTasks);
    }
    this.health = new Health(builder.healthy);
    this.onChange = builder.onChange;
    Learner own =
        builder.policy.start(new BanditPolicy.Setting(random, builder.horizon, prices, spending));
    this.learner =
        builder.newcomersShare > 0
            ? new Newcomers(own, random, builder.newcomersShare, builder.newcomersTasks)
            : own;
    this.roster = new Roster(MOST_AGENTS, this::forget);
    this.slates = new Slates(roster);
    this.pending = new Pending(builder.memory);
    this.countInfrastructureFailures = builder.countInfrastructureFailures;
    this.exchange =
        new Exchange(
            builder.policy.name(),
            learner.summed(),
            roster,
            categories,
            prices,
            audits,
            this::rows);
    this.node = builder.node.isEmpty() ? Long.toHexString(lastId) : builder.node;
    this.epoch = builder.sources.clock().millis();
    if (builder.state != null) {
      exchange.add(builder.state, lastId);
    }
    this.told = exchange.state();
  }

  /**
   * A router with the default policy and the machine's entropy.
   *
   * @return a new router
   */
  public static BanditRouter create() {
    return builder().build();
  }

  /**
   * A router with the default policy.
   *
   * @param sources where the seed comes from, asked once
   * @return a new router
   */
  public static BanditRouter create(Sources sources) {
    return builder().sources(sources).build();
  }

  /**
   * Starts a router.
   *
   * @return a builder with defaults for everything
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Chooses.
   *
   * @throws IllegalArgumentException if there is no candidate
   */
  @Override
  public RoutingDecision route(RoutingRequest request) {
    Task task = request.task();
    if (request.candidates().isEmpty()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no candidate for task '%s' (type %s, capabilities %s); register an agent that has"
                  + " them or relax Task.capabilities",
              task.id(),
              task.type(),
              task.capabilities()));
    }
    synchronized (lock) {
      return route(request, ++lastId);
    }
  }

  private BanditDecision route(RoutingRequest request, long id) {
    List<RoutingDecision> failed = request.failed();
    Slate all = slates.of(request.candidates(), request.task(), failed.isEmpty(), id);
    rows(roster.size());
    Slate healthy = health.healthy(all);
    Slate slate =
        spending.isLimited()
            ? spending.affordable(healthy, prices, failed.isEmpty(), request.task().id())
            : healthy;
    int category = categories.number(request.task().type());
    BanditDecision decision = learner.choose(id, request, slate, category);
    if (slate != all) {
      decision.mask(all.agents);
    }
    remember(decision, failed, slate, category);
    return decision;
  }

  private void remember(
      BanditDecision decision, List<RoutingDecision> failed, Slate slate, int category) {
    int chosen = decision.chosen;
    int row = slate.rows[chosen];
    int failedRow =
        failed.isEmpty()
            ? Pending.FIRST_CHOICE
            : roster.find(failed.get(failed.size() - 1).agent());
    float cost = spending.isLimited() ? (float) prices.dollars(row, slate.agents[chosen], 0) : 0;
    float forgotten =
        pending.add(decision.id(), row, category, failedRow, slate.claim(chosen), cost);
    spending.paid(false, forgotten, forgotten);
    spending.decided(failed.isEmpty(), cost);
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

  /**
   * Learns what came of a decision, once.
   *
   * <p>Whoever {@link Builder#onChange} named is told on this thread, outside the lock.
   */
  @Override
  public void learn(Outcome outcome) {
    AgentChange change;
    synchronized (lock) {
      change = learnOnce(outcome);
    }
    if (change != null && onChange != null) {
      onChange.accept(change);
    }
  }

  private @Nullable AgentChange learnOnce(Outcome outcome) {
    int at = pending.find(outcome.decision().id());
    if (at < 0 || !roster.isRowOf(pending.row(at), outcome.decision().agent())) {
      ignored++;
      return null;
    }
    boolean firstChoice = pending.failedRow(at) == Pending.FIRST_CHOICE;
    double dollars = Math.min(MOST_DOLLARS, outcome.cost());
    spending.paid(firstChoice, pending.cost(at), dollars);
    AgentChange change = null;
    if (countInfrastructureFailures || outcome.kind() != Outcome.Kind.INFRASTRUCTURE) {
      prices.learn(pending.row(at), seconds(outcome.time()), dollars);
      change = learnCounted(feedback(at, outcome), outcome);
    }
    pending.remove(at);
    return change;
  }

  private @Nullable AgentChange learnCounted(Feedback feedback, Outcome outcome) {
    int row = feedback.row();
    long alarms = learner.alarms();
    double before = onChange == null ? Double.NaN : mean(row);
    learner.learn(feedback);
    specialties.learn(row, feedback.task(), feedback.reward());
    audit(row, outcome.kind());
    return onChange == null || learner.alarms() == alarms
        ? null
        : new AgentChange(outcome.decision().agent(), before, mean(row));
  }

  /* Every policy that keeps sums of an agent begins them with rewards and outcomes. */
  private double mean(int row) {
    double[] sums = learner.summed().sums(row);
    return sums.length < 2 || sums[1] == 0 ? Double.NaN : sums[0] / sums[1];
  }

  private Feedback feedback(int at, Outcome outcome) {
    int row = pending.row(at);
    boolean unchecked = outcome.kind() == Outcome.Kind.CLAIMED;
    double reward = Math.rint(outcome.reward() * GRAINS) / GRAINS;
    return new Feedback(
        row,
        pending.category(at),
        pending.failedRow(at),
        pending.claim(at),
        unchecked ? audits.belief(row) * reward : reward,
        unchecked ? reward : 0,
        outcome.task());
  }

  private void audit(int row, Outcome.Kind kind) {
    if (kind == Outcome.Kind.SUCCESS || kind == Outcome.Kind.REFUTED) {
      double before = audits.belief(row);
      audits.learn(row, kind == Outcome.Kind.SUCCESS);
      learner.revalue(row, audits.belief(row) - before);
    }
  }

  /**
   * Whether the work of a decision should be checked, where agents' own word is taken otherwise.
   *
   * <p>For hosts that cannot check everything. Where this says so, check, and tell the router
   * SUCCESS or REFUTED; else tell it CLAIMED, which counts by how often checks of this agent upheld
   * its claims, those of the past included. Drawn anew with each call: always for an agent that was
   * never checked, for one in ten tasks of an agent that was checked often.
   *
   * @param decision a decision of this router
   * @return true to check
   */
  public boolean shouldAudit(RoutingDecision decision) {
    synchronized (lock) {
      int row = roster.find(decision.agent());
      return row < 0 || auditing.nextDouble() < audits.chance(row);
    }
  }

  /**
   * Sets what a success is worth from now on; nothing is learned anew.
   *
   * @param dollars above 0; infinity when neither money nor time is to matter
   * @throws IllegalArgumentException if it is not above 0
   */
  public void valueOfSuccess(double dollars) {
    Builder.require(dollars > 0, "valueOfSuccess", "above 0", dollars);
    synchronized (lock) {
      prices.valueOfSuccess(dollars);
    }
  }

  /**
   * Sets what a second of an agent's work costs from now on; nothing is learned anew.
   *
   * @param dollars at least 0; counts only where a success has a value
   * @throws IllegalArgumentException if it is not a number of at least 0
   */
  public void pricePerSecond(double dollars) {
    Builder.requirePrice(dollars);
    synchronized (lock) {
      prices.pricePerSecond(dollars);
    }
  }

  /**
   * Starts a period with a spending limit, see {@link Builder#spendingLimit}; nothing is learned
   * anew.
   *
   * @param dollars for the whole period, above 0
   * @param tasks how many tasks the period has, at least 1
   * @throws IllegalArgumentException if a number is outside its range
   */
  public void spendingLimit(double dollars, long tasks) {
    Builder.requireLimit(dollars, tasks);
    synchronized (lock) {
      spending.limit(dollars, tasks);
    }
  }

  /**
   * How spending stands to its limit.
   *
   * @return as of now
   */
  public SpendingReport spending() {
    synchronized (lock) {
      return spending.report();
    }
  }

  /**
   * What an agent proved good and bad at, by type of task and by required capability; tracked
   * beside every policy, up to {@value #MOST_TYPES} names each, from all outcomes this router
   * learned.
   *
   * @param agent an agent's id
   * @return the most telling first; empty for an agent without outcomes
   */
  public List<Specialty> specialties(String agent) {
    synchronized (lock) {
      int row = roster.find(agent);
      return row < 0 ? List.of() : specialties.of(row);
    }
  }

  /**
   * Decisions that ignored the health of agents, because half of the candidates or more were not
   * healthy.
   *
   * @return how many since the router was built
   */
  public long panics() {
    synchronized (lock) {
      return health.panics();
    }
  }

  /**
   * What was learned so far, to go on from after a restart ({@link Builder#state}).
   *
   * <p>Outstanding decisions are not part of it, nor the last outcomes that the default's test for
   * change looks at. Takes turns with decisions; 10,000 agents at ten types of task each take about
   * 20 milliseconds.
   *
   * @return the state as of now
   */
  public LearnedState state() {
    synchronized (lock) {
      return exchange.state();
    }
  }

  /**
   * What was learned here since the last call, for routers elsewhere to {@link #merge}.
   *
   * @return the next delta of this node; its change is empty if nothing was learned
   */
  public LearnedDelta delta() {
    synchronized (lock) {
      LearnedState now = exchange.state();
      LearnedDelta delta = new LearnedDelta(node, epoch, ++sequence, now.minus(told));
      told = now;
      return delta;
    }
  }

  /**
   * Adds what a router elsewhere learned.
   *
   * <p>Deltas commute, and one that comes twice counts once. With a policy that forgets nothing,
   * routers that merged each other's deltas know exactly what one router would have learned from
   * all outcomes. With forgetting they know it about: each forgets for itself.
   *
   * @param delta from {@link #delta} of another router with the same policy
   * @return false if it is this node's own, or was merged before
   * @throws IllegalArgumentException if it is of another policy
   */
  public boolean merge(LearnedDelta delta) {
    synchronized (lock) {
      if (delta.node().equals(node) && delta.epoch() == epoch) {
        return false;
      }
      LearnedState own = exchange.state().minus(told);
      exchange.require(delta.change());
      if (!seen.add(delta)) {
        return false;
      }
      exchange.add(delta.change(), lastId);
      told = exchange.state().minus(own);
      return true;
    }
  }

  /**
   * Outcomes that were not learned from, because their decision is unknown, forgotten, or had an
   * outcome already.
   *
   * @return how many since the router was built
   */
  public long ignoredOutcomes() {
    synchronized (lock) {
      return ignored;
    }
  }

  /**
   * Decisions whose outcome has not come yet.
   *
   * @return at most what the builder's memory says
   */
  public int outstandingDecisions() {
    synchronized (lock) {
      return pending.size();
    }
  }

  private static double seconds(Duration time) {
    double seconds = time.getSeconds() + time.getNano() / 1e9;
    return Math.min(MOST_SECONDS, Math.max(0, seconds));
  }

  /** Collects the parts of a {@link BanditRouter}; not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_MEMORY = 100_000;
    private static final int MOST_MEMORY = 1 << 28;

    private BanditPolicy policy = BanditPolicy.adaptiveThompson();
    private Sources sources = Sources.system();
    private long horizon;
    private double valueOfSuccess = Double.POSITIVE_INFINITY;
    private double pricePerSecond;
    private double limit = Double.POSITIVE_INFINITY;
    private long limitedTasks = 1;
    private boolean countInfrastructureFailures;
    private int memory = DEFAULT_MEMORY;
    private @Nullable Predicate<RegisteredAgent> healthy;
    private @Nullable Consumer<AgentChange> onChange;
    private double newcomersShare;
    private int newcomersTasks;
    private String node = "";
    private @Nullable LearnedState state;

    private Builder() {}

    /**
     * Sets the rule, default {@link BanditPolicy#adaptiveThompson()}.
     *
     * @param policy the rule
     * @return this
     */
    public Builder policy(BanditPolicy policy) {
      this.policy = policy;
      return this;
    }

    /**
     * Sets where the seed comes from, default {@link Sources#system()}.
     *
     * @param sources asked once, for one number
     * @return this
     */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Says how many tasks there will be, so that the default policy explores less towards the end;
     * without it the number is unknown.
     *
     * @param tasks at least 1
     * @return this
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder horizon(long tasks) {
      require(tasks >= 1, "horizon", "at least 1", tasks);
      this.horizon = tasks;
      return this;
    }

    /**
     * Says what a success is worth, so that the default policy weighs what agents cost; without it
     * money does not matter.
     *
     * @param dollars above 0
     * @return this
     * @throws IllegalArgumentException if it is not a number above 0
     */
    public Builder valueOfSuccess(double dollars) {
      require(dollars > 0 && dollars < 1e12, "valueOfSuccess", "above 0", dollars);
      this.valueOfSuccess = dollars;
      return this;
    }

    /**
     * Says what a second of an agent's work costs, so that the default policy weighs how long
     * agents take; default 0. Counts only with {@link #valueOfSuccess}.
     *
     * @param dollars at least 0
     * @return this
     * @throws IllegalArgumentException if it is not a number of at least 0
     */
    public Builder pricePerSecond(double dollars) {
      requirePrice(dollars);
      this.pricePerSecond = dollars;
      return this;
    }

    /**
     * Limits what a number of tasks may cost in all; then the next period of as many tasks begins.
     *
     * <p>Every policy keeps to it: who could cost more than is left over, with a reserve for the
     * tasks to come, is no candidate, and a task that even the cheapest agent cannot do for what is
     * left is refused. The default policy also paces itself, so that the money lasts. Costs are
     * known only afterwards: declare each agent's {@code price}, or the first tasks are taken to
     * cost an even share of the limit.
     *
     * @param dollars for the whole period, above 0
     * @param tasks how many tasks the period has, at least 1
     * @return this
     * @throws IllegalArgumentException if a number is outside its range
     */
    public Builder spendingLimit(double dollars, long tasks) {
      requireLimit(dollars, tasks);
      this.limit = dollars;
      this.limitedTasks = tasks;
      return this;
    }

    /**
     * Sets whether a failure around an agent counts as one of the agent, default false.
     *
     * @param count true to count it
     * @return this
     */
    public Builder countInfrastructureFailures(boolean count) {
      this.countInfrastructureFailures = count;
      return this;
    }

    /**
     * Sets how many decisions may wait for their outcome, default 100,000; beyond, the oldest is
     * forgotten. Each takes up to 96 bytes while it waits.
     *
     * @param decisions at least 1, at most 2^28
     * @return this
     * @throws IllegalArgumentException if it is outside that range
     */
    public Builder memory(int decisions) {
      require(decisions >= 1 && decisions <= MOST_MEMORY, "memory", "1 to 2^28", decisions);
      this.memory = decisions;
      return this;
    }

    /**
     * Says who is healthy, such as whose circuit breaker is closed; everybody by default.
     *
     * <p>Who is not is masked, unless half of the candidates or more are not: then the check is
     * thought to be the sick one and nobody is masked.
     *
     * @param healthy asked for every candidate of every decision under the router's lock, so it
     *     must be quick; an agent for which it throws counts as not healthy
     * @return this
     */
    public Builder health(Predicate<RegisteredAgent> healthy) {
      this.healthy = healthy;
      return this;
    }

    /**
     * Names who is told when the policy finds an agent changed; nobody by default.
     *
     * @param told called on the thread that brought the outcome, after it was learned
     * @return this
     */
    public Builder onChange(Consumer<AgentChange> told) {
      this.onChange = told;
      return this;
    }

    /**
     * Gives agents with few tasks a share of the first choices, in turn; none by default, when a
     * new agent is tried as often as the mean of the others makes it promising.
     *
     * @param share of first choices while there is a newcomer, in [0,1]
     * @param tasks how many an agent is given before it is none any more, at least 1
     * @return this
     * @throws IllegalArgumentException if a number is outside its range
     */
    public Builder newcomers(double share, int tasks) {
      require(share >= 0 && share <= 1, "newcomers", "a share in [0,1]", share);
      require(tasks >= 1, "newcomers", "for at least 1 task", tasks);
      this.newcomersShare = share;
      this.newcomersTasks = tasks;
      return this;
    }

    /**
     * Names this router among those that merge each other's deltas.
     *
     * @param name unique among them
     * @return this
     */
    public Builder node(String name) {
      this.node = name;
      return this;
    }

    /**
     * Goes on from what a router learned before.
     *
     * @param state of a router with the same policy
     * @return this
     */
    public Builder state(LearnedState state) {
      this.state = state;
      return this;
    }

    /**
     * Builds the router.
     *
     * @return a new router, which has learned nothing but what the state holds
     * @throws IllegalArgumentException if the state is of another policy
     */
    public BanditRouter build() {
      return new BanditRouter(this);
    }

    static void requirePrice(double dollars) {
      require(dollars >= 0 && dollars < 1e12, "pricePerSecond", "at least 0", dollars);
    }

    static void requireLimit(double dollars, long tasks) {
      require(dollars > 0 && dollars < 1e12, "spendingLimit", "above 0 dollars", dollars);
      require(tasks >= 1, "spendingLimit", "for at least 1 task", tasks);
    }

    private static void require(boolean condition, String what, String range, Object value) {
      if (!condition) {
        throw new IllegalArgumentException(
            "router." + what + " must be " + range + ", got " + value);
      }
    }
  }
}
