/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.ArbiterEvent;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.LogLimiter;
import dev.arbiter.internal.Require;
import dev.arbiter.internal.record.KeptEnd;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes the states of tasks: checks a step against the table of {@link TaskState}, collects it
 * for the store, calls the listeners. Other events take the same way, without the table.
 */
final class Publisher {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Tenure tenure;
  private final boolean keeps;
  private final List<ArbiterListener> listeners;

  /* One for each listener; empty if there are no breakers. */
  private final List<Fuse> fuses;
  private final LongSupplier nanoTime;
  private final AtomicLong errors = new AtomicLong();
  private final LogLimiter log;

  /**
   * Makes a publisher.
   *
   * @param keeps whether the store keeps more than memory does; if not, it gets empty batches
   */
  Publisher(
      Tenure tenure,
      boolean keeps,
      List<ArbiterListener> listeners,
      Breaker breaker,
      LongSupplier nanoTime) {
    this.tenure = tenure;
    this.keeps = keeps;
    this.listeners = List.copyOf(listeners);
    this.fuses =
        breaker.isOn()
            ? listeners.stream()
                .map(of -> new Fuse("listener " + of.getClass().getName(), breaker, nanoTime))
                .toList()
            : List.of();
    this.nanoTime = nanoTime;
    this.log = new LogLimiter(nanoTime);
  }

  /** Enters a state. The event goes to the store with the next batch, and to listeners now. */
  void step(TaskRun run, TaskEvent event) {
    enter(run, event);
    tell(run, event);
  }

  /** Enters a state. Listeners hear of it when {@link #keep} has kept it. */
  void stepToKeep(TaskRun run, TaskEvent event) {
    enter(run, event);
    run.untold(event);
  }

  private void enter(TaskRun run, TaskEvent event) {
    TaskState next = event.state();
    if (next != run.state() && !run.state().mayBecome(next)) {
      throw new IllegalStateException(run + " cannot become " + next);
    }
    if (keeps) {
      run.add(KeptStep.of(event));
    }
    run.state(next);
  }

  /**
   * Appends the steps since the last batch, with the state of the run or without.
   *
   * @throws RuntimeException if the batch cannot be written: the store is not to blame for that
   */
  CompletionStage<@Nullable Void> keep(TaskRun run) {
    List<KeptStep> steps = run.takeSteps();
    List<Change> batch = steps.isEmpty() ? List.of() : batch(run, steps);
    CompletionStage<@Nullable Void> stage = Tenure.append(run.shard(), batch, Level.DURABLE);
    if (stage instanceof CompletableFuture<?> refused && refused.isCompletedExceptionally()) {
      batch.forEach(Publisher::requireWritable);
    }
    return stage;
  }

  private static void requireWritable(Change change) {
    Value value = change.value();
    if (value != null) {
      int size = value.bytes().length;
      Require.that(
          size <= KeptValue.MOST_BYTES,
          "a store keeps at most 100 MB of a task or its end, this one has %s bytes; keep the"
              + " texts elsewhere and give a reference",
          size);
      Columns unusedToo = value.columns();
    }
  }

  /* An attempt that failed ends an event, so that its columns are in the history. */
  private static List<Change> batch(TaskRun run, List<KeptStep> steps) {
    KeptStep last = steps.get(steps.size() - 1);
    List<Change> batch = new ArrayList<>(5);
    if (run.untold() instanceof TaskEvent.Received) {
      KeptTask task = new KeptTask(run.task(), run.accepted());
      // An earlier task of this id may have ended without a record.
      batch.add(KeptValue.forget(KeptValue.PROGRESS, run.key()));
      batch.add(KeptValue.state(KeptValue.TASK, run.key(), new KeptValue.Accepted(task)));
    } else if (run.untold() instanceof TaskEvent.Concluded concluded) {
      batch.addAll(end(run, concluded.result(), last));
    } else {
      KeptValue reached = new KeptValue.Reached(run.task(), last, run.progress());
      batch.add(KeptValue.state(KeptValue.PROGRESS, run.key(), reached));
    }
    int from = 0;
    for (int i = 0; i < steps.size(); i++) {
      if (i + 1 == steps.size() || steps.get(i).endsAttempt()) {
        KeptValue part = new KeptValue.Steps(run.task(), steps.subList(from, i + 1));
        batch.add(new Change(Change.Kind.EVENT, run.key(), part));
        from = i + 1;
      }
    }
    return batch;
  }

  /** The changes that keep the end of a run, and forget what it needed to go on. */
  static List<Change> end(TaskRun run, TaskResult result, KeptStep last) {
    String key = run.key();
    boolean edited = !result.task().payload().equals(run.task().payload());
    String payload = edited ? run.task().payload() : null;
    KeptEnd end = new KeptEnd(result, run.accepted(), last.at(), payload);
    List<Change> changes = new ArrayList<>(5);
    changes.add(KeptValue.forget(KeptValue.PROGRESS, key));
    changes.add(KeptValue.forget(KeptValue.TASK, key));
    changes.add(new Change(Change.Kind.END, KeptValue.END + key, new KeptValue.Over(last, end)));
    if (!run.task().idempotencyKey().isEmpty()) {
      changes.add(
          new Change(
              Change.Kind.END,
              KeptValue.alias(run.task()),
              new KeptValue.Alias(run.task(), last.at())));
    }
    return changes;
  }

  /** Tells the listeners the step that is kept now. */
  void tellKept(TaskRun run) {
    TaskEvent event = run.untold();
    if (event != null) {
      run.untold(null);
      tell(run, event);
    }
  }

  /** Publishes an event that is not a step of a task. */
  void record(AgentEvent event) {
    if (keeps) {
      tenure.note(
          new Change(
              Change.Kind.EVENT,
              KeptValue.AGENT + event.agent(),
              new KeptValue.AgentChanged(event)),
          Level.BUFFERED);
    }
    publish(event);
  }

  /** Publishes an action to recover. */
  void record(HealthEvent event) {
    if (keeps) {
      tenure.note(
          new Change(
              Change.Kind.EVENT, KeptValue.HEALTH + event.component(), new KeptValue.Healed(event)),
          Level.BUFFERED);
    }
    publish(event);
  }

  /** Keeps that an agent is out of service; null keeps that it is not. */
  void keep(String agent, AgentEvent.@Nullable StatusChanged out) {
    if (keeps) {
      KeptValue value = out == null ? null : new KeptValue.AgentChanged(out);
      tenure.note(new Change(Change.Kind.STATE, KeptValue.AGENT + agent, value), Level.DURABLE);
    }
  }

  /** Keeps what a tenant has used up; null forgets it. */
  CompletionStage<@Nullable Void> keepAccount(
      String tenant, byte @Nullable [] account, Level level) {
    if (!keeps) {
      return CompletableFuture.completedFuture(null);
    }
    Value value = account == null ? null : Value.of(account);
    Change change = new Change(Change.Kind.STATE, KeptValue.ACCOUNT + tenant, value);
    return Tenure.append(tenure.shard(), List.of(change), level);
  }

  long errors() {
    return errors.get();
  }

  /** Tells an event of a run to all who listen. */
  void tell(TaskRun run, TaskEvent event) {
    publish(event);
    List<ArbiterListener> subscribers = run.subscribers();
    if (subscribers != null) {
      for (ArbiterListener subscriber : subscribers) {
        Throwable unused = tell(subscriber, event);
      }
    }
  }

  private void publish(ArbiterEvent event) {
    for (int i = 0; i < listeners.size(); i++) {
      if (fuses.isEmpty()) {
        Throwable unused = tell(listeners.get(i), event);
      } else {
        tell(listeners.get(i), event, fuses.get(i));
      }
    }
  }

  /* A listener whose breaker is open misses the event. */
  private void tell(ArbiterListener listener, ArbiterEvent event, Fuse fuse) {
    if (fuse.enter()) {
      long began = nanoTime.getAsLong();
      fuse.leave(began, tell(listener, event));
    }
  }

  /** The breakers of the listeners. */
  List<Fuse> fuses() {
    return fuses;
  }

  /* What the listener threw; null if nothing. */
  private @Nullable Throwable tell(ArbiterListener listener, ArbiterEvent event) {
    try {
      listener.on(event);
      return null;
    } catch (Throwable e) {
      errors.incrementAndGet();
      if (log.passes()) {
        LOG.warn(
            "listener {} threw; {} such errors so far, the task goes on",
            listener.getClass().getName(),
            errors.get(),
            e);
      }
      return e;
    }
  }
}
