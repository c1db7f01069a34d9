/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.insight.InsightReport;
import dev.arbiter.insight.Rating;
import dev.arbiter.internal.Library;
import dev.arbiter.internal.record.KeptEnd;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Answer;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to agents: learns which agent to trust, holds each task to its working spec, and
 * keeps the proof.
 *
 * <p>Thread-safe. One instance serves a whole application; {@link #close} waits for running tasks.
 *
 * <pre>{@code
 * try (Arbiter arbiter =
 *     Arbiter.builder()
 *         .agent(AgentProfile.of("ada", "java"), ada)
 *         .constitution(constitution)
 *         .build()) {
 *   TaskHandle handle = arbiter.submit(Task.of("refactor", "FEAT-201"));
 *   TaskResult result = handle.await(Duration.ofMinutes(2));
 * }
 * }</pre>
 */
public final class Arbiter implements AutoCloseable {
  private static final Duration SWEEP = Duration.ofMillis(50);
  private static final long LOOK_AGAIN = TimeUnit.SECONDS.toNanos(1);
  private static final long LATER = TimeUnit.SECONDS.toNanos(10);
  private static final Duration LAST_WAIT = Duration.ofSeconds(5);
  private static final int LAST_LOOKS = 10_000;
  private static final long LOOK_NANOS = 100_000;
  static final String CLOSED = "the arbiter was closed";

  private final EngineConfig config;
  private final Threads threads;
  private final Crew crew;
  private final Line line;
  private final Timers timers;
  private final Tenure tenure;
  private final Publisher publisher;
  private final LiveRegistry registry;
  private final Submissions submissions;
  private final OpenRequests open;
  private final Ledger ledger;
  private final @Nullable Velocities submitting;
  private final Buckets submittedRates;
  private final Pipeline pipeline;
  private final Snapshots snapshots;
  private final Recovering recovering;
  private final Vitals vitals;
  private final Healing healing;
  private final Outlook outlook;
  private final ScheduledFuture<?> sweeping;
  private final AtomicReference<@Nullable Thread> shutdownHook = new AtomicReference<>();
  private final AtomicBoolean finished = new AtomicBoolean();

  /* The threads that are in close(). */
  private final Set<Thread> closers = ConcurrentHashMap.newKeySet();

  private volatile boolean closed;
  private volatile boolean lastRuns;
  private volatile long sweptAt;
  private long sweepErrors;
  private long clockLead;

  Arbiter(ArbiterBuilder builder) {
    this.config = builder.config();
    this.threads = builder.threads();
    LongSupplier nanoTime = config.sources().nanoTime();
    this.crew = new Crew(threads.executor(), nanoTime);
    this.line = new Line(config.concurrency(), config.queueCapacity());
    this.timers = new Timers(nanoTime.getAsLong());
    this.tenure = new Tenure(nanoTime);
    this.publisher =
        new Publisher(
            tenure, config.store().isKept(), config.listeners(), config.breaker(), nanoTime);
    this.registry = new LiveRegistry(config.sources(), config.ejection(), publisher, crew);
    this.submissions = new Submissions(config.sources(), builder.idempotencyKeys());
    this.open = new OpenRequests(config.approvers(), config.sources().clock());
    this.submittedRates = config.rates().tenants(RateLimit.Over.REFUSE, nanoTime);
    this.submitting =
        config
            .guards()
            .submissions()
            .map(most -> new Velocities(most, "tasks submitted by tenant", nanoTime))
            .orElse(null);
    this.ledger =
        new Ledger(
            config.tenantBudgets(),
            config.eachTenantBudgets(),
            config.sources().clock(),
            publisher::keepAccount);
    this.pipeline =
        new Pipeline(
            config, registry, publisher, tenure, line, crew, timers, open, ledger, this::ended);
    registry.whenOpened(pipeline::opened);
    this.healing = new Healing(config.recovery(), registry, publisher, crew, config.sources());
    registry.healedBy(healing);
    ledger.whenRaised(pipeline::tenantChanged);
    this.snapshots = new Snapshots(config, tenure);
    this.recovering =
        new Recovering(tenure, submissions, crew, snapshots, registry, ledger, this::recovered);
    this.outlook = new Outlook(config.insight(), nanoTime.getAsLong());
    boolean unused = isClockAhead(nanoTime.getAsLong());
    this.vitals = new Vitals(counters(), nanoTime.getAsLong());
    this.sweptAt = nanoTime.getAsLong();
    this.sweeping = open(builder);
    recovering.start();
  }

  private ScheduledFuture<?> open(ArbiterBuilder builder) {
    boolean isOpen = false;
    try {
      config.store().open(recovering);
      isOpen = true;
      builder.registerAgents(registry);
      return beginToSweep();
    } catch (RuntimeException | Error e) {
      // A store that could not be opened may be that of another arbiter.
      if (isOpen) {
        config.store().close();
      }
      threads.close();
      throw e;
    }
  }

  private ScheduledFuture<?> beginToSweep() {
    try {
      return threads
          .scheduler()
          .scheduleWithFixedDelay(
              this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException(
          "the scheduler takes no work, so no deadline would be kept; hand in one that is not shut"
              + " down",
          e);
    }
  }

  /**
   * {@return a builder with working defaults} It needs at least one agent, and either {@link
   * ArbiterBuilder#constitution} or {@link ArbiterBuilder#withoutConstitution}.
   */
  public static ArbiterBuilder builder() {
    Library.SLF4J.require(Arbiter.class);
    return new ArbiterBuilder();
  }

  /**
   * Accepts a task, and returns when the store has kept it. The task starts when fewer than {@link
   * ArbiterBuilder#concurrency} tasks run.
   *
   * @param task the task; the engine gives an id to a task without one
   * @return a handle; for a repeated idempotency key the handle of the first submission
   * @throws IllegalStateException if the arbiter is closed, if a task of that tenant and id has not
   *     ended, or if the idempotency key was used for another task
   * @throws ArbiterException if the queue is full of tasks with no lower priority, if the task
   *     would wait for a place for more than half of its deadline, if its tenant submits too fast,
   *     or if the store did not keep it; {@link ArbiterException#retryAfter} says when to come
   *     again
   * @throws IllegalArgumentException if payload and spec together have more than 16,777,216
   *     characters, and the store outlives the process
   */
  public TaskHandle submit(Task task) {
    try {
      return accept(task).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException refused ? refused : e;
    }
  }

  /**
   * Accepts a task like {@link #submit}, without waiting for the store.
   *
   * @param task the task; the engine gives an id to a task without one
   * @return completes when the store has kept the task; fails with {@link ArbiterException} if it
   *     did not: then it is unknown whether the task will run, and a submission with the same
   *     idempotency key is safe
   * @throws IllegalStateException as {@link #submit} does
   * @throws ArbiterException if the queue is full, or the store is away
   */
  public CompletionStage<TaskHandle> submitAsync(Task task) {
    return accept(task).minimalCompletionStage();
  }

  private CompletableFuture<TaskHandle> accept(Task asked) {
    Objects.requireNonNull(asked, "a task must not be null");
    requireOpen(asked);
    requireKeepable(asked);
    Sources sources = config.sources();
    TaskRun run =
        new TaskRun(
            pipeline,
            submissions.named(asked),
            sources.clock().instant(),
            sources.nanoTime().getAsLong());
    try {
      TaskRun first = submissions.add(run, asked);
      if (first != null) {
        return first.acceptance();
      }
      // Again: a closing thread sees the run now, or this thread sees that it closes.
      requireOpen(asked);
      if (!hasEnded(run, asked)) {
        accept(run);
      }
      return run.acceptance();
    } catch (RuntimeException e) {
      refuse(run, e);
      throw e;
    }
  }

  private void requireKeepable(Task task) {
    int spec = task.spec() instanceof SpecRef.Text text ? text.text().length() : 0;
    long size = (long) task.payload().length() + spec;
    if (size > KeptValue.MOST_TEXT && config.store().isKept()) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "task.payload and task.spec have %,d characters, the store keeps at most %,d; keep"
                  + " the text elsewhere and give a reference",
              size,
              KeptValue.MOST_TEXT));
    }
  }

  private void requireOpen(Task task) {
    if (closed) {
      throw new IllegalStateException(
          "the arbiter is closed and takes no task of type '" + task.type() + "'; build another");
    }
  }

  /* Whether a task with the key of this one ended in a process before; then it has that end. */
  private boolean hasEnded(TaskRun run, Task asked) {
    if (asked.idempotencyKey().isEmpty()) {
      return false;
    }
    // A store that is away may take long to say so, and the caller of submitAsync does not wait.
    Refusal away = away();
    if (away != null) {
      throw notAccepted(run, away);
    }
    KeptEnd end = kept(KeptValue.alias(asked));
    if (end == null) {
      return false;
    }
    Submissions.requireSame(end.asked(), asked);
    over(run, end.result());
    leaves(run, true);
    return true;
  }

  private static void over(TaskRun run, TaskResult result) {
    boolean unused = run.decide();
    run.state(result.state());
    run.close();
    run.acceptance().complete(run);
    run.complete(result);
  }

  private @Nullable KeptEnd kept(String key) {
    try {
      byte[] found = config.store().find(key);
      if (found != null && key.startsWith(KeptValue.ALIAS)) {
        found = config.store().find(new String(found, UTF_8));
      }
      return found == null ? null : Records.end(found);
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new ArbiterException(
          "the store could not be asked for an earlier end; submit the task again when it is back",
          e);
    }
  }

  /**
   * Finds a task by its id: one that has not ended, or one whose end the store still keeps.
   *
   * @param tenant the tenant of the task
   * @param id the id of the task
   * @return its handle; empty if the task is unknown
   * @throws ArbiterException if the store cannot be read now
   */
  public Optional<TaskHandle> find(String tenant, String id) {
    String key = KeptValue.key(tenant, id);
    TaskRun live = submissions.find(key);
    if (live != null) {
      return Optional.of(live);
    }
    KeptEnd end = kept(KeptValue.END + key);
    if (end == null) {
      return Optional.empty();
    }
    TaskRun run = new TaskRun(pipeline, end.asked(), end.accepted(), 0);
    over(run, end.result());
    return Optional.of(run);
  }

  private void accept(TaskRun run) {
    Refusal refusal = refusal(run);
    if (refusal != null) {
      throw notAccepted(run, refusal);
    }
    CompletionStage<?> received = pipeline.receive(run);
    // Now: an accepted run may be recovered and write other batches before this thread begins it.
    int batch = run.batch();
    if (Tenure.isKept(received)) {
      begin(run, batch);
      return;
    }
    CompletionStage<?> unused =
        received.whenComplete(
            (kept, error) -> {
              if (error == null) {
                begin(run, batch);
              } else {
                tenure.failed(error);
                refuse(run, notKept(run, error));
              }
            });
  }

  private void begin(TaskRun run, int batch) {
    run.acceptance().complete(run);
    pipeline.begin(run, batch);
  }

  private static ArbiterException notKept(TaskRun run, Throwable error) {
    return new ArbiterException(
        "task '"
            + run.task().id()
            + "' was not accepted, the store did not keep it;"
            + " submit it again when the store is back",
        error);
  }

  /* Ends a run that was not accepted; nobody has its handle. */
  private void refuse(TaskRun run, RuntimeException why) {
    run.close();
    pipeline.refused(run);
    run.acceptance().completeExceptionally(why);
    run.complete(new TaskResult.Cancelled(run.task(), String.valueOf(why.getMessage())));
    leaves(run, false);
  }

  /** Why a task is not accepted, and after how many nanoseconds it may be. */
  private record Refusal(String why, long retryAfter) {}

  private static ArbiterException notAccepted(TaskRun run, Refusal refusal) {
    return new ArbiterException(
        "task '" + run.task().id() + "' was not accepted: " + refusal.why(),
        Duration.ofNanos(refusal.retryAfter()));
  }

  private @Nullable Refusal away() {
    String why = tenure.why();
    return why.isEmpty()
        ? null
        : new Refusal(why + "; submit it again when the store is back", LOOK_AGAIN);
  }

  /* Why no task is accepted now; reserves room in the line if one is. */
  private @Nullable Refusal refusal(TaskRun run) {
    Refusal away = away();
    if (away != null) {
      return away;
    }
    int outside = submissions.size() - line.taken() - line.waiting();
    if (outside > config.waitingCapacity()) {
      String why =
          String.format(
              Locale.ROOT,
              "%d tasks wait for something outside, such as a person; see approvals(), or give more"
                  + " waitingCapacity",
              outside - 1);
      return new Refusal(why, LATER);
    }
    Refusal late = tooLate(run);
    if (late != null) {
      return late;
    }
    String tenant = run.task().tenant();
    long pause = submitting == null ? 0 : submitting.add(tenant);
    if (submitting != null && pause > 0) {
      return new Refusal(submitting.tooMany(tenant) + "; submit it later", pause);
    }
    pause = submittedRates.tryTake(tenant);
    Refusal refusal = pause == 0 ? room(run) : overRate(tenant, pause);
    if (refusal != null && submitting != null) {
      submitting.remove(tenant);
    }
    if (refusal != null && pause == 0) {
      submittedRates.giveBack(tenant);
    }
    return refusal;
  }

  private Refusal overRate(String tenant, long pause) {
    String why =
        String.format(
            Locale.ROOT,
            "tenant '%s' has reached its rate of %s; submit it again after %s",
            tenant,
            submittedRates.limit(tenant),
            Duration.ofNanos(pause));
    return new Refusal(why, pause);
  }

  /* Whether it would wait for so long that too little of its time were left. */
  private @Nullable Refusal tooLate(TaskRun run) {
    Optional<Duration> deadline = run.task().deadline();
    long wait = deadline.isEmpty() ? 0 : line.expectedWait(run.task());
    if (deadline.isEmpty()
        || Duration.ofNanos(wait).multipliedBy(2).compareTo(deadline.get()) <= 0) {
      return null;
    }
    String why =
        String.format(
            Locale.ROOT,
            "it would wait about %s for a place, more than half of its deadline of %s; submit it"
                + " later, or give it more time or a higher priority",
            Duration.ofNanos(wait).truncatedTo(ChronoUnit.MILLIS),
            deadline.get());
    return new Refusal(why, wait - deadline.get().toNanos() / 2);
  }

  private @Nullable Refusal room(TaskRun run) {
    if (line.reserve(run)) {
      return null;
    }
    long retryAfter = line.retryAfter();
    TaskRun shed = line.reserveInPlace(run);
    if (shed == null && run.isReserved()) {
      return null;
    }
    healing.refused();
    if (shed == null) {
      String why =
          String.format(
              Locale.ROOT,
              "%d tasks wait and the queue is full; submit it later, or give the queue a larger"
                  + " capacity",
              line.expected());
      return new Refusal(why, retryAfter);
    }
    String why =
        String.format(
            Locale.ROOT,
            "task '%s' of priority %d was shed: the queue is full, and a task of priority %d came;"
                + " submit it again after %s, or give the queue a larger capacity",
            shed.task().id(),
            shed.task().priority(),
            run.task().priority(),
            Duration.ofNanos(retryAfter).truncatedTo(ChronoUnit.MILLIS));
    pipeline.shed(shed, why);
    return null;
  }

  /* A task that the store has kept from before, with the time that its deadline leaves. */
  private TaskRun recovered(TaskRun.Kept kept) {
    Sources sources = config.sources();
    KeptTask task = kept.accepted();
    Duration past = Duration.between(task.accepted(), sources.clock().instant());
    long submitted = sources.nanoTime().getAsLong() - NANOSECONDS.convert(past);
    TaskRun run = new TaskRun(pipeline, task.task(), task.accepted(), submitted);
    run.restored(kept.progress().decisions().size());
    run.await(Move.Waits.RECOVERY);
    run.acceptance().complete(run);
    return run;
  }

  private void ended(TaskRun run) {
    recovering.ended(run);
    leaves(run, !run.isLeftToStore());
  }

  /*
   * The last to leave a closed arbiter closes the store. A run that was left behind comes later:
   * then the store may have another owner.
   */
  private void leaves(TaskRun run, boolean accepted) {
    submissions.remove(run, accepted);
    if (lastRuns && submissions.all().isEmpty() && !finished.get()) {
      finish();
    }
  }

  /** {@return the live registry of agents} */
  public AgentRegistry agents() {
    return registry;
  }

  /** {@return the questions that tasks wait for, to be decided} */
  public Approvals approvals() {
    return open;
  }

  /**
   * {@return what tenants have used up of their budgets, and have not forgotten: those with a
   * period that lasts}
   */
  public List<TenantBudget.Balance> balances() {
    return ledger.balances();
  }

  /**
   * {@return what a tenant has used up of its budgets, one for each; empty if it has no budget}
   *
   * @param tenant the tenant
   */
  public List<TenantBudget.Balance> balances(String tenant) {
    return ledger.balances(tenant);
  }

  /**
   * Gives a tenant other limits until the end of the period that lasts. Its tasks that wait go on.
   * The balance names who did it, and the store keeps that.
   *
   * @param tenant the tenant
   * @param period the length of the period of the budget
   * @param raise made with {@link Answer#raise}; its budget takes the place of the limits
   * @return the balance with the new limits
   * @throws IllegalArgumentException if the tenant has no such budget, or has used up that much
   */
  public TenantBudget.Balance raise(String tenant, Duration period, Answer raise) {
    return ledger.raise(tenant, period, raise);
  }

  /** {@return a snapshot of the work in progress} */
  public Stats stats() {
    return new Stats(
        line.waiting(),
        line.taken(),
        registry.abandoned(),
        publisher.errors(),
        pipeline.learningErrors(),
        tenure.failures(),
        crew.failures());
  }

  /**
   * {@return whether the parts of this arbiter do their work} Errors count for one to two minutes.
   * A report costs a look at every agent.
   */
  public HealthReport health() {
    return vitals.report(
        new Vitals.State(
            counters(),
            stats(),
            line.isFull(),
            notSweptFor(),
            tenure.why(),
            registry.all(),
            pipeline.constitutionFuse(),
            publisher.fuses(),
            healing.silent(),
            config.sources().clock().instant()));
  }

  /**
   * {@return one picture of outcomes, ratings, violations and health, with recommendations} They
   * are applied only by {@link ArbiterBuilder#applyInsight}. Costs a look at the last 100 attempts
   * of every agent.
   */
  public InsightReport insight() {
    return config.insight().report();
  }

  /**
   * Takes what a person thinks of the work of a task. It counts for the agent that did the work, in
   * {@link #insight}.
   *
   * @param rating the rating
   * @throws IllegalArgumentException if the task is unknown, or the rater is the agent that did it
   * @throws IllegalStateException if the task is not completed, or the rater has rated it before
   * @throws ArbiterException if the store cannot be read now
   */
  public void rate(Rating rating) {
    if (config.insight().rate(rating)) {
      return;
    }
    TaskHandle handle =
        find(rating.tenant(), rating.task())
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        String.format(
                            Locale.ROOT,
                            "task '%s' of tenant '%s' is unknown or was forgotten; rate one of"
                                + " the last 10,000, or one that the store keeps",
                            rating.task(),
                            rating.tenant())));
    CompletableFuture<TaskResult> end = handle.result().toCompletableFuture();
    boolean ended = end.isDone() && !end.isCompletedExceptionally();
    if (!ended || !(end.join() instanceof TaskResult.Completed done)) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "task '%s' is %s; only completed work can be rated",
              rating.task(),
              handle.state()));
    }
    config.insight().completed(done);
    boolean unused = config.insight().rate(rating);
  }

  private Duration notSweptFor() {
    return finished.get()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, config.sources().nanoTime().getAsLong() - sweptAt));
  }

  private Vitals.Counters counters() {
    return new Vitals.Counters(
        crew.failures(),
        tenure.failures(),
        pipeline.learningErrors(),
        pipeline.constitutionErrors(),
        publisher.errors());
  }

  /* A scheduler never repeats a task that threw; then no deadline would be kept. */
  private void sweep() {
    crew.sweeps(true);
    try {
      long now = config.sources().nanoTime().getAsLong();
      sweptAt = now;
      if (isClockAhead(now)) {
        pipeline.clockMoved(submissions.all());
      }
      registry.look();
      healing.look();
      if (outlook.isDue(now)) {
        crew.addFromSweep(worker -> outlook.look(health(), registry.all()));
      }
      ledger.look();
      if (vitals.isDue(now)) {
        vitals.look(counters(), now);
      }
      pipeline.turns().sweep();
      for (Timers.Timer timer : timers.due(now)) {
        look(timer, now);
      }
      crew.check();
      crew.help(now);
      line.look(now);
      if (snapshots.isDue()) {
        crew.addFromSweep(worker -> snapshots.take());
      }
    } catch (Throwable e) {
      sweepFailed(e);
    } finally {
      crew.sweeps(false);
    }
  }

  /* Whether the wall clock went ahead of the nano clock since the last look, as in a sleep. */
  private boolean isClockAhead(long now) {
    long before = clockLead;
    clockLead = config.sources().clock().instant().getEpochSecond() - NANOSECONDS.toSeconds(now);
    return clockLead - before > 1;
  }

  private void look(Timers.Timer timer, long now) {
    TaskRun run = timer.ofRun();
    try {
      if (timer instanceof Attempt.Patience patience) {
        pipeline.hung(patience.attempt());
      } else if (run != null && run.isReady() && timer.isLookedAt()) {
        // The executor left it behind for a second; no agent is called here.
        crew.doHere(run);
      } else if (run != null && (!run.isWake(timer) || pipeline.turns().isCalled(run))) {
        pipeline.timeUp(run);
      }
      timer.lookedAt();
    } catch (Throwable e) {
      sweepFailed(e);
    } finally {
      if (!timer.isOver()) {
        timers.set(timer, now + LOOK_AGAIN);
      }
    }
  }

  private void sweepFailed(Throwable error) {
    if (sweepErrors++ == 0) {
      LoggerFactory.getLogger(Arbiter.class)
          .warn("the sweep for deadlines failed and continues; only this failure is logged", error);
    }
  }

  /**
   * Closes the arbiter when the JVM ends in order, as after SIGTERM. Has no effect if called again.
   *
   * @return this
   */
  public Arbiter closeOnShutdown() {
    Thread hook = new Thread(this::close, "arbiter-shutdown");
    if (shutdownHook.compareAndSet(null, hook)) {
      Runtime.getRuntime().addShutdownHook(hook);
    }
    return this;
  }

  /**
   * Refuses new tasks, waits for the accepted ones until the close limit, then cancels the rest,
   * first those that have not begun, and closes the store. No agent is called after this method has
   * returned, and every handle is complete. An agent that does not return within a second of its
   * interrupt is left behind.
   *
   * <p>An agent or another part of a task may call it, also several at once: those tasks go on and
   * end later, and then the store is closed. An interrupt of the closing thread ends the waiting;
   * the thread stays interrupted.
   */
  @Override
  public void close() {
    if (isFinished()) {
      return;
    }
    closed = true;
    forgetHook();
    boolean isFirst = closers.add(Thread.currentThread());
    try {
      endAll();
    } finally {
      if (isFirst) {
        closers.remove(Thread.currentThread());
      }
    }
  }

  private void endAll() {
    if (!allEnd(config.closeLimit(), false)) {
      leaveOrCancelOthers();
      boolean interrupted = Thread.interrupted();
      if (!allEnd(LAST_WAIT, true)) {
        others().forEach(this::leaveBehind);
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    lastRuns = true;
    letOthersLeave();
    if (submissions.all().isEmpty()) {
      finish();
    }
  }

  /*
   * A handle is complete a moment before its run is removed by the thread that drove it, and before
   * its interrupted agent has returned.
   */
  private void letOthersLeave() {
    for (int i = 0; i < LAST_LOOKS && !othersLeft(); i++) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private boolean othersLeft() {
    return pipeline.allAnswered() && others().stream().noneMatch(TaskRun::isComplete);
  }

  /*
   * The runs that this thread does not work for: it may wait for them. A thread that works for one
   * does not wait for those whose threads close too: they would wait for each other.
   */
  private List<TaskRun> others() {
    boolean works = submissions.all().stream().anyMatch(TaskRun::isOnThisThread);
    Set<Thread> here = works ? closers : Set.of(Thread.currentThread());
    return submissions.all().stream().filter(run -> here.stream().noneMatch(run::isOn)).toList();
  }

  /* First the runs that have not begun: none begins with what another gives back. */
  private void leaveOrCancelOthers() {
    if (config.store().isKept()) {
      pipeline.leave(others());
      cancel(TaskRun::isInWork);
      return;
    }
    cancel(run -> run.waits() == Move.Waits.PLACE);
    cancel(run -> run.waits() == Move.Waits.SLOT);
    cancel(run -> true);
  }

  private void cancel(Predicate<TaskRun> which) {
    others().stream().filter(which).forEach(run -> run.cancel(CLOSED));
  }

  /*
   * Waits for all others; false if one has not ended in time or cannot, because it waits for a
   * person or past the limit, or if the thread was interrupted. It helps runs that were cancelled:
   * an executor that is busy does not tell their ends.
   */
  private boolean allEnd(Duration limit, boolean helps) {
    LongSupplier nanoTime = config.sources().nanoTime();
    long until =
        nanoTime.getAsLong() + Math.min(Long.MAX_VALUE / 4, TimeUnit.NANOSECONDS.convert(limit));
    boolean all = true;
    try {
      for (TaskRun run : others()) {
        // Slices are counted, because a clock that was handed in may stand still.
        long left = until - nanoTime.getAsLong();
        boolean ended = run.awaitEnd(Math.min(LOOK_AGAIN, left));
        for (left -= LOOK_AGAIN; !ended && left > 0 && !run.waitsForLong(until); ) {
          if (helps && run.isReady()) {
            crew.doHere(run);
          }
          ended = run.awaitEnd(Math.min(LOOK_AGAIN, left));
          left -= LOOK_AGAIN;
        }
        all &= ended;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
    return all;
  }

  /* Ends a run that a part of the host holds up, such as a constitution that does not answer. */
  private void leaveBehind(TaskRun run) {
    pipeline.dismiss(run, CLOSED);
    pipeline.leaveBehind(run, CLOSED);
  }

  private void forgetHook() {
    Thread hook = shutdownHook.getAndSet(null);
    if (hook != null && hook != Thread.currentThread()) {
      try {
        boolean unused = Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException shuttingDown) {
        // The hook runs or has run; it does no harm.
      }
    }
  }

  /* Not while it finishes. The store may have another owner then, so it is not closed again. */
  private boolean isFinished() {
    synchronized (finished) {
      return finished.get();
    }
  }

  /* The store is closed again, because closing does not wait if the thread of the store does it. */
  private void finish() {
    synchronized (finished) {
      boolean first = finished.compareAndSet(false, true);
      if (first) {
        sweeping.cancel(false);
        snapshots.take();
      }
      try {
        config.store().close();
      } catch (Throwable e) {
        LoggerFactory.getLogger(Arbiter.class).warn("the store could not be closed", e);
      }
      if (first) {
        threads.close();
      }
    }
  }

  /**
   * The work in progress of an {@link Arbiter}. A snapshot.
   *
   * @param waiting tasks that wait for a place
   * @param inFlight tasks that began and did not end, including those that wait for a slot of an
   *     agent
   * @param abandoned agent calls that outlived their attempt and hold a slot until they return
   * @param listenerErrors exceptions that listeners have thrown so far
   * @param learningErrors exceptions that {@link dev.arbiter.spi.Router#learn} has thrown so far
   * @param storeErrors batches that the store did not keep so far
   * @param executorErrors times that the executor could not take work so far
   */
  public record Stats(
      int waiting,
      int inFlight,
      int abandoned,
      long listenerErrors,
      long learningErrors,
      long storeErrors,
      long executorErrors) {}
}
