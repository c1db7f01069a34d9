/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.spi.Constitution;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The parts of an engine, wired as an arbiter wires them, for a test that calls one of them. Nobody
 * sweeps, and nobody drives a run that the test does not let go.
 */
final class EngineParts {
  final WaitingWorld world;
  final EngineConfig config;
  final Recorder heard = new Recorder();
  final List<List<Change>> batches = new ArrayList<>();
  final List<TaskRun> ended = new ArrayList<>();
  final Crew crew;
  final Line line;
  final Timers timers;
  final Tenure tenure;
  final Publisher publisher;
  final LiveRegistry registry;
  final OpenRequests open;
  final Ledger ledger;
  final Pipeline pipeline;
  final Holdings holdings;
  final Lessons lessons;
  final Endings endings;
  final Rounds rounds;
  final Waiting waiting;
  final RunClock clock;
  final Keeping keeping;
  final Rewinding rewinding;
  final CallPermits permits;
  final Choosing choosing;
  final Asking asking;

  /* What the store answers next; null for what it answers always: it has kept the batch. */
  @Nullable CompletableFuture<@Nullable Void> answer;

  final Store.Shard shard =
      new Store.Shard() {
        @Override
        public long epoch() {
          return 1;
        }

        @Override
        public CompletionStage<@Nullable Void> append(List<Change> batch, Store.Level level) {
          batches.add(batch);
          CompletableFuture<@Nullable Void> next = answer;
          answer = null;
          return next == null ? CompletableFuture.completedFuture(null) : next;
        }
      };

  EngineParts(WaitingWorld world, ArbiterBuilder builder) {
    this.world = world;
    this.config = builder.listener(heard).config();
    this.crew = new Crew(Runnable::run, config.sources().nanoTime());
    this.line = new Line(config.concurrency(), config.queueCapacity());
    this.timers = new Timers(now());
    this.tenure = new Tenure(config.sources().nanoTime());
    this.publisher =
        new Publisher(
            tenure, true, config.listeners(), config.breaker(), config.sources().nanoTime());
    this.registry = new LiveRegistry(config.sources(), config.ejection(), publisher, crew);
    this.open = new OpenRequests(config.approvers(), config.sources().clock());
    this.ledger =
        new Ledger(
            config.tenantBudgets(),
            config.eachTenantBudgets(),
            config.sources().clock(),
            publisher::keepAccount);
    this.pipeline =
        new Pipeline(
            config, registry, publisher, tenure, line, crew, timers, open, ledger, ended::add);
    Constitution constitution = config.constitution();
    this.holdings = new Holdings(line, crew, timers, open, config.sources().nanoTime());
    this.lessons = new Lessons(config.router());
    this.endings =
        new Endings(
            holdings, lessons, publisher, constitution, config.sources(), config.attemptLimit());
    this.rounds = new Rounds(config, registry, publisher, lessons, timers);
    this.waiting =
        new Waiting(open, endings, publisher, timers, ledger, registry, config.sources());
    this.clock = new RunClock(config.sources());
    this.keeping = new Keeping(config, publisher, tenure, waiting, endings, crew, timers, clock);
    this.rewinding = new Rewinding(config, registry, publisher, holdings, lessons, endings, rounds);
    this.permits = new CallPermits(config, ledger, waiting, endings, holdings, lessons, registry);
    this.choosing =
        new Choosing(
            config,
            constitution,
            registry,
            publisher,
            waiting,
            endings,
            lessons,
            holdings,
            permits,
            rounds,
            keeping,
            clock);
    Retries retries = new Retries(config.retries(), 1);
    Failures failures = new Failures(config, registry, endings, lessons, rounds, retries, clock);
    this.asking =
        new Asking(
            publisher, open, waiting, endings, lessons, holdings, ledger, rounds, failures, keeping,
            clock);
  }

  static EngineParts of() {
    WaitingWorld world = new WaitingWorld();
    return new EngineParts(world, world.arbiter());
  }

  /** The nano time. */
  long now() {
    return config.sources().nanoTime().getAsLong();
  }

  /** Registers agents that report at once. */
  EngineParts agents(String... ids) {
    for (String id : ids) {
      Agent agent = assignment -> WorkReport.of(id);
      registry.register(AgentProfile.of(id), agent);
    }
    return this;
  }

  /** A run of which the store knows, driven by this thread. */
  TaskRun run(Task.Builder task) {
    TaskRun run = new TaskRun(pipeline, task.build(), world.now(), now());
    run.shard(shard);
    run.drivenBy(crew.new Worker(false));
    return run;
  }

  TaskRun run() {
    return run(Task.builder("fix").id("T-1"));
  }

  /** A run in this state, to which these agents were given, one after the other. */
  TaskRun routed(Task.Builder task, TaskState state, String... agents) {
    TaskRun run = run(task);
    run.approved("sha256:1");
    for (String agent : agents) {
      run.routed(decision(run.attempts() + 1, agent));
    }
    run.state(state);
    return run;
  }

  static RoutingDecision decision(long id, String agent) {
    return new KeptDecision(id, agent, "test");
  }

  /** Takes a slot of an agent. */
  Slots.Seat seat(TaskRun run, String agent) {
    LiveRegistry.Registration entry =
        (LiveRegistry.Registration) registry.find(agent).orElseThrow();
    return entry.slots().request(run, entry);
  }

  /** Begins the call of the agent of the attempt in view, without calling it. */
  Attempt call(TaskRun run) {
    Attempt attempt =
        new Attempt(
            run,
            pipeline,
            new TimeLimits.Limit(config.attemptLimit(), "", ""),
            config.attemptLimit(),
            seat(run, run.agent()),
            now());
    run.attempt(attempt);
    return attempt;
  }

  /** Lets another agent work at the task, too. */
  Attempt join(TaskRun run, String agent) {
    run.join(decision(run.attempts() + 1, agent), seat(run, agent));
    return call(run);
  }

  /** The agent of a call reports. */
  void report(Attempt attempt, WorkReport report) {
    boolean begins = attempt.begin(Thread.currentThread());
    attempt.returned(CompletableFuture.completedFuture(report));
    if (!begins || !attempt.over()) {
      throw new AssertionError("the call was over before");
    }
  }

  /** The last event that was told. */
  Object last() {
    return Objects.requireNonNull(heard.events.get(heard.events.size() - 1));
  }
}
