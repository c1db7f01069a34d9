/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentRegistry;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives tasks to agents: learns whom to trust, holds each task to its working spec, and keeps what
 * it needs to prove it.
 *
 * <p>Thread-safe. One instance serves a whole application; {@link #close} waits for what was begun.
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
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);
  private static final Duration SWEEP = Duration.ofMillis(50);
  private static final String CLOSED = "the arbiter was closed";

  private final Parts parts;
  private final Threads threads;
  private final Roster roster;
  private final Publisher publisher;
  private final Dispatcher dispatcher;
  private final Line line;
  private final Submissions submissions;
  private final ScheduledFuture<?> sweeping;
  private final Duration closeLimit;
  private volatile boolean closed;
  private long extendLeasesAt;
  private long sweepErrors;

  Arbiter(ArbiterBuilder builder) {
    this.parts = builder.parts();
    this.threads = builder.threads();
    this.closeLimit = builder.closeLimit();
    this.roster = new Roster(parts.sources());
    this.publisher = new Publisher(parts.journal(), parts.listeners(), parts.sources().nanoTime());
    this.dispatcher = new Dispatcher(parts.queue(), threads.executor(), parts.concurrency());
    this.line = new Line(parts, roster, publisher, dispatcher);
    this.submissions = new Submissions(parts.sources(), builder.idempotencyKeys());
    this.extendLeasesAt = parts.sources().nanoTime().getAsLong();
    dispatcher.connect(line::begin, this::newRun);
    roster.connect(line, publisher);
    builder.registerAgents(roster);
    this.sweeping =
        threads
            .scheduler()
            .scheduleWithFixedDelay(
                this::sweep, SWEEP.toMillis(), SWEEP.toMillis(), TimeUnit.MILLISECONDS);
  }

  /**
   * Starts an arbiter; the agents and a word on the constitution are all it needs.
   *
   * @return a builder with working defaults
   */
  public static ArbiterBuilder builder() {
    return new ArbiterBuilder();
  }

  /**
   * Accepts a task. It is in the journal when this returns, and has its turn as soon as one of the
   * {@link ArbiterBuilder#concurrency} places is free.
   *
   * @param task the task; one without an id is given one
   * @return a handle; for a repeated idempotency key the handle of the first submission
   * @throws IllegalStateException if the arbiter is closed, if a task of that tenant and id has not
   *     ended, or if the idempotency key was used for another task
   * @throws ArbiterException if the queue is full, or the journal refuses
   */
  public TaskHandle submit(Task task) {
    if (closed) {
      throw new IllegalStateException(
          "the arbiter is closed and takes no task of type '" + task.type() + "'; build another");
    }
    return submissions.once(task, this::accept);
  }

  private Run accept(Task task) {
    Run run = newRun(task);
    Run other = dispatcher.add(run);
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
      line.receive(run);
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
      line.refuse(run, why);
      dispatcher.remove(run);
      throw new ArbiterException(why);
    }
    dispatcher.wake();
    return run;
  }

  private Run newRun(Task task) {
    Sources sources = parts.sources();
    return new Run(line, task, sources.clock().instant(), sources.nanoTime().getAsLong());
  }

  /**
   * Who is there to do work.
   *
   * @return the live registry
   */
  public AgentRegistry agents() {
    return roster;
  }

  /**
   * What this arbiter is busy with.
   *
   * @return a snapshot
   */
  public Stats stats() {
    return new Stats(
        dispatcher.waiting(),
        dispatcher.inFlight(),
        roster.abandoned(),
        publisher.errors(),
        line.learningErrors());
  }

  /* A sweep that throws is never called again, and with it goes every deadline. */
  private void sweep() {
    try {
      sweepOnce();
    } catch (RuntimeException e) {
      if (sweepErrors++ == 0) {
        LOG.warn(
            "the sweep for deadlines and leases failed and goes on; only the first is told", e);
      }
    }
  }

  private void sweepOnce() {
    long now = parts.sources().nanoTime().getAsLong();
    for (Run run : dispatcher.runs()) {
      if (run.takeIfOverdue(now)) {
        dispatcher.resume(() -> line.timeUp(run));
      }
    }
    if (now - extendLeasesAt >= 0) {
      extendLeasesAt = now + Dispatcher.LEASE.toNanos() / 3;
      dispatcher.extendLeases();
    }
  }

  /**
   * Takes no more tasks, waits for those it has until the close limit, then cancels the rest.
   *
   * <p>Interrupting the closing thread ends the waiting; it stays interrupted.
   */
  @Override
  public void close() {
    closed = true;
    boolean inTime =
        awaitAll(parts.sources().nanoTime().getAsLong() + TimeUnit.NANOSECONDS.convert(closeLimit));
    if (!inTime) {
      dispatcher.runs().forEach(run -> run.cancel(CLOSED));
    }
    sweeping.cancel(false);
    threads.close();
  }

  private boolean awaitAll(long until) {
    try {
      for (Run run : dispatcher.runs()) {
        long left = until - parts.sources().nanoTime().getAsLong();
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
   * What an {@link Arbiter} is busy with. A snapshot.
   *
   * @param waiting tasks in the queue
   * @param inFlight tasks begun and not ended, those that wait for a slot of an agent among them
   * @param abandoned agent calls that outlived their attempt and hold a slot until they return
   * @param listenerErrors exceptions thrown by listeners so far
   * @param learningErrors exceptions thrown by the router while it was told an outcome so far
   */
  public record Stats(
      int waiting, int inFlight, int abandoned, long listenerErrors, long learningErrors) {}
}
