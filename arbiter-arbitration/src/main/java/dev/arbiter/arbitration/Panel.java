/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.UsageMeter;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.Sanitizer;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls agents beside each other, within limits. Thread-safe.
 *
 * <p>A call ends with its first report, with an exception, or when the time is over; all but an
 * answer are abstentions that say why. A call that fails has cost what its {@link AgentException}
 * says, or else what was added to its meter. What an abandoned call has added to its meter is
 * counted as paid; what it reports later is counted by {@link #lateUsage}.
 */
public final class Panel {
  /** The note of an abstention begins so if there was no call. */
  static final String NOT_ASKED = "not asked";

  private static final int DEEPEST_CAUSE = 8;
  private static final int LONGEST_NOTE = 300;
  private static final String NO_SPEC = "";

  private final Executor executor;
  private final ScheduledExecutorService scheduler;
  private final Sources sources;
  private Usage late = Usage.none();

  private Panel(Executor executor, ScheduledExecutorService scheduler, Sources sources) {
    this.executor = executor;
    this.scheduler = scheduler;
    this.sources = sources;
  }

  /**
   * {@return a panel on threads of the host}
   *
   * @param executor runs the agents; an agent that blocks holds a thread of it
   * @param scheduler ends calls when their time is over; is not closed
   * @param sources the clocks
   */
  public static Panel of(Executor executor, ScheduledExecutorService scheduler, Sources sources) {
    return new Panel(executor, scheduler, sources);
  }

  /**
   * Asks all at once.
   *
   * @param task what is asked
   * @param panelists each is asked once
   * @param limits the panelists that exceed them are not asked, and abstain
   * @return the replies in the order of the panelists, when all calls have ended; never fails
   */
  public CompletionStage<List<Reply>> ask(Task task, List<Panelist> panelists, Limits limits) {
    distinct(panelists);
    return ask(task, panelists, purse(limits));
  }

  /**
   * {@return what abandoned calls used up after their end, over the life of the panel, as far as
   * they tell} A future of an agent is cancelled at that end, and tells nothing any more.
   */
  public synchronized Usage lateUsage() {
    return late;
  }

  private synchronized void tooLate(Usage more) {
    late = late.plus(more);
  }

  Purse purse(Limits limits) {
    return purse(limits, paid -> {});
  }

  Purse purse(Limits limits, Consumer<Usage> onPaid) {
    return new Purse(limits, sources.nanoTime(), onPaid);
  }

  static void distinct(List<Panelist> panelists) {
    Set<String> ids = new HashSet<>();
    for (Panelist panelist : panelists) {
      Require.that(ids.add(panelist.id()), "panelist '%s' is there twice", panelist.id());
    }
  }

  CompletableFuture<List<Reply>> ask(Task task, List<Panelist> panelists, Purse purse) {
    List<CompletableFuture<Reply>> calls = new ArrayList<>();
    panelists.forEach(panelist -> calls.add(ask(task, panelist, purse)));
    return CompletableFuture.allOf(calls.toArray(new CompletableFuture<?>[0]))
        .thenApply(all -> calls.stream().map(CompletableFuture::join).toList());
  }

  /** Asks one; completes with an abstention if it cannot be asked or has no answer. */
  CompletableFuture<Reply> ask(Task task, Panelist panelist, Purse purse) {
    return purse.take(1, panelist.price())
        ? call(task, panelist, purse)
        : CompletableFuture.completedFuture(
            Reply.none(panelist.id(), NOT_ASKED + ": " + purse.refusal(), Usage.none()));
  }

  /** Asks one whose price is taken from the purse. */
  CompletableFuture<Reply> call(Task task, Panelist panelist, Purse purse) {
    Call call = new Call(task, panelist, purse);
    call.begin();
    return call.reply;
  }

  /* Whatever ends it first completes the reply; that one settles with the purse. */
  private final class Call implements Runnable {
    private final Panelist panelist;
    private final Purse purse;
    private final UsageMeter meter = new UsageMeter();
    private final Assignment assignment;
    private final CompletableFuture<Reply> reply = new CompletableFuture<>();
    private @Nullable CompletionStage<WorkReport> work;
    private final AtomicReference<@Nullable Usage> settled = new AtomicReference<>();
    private volatile @Nullable ScheduledFuture<?> timer;
    private @Nullable Thread runner;
    private boolean interrupted;

    Call(Task task, Panelist panelist, Purse purse) {
      this.panelist = panelist;
      this.purse = purse;
      Duration left = purse.left();
      Assignment plain =
          new Assignment(
              task, panelist.id(), 1, NO_SPEC, left.isZero() ? Duration.ofNanos(1) : left);
      this.assignment = plain.withMeter(meter);
    }

    void begin() {
      try {
        timer =
            scheduler.schedule(
                this::abandon, assignment.timeLimit().toNanos(), TimeUnit.NANOSECONDS);
      } catch (RuntimeException e) { // the host's scheduler is shut down
        end(none(NOT_ASKED + ": no timer for the call", Usage.none()), Usage.none());
        return;
      }
      try {
        executor.execute(this);
      } catch (RuntimeException e) { // the host's executor refuses
        end(none(NOT_ASKED + ": no thread for the call", Usage.none()), Usage.none());
      }
    }

    @Override
    public void run() {
      synchronized (this) {
        if (settled.get() != null) {
          return;
        }
        runner = Thread.currentThread();
      }
      try {
        CompletionStage<WorkReport> started = panelist.agent().start(assignment);
        if (started == null) {
          failed("gave nothing", null);
        } else {
          synchronized (this) {
            work = started;
          }
          started.whenComplete(this::ended);
        }
      } catch (Exception | LinkageError | StackOverflowError | AssertionError e) {
        failed(String.valueOf(e.getMessage()), e);
      } finally {
        synchronized (this) {
          runner = null;
          if (interrupted) {
            Thread.interrupted(); // one that came too late is not for the host's next work
          }
        }
      }
    }

    private void ended(@Nullable WorkReport report, @Nullable Throwable error) {
      if (report == null) {
        failed(error == null ? "reported nothing" : String.valueOf(error.getMessage()), error);
        return;
      }
      Usage used = report.usage().equals(Usage.none()) ? meter.total() : report.usage();
      WorkReport whole = report.withUsage(used);
      if (report.pending().isPresent()) {
        reported(none("asks a person, which a panel does not wait for", used), used);
      } else {
        reported(new Reply(panelist.id(), whole, List.of(), ""), used);
      }
    }

    private void failed(String why, @Nullable Throwable error) {
      Usage used = used(error);
      reported(none("failed: " + why, used), used);
    }

    private void reported(Reply with, Usage used) {
      Usage before = end(with, used);
      if (before != null) {
        tooLate(less(used, before));
      }
    }

    /* What the first exception that says it used up, or else what it metered. */
    private Usage used(@Nullable Throwable error) {
      Throwable cause = error;
      for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
        if (cause instanceof AgentException said && !said.usage().equals(Usage.none())) {
          return said.usage();
        }
        cause = cause.getCause();
      }
      return meter.total();
    }

    private void abandon() {
      Usage used = meter.total();
      end(none("no answer in time", used), used);
      CompletionStage<WorkReport> open;
      synchronized (this) {
        open = work;
        if (runner != null) {
          interrupted = true;
          runner.interrupt();
        }
      }
      if (open != null) {
        try {
          open.toCompletableFuture().cancel(true);
        } catch (RuntimeException e) { // a stage need not be a future, and then runs on
          return;
        }
      }
    }

    private Reply none(String why, Usage used) {
      return Reply.none(panelist.id(), Sanitizer.text(why, LONGEST_NOTE), used);
    }

    /* Null if this ends the call; else what was settled when it ended. */
    private @Nullable Usage end(Reply with, Usage used) {
      Usage before = settled.compareAndExchange(null, used);
      if (before != null) {
        return before;
      }
      purse.settle(panelist.price(), used);
      ScheduledFuture<?> alarm = timer;
      if (alarm != null) {
        alarm.cancel(false);
      }
      reply.complete(with);
      return null;
    }
  }

  private static Usage less(Usage whole, Usage part) {
    return new Usage(
        Math.max(0, whole.inputTokens() - part.inputTokens()),
        Math.max(0, whole.outputTokens() - part.outputTokens()),
        Math.max(0, whole.cost() - part.cost()),
        whole.time().compareTo(part.time()) > 0 ? whole.time().minus(part.time()) : Duration.ZERO);
  }
}
