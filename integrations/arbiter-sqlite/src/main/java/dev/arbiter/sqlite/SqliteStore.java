/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.sqlite.internal.SqliteStorage;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A store in one SQLite file: what was accepted is still there after a crash of the process.
 *
 * <pre>{@code
 * Arbiter.builder().store(SqliteStore.at(Path.of("tasks.db")))
 * }</pre>
 *
 * <p>One process owns the file while the arbiter is open. {@code build} throws an {@link
 * IllegalStateException} that names the file, its state and the next step: if another process owns
 * it, if it was written by a newer version, is no store, is damaged, or cannot be written.
 *
 * <p>Durable means: in the write-ahead log of SQLite, and synced to the disk (WAL, synchronous
 * FULL). One sync is for all tasks that wait at that moment.
 *
 * <p>Errors while it is open: the store throws the connection away, and opens the file again until
 * that succeeds, with pauses up to two seconds. A full disk is such an error.
 *
 * <p>Other programs may read the file at any time; its tables are in the README of this module. A
 * program that writes to it makes the store open the file again.
 */
public final class SqliteStore {
  private static final Duration RETENTION = Duration.ofHours(24);

  private SqliteStore() {}

  /**
   * {@return a store in this file, which keeps ended tasks for 24 hours}
   *
   * @param file the file; it is made if it does not exist, its folder is not
   */
  public static Store at(Path file) {
    return at(file, RETENTION);
  }

  /**
   * {@return a store in this file}
   *
   * @param file the file; it is made if it does not exist, its folder is not
   * @param retention how long events and ends are kept, at least a minute. An ended task is found
   *     by its id and its idempotency key for as long
   * @throws IllegalArgumentException if the retention is shorter
   */
  public static Store at(Path file, Duration retention) {
    return Store.of(new SqliteStorage(file), retention, Sources.system().clock());
  }
}
