/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store.Change;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A storage in one SQLite file. One connection writes; another one reads, for {@link #find}.
 *
 * <p>After any error of the connection that writes, that connection is closed, and refuses until
 * the storage is opened again: SQLite may have kept a part of what it refused in its memory.
 */
public final class SqliteStorage implements Storage {
  private final Path named;

  private @Nullable Path file;
  private @Nullable OwnerLock lock;
  private @Nullable Writing writing;

  /* The file that was opened last, and whether a write has failed since. */
  private @Nullable Object opened;
  private boolean failed;

  /* Guarded by reading, which find takes from any thread. */
  private final Object reading = new Object();
  private @Nullable PreparedStatement newest;

  /**
   * Makes a storage that is not open.
   *
   * @param file the file
   */
  public SqliteStorage(Path file) {
    this.named = Objects.requireNonNull(file, "store.file must not be null");
  }

  @Override
  public void open(BiConsumer<String, byte[]> kept) throws Exception {
    if (lock != null) {
      throw StoreFile.refusal(named, "is open already", "close it first");
    }
    Path real = StoreFile.real(named);
    OwnerLock taken = OwnerLock.take(real);
    lock = taken;
    file = real;
    try {
      if (failed) {
        requireThere(real);
      }
      WalFile.check(real);
      Writing begun = new Writing(real, StoreFile.own(real));
      writing = begun;
      begun.load(kept);
      opened = StoreFile.identity(real);
      Connection connection = StoreFile.read(real);
      synchronized (reading) {
        newest =
            connection.prepareStatement(
                "SELECT value, sum, id FROM ended WHERE key = ? ORDER BY "
                    + Writing.order("id")
                    + " DESC LIMIT 1");
      }
      failed = false;
    } catch (SQLException e) {
      close();
      throw StoreFile.explained(real, e);
    } catch (IOException e) {
      close();
      throw StoreFile.diskError(real, e);
    } catch (Throwable e) {
      close();
      throw e;
    }
  }

  private void requireSame(Path real) {
    if (opened != null && !opened.equals(StoreFile.identity(real))) {
      throw removed(real);
    }
  }

  /* A new file in its place would have none of the tasks, and say that they never were. */
  private void requireThere(Path real) throws IOException {
    if (!Files.exists(real) || Files.size(real) == 0) {
      throw removed(real);
    }
    // Another store in its place would be read with the log of the one before.
    requireSame(real);
  }

  private static IllegalStateException removed(Path real) {
    return StoreFile.refusal(
        real,
        "was removed or replaced while it was open",
        "put it back, or restart this process over what is there now");
  }

  @Override
  public void append(List<Change> batch, boolean force) {
    write(
        open -> {
          open.append(batch, force);
          if (force) {
            requireSame(open.file());
          }
        });
  }

  @Override
  public void forget(Instant before) {
    write(open -> open.forget(before));
  }

  private interface Write {
    void to(Writing open) throws SQLException;
  }

  private void write(Write write) {
    Writing open = writing;
    if (open == null) {
      throw StoreFile.refusal(named, "is not open", "open it first");
    }
    try {
      write.to(open);
    } catch (SQLException e) {
      writing = null;
      failed = true;
      open.throwAway();
      throw StoreFile.explained(open.file(), e);
    } catch (Throwable e) {
      writing = null;
      failed = true;
      open.throwAway();
      throw e;
    }
  }

  @Override
  public byte @Nullable [] find(String key) {
    synchronized (reading) {
      PreparedStatement query = newest;
      if (query == null) {
        throw StoreFile.refusal(named, "is not open", "wait until it is back");
      }
      try {
        query.setObject(1, Keys.toColumn(key));
        try (ResultSet row = query.executeQuery()) {
          if (!row.next()) {
            return null;
          }
          byte[] value = row.getBytes(1);
          if (Keys.sum(key, value) != row.getLong(2)) {
            throw StoreFile.damaged(named, "ended", row.getLong(3));
          }
          return value;
        }
      } catch (SQLException e) {
        throw StoreFile.explained(Objects.requireNonNull(file), e);
      }
    }
  }

  /* The lock last: until then the file is ours. */
  @Override
  public void close() {
    synchronized (reading) {
      PreparedStatement query = newest;
      newest = null;
      closeReader(query);
    }
    Writing open = writing;
    writing = null;
    OwnerLock taken = lock;
    lock = null;
    try {
      if (open != null) {
        open.close();
      }
    } finally {
      if (taken != null) {
        taken.close();
      }
    }
  }

  private static void closeReader(@Nullable PreparedStatement query) {
    try {
      if (query != null) {
        StoreFile.closeQuietly(query.getConnection());
      }
    } catch (SQLException e) {
      // closed already
    }
  }
}
