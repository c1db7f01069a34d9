/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.internal.Library;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
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
  private static final String CLOSED = "the arbiter was closed";

  private final EngineConfig config;
  private final Threads threads;
  private final LiveRegistry registry;
  private final TaskStateMachine states;
  private final Dispatcher dispatcher;
  private final TaskPipeline pipeline;
  private final Submissions submissions;
  private final ScheduledFuture<?> sweeping;
  private final Duration closeLimit;
  private volatile boolean closed;
  private long extendLeasesAt;
  private long sweepErrors;

  Arbiter(ArbiterBuilder builder) {
    this.config = builder.config();
    this.threads = builder.threads();
    this.closeLimit = builder.closeLimit();
    this.registry = new LiveRegistry(config.sources());
    this.states =
        new TaskStateMachine(config.journal(), config.listeners(), config.sources().nanoTime());
    this.dispatcher = new Dispatcher(config.queue(), threads.executor(), config.concurrency());
    this.pipeline = new TaskPipeline(config, registry, states, dispatcher);
    this.submissions = new Submissions(config.sources(), builder.idempotencyKeys());
    this.extendLeasesAt = config.sources().nanoTime().getAsLong();
    dispatcher.connect(pipeline::begin, this::newRun);
    registry.connect(pipeline, states);
    builder.registerAgents(registry);
    this.sweeping =
        threads
            .scheduler()
            .scheduleWithFixedDelay(
                this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
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
   * Accepts a task. The task is in the journal when this method returns. It starts when fewer than
   * {@link ArbiterBuilder#concurrency} tasks run.
   *
   * @param task the task; the engine gives an id to a task without one
   * @return a handle; for a repeated idempotency key the handle of the first submission
   * @throws IllegalStateException if the arbiter is closed, if a task of that tenant and id has not
   *     ended, or if the idempotency key was used for another task
   * @throws ArbiterException if the queue is full or the journal throws
   */
  public TaskHandle submit(Task task) {
    if (closed) {
      throw new IllegalStateException(
          "the arbiter is closed and takes no task of type '" + task.type() + "'; build another");
    }
    return submissions.once(task, this::accept);
  }

  private TaskRun accept(Task task) {
    TaskRun run = newRun(task);
    TaskRun other = dispatcher.add(run);
    if (other != null) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "task '%s' of tenant '%s' was submitted before and is %s; use another id",
              task.id(),
              task.tenant(),
              other.state()));
    }
    try {
      pipeline.receive(run);
    } catch (RuntimeException e) {
      dispatcher.remove(run);
      throw new ArbiterException(
          "task '" + task.id() + "' was not accepted, the journal refused it; mend it, try again",
          e);
    }
    int ticket = run.park();
    if (!dispatcher.offer(run) && run.take(ticket)) {
      String why =
          String.format(
              Locale.ROOT,
              "task '%s' was not accepted: %d tasks wait and the queue is full;"
                  + " submit it later, or give the queue a larger capacity",
              task.id(),
              dispatcher.waiting());
      pipeline.refuse(run, why);
      dispatcher.remove(run);
      throw new ArbiterException(why);
    }
    dispatcher.wake();
    return run;
  }

  private TaskRun newRun(Task task) {
    Sources sources = config.sources();
    return new TaskRun(pipeline, task, sources.clock().instant(), sources.nanoTime().getAsLong());
  }

  /** {@return the live registry of agents} */
  public AgentRegistry agents() {
    return registry;
  }

  /** {@return a snapshot of the work in progress} */
  public Stats stats() {
    return new Stats(
        dispatcher.waiting(),
        dispatcher.inFlight(),
        registry.abandoned(),
        states.errors(),
        pipeline.learningErrors());
  }

  /* A scheduler never repeats a task that threw; then no deadline would be kept. */
  private void sweep() {
    try {
      sweepOnce();
    } catch (RuntimeException e) {
      if (sweepErrors++ == 0) {
        LoggerFactory.getLogger(Arbiter.class)
            .warn(
                "the sweep for deadlines and leases failed and continues; only this failure is logged",
                e);
      }
    }
  }

  private void sweepOnce() {
    long now = config.sources().nanoTime().getAsLong();
    for (TaskRun run : dispatcher.runs()) {
      if (run.takeIfOverdue(now)) {
        dispatcher.resume(() -> pipeline.timeUp(run));
      }
    }
    if (now - extendLeasesAt >= 0) {
      extendLeasesAt = now + Dispatcher.LEASE.toNanos() / 3;
      dispatcher.extendLeases();
    }
  }

  /**
   * Refuses new tasks, waits for the running and queued ones until the close limit, then cancels
   * the rest.
   *
   * <p>An interrupt of the closing thread ends the waiting; the thread stays interrupted.
   */
  @Override
  public void close() {
    closed = true;
    boolean inTime =
        awaitAll(
            config.sources().nanoTime().getAsLong() + TimeUnit.NANOSECONDS.convert(closeLimit));
    if (!inTime) {
      dispatcher.runs().forEach(run -> run.cancel(CLOSED));
    }
    sweeping.cancel(false);
    threads.close();
  }

  private boolean awaitAll(long until) {
    try {
      for (TaskRun run : dispatcher.runs()) {
        long left = until - config.sources().nanoTime().getAsLong();
        if (!run.awaitEnd(left)) {
          return false;
        }
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * The work in progress of an {@link Arbiter}. A snapshot.
   *
   * @param waiting tasks in the queue
   * @param inFlight tasks that began and did not end, including those that wait for a slot of an
   *     agent
   * @param abandoned agent calls that outlived their attempt and hold a slot until they return
   * @param listenerErrors exceptions that listeners have thrown so far
   * @param learningErrors exceptions that {@link dev.arbiter.spi.Router#learn} has thrown so far
   */
  public record Stats(
      int waiting, int inFlight, int abandoned, long listenerErrors, long learningErrors) {}
}
