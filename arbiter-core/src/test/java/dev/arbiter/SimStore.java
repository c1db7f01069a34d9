/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Store;
import dev.arbiter.task.TaskResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that is slow, throws, loses what was not forced, goes away and comes back. */
final class SimStore implements Store {
  private final SimWorld world;
  private final Map<String, byte[]> states = new TreeMap<>();
  private final List<Pending> pending = new ArrayList<>();

  /** The ends that are kept, by task. */
  final Map<String, List<TaskResult>> ends = new HashMap<>();

  private final Map<String, byte[]> found = new HashMap<>();

  /** The attempts whose start is kept, as task and number. */
  final List<String> started = new ArrayList<>();

  private @Nullable Owner owner;
  private @Nullable Tenure tenure;
  private long epochs;

  SimStore(SimWorld world) {
    this.world = world;
  }

  private record Pending(List<Change> batch, CompletableFuture<@Nullable Void> stage) {}

  @Override
  public void open(Owner newOwner) {
    owner = newOwner;
    assign();
  }

  private void assign() {
    Owner to = owner;
    if (to == null) {
      return;
    }
    Tenure begun = new Tenure(++epochs);
    tenure = begun;
    Recovery recovery = to.assigned(begun);
    states.forEach(recovery::entry);
    recovery.ready();
  }

  @Override
  public void close() {
    lose(null, false);
    owner = null;
  }

  /** The process dies: a prefix of the batches that wait is kept. */
  void die() {
    int kept = world.below(pending.size() + 1);
    pending.subList(0, kept).forEach(first -> apply(first.batch));
    pending.clear();
    tenure = null;
    owner = null;
  }

  @Override
  public byte @Nullable [] find(String key) {
    return found.get(key);
  }

  /** Keeps all batches that wait. */
  void flush() {
    while (!pending.isEmpty()) {
      keepFirst();
    }
  }

  private void keepFirst() {
    Pending first = pending.remove(0);
    apply(first.batch);
    first.stage.complete(null);
  }

  private void apply(List<Change> batch) {
    for (Change change : batch) {
      Store.Value value = change.value();
      if (change.kind() == Change.Kind.STATE) {
        if (value == null) {
          states.remove(change.key());
        } else {
          states.put(change.key(), value.bytes());
        }
        continue;
      }
      if (change.kind() == Change.Kind.END && value != null) {
        found.put(change.key(), value.bytes());
      }
      if (change.kind() == Change.Kind.END && value instanceof KeptValue.Over over) {
        String key = change.key().substring(KeptValue.END.length());
        ends.computeIfAbsent(key, k -> new ArrayList<>()).add(over.end().result());
      } else if (value instanceof KeptValue.Steps steps) {
        steps.steps().stream()
            .filter(step -> step.name().equals("Executing"))
            .forEach(step -> started.add(change.key() + " " + step.attempt()));
      }
    }
  }

  /** Ends the tenure; some of the batches that wait are kept all the same, always a prefix. */
  void lose(@Nullable Throwable why, boolean comesBack) {
    Tenure ended = tenure;
    Owner told = owner;
    if (ended == null || told == null) {
      return;
    }
    tenure = null;
    List<Pending> all = new ArrayList<>(pending);
    pending.clear();
    int kept = why == null ? all.size() : world.below(all.size() + 1);
    for (int i = 0; i < all.size(); i++) {
      if (i < kept) {
        apply(all.get(i).batch);
      }
      all.get(i).stage.completeExceptionally(new ShardLostException("lost", why));
    }
    told.lost(ended, why);
    if (comesBack) {
      world.laterInThisLife(world.below(3_000), "the store comes back", this::assign);
    }
  }

  /** The decisions of the tasks that go on after a restart. */
  Set<Long> keptDecisions() {
    Set<Long> all = new HashSet<>();
    states.forEach(
        (key, value) -> {
          if (key.startsWith(KeptValue.PROGRESS)) {
            Records.progress(value).decisions().forEach(decision -> all.add(decision.id()));
          }
        });
    return all;
  }

  boolean isAway() {
    return tenure == null;
  }

  private final class Tenure implements Shard {
    private final long epoch;

    Tenure(long epoch) {
      this.epoch = epoch;
    }

    @Override
    public long epoch() {
      return epoch;
    }

    @Override
    public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
      if (tenure != this) {
        return CompletableFuture.failedFuture(new ShardLostException("not yours", null));
      }
      Pending appended = new Pending(List.copyOf(batch), new CompletableFuture<>());
      if (world.fault(200)) {
        throw new IllegalStateException("the store throws");
      }
      if (world.fault(300)) {
        pending.add(appended);
        lose(new IllegalStateException("disk full"), true);
        return appended.stage;
      }
      pending.add(appended);
      if (world.below(3) == 0) {
        world.laterInThisLife(world.below(100), "the store keeps", SimStore.this::flush);
      } else {
        flush();
      }
      return appended.stage;
    }
  }
}
