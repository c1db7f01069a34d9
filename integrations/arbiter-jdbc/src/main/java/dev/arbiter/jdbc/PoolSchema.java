/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The tables of a pool and their version. */
final class PoolSchema {
  /** Grows when an older Arbiter would misread or harm the tables. */
  static final int VERSION = 1;

  /* One for each version. A folder that is no package: so Flyway finds it on the module path. */
  private static final List<String> SCRIPTS = List.of("/arbiter-jdbc/V1__tasks.sql");

  private PoolSchema() {}

  static void create(DataSource source, StorePool pool) {
    Objects.requireNonNull(source, "store.source must not be null");
    Connection connection = null;
    try {
      StorePool.Borrowed borrowed = pool.connect(source);
      connection = borrowed.connection();
      requirePostgres(connection, pool);
      connection.setAutoCommit(false);
      create(connection, pool);
      connection.commit();
      borrowed.giveBack();
    } catch (SQLException e) {
      throwAway(connection);
      throw pool.explained(e);
    } catch (RuntimeException e) {
      throwAway(connection);
      throw e;
    }
  }

  private static void throwAway(@Nullable Connection connection) {
    if (connection != null) {
      StorePool.abort(connection);
    }
  }

  private static void create(Connection connection, StorePool pool) throws SQLException {
    if (version(connection, pool) == VERSION) {
      return;
    }
    run(connection, "SET LOCAL lock_timeout = '20s'");
    run(connection, "SELECT pg_advisory_xact_lock(" + pool.lock() + ")");
    long version = version(connection, pool);
    if (version > VERSION) {
      throw newer(pool, version);
    }
    run(connection, "CREATE SCHEMA IF NOT EXISTS \"" + pool.name() + '"');
    run(connection, "SET LOCAL search_path = \"" + pool.name() + '"');
    for (String script : SCRIPTS.subList((int) version, SCRIPTS.size())) {
      run(connection, text(script));
    }
  }

  private static String text(String script) {
    try (InputStream in = PoolSchema.class.getResourceAsStream(script)) {
      return new String(Objects.requireNonNull(in, script).readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Refuses any database but one that a store can use. */
  static void requirePostgres(Connection connection, StorePool pool) throws SQLException {
    String product = connection.getMetaData().getDatabaseProductName();
    if (!"PostgreSQL".equals(product)) {
      throw pool.refusal("is on " + product, "give it a data source of PostgreSQL", null);
    }
    String encoding = text(connection, "SELECT current_setting('server_encoding')");
    if (!"UTF8".equals(encoding)) {
      throw pool.refusal(
          "is in a database with encoding " + encoding, "create one with encoding UTF8", null);
    }
  }

  /** Refuses tables that are missing, or of another version. */
  static void check(Connection connection, StorePool pool) throws SQLException {
    long version = version(connection, pool);
    if (version == 0) {
      throw new IllegalStateException("the pool '" + pool.name() + "' " + pool.missing());
    }
    if (version > VERSION) {
      throw newer(pool, version);
    }
    if (version < VERSION) {
      throw pool.refusal(
          String.format(
              Locale.ROOT,
              "has version %d of the tables, this Arbiter reads version %d",
              version,
              VERSION),
          "call JdbcStore.createSchema, or run the newer scripts of the jar",
          null);
    }
  }

  private static IllegalStateException newer(StorePool pool, long version) {
    return pool.refusal(
        String.format(
            Locale.ROOT,
            "has version %d of the tables, this Arbiter reads version %d",
            version,
            VERSION),
        "use the Arbiter that made it, or a newer one",
        null);
  }

  /* 0 if there are none. */
  private static long version(Connection connection, StorePool pool) throws SQLException {
    String table = pool.table("meta");
    if (text(connection, "SELECT to_regclass('" + table + "')::text").isEmpty()) {
      return 0;
    }
    String version = text(connection, "SELECT value FROM " + table + " WHERE name = 'version'");
    return version.isEmpty() ? 0 : Long.parseLong(version);
  }

  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The text that a query gives; empty if none. */
  static String text(Connection connection, String sql) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql);
        ResultSet row = statement.executeQuery()) {
      return row.next() ? Objects.requireNonNullElse(row.getString(1), "") : "";
    }
  }
}
