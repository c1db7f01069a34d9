/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.event.TaskEvent;
import dev.arbiter.internal.record.KeptAccount;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings the runs back to what the store has kept, whenever the store begins a tenure. */
final class Recovering implements Store.Owner {
  private static final Logger LOG = LoggerFactory.getLogger(Arbiter.class);

  private final Tenure tenure;
  private final Submissions submissions;
  private final Crew crew;
  private final Snapshots snapshots;
  private final LiveRegistry registry;
  private final Ledger ledger;
  private final Function<TaskRun.Kept, TaskRun> newRun;

  /* The ends that were told and that the store has not kept yet. */
  private final Map<String, List<Change>> unrecorded = new ConcurrentHashMap<>();

  /* What was kept, until the agents are there. Guarded by this. */
  private @Nullable Kept first;
  private boolean started;

  Recovering(
      Tenure tenure,
      Submissions submissions,
      Crew crew,
      Snapshots snapshots,
      LiveRegistry registry,
      Ledger ledger,
      Function<TaskRun.Kept, TaskRun> newRun) {
    this.tenure = tenure;
    this.submissions = submissions;
    this.crew = crew;
    this.snapshots = snapshots;
    this.registry = registry;
    this.ledger = ledger;
    this.newRun = newRun;
  }

  /** Lets the runs go on that the store gave back before there were agents. */
  void start() {
    Kept waiting;
    synchronized (this) {
      started = true;
      waiting = first;
      first = null;
    }
    if (waiting != null) {
      recover(waiting, crew::add);
    }
  }

  /* The store may have kept the end of a run all the same: it is asked when it comes back. */

  /** Remembers an end without a record, so that the store gets it if it has none. */
  void ended(TaskRun run) {
    Move.Ended end = run.ending();
    TaskEvent.Step step = run.lastMoment();
    if (end != null && step != null && run.isUnrecorded()) {
      KeptStep last = KeptStep.of(new TaskEvent.Concluded(step, end.result(), 0));
      unrecorded.put(run.key(), Publisher.end(run, end.result(), last));
    }
  }

  @Override
  public Store.Recovery assigned(Shard shard) {
    tenure.begin(shard);
    return new Kept(shard);
  }

  /** The values that a store gives back at the beginning of one tenure. */
  private final class Kept implements Store.Recovery {
    private final Shard shard;
    private final Map<String, byte[]> durable = new HashMap<>();
    private final Map<String, KeptStep> agents = new HashMap<>();
    private final Map<String, @Nullable KeptAccount> accounts = new HashMap<>();
    private final Map<String, KeptTask> tasks = new HashMap<>();
    private final Map<String, KeptProgress> progress = new HashMap<>();

    /* A task of which one record is damaged does not go on with the rest of them. */
    private final Set<String> setAside = new HashSet<>();

    Kept(Shard shard) {
      this.shard = shard;
    }

    @Override
    public void entry(String key, byte[] value) {
      try {
        if (key.startsWith(KeptValue.TASK)) {
          tasks.put(key.substring(1), Records.task(value));
        } else if (key.startsWith(KeptValue.PROGRESS)) {
          progress.put(key.substring(1), Records.progress(value));
        } else if (key.startsWith(KeptValue.DURABLE)) {
          durable.put(key.substring(1), value);
        } else if (key.startsWith(KeptValue.AGENT)) {
          agents.put(key.substring(1), KeptValue.AgentChanged.read(value));
        } else if (key.startsWith(KeptValue.ACCOUNT)) {
          accounts.put(key.substring(1), KeptAccount.of(value));
        }
      } catch (IllegalArgumentException damaged) {
        if (key.startsWith(KeptValue.AGENT)) {
          // Only an agent out of service has such a record: it stays out.
          agents.put(key.substring(1), KeptValue.AgentChanged.damaged());
        } else if (key.startsWith(KeptValue.ACCOUNT)) {
          // What was spent is unknown: all of it is.
          accounts.put(key.substring(1), null);
        }
        // The record stays in the store, where a person finds it.
        LOG.error("the store has a damaged record under '{}'; it is set aside", key, damaged);
        setAside.add(key.substring(1));
      }
    }

    Map<String, TaskRun.Kept> all() {
      Map<String, TaskRun.Kept> all = new HashMap<>();
      tasks.forEach(
          (key, task) -> {
            if (!setAside.contains(key)) {
              KeptProgress reached = progress.getOrDefault(key, KeptProgress.none());
              all.put(key, new TaskRun.Kept(task, reached));
            }
          });
      return all;
    }

    @Override
    public void ready() {
      synchronized (Recovering.this) {
        if (!started) {
          snapshots.restore(durable);
          registry.restore(agents);
          ledger.restore(accounts);
          first = this;
          tenure.ready();
          return;
        }
      }
      registry.keepAll(agents);
      ledger.keepAll();
      recover(this, crew::addFromStore);
    }
  }

  private void recover(Kept from, Consumer<TaskRun> goOn) {
    Map<String, TaskRun.Kept> kept = from.all();
    // All pairs first: a run that goes on may end others.
    Map<TaskRun, Optional<TaskRun.Kept>> runs = new LinkedHashMap<>();
    for (TaskRun run : submissions.all()) {
      TaskRun.Kept own = kept.remove(run.key());
      if (own != null || run.isAccepted()) {
        runs.put(run, Optional.ofNullable(own));
      }
    }
    unrecorded.forEach(
        (key, end) -> {
          if (kept.remove(key) != null) {
            record(key, end, from.shard);
          } else if (submissions.find(key) == null) {
            unrecorded.remove(key);
          }
        });
    kept.values().stream()
        .sorted(Comparator.comparing(own -> own.accepted().accepted()))
        .forEach(
            own -> {
              TaskRun run = newRun.apply(own);
              if (submissions.add(run, run.task()) == null) {
                runs.put(run, Optional.of(own));
              }
            });
    tenure.ready();
    runs.forEach((run, own) -> tell(run, own.orElse(null), from.shard, goOn));
  }

  /* One that the store has kept, and whose submitter does not know yet, goes on when it does. */
  private void tell(TaskRun run, TaskRun.@Nullable Kept kept, Shard shard, Consumer<TaskRun> goOn) {
    CompletableFuture<?> unused =
        run.acceptance()
            .thenRun(
                () -> {
                  if (run.post(new News.Recovered(kept, shard, () -> overtaken(run, shard)))) {
                    goOn.accept(run);
                  }
                });
  }

  /* The store has kept a run that has ended meanwhile, without a record. */
  private void overtaken(TaskRun run, Shard shard) {
    ended(run);
    List<Change> end = unrecorded.get(run.key());
    TaskRun live = submissions.find(run.key());
    if (end != null && run.isUnrecorded() && (live == null || live == run)) {
      record(run.key(), end, shard);
    }
  }

  private void record(String key, List<Change> end, Shard to) {
    CompletionStage<@Nullable Void> unused =
        Tenure.append(to, end, Level.DURABLE)
            .whenComplete(
                (kept, error) -> {
                  if (error == null) {
                    unrecorded.remove(key);
                  }
                });
  }

  @Override
  public void lost(Shard shard, @Nullable Throwable why) {
    tenure.end(shard, why);
  }
}
