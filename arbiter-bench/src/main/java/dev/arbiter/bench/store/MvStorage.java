/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.store;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.jspecify.annotations.Nullable;

/** A peer: states and ends in two maps of H2's MVStore, with a commit and a sync for a batch. */
final class MvStorage implements Storage {
  private final Path file;
  private @Nullable MVStore store;

  MvStorage(Path file) {
    this.file = file;
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) {
    MVStore opened =
        new MVStore.Builder().fileName(file.toString()).autoCommitDisabled().cacheSize(16).open();
    store = opened;
    opened.<String, byte[]>openMap("state").forEach(kept);
  }

  @Override
  public void append(List<Change> batch, boolean force) {
    MVStore open = Objects.requireNonNull(store);
    MVMap<String, byte[]> states = open.openMap("state");
    MVMap<String, byte[]> ends = open.openMap("end");
    for (Change change : batch) {
      Value value = change.value();
      if (value == null) {
        states.remove(change.key());
      } else if (change.kind() == Change.Kind.END) {
        ends.put(change.key(), value.bytes());
      } else {
        states.put(change.key(), value.bytes());
      }
    }
    open.commit();
    if (force) {
      open.sync();
    }
  }

  @Override
  public byte @Nullable [] find(String key) {
    return Objects.requireNonNull(store).<String, byte[]>openMap("end").get(key);
  }

  @Override
  public void forget(Instant before) {}

  @Override
  public void close() {
    if (store != null) {
      store.close();
    }
  }
}
