/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Store;
import dev.arbiter.task.TaskState;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store that keeps a batch when the test says so, and goes away and comes back likewise. */
final class HeldStore implements Store {
  private final Map<String, byte[]> states = new LinkedHashMap<>();
  private final Deque<Held> held = new ArrayDeque<>();
  private @Nullable Owner owner;
  private @Nullable Shard shard;
  private Runnable onAppend = () -> {};
  private boolean holds;
  private int finds;
  private @Nullable TaskState silentAt;

  private record Held(List<Change> batch, CompletableFuture<@Nullable Void> stage) {}

  @Override
  public void open(Owner newOwner) {
    owner = newOwner;
    begin();
  }

  private void begin() {
    Shard next =
        new Shard() {
          @Override
          public long epoch() {
            return 1;
          }

          @Override
          public CompletionStage<@Nullable Void> append(List<Change> batch, Level level) {
            return keep(batch, this);
          }
        };
    shard = next;
    Recovery recovery = Objects.requireNonNull(owner).assigned(next);
    Map.copyOf(states).forEach(recovery::entry);
    recovery.ready();
  }

  private CompletionStage<@Nullable Void> keep(List<Change> batch, Shard by) {
    Runnable first = onAppend;
    onAppend = () -> {};
    first.run();
    if (by != shard) {
      return CompletableFuture.failedFuture(new ShardLostException("lost", null));
    }
    CompletableFuture<@Nullable Void> stage = new CompletableFuture<>();
    held.add(new Held(batch, stage));
    if (!holds) {
      keepAll();
    }
    return stage;
  }

  private void keep(String key, @Nullable Value value) {
    if (value == null) {
      states.remove(key);
    } else {
      states.put(key, value.bytes());
    }
  }

  /** Keeps the next batch of a task in this state, and goes away without a word about it. */
  void loseAcknowledgements(TaskState state) {
    silentAt = state;
  }

  private boolean isSilentAt(List<Change> batch) {
    boolean is = false;
    for (Change change : batch) {
      Value value = change.value();
      is |=
          value != null
              && change.key().startsWith(KeptValue.PROGRESS)
              && Records.progress(value.bytes()).state() == silentAt;
    }
    silentAt = is ? null : silentAt;
    return is;
  }

  /** How often it was asked for an end, of which it has none. */
  int finds() {
    return finds;
  }

  @Override
  public byte @Nullable [] find(String key) {
    finds++;
    return null;
  }

  void hold() {
    holds = true;
  }

  /** Keeps what is held, and all that comes. */
  void release() {
    holds = false;
    keepAll();
  }

  void keepFirst() {
    Held first = held.remove();
    keep(first);
    if (!isSilentAt(first.batch)) {
      first.stage.complete(null);
    }
  }

  private void keep(Held batch) {
    for (Change change : batch.batch) {
      if (change.kind() == Change.Kind.STATE) {
        keep(change.key(), change.value());
      }
    }
  }

  private void keepAll() {
    while (!held.isEmpty()) {
      keepFirst();
    }
  }

  /** Does this once, when the next batch comes, before it is kept. */
  void onNextAppend(Runnable then) {
    onAppend = then;
  }

  /** Goes away, without the batches that are held, and comes back. */
  void goAndComeBack() {
    go();
    comeBack();
  }

  void go() {
    Shard ended = Objects.requireNonNull(shard);
    shard = null;
    held.clear();
    Objects.requireNonNull(owner).lost(ended, new IllegalStateException("disk full"));
  }

  void comeBack() {
    begin();
  }

  /** Goes away and comes back with the batches that are held, and tells of them after that. */
  void goAndComeBackBeforeItTells() {
    List<Held> all = List.copyOf(held);
    all.forEach(this::keep);
    goAndComeBack();
    all.forEach(batch -> batch.stage.complete(null));
  }

  /** The process dies, without the batches that are held. Another arbiter may open the store. */
  void die() {
    shard = null;
    held.clear();
    holds = false;
  }

  boolean has(String key) {
    return states.containsKey(key);
  }

  void damage(String key) {
    states.put(key, new byte[] {1, 2, 3});
  }

  @Override
  public void close() {
    shard = null;
  }
}
