/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.StringJoiner;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The session that owns a pool: the right to write it ends with the session. */
final class Ownership {
  /*
   * An advisory lock belongs to a session, so the same session writes. That alone is enough, but
   * not behind a pooler that gives each transaction another session: so each transaction asks first
   * whether it is in that session, and whether its tenure in table meta is the newest. The row lock
   * of that question makes a new owner wait for the transaction that runs.
   */
  private static final Logger LOG = LoggerFactory.getLogger(JdbcStore.class);

  private static final String HOLDER =
      "SELECT a.pid, a.application_name, a.client_addr, a.backend_start, a.pid = pg_backend_pid()"
          + " FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid"
          + " JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()"
          + " WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1"
          + " AND (l.classid::bigint << 32 | l.objid::bigint) = ?";

  /*
   * A session that the server ends while no task comes would give the lock away. That of a machine
   * that is gone ends after half a minute: if it is idle by the keepalives, and by the user timeout
   * if an answer is on its way to it.
   */
  private static final Map<String, String> SETTINGS =
      Map.of(
          "lock_timeout", "10s",
          "idle_session_timeout", "0",
          "idle_in_transaction_session_timeout", "0",
          "tcp_keepalives_idle", "15",
          "tcp_keepalives_interval", "5",
          "tcp_keepalives_count", "3",
          "tcp_user_timeout", "30s");

  private final StorePool pool;
  private final StorePool.Borrowed borrowed;
  private final Connection connection;
  private final String forcedLevel;
  private final int isolation;
  private long tenure;
  private int session;

  private Ownership(StorePool pool, StorePool.Borrowed borrowed) throws SQLException {
    this.pool = pool;
    this.borrowed = borrowed;
    connection = borrowed.connection();
    connection.setAutoCommit(true);
    isolation = connection.getTransactionIsolation();
    String level = PoolSchema.text(connection, "SELECT current_setting('synchronous_commit')");
    forcedLevel = level.equals("off") ? "on" : level;
  }

  /**
   * Takes a pool for this process.
   *
   * @throws IllegalStateException if it has an owner, or cannot be used; the message says it
   */
  static Ownership take(DataSource source, StorePool pool) throws SQLException {
    StorePool.Borrowed borrowed = pool.connect(source);
    try {
      Ownership taken = new Ownership(pool, borrowed);
      taken.take();
      return taken;
    } catch (Throwable e) {
      StorePool.abort(borrowed.connection());
      throw e;
    }
  }

  private void take() throws SQLException {
    PoolSchema.requirePostgres(connection, pool);
    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    set();
    if (isHeldHere() || !lock()) {
      throw owned();
    }
    try {
      PoolSchema.check(connection, pool);
      if (PoolSchema.text(connection, "SELECT current_setting('fsync')").equals("off")) {
        LOG.warn("the server of pool '{}' has fsync off: a crash may lose everything", pool.name());
      }
      session = Integer.parseInt(PoolSchema.text(connection, "SELECT pg_backend_pid()"));
      tenure =
          Long.parseLong(
              PoolSchema.text(
                  connection,
                  "UPDATE "
                      + pool.table("meta")
                      + " SET value = value + 1 WHERE name = 'tenure' RETURNING value"));
      connection.setAutoCommit(false);
    } catch (Throwable e) {
      giveBack();
      throw e;
    }
  }

  private void set() throws SQLException {
    StringJoiner all = new StringJoiner(", ", "SELECT ", "");
    SETTINGS.forEach(
        (name, value) -> all.add("set_config('" + name + "', '" + value + "', false)"));
    try (PreparedStatement set =
        connection.prepareStatement(all + ", set_config('application_name', ?, false)")) {
      set.setString(1, name());
      set.execute();
    }
  }

  private void reset() throws SQLException {
    StringJoiner all = new StringJoiner("; RESET ", "RESET ", "; RESET application_name");
    SETTINGS.keySet().forEach(all::add);
    PoolSchema.run(connection, all.toString());
  }

  /* A data source may give the same session twice, which could take its own lock again. */
  private boolean isHeldHere() throws SQLException {
    try (PreparedStatement query = connection.prepareStatement(HOLDER)) {
      query.setLong(1, pool.lock());
      try (ResultSet row = query.executeQuery()) {
        return row.next() && row.getBoolean(5);
      }
    }
  }

  /* Waits a second: the server needs a moment to notice that a process was killed. */
  private boolean lock() throws SQLException {
    try {
      PoolSchema.run(
          connection, "SET lock_timeout = '1s'; SELECT pg_advisory_lock(" + pool.lock() + ")");
    } catch (SQLException e) {
      if ("55P03".equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
    PoolSchema.run(connection, "SET lock_timeout = '10s'");
    return true;
  }

  private IllegalStateException owned() throws SQLException {
    String owner = "another session that ended just now";
    try (PreparedStatement query = connection.prepareStatement(HOLDER)) {
      query.setLong(1, pool.lock());
      try (ResultSet row = query.executeQuery()) {
        if (row.next()) {
          String address = row.getString(3);
          owner =
              "'"
                  + row.getString(2)
                  + "' (session "
                  + row.getString(1)
                  + (address == null ? "" : " from " + address)
                  + ", since "
                  + row.getString(4)
                  + ")";
        }
      }
    }
    return pool.refusal(
        "is owned by " + owner, "end that process, or give each arbiter its own pool", null);
  }

  private static String name() {
    return "arbiter, process " + ProcessHandle.current().pid() + " on " + host();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return "a host without a name";
    }
  }

  Connection connection() {
    return connection;
  }

  StorePool pool() {
    return pool;
  }

  long tenure() {
    return tenure;
  }

  /** The number of the session that has the lock. */
  int session() {
    return session;
  }

  /** What synchronous_commit is for a batch. */
  String level(boolean force) {
    return force ? forcedLevel : "off";
  }

  /** Gives the session back as it was. */
  void giveBack() throws SQLException {
    try {
      if (!connection.getAutoCommit()) {
        connection.rollback();
        connection.setAutoCommit(true);
      }
      PoolSchema.run(connection, "SELECT pg_advisory_unlock(" + pool.lock() + ")");
      reset();
      connection.setTransactionIsolation(isolation);
      borrowed.giveBack();
    } catch (SQLException e) {
      StorePool.abort(connection);
      throw e;
    }
  }

  /** Ends the session. The lock goes at once if the server answers, or else when it notices. */
  void throwAway() {
    try {
      connection.setNetworkTimeout(Runnable::run, 2_000);
      connection.rollback();
      connection.setAutoCommit(true);
      PoolSchema.run(connection, "SELECT pg_advisory_unlock(" + pool.lock() + ")");
    } catch (SQLException e) {
      // the end of the session is the end of the lock
    }
    StorePool.abort(connection);
  }
}
