/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.List;
import java.util.Locale;
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
  static final int MOST_AGENTS = 100_000;
  static final int MOST_TYPES = 4_096;

  private final Object lock = new Object();
  private final RouterState bandit;
  private final Replica node;
  private final @Nullable Consumer<AgentChange> onChange;

  private BanditRouter(Builder builder) {
    this.bandit = new RouterState(builder);
    this.onChange = builder.onChange;
    StateCodec codec = bandit.codec(builder.policy.name());
    if (builder.state != null) {
      codec.add(builder.state, bandit.lastId());
    }
    String name = builder.node.isEmpty() ? Long.toHexString(bandit.lastId()) : builder.node;
    this.node = new Replica(name, builder.sources.clock().millis(), codec);
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
      return bandit.route(request);
    }
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
      change = bandit.learn(outcome);
    }
    if (change != null && onChange != null) {
      onChange.accept(change);
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
      return bandit.shouldAudit(decision.agent());
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
      bandit.prices.valueOfSuccess(dollars);
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
      bandit.prices.pricePerSecond(dollars);
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
      bandit.spending.limit(dollars, tasks);
    }
  }

  /**
   * How spending stands to its limit.
   *
   * @return as of now
   */
  public SpendingReport spending() {
    synchronized (lock) {
      return bandit.spending.report();
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
      return bandit.specialties(agent);
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
      return bandit.health.panics();
    }
  }

  /**
   * What was learned so far, to go on from after a restart ({@link Builder#state}).
   *
   * <p>Outstanding decisions are not part of it, nor the last outcomes that the default's test for
   * change looks at. Takes turns with decisions: 10,000 agents at ten types of task each take about
   * 50 milliseconds, a delta or a merge of that size several times that.
   *
   * @return the state as of now
   */
  public LearnedState state() {
    synchronized (lock) {
      return node.state();
    }
  }

  /**
   * What was learned here since the last call, for routers elsewhere to {@link #merge}.
   *
   * @return the next delta of this node; its change is empty if nothing was learned
   */
  public LearnedState.Delta delta() {
    synchronized (lock) {
      return node.delta();
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
  public boolean merge(LearnedState.Delta delta) {
    synchronized (lock) {
      return node.merge(delta, bandit.lastId());
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
      return bandit.ignored();
    }
  }

  /**
   * Decisions whose outcome has not come yet.
   *
   * @return at most what the builder's memory says
   */
  public int outstandingDecisions() {
    synchronized (lock) {
      return bandit.outstanding();
    }
  }

  /** Collects the parts of a {@link BanditRouter}; not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_MEMORY = 100_000;
    private static final int MOST_MEMORY = 1 << 28;

    BanditPolicy policy = BanditPolicy.adaptiveThompson();
    Sources sources = Sources.system();
    long horizon;
    double valueOfSuccess = Double.POSITIVE_INFINITY;
    double pricePerSecond;
    double limit = Double.POSITIVE_INFINITY;
    long limitedTasks = 1;
    boolean countInfrastructureFailures;
    int memory = DEFAULT_MEMORY;
    @Nullable Predicate<RegisteredAgent> healthy;
    @Nullable Consumer<AgentChange> onChange;
    double newcomersShare;
    int newcomersTasks;
    String node = "";
    @Nullable LearnedState state;

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

  /**
   * An agent was found changed: its recent outcomes differ from those before by more than chance,
   * so the older ones were forgotten.
   *
   * @param agent its id
   * @param before mean reward until now; NaN where the policy keeps none
   * @param after mean reward since the change; NaN where the policy begins anew
   */
  public record AgentChange(String agent, double before, double after) {}

  /**
   * How a {@link BanditRouter} stands to its spending limit, at one moment.
   *
   * @param limit US dollars for the period; infinity without a limit
   * @param tasks how many tasks the period has
   * @param decided tasks of the period that were given to somebody
   * @param spent what outcomes of the period cost so far
   * @param reserved what decisions without an outcome are expected to cost
   * @param price what a dollar costs beyond itself, in successes; rises while spending runs ahead
   * @param refused tasks and fallbacks that could not be afforded, since the router was built
   */
  public record SpendingReport(
      double limit,
      long tasks,
      long decided,
      double spent,
      double reserved,
      double price,
      long refused) {}

  /**
   * How well one agent does at one type of task, or at tasks that require one capability, by its
   * outcomes.
   *
   * @param kind what the name names
   * @param name a task type or a capability
   * @param outcomes how many the figures rest on, where older ones count less
   * @param success mean reward, between 0 and 1
   * @param low lower end of the 95 % interval (Wilson's)
   * @param high upper end of the 95 % interval
   */
  public record Specialty(
      Kind kind, String name, double outcomes, double success, double low, double high) {
    private static final double Z = 1.959963984540054;

    /** What an agent can be special at. */
    public enum Kind {
      /** A type of task. */
      TASK_TYPE,
      /** A capability that tasks required. */
      CAPABILITY
    }

    static Specialty of(Kind kind, String name, double rewards, double outcomes) {
      double success = rewards / outcomes;
      double shrink = 1 + Z * Z / outcomes;
      double center = (success + Z * Z / (2 * outcomes)) / shrink;
      double reach =
          Z
              / shrink
              * Math.sqrt(success * (1 - success) / outcomes + Z * Z / (4 * outcomes * outcomes));
      return new Specialty(
          kind, name, outcomes, success, Math.max(0, center - reach), Math.min(1, center + reach));
    }
  }
}
