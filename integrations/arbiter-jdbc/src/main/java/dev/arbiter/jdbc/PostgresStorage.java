/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A storage in a schema of PostgreSQL. One connection writes; another one reads, for {@link #find}.
 *
 * <p>After any error of the connection that writes, that connection is ended, and refuses until the
 * storage is opened again.
 */
final class PostgresStorage implements Storage {
  private final DataSource source;
  private final StorePool pool;
  private final LongSupplier nanoTime;

  private boolean open;
  private @Nullable JdbcWriting writing;

  /* Guarded by reading, which find takes from any thread. */
  private final Object reading = new Object();
  private volatile boolean readable;
  private volatile int failures;
  private StorePool.@Nullable Borrowed reader;
  private @Nullable PreparedStatement newest;

  PostgresStorage(DataSource source, String pool) {
    this(source, pool, StorePool.PATIENCE, Sources.system().nanoTime());
  }

  /**
   * Makes a storage that is not open.
   *
   * @param patience how long a call waits for a connection or an answer
   * @param nanoTime nanoseconds; only differences count
   */
  PostgresStorage(DataSource source, String pool, Duration patience, LongSupplier nanoTime) {
    this.source = Objects.requireNonNull(source, "store.source must not be null");
    this.pool = new StorePool(pool, patience);
    this.nanoTime = nanoTime;
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) throws Exception {
    if (open) {
      throw pool.refusal("is open already", "close it first", null);
    }
    try {
      Ownership owner = Ownership.take(source, pool);
      open = true;
      JdbcWriting begun = begin(owner);
      writing = begun;
      begun.load(kept);
      synchronized (reading) {
        newest = newReader();
        readable = true;
      }
    } catch (SQLException e) {
      closeAfter(e);
      throw pool.explained(e);
    } catch (Throwable e) {
      closeAfter(e);
      throw e;
    }
  }

  private JdbcWriting begin(Ownership owner) throws SQLException {
    try {
      return new JdbcWriting(owner, nanoTime);
    } catch (Throwable e) {
      owner.throwAway();
      throw e;
    }
  }

  /* What went wrong first is what is told. */
  private void closeAfter(Throwable first) {
    JdbcWriting begun = writing;
    writing = null;
    if (begun != null) {
      begun.throwAway();
    }
    try {
      close();
    } catch (SQLException e) {
      first.addSuppressed(e);
    }
  }

  @Override
  public void append(List<Change> batch, boolean force) {
    write(begun -> begun.append(batch, force));
  }

  @Override
  public void forget(Instant before) {
    write(begun -> begun.forget(before));
  }

  private interface Write {
    void to(JdbcWriting begun) throws SQLException;
  }

  private void write(Write write) {
    JdbcWriting begun = writing;
    if (begun == null) {
      throw pool.refusal("is not open", "open it first", null);
    }
    try {
      write.to(begun);
    } catch (SQLException e) {
      writing = null;
      begun.throwAway();
      throw pool.explained(e);
    } catch (Throwable e) {
      writing = null;
      begun.throwAway();
      throw e;
    }
  }

  @Override
  public byte @Nullable [] find(String key) {
    int before = failures;
    synchronized (reading) {
      requireReadable();
      if (failures != before) {
        // Who waited for a call that failed does not wait for a connection of its own after it.
        throw pool.refusal("could not be read just now", "try again when it is back", null);
      }
      try {
        return askTwice(key);
      } catch (SQLException e) {
        endReader();
        failures++;
        throw pool.explained(e);
      } catch (RuntimeException e) {
        failures++;
        throw e;
      }
    }
  }

  private byte @Nullable [] askTwice(String key) throws SQLException {
    try {
      return ask(key);
    } catch (SQLException e) {
      if (reader == null) {
        throw e;
      }
      // The server may have ended an idle session. Another one asks again, once.
      endReader();
      requireReadable();
      return ask(key);
    }
  }

  private void requireReadable() {
    if (!readable) {
      throw pool.refusal("is not open", "wait until it is back", null);
    }
  }

  private byte @Nullable [] ask(String key) throws SQLException {
    PreparedStatement query = newest;
    if (query == null) {
      query = newReader();
      newest = query;
    }
    query.setBytes(1, JdbcKeys.toBytes(key));
    try (ResultSet row = query.executeQuery()) {
      return row.next() ? row.getBytes(1) : null;
    }
  }

  private PreparedStatement newReader() throws SQLException {
    StorePool.Borrowed borrowed = pool.connect(source);
    Connection connection = borrowed.connection();
    try {
      connection.setAutoCommit(true);
      PreparedStatement query =
          connection.prepareStatement(
              "SELECT value FROM "
                  + pool.table("ended")
                  + " WHERE key = ? ORDER BY seq DESC LIMIT 1");
      reader = borrowed;
      return query;
    } catch (SQLException e) {
      StorePool.abort(connection);
      throw e;
    }
  }

  private void endReader() {
    StorePool.Borrowed borrowed = reader;
    reader = null;
    newest = null;
    if (borrowed != null) {
      StorePool.abort(borrowed.connection());
    }
  }

  private void giveBackReader() {
    StorePool.Borrowed borrowed = reader;
    PreparedStatement query = newest;
    reader = null;
    newest = null;
    try {
      if (borrowed != null && query != null) {
        query.close();
        borrowed.giveBack();
      }
    } catch (SQLException e) {
      // ended already
    }
  }

  /* The owner last: until then the pool is ours. */
  @Override
  public void close() throws SQLException {
    // First: then those who wait to read are refused, and close waits for one of them only.
    readable = false;
    synchronized (reading) {
      giveBackReader();
    }
    open = false;
    JdbcWriting begun = writing;
    writing = null;
    if (begun != null) {
      begun.close();
    }
  }
}
