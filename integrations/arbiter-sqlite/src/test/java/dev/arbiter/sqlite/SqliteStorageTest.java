/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import dev.arbiter.spi.Storage;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.tck.StorageContract;
import java.nio.file.Path;

/** The promises of every storage, kept in a file; torn and damaged files are in WrongFileTest. */
class SqliteStorageTest extends StorageContract {
  @Override
  protected Storage storage(Path place) {
    return new SqliteStorage(place);
  }
}
