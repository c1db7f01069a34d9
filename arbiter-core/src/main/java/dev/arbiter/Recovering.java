/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.task.TaskResult;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Brings the runs back to what the store has kept, whenever the store begins a tenure. */
final class Recovering implements Store.Owner {
  private final Tenure tenure;
  private final Submissions submissions;
  private final Pipeline pipeline;
  private final Function<TaskRun.Kept, TaskRun> newRun;

  /* The ends that were told and that the store has not kept yet. */
  private final Map<String, TaskResult> unrecorded = new ConcurrentHashMap<>();

  Recovering(
      Tenure tenure,
      Submissions submissions,
      Pipeline pipeline,
      Function<TaskRun.Kept, TaskRun> newRun) {
    this.tenure = tenure;
    this.submissions = submissions;
    this.pipeline = pipeline;
    this.newRun = newRun;
  }

  /* The store may have kept the end of a run all the same: it is asked when it comes back. */

  /** Remembers an end without a record, so that the store gets it if it has none. */
  void ended(TaskRun run) {
    Move.Ended end = run.ending();
    if (end != null && run.isUnrecorded()) {
      unrecorded.put(run.key(), end.result());
    }
  }

  @Override
  public Store.Recovery assigned(Shard shard) {
    tenure.begin(shard);
    Map<String, TaskRun.Kept> kept = new HashMap<>();
    return new Store.Recovery() {
      @Override
      public void entry(String key, Object value) {
        if (value instanceof TaskRun.Kept run) {
          kept.put(key, run);
        }
      }

      @Override
      public void ready() {
        recover(kept, shard);
      }
    };
  }

  private void recover(Map<String, TaskRun.Kept> kept, Shard shard) {
    unrecorded.forEach(
        (key, result) -> {
          if (kept.remove(key) == null) {
            unrecorded.remove(key);
          } else {
            record(key, result);
          }
        });
    // All pairs first: a run that goes on may end others.
    Map<TaskRun, Optional<TaskRun.Kept>> runs = new LinkedHashMap<>();
    for (TaskRun run : submissions.all()) {
      TaskRun.Kept own = kept.remove(run.key());
      if (run.isAccepted()) {
        runs.put(run, Optional.ofNullable(own));
      }
    }
    kept.forEach(
        (key, own) -> {
          TaskRun run = newRun.apply(own);
          if (submissions.add(run, run.task()) == null) {
            runs.put(run, Optional.of(own));
          }
        });
    tenure.ready();
    runs.forEach((run, own) -> pipeline.recover(run, own.orElse(null), shard));
  }

  private void record(String key, TaskResult end) {
    CompletionStage<@Nullable Void> unused =
        Tenure.append(
                tenure.shard(),
                List.of(
                    new Change(Change.Kind.STATE, key, null),
                    new Change(Change.Kind.END, key, end)),
                Level.DURABLE)
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
