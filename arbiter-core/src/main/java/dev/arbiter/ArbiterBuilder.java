/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.insight.Insight;
import dev.arbiter.insight.Recommendation;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.Approvers;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Durable;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.TaskInterceptor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Builds an {@link Arbiter}; not thread-safe. */
public final class ArbiterBuilder {
  private static final int IDEMPOTENCY_KEYS = 10_000;

  private final List<Consumer<AgentRegistry>> agents = new ArrayList<>();
  private final List<ArbiterListener> listeners = new ArrayList<>();
  private final List<TaskInterceptor> interceptors = new ArrayList<>();
  private @Nullable Router router;
  private @Nullable Constitution constitution;
  private @Nullable PerformanceView performance;
  private @Nullable Store store;
  private @Nullable Executor executor;
  private @Nullable ScheduledExecutorService scheduler;
  private @Nullable Sources sources;
  private int fallbacks = 1;
  private int concurrency = 256;
  private int queueCapacity = 10_000;
  private Duration attemptLimit = Duration.ofMinutes(5);
  private Duration closeLimit = Duration.ofSeconds(30);
  private Duration storeLimit = Duration.ofSeconds(30);
  private final Map<String, AfterCrash> afterCrash = new HashMap<>();
  private final List<Durable> durables = new ArrayList<>();
  private RetryPolicy retries = RetryPolicy.standard();
  private Hedging hedging = Hedging.none();
  private Ejection ejection = Ejection.outages();
  private Recovery recovery = Recovery.standard();
  private Predicate<Recommendation> applies = recommendation -> false;
  private @Nullable Approvers approvers;
  private int waitingCapacity = 200_000;
  private final Map<String, List<TenantBudget>> tenantBudgets = new HashMap<>();
  private final List<TenantBudget> eachTenantBudgets = new ArrayList<>();
  private final Map<String, Duration> attemptLimits = new HashMap<>();
  private Guards guards = Guards.none();
  private Breaker breaker = Breaker.none();
  private final Map<String, RateLimit> agentRates = new HashMap<>();
  private final Map<String, RateLimit> tenantRates = new HashMap<>();
  private @Nullable RateLimit eachAgentRate;
  private @Nullable RateLimit eachTenantRate;

  ArbiterBuilder() {}

  /**
   * Adds an agent. {@link Arbiter#agents()} can add more later.
   *
   * @param profile the profile it declares
   * @param agent does the work
   */
  public ArbiterBuilder agent(AgentProfile profile, Agent agent) {
    agents.add(registry -> registry.register(profile, agent));
    return this;
  }

  /**
   * Adds an agent that holds no thread while it works.
   *
   * @param profile the profile it declares
   * @param agent does the work
   */
  public ArbiterBuilder asyncAgent(AgentProfile profile, AsyncAgent agent) {
    agents.add(registry -> registry.registerAsync(profile, agent));
    return this;
  }

  /**
   * Sets the router, which chooses agents. Default: {@link Router#leastLoaded()}, which does not
   * learn.
   *
   * @param router the router
   */
  public ArbiterBuilder router(Router router) {
    this.router = router;
    return this;
  }

  /**
   * Sets the constitution, which admits tasks and judges reports. Required, unless {@link
   * #withoutConstitution()} is called.
   *
   * @param constitution the constitution
   */
  public ArbiterBuilder constitution(Constitution constitution) {
    this.constitution = constitution;
    return this;
  }

  /** Admits every task and approves every report, without a proof. */
  public ArbiterBuilder withoutConstitution() {
    this.constitution = new NoConstitution();
    return this;
  }

  /**
   * Adds a listener, which receives every event. The first listener that is a {@link
   * PerformanceView}, such as a tracker, also becomes the view of routers, unless one is set.
   *
   * @param listener the listener
   */
  public ArbiterBuilder listener(ArbiterListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Sets the history that routers see. Default: an empty one.
   *
   * @param performance the view of history
   */
  public ArbiterBuilder performance(PerformanceView performance) {
    this.performance = performance;
    return this;
  }

  /**
   * Adds an interceptor around every call of an agent. The first added is the outermost. If it is
   * an {@link ArbiterListener} too, it receives every event, once even if it is added as a
   * listener.
   *
   * @param interceptor the interceptor
   */
  public ArbiterBuilder interceptor(TaskInterceptor interceptor) {
    interceptors.add(interceptor);
    return this;
  }

  /**
   * Sets the system of record. Default: {@link Store#memory()}. The arbiter opens and closes it.
   *
   * @param store a store that is not open
   */
  public ArbiterBuilder store(Store store) {
    this.store = store;
    return this;
  }

  /**
   * Sets how long a task waits for a store that failed, before it ends with cause {@link
   * dev.arbiter.task.TaskResult.FailureCause#UNRECORDED}. Default: 30 seconds.
   *
   * @param limit not negative
   */
  public ArbiterBuilder storeLimit(Duration limit) {
    Require.that(!limit.isNegative(), "store limit must not be negative, got %s", limit);
    this.storeLimit = limit;
    return this;
  }

  /**
   * Adds a part whose state the store keeps. Router, constitution and listeners that are {@link
   * Durable} need not be added.
   *
   * @param part the part
   */
  public ArbiterBuilder durable(Durable part) {
    durables.add(part);
    return this;
  }

  /**
   * Sets what to do with tasks of a type whose agent worked when the process ended. Default: {@link
   * AfterCrash#RUN_AGAIN_IF_IDEMPOTENT}. Matters only with a store that outlives the process.
   *
   * @param taskType the type of the tasks
   * @param choice what to do
   */
  public ArbiterBuilder afterCrash(String taskType, AfterCrash choice) {
    afterCrash.put(taskType, choice);
    return this;
  }

  /**
   * Sets how many tasks may wait for a place. Default: 10,000. Of further ones those with the
   * lowest priority are shed: the new one is refused, or if it has a higher priority, the last of
   * the lowest priority that waits ends with cause OVERLOAD.
   *
   * @param tasks at least 0
   */
  public ArbiterBuilder queueCapacity(int tasks) {
    Require.that(tasks >= 0, "queue capacity must be at least 0, got %s", tasks);
    this.queueCapacity = tasks;
    return this;
  }

  /**
   * Sets the executor that runs tasks and calls agents, blocking ones included. Default: daemon
   * threads, as many as needed. With {@code Runnable::run} the submitting thread does all the work
   * before submit returns. An executor whose threads are busy holds up work, but no deadline,
   * cancellation or decision: what it leaves behind for a second the sweep does, as far as it needs
   * no agent, router or constitution.
   *
   * @param executor the executor; the caller shuts it down
   */
  public ArbiterBuilder executor(Executor executor) {
    this.executor = executor;
    return this;
  }

  /**
   * Sets the scheduler of the sweep for deadlines, every 50 ms. Default: one daemon thread.
   *
   * @param scheduler the scheduler; the caller shuts it down
   */
  public ArbiterBuilder scheduler(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  /**
   * Sets clocks and randomness. Default: {@link Sources#system()}.
   *
   * @param sources clocks and randomness
   */
  public ArbiterBuilder sources(Sources sources) {
    this.sources = sources;
    return this;
  }

  /**
   * Sets how many other agents the engine tries after a failed or denied attempt. Default: 1.
   *
   * @param others at least 0
   */
  public ArbiterBuilder fallbacks(int others) {
    Require.that(others >= 0, "fallbacks must be at least 0, got %s", others);
    this.fallbacks = others;
    return this;
  }

  /**
   * Sets how often the same agent is called again after a failure that had no effect. Default:
   * {@link RetryPolicy#standard()}.
   *
   * @param policy the policy
   */
  public ArbiterBuilder retries(RetryPolicy policy) {
    this.retries = policy;
    return this;
  }

  /**
   * Sets when a second agent starts at a task that may be hedged. Default: {@link Hedging#none()}.
   *
   * @param policy such as {@code Hedging.after(Duration.ofMinutes(2))}
   */
  public ArbiterBuilder hedging(Hedging policy) {
    this.hedging = policy;
    return this;
  }

  /**
   * Sets when an agent that fails again and again is taken out of service for a while. Default:
   * {@link Ejection#outages()}; an agent that fails at tasks is left to the router.
   *
   * @param policy such as {@link Ejection#standard()}
   */
  public ArbiterBuilder ejection(Ejection policy) {
    this.ejection = policy;
    return this;
  }

  /**
   * Sets what is done about agents that stop to report or are ejected. Default: {@link
   * Recovery#standard()}.
   *
   * @param policy such as {@code Recovery.standard().withRestart(this::restart)}
   */
  public ArbiterBuilder recovery(Recovery policy) {
    this.recovery = policy;
    return this;
  }

  /**
   * Sets what applies recommendations of {@link Arbiter#insight}. Default: nothing does. It is
   * offered each that is at least .8 sure, at most once in five minutes, on a thread of the
   * executor.
   *
   * @param host applies a recommendation if it wants to, and says whether it did
   */
  public ArbiterBuilder applyInsight(Predicate<Recommendation> host) {
    this.applies = host;
    return this;
  }

  /**
   * Sets who may decide the requests of {@link Arbiter#approvals}. Default: whoever the host lets
   * call it.
   *
   * @param approvers says who may
   */
  public ArbiterBuilder approvers(Approvers approvers) {
    this.approvers = approvers;
    return this;
  }

  /**
   * Sets how many tasks may wait for something outside: a person, a quota, a retry, their
   * beginning. Default: 200,000. While so many wait, no further task is accepted.
   *
   * @param tasks at least 1
   */
  public ArbiterBuilder waitingCapacity(int tasks) {
    Require.that(tasks >= 1, "waiting capacity must be at least 1, got %s", tasks);
    this.waitingCapacity = tasks;
    return this;
  }

  /**
   * Limits what all tasks of one tenant together may use up in each period. Default: no limit. A
   * tenant may have several budgets of different periods; it has these alone, and none of {@link
   * #tenantBudget(TenantBudget)}. The store keeps what was used up, and {@link Arbiter#balances}
   * shows it.
   *
   * @param tenant the tenant
   * @param budget one more budget
   * @throws IllegalArgumentException if the tenant has a budget with that period already
   */
  public ArbiterBuilder tenantBudget(String tenant, TenantBudget budget) {
    Require.name("tenant", tenant, false);
    add(tenantBudgets.computeIfAbsent(tenant, name -> new ArrayList<>(1)), budget, tenant);
    return this;
  }

  /**
   * Limits what each tenant may use up in each period that has no budget of its own. Default: no
   * limit.
   *
   * @param budget one more budget
   * @throws IllegalArgumentException if there is one with that period already
   */
  public ArbiterBuilder tenantBudget(TenantBudget budget) {
    add(eachTenantBudgets, budget, "each");
    return this;
  }

  private static void add(List<TenantBudget> to, TenantBudget budget, String tenant) {
    Require.that(
        to.stream().noneMatch(other -> other.period().equals(budget.period())),
        "tenant '%s' has a budget with a period of %s already",
        tenant,
        budget.period());
    to.add(budget);
  }

  /**
   * Sets how many tasks run at once. Default: 256. Further tasks wait, by priority; one place of
   * eight goes to the task that has waited longest.
   *
   * @param tasks at least 1
   */
  public ArbiterBuilder concurrency(int tasks) {
    Require.that(tasks >= 1, "concurrency must be at least 1, got %s", tasks);
    this.concurrency = tasks;
    return this;
  }

  /**
   * Sets how long one agent may take for one attempt at a task of a type. Default: as for any type.
   *
   * @param taskType the type
   * @param limit a positive duration; a limit longer than {@link #attemptLimit(Duration)} changes
   *     nothing, because the shortest one counts
   */
  public ArbiterBuilder attemptLimit(String taskType, Duration limit) {
    Require.name("task type", taskType, false);
    Require.that(
        limit.compareTo(Duration.ZERO) > 0,
        "attempt limit of type '%s' must be positive, got %s",
        taskType,
        limit);
    attemptLimits.put(taskType, limit);
    return this;
  }

  /**
   * Sets how often an agent may be called. While it may not, it is LIMITED: its tasks go to others,
   * or wait. Default: no limit.
   *
   * @param agent the id of the agent
   * @param limit the limit
   * @throws IllegalArgumentException if the limit is one that refuses
   */
  public ArbiterBuilder agentRate(String agent, RateLimit limit) {
    Require.name("agent", agent, false);
    agentRates.put(agent, requireWaiting(limit));
    return this;
  }

  /**
   * Sets how often each agent may be called that has no rate of its own. Default: no limit.
   *
   * @param limit the limit
   * @throws IllegalArgumentException if the limit is one that refuses
   */
  public ArbiterBuilder agentRate(RateLimit limit) {
    this.eachAgentRate = requireWaiting(limit);
    return this;
  }

  private static RateLimit requireWaiting(RateLimit limit) {
    Require.that(
        limit.over() == RateLimit.Over.WAIT,
        "a rate of an agent refuses no task, got %s; give RateLimit.of(most, per)",
        limit);
    return limit;
  }

  /**
   * Sets how often agents may be called for a tenant, or with {@link RateLimit#refusing} how often
   * it may submit a task. Default: no limit.
   *
   * @param tenant the tenant
   * @param limit the limit
   */
  public ArbiterBuilder tenantRate(String tenant, RateLimit limit) {
    Require.name("tenant", tenant, false);
    tenantRates.put(tenant, limit);
    return this;
  }

  /**
   * Sets the rate of each tenant that has none of its own. Default: no limit.
   *
   * @param limit the limit
   */
  public ArbiterBuilder tenantRate(RateLimit limit) {
    this.eachTenantRate = limit;
    return this;
  }

  /**
   * Sets when a constitution or a listener that fails or blocks again and again is not called for a
   * while. Default: {@link Breaker#none()}. Agents have {@link #ejection}; a store that failed is
   * away until it comes back.
   *
   * @param policy such as {@link Breaker#standard()}
   */
  public ArbiterBuilder breaker(Breaker policy) {
    this.breaker = policy;
    return this;
  }

  /**
   * Sets guards against agents that stall, loop or run away. Default: none.
   *
   * @param guards such as {@code Guards.none().stall(Duration.ofMinutes(2))}
   */
  public ArbiterBuilder guards(Guards guards) {
    this.guards = guards;
    return this;
  }

  /**
   * Sets how long one agent may take for one attempt. Default: 5 minutes. Agents, task types and
   * tasks may have shorter limits of their own.
   *
   * @param limit a positive duration
   */
  public ArbiterBuilder attemptLimit(Duration limit) {
    Require.that(
        limit.compareTo(Duration.ZERO) > 0, "attempt limit must be positive, got %s", limit);
    this.attemptLimit = limit;
    return this;
  }

  /**
   * Sets how long {@link Arbiter#close} waits for running and queued tasks. Default: 30 seconds.
   *
   * @param limit not negative
   */
  public ArbiterBuilder closeLimit(Duration limit) {
    Require.that(!limit.isNegative(), "close limit must not be negative, got %s", limit);
    this.closeLimit = limit;
    return this;
  }

  /**
   * Builds the arbiter and registers its agents.
   *
   * @return a running arbiter
   * @throws IllegalStateException if neither a constitution nor {@link #withoutConstitution()} was
   *     chosen, or two agents share an id
   */
  public Arbiter build() {
    return new Arbiter(this);
  }

  EngineConfig config() {
    Sources given = sources == null ? Sources.system() : sources;
    Insight insight = new Insight(given.clock(), applies);
    return new EngineConfig(
        router == null ? Router.leastLoaded() : router,
        constitution(),
        view(),
        store == null ? Store.memory() : store,
        given,
        allListeners(insight),
        interceptors,
        fallbacks,
        concurrency,
        queueCapacity,
        attemptLimit,
        closeLimit,
        storeLimit,
        Map.copyOf(afterCrash),
        List.copyOf(durables),
        retries,
        hedging,
        ejection,
        recovery,
        insight,
        approvers,
        waitingCapacity,
        copy(tenantBudgets),
        List.copyOf(eachTenantBudgets),
        Map.copyOf(attemptLimits),
        guards,
        new Rates(agentRates, eachAgentRate, tenantRates, eachTenantRate),
        breaker);
  }

  private static Map<String, List<TenantBudget>> copy(Map<String, List<TenantBudget>> budgets) {
    Map<String, List<TenantBudget>> copy = new HashMap<>();
    budgets.forEach((tenant, own) -> copy.put(tenant, List.copyOf(own)));
    return Map.copyOf(copy);
  }

  private Constitution constitution() {
    if (constitution == null) {
      throw new IllegalStateException(
          "an arbiter needs a constitution: call constitution(Caws.load(dir)),"
              + " or withoutConstitution() to let everything pass");
    }
    return constitution;
  }

  private List<ArbiterListener> allListeners(Insight insight) {
    List<ArbiterListener> all = new ArrayList<>(listeners);
    for (TaskInterceptor interceptor : interceptors) {
      if (interceptor instanceof ArbiterListener listener
          && all.stream().noneMatch(added -> added == listener)) {
        all.add(listener);
      }
    }
    all.add(insight);
    return all;
  }

  private PerformanceView view() {
    if (performance != null) {
      return performance;
    }
    return listeners.stream()
        .filter(PerformanceView.class::isInstance)
        .map(PerformanceView.class::cast)
        .findFirst()
        .orElseGet(PerformanceView::empty);
  }

  Threads threads() {
    return new Threads(executor, scheduler);
  }

  int idempotencyKeys() {
    return IDEMPOTENCY_KEYS;
  }

  void registerAgents(AgentRegistry registry) {
    agents.forEach(agent -> agent.accept(registry));
  }
}
