/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * A store in a PostgreSQL database: what was accepted is still there after a crash of the process
 * or of the server.
 *
 * <pre>{@code
 * JdbcStore.createSchema(dataSource, "orders"); // once, or by Flyway
 * Arbiter.builder().store(JdbcStore.at(dataSource, "orders"))
 * }</pre>
 *
 * <p>A pool is a schema of the database, with the tables of one arbiter. One process owns it while
 * its arbiter is open, by an advisory lock of its session. {@code build} throws an {@link
 * IllegalStateException} that names the pool, its state and the next step: if another process owns
 * it (the message names process and host), if it has no tables, those of a newer version, or if the
 * database cannot be reached or written.
 *
 * <p>Connections: two for each open arbiter, one that writes and one that reads, taken from the
 * data source and held. They must be sessions of their own: behind a pooler that shares sessions
 * between transactions, the first one in another session is refused.
 *
 * <p>Durable means: committed with synchronous_commit on, or what the role has set if that is more.
 * One commit is for all tasks that wait at that moment.
 *
 * <p>Errors while it is open: the store throws the connection away, and takes another one until
 * that succeeds, with pauses up to two seconds. No call waits for a connection or an answer of the
 * server for longer than 30 seconds.
 *
 * <p>Other programs may read the tables at any time; the views are in the README of this module.
 */
public final class JdbcStore {
  private static final Duration RETENTION = Duration.ofHours(24);

  private JdbcStore() {}

  /**
   * {@return a store in this pool, which keeps ended tasks for 24 hours}
   *
   * @param source gives connections to the database; it stays the caller's
   * @param pool the name of the schema: small letters, digits and _, at most 40, not first a digit
   * @throws IllegalArgumentException if the name is another one
   */
  public static Store at(DataSource source, String pool) {
    return at(source, pool, RETENTION);
  }

  /**
   * {@return a store in this pool}
   *
   * @param source gives connections to the database; it stays the caller's
   * @param pool the name of the schema: small letters, digits and _, at most 40, not first a digit
   * @param retention how long ended tasks are kept, at least a minute. An ended task is found by
   *     its id and its idempotency key for as long. Events go a day at a time, up to a day later
   * @throws IllegalArgumentException if the name is another one, or the retention is shorter
   */
  public static Store at(DataSource source, String pool, Duration retention) {
    return Store.of(new PostgresStorage(source, pool), retention, Sources.system().clock());
  }

  /**
   * Makes the schema of a pool, or brings it to the version of this Arbiter; does nothing if it has
   * that version. The scripts are in this jar, {@code arbiter-jdbc/V1__tasks.sql} and so on, named
   * as Flyway does.
   *
   * @param source gives a connection to the database, of a role that may create there
   * @param pool the name of the schema
   * @throws IllegalArgumentException if the name is no name of a pool
   * @throws IllegalStateException if that cannot be done; the message says why
   */
  public static void createSchema(DataSource source, String pool) {
    PoolSchema.create(source, new StorePool(pool, StorePool.PATIENCE));
  }
}
