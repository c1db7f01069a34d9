/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The name of a pool, and how errors of its database read.
 *
 * @param name the schema
 * @param patience how long a call waits for the database
 */
record StorePool(String name, Duration patience) {
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final int LONGEST = 40;

  StorePool {
    Objects.requireNonNull(name, "store.pool must not be null");
    boolean plain = !name.isEmpty() && name.length() <= LONGEST && !name.startsWith("pg_");
    for (int i = 0; plain && i < name.length(); i++) {
      char c = name.charAt(i);
      plain = c == '_' || (c >= 'a' && c <= 'z') || (i > 0 && c >= '0' && c <= '9');
    }
    if (!plain) {
      throw new IllegalArgumentException(
          "store.pool must be small letters, digits and _, at most 40, first no digit or pg_, got '"
              + name
              + "'");
    }
  }

  /** The name of a table or view, with its schema. */
  String table(String table) {
    return '"' + name + "\"." + table;
  }

  /** The number of the advisory lock. */
  long lock() {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      return ByteBuffer.wrap(sha.digest(("dev.arbiter.jdbc:" + name).getBytes(UTF_8))).getLong();
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("each Java has SHA-256", e);
    }
  }

  /** A connection of the host, and how it came. */
  record Borrowed(Connection connection, boolean autoCommit, int timeout) {

    /** Gives it back as it came; there is no open transaction. */
    void giveBack() throws SQLException {
      connection.setAutoCommit(autoCommit);
      connection.setNetworkTimeout(Runnable::run, timeout);
      connection.close();
    }
  }

  /** Takes a connection, and waits no longer than the patience, whatever the source does. */
  Borrowed connect(DataSource source) throws SQLException {
    CompletableFuture<Connection> asked = new CompletableFuture<>();
    Thread asking =
        new Thread(
            () -> {
              try {
                Connection connection = source.getConnection();
                if (!asked.complete(connection)) {
                  closeQuietly(connection);
                }
              } catch (Throwable e) {
                asked.completeExceptionally(e);
              }
            },
            "arbiter-jdbc-connect");
    asking.setDaemon(true);
    asking.start();
    try {
      Connection connection = asked.get(patience.toMillis(), TimeUnit.MILLISECONDS);
      Borrowed borrowed =
          new Borrowed(connection, connection.getAutoCommit(), connection.getNetworkTimeout());
      connection.setNetworkTimeout(Runnable::run, (int) patience.toMillis());
      return borrowed;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SQLException known) {
        throw known;
      }
      throw refusal("got no connection from its data source: " + e.getCause(), "see the cause", e);
    } catch (TimeoutException e) {
      forgo(asked);
      throw refusal(
          "got no connection from its data source within " + patience,
          "let it give two to each store, and fail when it has none",
          e);
    } catch (InterruptedException e) {
      forgo(asked);
      Thread.currentThread().interrupt();
      throw refusal("got no connection, its thread was interrupted", "try again", e);
    }
  }

  /* A connection that comes later, or came just now, goes back. */
  private static void forgo(CompletableFuture<Connection> asked) {
    if (!asked.cancel(false)) {
      CompletableFuture<Void> unused = asked.thenAccept(StorePool::closeQuietly);
    }
  }

  static void closeQuietly(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // nothing is expected of it any more
    }
  }

  /** Ends a session of which nothing is known; a pool of connections makes another one. */
  static void abort(Connection connection) {
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      // closing is what is left
    }
    closeQuietly(connection);
  }

  IllegalStateException refusal(String state, String next, @Nullable Throwable cause) {
    return new IllegalStateException("the pool '" + name + "' " + state + "; " + next, cause);
  }

  /** An error of the database in words: the pool, its state, the next step. */
  IllegalStateException explained(SQLException e) {
    String code = Objects.requireNonNullElse(e.getSQLState(), "");
    String state =
        switch (code) {
          case "3D000" -> "has no database; create the database, or correct the address";
          case "42501" -> "may not be used by this role; grant it the schema and its tables";
          case "25006" -> "is on a server that only reads; connect to the primary";
          case "53100" -> "is on a full disk; make room";
          case "53300" -> "got no connection, the server has no more; raise max_connections";
          case "55P03" -> "is locked by another session; end its transaction";
          case "57P01", "57P02", "57P03" -> "is on a server that stops or starts; wait";
          case "42P01", "3F000" -> missing();
          default -> byClass(code);
        };
    SQLException told = e instanceof BatchUpdateException ? withoutValues(e) : e;
    return new IllegalStateException(
        "the pool '" + name + "' " + state + " (" + told.getMessage() + ")", told);
  }

  /* The message of a batch has the values of its rows, and so do the details of its cause. */
  private static SQLException withoutValues(SQLException batch) {
    SQLException first = Objects.requireNonNullElse(batch.getNextException(), batch);
    String message = first == batch ? "a batch failed" : String.valueOf(first.getMessage());
    SQLException told =
        new SQLException(
            message.lines().findFirst().orElse(""), batch.getSQLState(), batch.getErrorCode());
    told.setStackTrace(batch.getStackTrace());
    return told;
  }

  String missing() {
    return "has no tables; call JdbcStore.createSchema once, or run arbiter-jdbc/V*.sql of the jar"
        + " by Flyway with defaultSchema="
        + name;
  }

  private static String byClass(String code) {
    return switch (code.length() < 2 ? "" : code.substring(0, 2)) {
      case "28" -> "refused the credentials; correct user and password of the data source";
      case "08" -> "cannot be reached; check that the server runs, and its address";
      case "XX", "58" -> "is damaged, or its disk is; check the disk, restore a backup";
      case "" -> "got no connection; let the data source give two to each store";
      default -> "failed; see the cause";
    };
  }
}
