/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import dev.arbiter.spi.Storage;
import dev.arbiter.tck.StorageContract;
import java.nio.file.Path;
import java.util.Map;

/** The promises of a storage, of the store and of the arbiter over it, kept in PostgreSQL. */
class PostgresStorageTest extends StorageContract {
  @Override
  protected Storage storage(Path place) {
    return new PostgresStorage(Server.source(), Server.pool(place));
  }

  @Override
  protected int kills() {
    return 2;
  }

  /** The server syncs. */
  @Override
  protected boolean forcesFiles() {
    return false;
  }

  @Override
  protected Map<String, String> properties() {
    return Map.of(Server.portProperty(), Integer.toString(Server.port()));
  }
}
