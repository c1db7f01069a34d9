/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.internal.Require;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Journal;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.spi.TaskQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the parts of an {@link Arbiter}; not thread-safe. */
public final class ArbiterBuilder {
  private static final int JOURNAL_EVENTS = 16_384;
  private static final int QUEUE_CAPACITY = 10_000;
  private static final int IDEMPOTENCY_KEYS = 10_000;

  private final List<Consumer<AgentRegistry>> agents = new ArrayList<>();
  private final List<ArbiterListener> listeners = new ArrayList<>();
  private final List<TaskInterceptor> interceptors = new ArrayList<>();
  private @Nullable Router router;
  private @Nullable Constitution constitution;
  private @Nullable PerformanceView performance;
  private @Nullable Journal journal;
  private @Nullable TaskQueue queue;
  private @Nullable Executor executor;
  private @Nullable ScheduledExecutorService scheduler;
  private @Nullable Sources sources;
  private int fallbacks = 1;
  private int concurrency = 256;
  private Duration attemptLimit = Duration.ofMinutes(5);
  private Duration closeLimit = Duration.ofSeconds(30);

  ArbiterBuilder() {}

  /**
   * Adds an agent; more may be added later through {@link Arbiter#agents()}.
   *
   * @param profile what it declares
   * @param agent does the work
   * @return this
   */
  public ArbiterBuilder agent(AgentProfile profile, Agent agent) {
    agents.add(registry -> registry.register(profile, agent));
    return this;
  }

  /**
   * Adds an agent that holds no thread while it works.
   *
   * @param profile what it declares
   * @param agent does the work
   * @return this
   */
  public ArbiterBuilder asyncAgent(AgentProfile profile, AsyncAgent agent) {
    agents.add(registry -> registry.registerAsync(profile, agent));
    return this;
  }

  /**
   * Sets who chooses agents; default is {@link Router#leastLoaded()}, which learns nothing.
   *
   * @param router chooses
   * @return this
   */
  public ArbiterBuilder router(Router router) {
    this.router = router;
    return this;
  }

  /**
   * Sets what tasks are held to. Required, unless {@link #withoutConstitution()} is called.
   *
   * @param constitution judges
   * @return this
   */
  public ArbiterBuilder constitution(Constitution constitution) {
    this.constitution = constitution;
    return this;
  }

  /**
   * Lets every task and every report pass, with nothing to show for it.
   *
   * @return this
   */
  public ArbiterBuilder withoutConstitution() {
    this.constitution = new NoConstitution();
    return this;
  }

  /**
   * Adds somebody who receives every event. The first listener that is a {@link PerformanceView},
   * such as a tracker, also becomes the view that routers see, unless one is set.
   *
   * @param listener receives events
   * @return this
   */
  public ArbiterBuilder listener(ArbiterListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Sets what routers see of the past; default is nothing.
   *
   * @param performance the read side of history
   * @return this
   */
  public ArbiterBuilder performance(PerformanceView performance) {
    this.performance = performance;
    return this;
  }

  /**
   * Adds somebody who stands around every agent's run; the first added is the outermost.
   *
   * @param interceptor stands around
   * @return this
   */
  public ArbiterBuilder interceptor(TaskInterceptor interceptor) {
    interceptors.add(interceptor);
    return this;
  }

  /**
   * Sets the system of record; default is the newest 16,384 events in memory.
   *
   * @param journal keeps events
   * @return this
   */
  public ArbiterBuilder journal(Journal journal) {
    this.journal = journal;
    return this;
  }

  /**
   * Sets where tasks wait; default is 10,000 in memory.
   *
   * @param queue keeps tasks
   * @return this
   */
  public ArbiterBuilder queue(TaskQueue queue) {
    this.queue = queue;
    return this;
  }

  /**
   * Sets whose threads do the work, blocking agents included; default is daemon threads as needed.
   * With {@code Runnable::run} the submitting thread does all of it before submit returns.
   *
   * @param executor runs tasks; stays the caller's to shut down
   * @return this
   */
  public ArbiterBuilder executor(Executor executor) {
    this.executor = executor;
    return this;
  }

  /**
   * Sets who calls the sweep for deadlines and leases every 50 ms; default is one daemon thread.
   *
   * @param scheduler calls; stays the caller's to shut down
   * @return this
   */
  public ArbiterBuilder scheduler(ScheduledExecutorService scheduler) {
    this.scheduler = scheduler;
    return this;
  }

  /**
   * Sets time and chance; default is {@link Sources#system()}.
   *
   * @param sources clocks and randomness
   * @return this
   */
  public ArbiterBuilder sources(Sources sources) {
    this.sources = sources;
    return this;
  }

  /**
   * Sets how many other agents are tried after a failed or denied attempt; default 1.
   *
   * @param others at least 0
   * @return this
   */
  public ArbiterBuilder fallbacks(int others) {
    Require.that(others >= 0, "fallbacks must be at least 0, got %s", others);
    this.fallbacks = others;
    return this;
  }

  /**
   * Sets how many tasks are under way at once; default 256. What waits beyond them waits in the
   * queue, by priority.
   *
   * @param tasks at least 1
   * @return this
   */
  public ArbiterBuilder concurrency(int tasks) {
    Require.that(tasks >= 1, "concurrency must be at least 1, got %s", tasks);
    this.concurrency = tasks;
    return this;
  }

  /**
   * Sets how long one agent may take for one attempt; default 5 minutes.
   *
   * @param limit a positive duration
   * @return this
   */
  public ArbiterBuilder attemptLimit(Duration limit) {
    Require.that(
        limit.compareTo(Duration.ZERO) > 0, "attempt limit must be positive, got %s", limit);
    this.attemptLimit = limit;
    return this;
  }

  /**
   * Sets how long {@link Arbiter#close} waits for what was begun; default 30 seconds.
   *
   * @param limit not negative
   * @return this
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
   * @throws IllegalStateException if there is no word on the constitution, or two agents share an
   *     id
   */
  public Arbiter build() {
    return new Arbiter(this);
  }

  Parts parts() {
    Sources given = sources == null ? Sources.system() : sources;
    return new Parts(
        router == null ? Router.leastLoaded() : router,
        constitution(),
        view(),
        journal == null ? Journal.memory(JOURNAL_EVENTS) : journal,
        queue == null ? TaskQueue.memory(QUEUE_CAPACITY, given.nanoTime()) : queue,
        given,
        listeners,
        interceptors,
        fallbacks,
        concurrency,
        attemptLimit);
  }

  private Constitution constitution() {
    if (constitution == null) {
      throw new IllegalStateException(
          "an arbiter needs a constitution: call constitution(Caws.load(dir)),"
              + " or withoutConstitution() to let everything pass");
    }
    return constitution;
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

  Duration closeLimit() {
    return closeLimit;
  }

  int idempotencyKeys() {
    return IDEMPOTENCY_KEYS;
  }

  void registerAgents(AgentRegistry registry) {
    agents.forEach(agent -> agent.accept(registry));
  }
}
