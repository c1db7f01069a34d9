/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Keeps the state of tasks in a map, and no history. It is never lost while it is open. */
final class MemoryStore implements Store {
  private static final CompletionStage<@Nullable Void> KEPT =
      CompletableFuture.completedFuture(null);

  private final Map<String, byte[]> states = new ConcurrentHashMap<>();
  private @Nullable Owner owner;
  private volatile @Nullable Tenure tenure;
  private long epochs;

  @Override
  public synchronized void open(Owner newOwner) {
    if (owner != null) {
      throw new IllegalStateException("the store is open already; give each arbiter its own");
    }
    owner = newOwner;
    try {
      begin(newOwner);
    } catch (RuntimeException e) {
      owner = null;
      tenure = null;
      throw e;
    }
  }

  private void begin(Owner to) {
    Tenure begun = new Tenure(++epochs);
    tenure = begun;
    Recovery recovery = to.assigned(begun);
    states.forEach(recovery::entry);
    recovery.ready();
  }

  @Override
  public boolean isKept() {
    return false;
  }

  @Override
  public synchronized void close() {
    Owner told = owner;
    Tenure ended = tenure;
    owner = null;
    tenure = null;
    if (told != null && ended != null) {
      told.lost(ended, null);
    }
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
        return CompletableFuture.failedFuture(new ShardLostException("the store is closed", null));
      }
      for (int i = 0; i < batch.size(); i++) {
        Change change = batch.get(i);
        if (change.kind() == Change.Kind.STATE) {
          keep(change.key(), change.value());
        }
      }
      return KEPT;
    }

    private void keep(String key, @Nullable Value value) {
      if (value == null) {
        states.remove(key);
      } else {
        states.put(key, value.bytes());
      }
    }
  }
}
