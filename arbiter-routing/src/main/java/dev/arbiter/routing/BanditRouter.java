/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Chooses agents by a {@link BanditPolicy}, and learns from their outcomes.
 *
 * <p>Thread-safe: decisions and outcomes take turns under one lock, held while the policy computes.
 * The same seed, requests and outcomes in the same order give the same decisions. Outcomes may come
 * late, in any order, or never, and also after a restart: see {@link #state}. A second outcome of a
 * decision changes nothing, nor does one of a decision unknown or forgotten; both are counted
 * ({@link #ignoredOutcomes()}).
 *
 * <p>Memory is bounded: {@value #MOST_AGENTS} agents, then the one seen longest ago is forgotten;
 * {@value #MOST_TYPES} types of task, then the one used least and longest ago is forgotten; and as
 * many outstanding decisions as {@link Builder#memory} says.
 */
public final class BanditRouter implements Router, Durable {
  static final int MOST_AGENTS = 100_000;
  static final int MOST_TYPES = 4_096;

  private final Object lock = new Object();
  private final RouterState state;
  private final Replica replica;
  private final @Nullable Consumer<AgentChange> onChange;
  private final String durableName;
  private boolean begun;

  private BanditRouter(Builder builder) {
    this.state = new RouterState(builder);
    this.onChange = builder.onChange;
    this.durableName = builder.durableName;
    StateCodec codec = state.codec(builder.policy.name());
    String name = builder.replica.isEmpty() ? Long.toHexString(state.lastId) : builder.replica;
    this.replica = new Replica(name, Sources.entropy().nextLong(), codec);
    if (builder.state != null) {
      replica.restore(builder.state, state.lastId);
      begun = true;
    }
  }

  /** A router with the default policy and the machine's entropy. */
  public static BanditRouter create() {
    return builder().build();
  }

  /** A router with the default policy and a seed from these sources. */
  public static BanditRouter create(Sources sources) {
    return builder().sources(sources).build();
  }

  /** A builder with defaults for everything. */
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
    if (request.candidates().isEmpty()) {
      throw noCandidate(request.task());
    }
    synchronized (lock) {
      begun = true;
      return state.route(request);
    }
  }

  /* Apart from route, so that a decision neither allocates nor formats anything for it. */
  private static IllegalArgumentException noCandidate(Task task) {
    return new IllegalArgumentException(
        String.format(
            Locale.ROOT,
            "no candidate for task '%s' (type %s, capabilities %s); register an agent that has them"
                + " or relax Task.capabilities",
            task.id(),
            task.type(),
            task.capabilities()));
  }

  /** Learns the outcome of a decision, once. Calls {@link Builder#onChange} outside the lock. */
  @Override
  public void learn(Outcome outcome) {
    AgentChange change;
    synchronized (lock) {
      change = state.learn(outcome);
    }
    if (change != null && onChange != null) {
      onChange.accept(change);
    }
  }

  /**
   * Whether to check the work of a decision of this router, for hosts that cannot check everything.
   *
   * <p>If true, check, and report SUCCESS or REFUTED. If false, report CLAIMED: it counts by the
   * share of this agent's claims that checks upheld, and so do its earlier claims. Drawn anew with
   * each call: always true for an agent never checked, then falling to one task in ten.
   */
  public boolean shouldAudit(RoutingDecision decision) {
    synchronized (lock) {
      return state.shouldAudit(decision.agent());
    }
  }

  /**
   * Sets the value of a success from now on; nothing is learned anew.
   *
   * @param dollars above 0; infinity if neither money nor time matters
   * @throws IllegalArgumentException if it is not above 0
   */
  public void valueOfSuccess(double dollars) {
    require(dollars > 0, "valueOfSuccess", "above 0", dollars);
    synchronized (lock) {
      state.prices.valueOfSuccess(dollars);
    }
  }

  /**
   * Sets the price of a second of an agent's work from now on; nothing is learned anew.
   *
   * @param dollars at least 0; counts only if a success has a value
   * @throws IllegalArgumentException if it is not a number of at least 0
   */
  public void pricePerSecond(double dollars) {
    requirePrice(dollars);
    synchronized (lock) {
      state.prices.pricePerSecond(dollars);
    }
  }

  /**
   * Starts a period with a spending limit, see {@link Builder#spendingLimit}; nothing is learned
   * anew.
   *
   * @throws IllegalArgumentException if a number is outside its range
   */
  public void spendingLimit(double dollars, long tasks) {
    requireLimit(dollars, tasks);
    synchronized (lock) {
      state.spending.limit(dollars, tasks);
    }
  }

  /** Spending and its limit, as of now. */
  public SpendingReport spending() {
    return locked(() -> state.spending.report());
  }

  /**
   * What an agent proved good and bad at, by type of task and by required capability; the most
   * telling first. Empty for an agent without outcomes.
   *
   * <p>Kept beside every policy from all outcomes, up to {@value #MOST_TYPES} names of each kind.
   */
  public List<Specialty> specialties(String agent) {
    return locked(() -> state.specialties(agent));
  }

  /**
   * Decisions since the start that ignored health, because half of the candidates or more were
   * unhealthy.
   */
  public long panics() {
    return locked(() -> state.health.panics());
  }

  /**
   * All that was learned so far, for a router after a restart ({@link Builder#state}): the
   * restarted router goes on exactly as this one would. It has what the policy learned, newcomers,
   * the change test, specialties, the money spent, and which deltas are in the sums.
   *
   * <p>It has the outstanding decisions too, at most the newest 10,000. What they hold counts as
   * spent, until the new router hears what they cost: it learns each of their outcomes once, from a
   * decision with the same id and agent. An Arbiter tells it those of the tasks that it found in
   * its store; among them may be decisions that were made after this state was taken. Those are
   * learned once too, without the level that the agent declared.
   *
   * <p>Chance is left out: the new router draws from its own sources. Past the caps on memory,
   * other agents and types may be forgotten first.
   *
   * <p>Of routers that merge: take the state right after {@link #delta}. A delta that is sent later
   * and not in the state is told once more, after a restart under the same name.
   *
   * <p>Takes turns with decisions: about 100 milliseconds for 10,000 agents at ten types of task
   * each; a delta or a merge of that size takes several times that.
   */
  public LearnedState state() {
    return locked(() -> replica.state());
  }

  /** {@inheritDoc} It is {@link Builder#durableName}. */
  @Override
  public String durableName() {
    return durableName;
  }

  /** {@inheritDoc} It is {@link #state()} as bytes. */
  @Override
  public byte[] snapshot() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      state().writeTo(out);
    } catch (IOException e) {
      throw new UncheckedIOException("memory cannot be written", e);
    }
    return out.toByteArray();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Does nothing if the router was built from a state ({@link Builder#state}), or has decided.
   */
  @Override
  public void restore(byte[] snapshot) {
    LearnedState kept;
    try {
      kept = LearnedState.read(new ByteArrayInputStream(snapshot));
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    synchronized (lock) {
      if (!begun) {
        replica.restore(kept, state.lastId);
        begun = true;
      }
    }
  }

  /**
   * What was learned here since the last call, for other routers to {@link #merge}; may be empty.
   */
  public LearnedState.Delta delta() {
    return locked(() -> replica.delta());
  }

  /**
   * Adds a delta of another router with the same policy.
   *
   * <p>Deltas commute, and a repeated one counts once. With a policy that forgets nothing, routers
   * that merged each other's deltas have exactly the sums that one router would have. With
   * forgetting they have about those: each forgets for itself. Claims that nobody checked (CLAIMED)
   * stay worth what the checks that their router knew say: checks that are merged count for claims
   * to come, and for those before only where they were learned.
   *
   * @return false if the delta is this router's own, or was merged before
   * @throws IllegalArgumentException if it is of another policy
   */
  public boolean merge(LearnedState.Delta delta) {
    return locked(() -> replica.merge(delta, ++state.lastId));
  }

  /**
   * Outcomes since the start that taught nothing: their decision was unknown, forgotten, or had an
   * outcome already, perhaps before a restart.
   */
  public long ignoredOutcomes() {
    return locked(() -> state.ignored);
  }

  /** Decisions without an outcome yet, with those of before a restart. */
  public int outstandingDecisions() {
    return locked(() -> state.outstanding());
  }

  private <T> T locked(Supplier<T> answer) {
    synchronized (lock) {
      return answer.get();
    }
  }

  private static void requirePrice(double dollars) {
    require(dollars >= 0 && dollars < 1e12, "pricePerSecond", "at least 0", dollars);
  }

  private static void requireLimit(double dollars, long tasks) {
    require(dollars > 0 && dollars < 1e12, "spendingLimit", "above 0 dollars", dollars);
    require(tasks >= 1, "spendingLimit", "for at least 1 task", tasks);
  }

  private static void require(boolean condition, String what, String range, Object value) {
    Require.that(condition, "router.%s must be %s, got %s", what, range, value);
  }

  /**
   * Collects the parts of a {@link BanditRouter}; not thread-safe. A setter throws {@code
   * IllegalArgumentException} for a value outside its range.
   */
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
    String replica = "";
    String durableName = "bandit-router";
    @Nullable LearnedState state;

    private Builder() {}

    /** Sets the policy, default {@link BanditPolicy#adaptiveThompson()}. */
    public Builder policy(BanditPolicy policy) {
      this.policy = policy;
      return this;
    }

    /** Sets the source of the seed, default {@link Sources#system()}; asked for one number. */
    public Builder sources(Sources sources) {
      this.sources = sources;
      return this;
    }

    /**
     * Sets the number of tasks to come, at least 1, so that the default policy explores less
     * towards the end; default unknown.
     */
    public Builder horizon(long tasks) {
      require(tasks >= 1, "horizon", "at least 1", tasks);
      this.horizon = tasks;
      return this;
    }

    /**
     * Sets the value of a success, above 0 dollars, so that the default policy weighs what agents
     * cost; by default money does not matter.
     */
    public Builder valueOfSuccess(double dollars) {
      require(dollars > 0 && dollars < 1e12, "valueOfSuccess", "above 0", dollars);
      this.valueOfSuccess = dollars;
      return this;
    }

    /**
     * Sets the price of a second of an agent's work, at least 0 dollars, so that the default policy
     * weighs how long agents take; default 0. Counts only with {@link #valueOfSuccess}.
     */
    public Builder pricePerSecond(double dollars) {
      requirePrice(dollars);
      this.pricePerSecond = dollars;
      return this;
    }

    /**
     * Limits what a number of tasks may cost together; then the next period of as many tasks
     * begins. Tasks count as they come, refused ones too; fallbacks do not count.
     *
     * <p>Every policy keeps the limit. A reserve is held for the tasks to come; an agent that could
     * cost more than is left beside it is no candidate. A task that no agent can do for the money
     * left is refused, and so is a fallback that would take money of later tasks. The default
     * policy also paces itself, so that the money lasts. Costs are known only afterwards: declare
     * each agent's {@code price}, or the first tasks are taken to cost an even share of the limit.
     *
     * <p>A decision holds its expected cost and a margin until its outcome. After an hour ({@link
     * Sources#nanoTime}), or when the period ends, the margin is given back and the expected cost
     * counts as spent; a later outcome corrects that. What a period spends above its limit is
     * missing in the next, up to half of its money. {@link BanditRouter#state} holds what was
     * spent. Each router has a limit of its own: deltas do not carry money.
     *
     * @param dollars for the whole period, above 0
     * @param tasks of the period, at least 1
     */
    public Builder spendingLimit(double dollars, long tasks) {
      requireLimit(dollars, tasks);
      this.limit = dollars;
      this.limitedTasks = tasks;
      return this;
    }

    /** Sets whether a failure around an agent counts as a failure of the agent, default false. */
    public Builder countInfrastructureFailures(boolean count) {
      this.countInfrastructureFailures = count;
      return this;
    }

    /**
     * Sets how many decisions may wait for their outcome, 1 to 2^28, default 100,000; beyond, the
     * oldest is forgotten. Each takes up to 160 bytes while it waits.
     */
    public Builder memory(int decisions) {
      require(decisions >= 1 && decisions <= MOST_MEMORY, "memory", "1 to 2^28", decisions);
      this.memory = decisions;
      return this;
    }

    /**
     * Sets the check of health, such as a closed circuit breaker; by default all agents are
     * healthy.
     *
     * <p>Unhealthy agents are no candidates, unless half or more are unhealthy: then the check
     * itself is suspect, and all remain. An agent for which the check throws counts as unhealthy.
     *
     * @param healthy called for every candidate of every decision under the router's lock, so it
     *     must be quick
     */
    public Builder health(Predicate<RegisteredAgent> healthy) {
      this.healthy = healthy;
      return this;
    }

    /**
     * Sets a callback for changes of agents that the policy detects; none by default.
     *
     * @param callback called on the thread that brought the outcome, after it was learned
     */
    public Builder onChange(Consumer<AgentChange> callback) {
      this.onChange = callback;
      return this;
    }

    /**
     * Gives agents with few tasks a share of the first choices, in turn. By default they have none,
     * and a new agent is tried as often as the mean of the others makes it promising.
     *
     * @param share of first choices while there is a newcomer, in [0,1]
     * @param tasks after which an agent is no newcomer any more, at least 1
     */
    public Builder newcomers(double share, int tasks) {
      require(share >= 0 && share <= 1, "newcomers", "a share in [0,1]", share);
      require(tasks >= 1, "newcomers", "for at least 1 task", tasks);
      this.newcomersShare = share;
      this.newcomersTasks = tasks;
      return this;
    }

    /**
     * Sets the name of this router, unique among those that merge each other's deltas; keep it over
     * restarts. By default a name drawn anew.
     */
    public Builder replica(String name) {
      this.replica = name;
      return this;
    }

    /**
     * Sets the name under which a store keeps what this router learns, default {@code
     * bandit-router}. Give each router of one arbiter its own, and keep it over restarts.
     */
    public Builder durableName(String name) {
      this.durableName = name;
      return this;
    }

    /**
     * Starts from the state of a router with the same policy and settings. Under the name of that
     * router ({@link #replica}) it also tells others what that router had not told yet.
     */
    public Builder state(LearnedState state) {
      this.state = state;
      return this;
    }

    /**
     * Builds the router. It knows nothing but the state it starts from.
     *
     * @throws IllegalArgumentException if the state is of another policy
     */
    public BanditRouter build() {
      return new BanditRouter(this);
    }
  }

  /**
   * An agent changed: its recent outcomes differ from those before by more than chance, so the
   * older ones were forgotten.
   *
   * @param agent its id
   * @param before mean reward until now; NaN if the policy keeps none
   * @param after mean reward since the change; NaN if the policy begins anew
   */
  public record AgentChange(String agent, double before, double after) {}

  /**
   * Spending and its limit, at one moment.
   *
   * @param limit US dollars for the period; infinity without a limit
   * @param tasks of the period
   * @param decided tasks of the period that were given to an agent
   * @param spent dollars that outcomes of the period cost so far
   * @param reserved dollars that decisions without an outcome are expected to cost
   * @param price of a dollar beyond itself, in successes; rises while spending runs ahead
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
   * An agent's success at one type of task, or at tasks that require one capability.
   *
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
      double spread = success * (1 - success) / outcomes + Z * Z / (4 * outcomes * outcomes);
      double reach = Z / shrink * Math.sqrt(spread);
      return new Specialty(
          kind, name, outcomes, success, Math.max(0, center - reach), Math.min(1, center + reach));
    }
  }
}
