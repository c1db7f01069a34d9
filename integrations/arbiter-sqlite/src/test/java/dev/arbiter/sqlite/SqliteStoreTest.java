/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import dev.arbiter.spi.Store;
import dev.arbiter.tck.StoreContract;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;

/** The promises of every store, kept in a file. */
class SqliteStoreTest extends StoreContract {
  @TempDir Path folder;
  private final Map<Store, Path> files = new HashMap<>();

  @Override
  protected Store newStore() {
    return at(folder.resolve("store-" + files.size() + ".db"));
  }

  @Override
  protected Store again(Store closed) {
    return at(Objects.requireNonNull(files.get(closed)));
  }

  private Store at(Path file) {
    Store store = SqliteStore.at(file);
    files.put(store, file);
    return store;
  }
}
