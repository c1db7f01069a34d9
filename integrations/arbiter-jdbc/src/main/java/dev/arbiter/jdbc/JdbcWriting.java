/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/** The statements of the connection that writes. Not thread-safe. */
final class JdbcWriting {
  /*
   * A batch is one transaction. Of several states of one key only the last is written. A batch that
   * is not forced commits with synchronous_commit off: the next forced commit flushes both, because
   * the log of the server is one.
   */
  static final int STEP = 5_000;

  private static final int MOST_STEPS = 100;
  private static final int FETCH = 200;
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999Z");

  private final Ownership owner;
  private final Connection connection;
  private final EventDays days;
  private final PreparedStatement begin;
  private final PreparedStatement putState;
  private final PreparedStatement dropState;
  private final PreparedStatement putEvent;
  private final PreparedStatement putEnd;
  private final Map<String, Change> states = new LinkedHashMap<>();

  JdbcWriting(Ownership owner, LongSupplier nanoTime) throws SQLException {
    this.owner = owner;
    connection = owner.connection();
    StorePool pool = owner.pool();
    begin =
        connection.prepareStatement(
            "SELECT set_config('synchronous_commit', ?, true) FROM "
                + pool.table("meta")
                + " WHERE name = 'tenure' AND value = ? AND pg_backend_pid() = ? FOR SHARE");
    putState =
        connection.prepareStatement(
            "INSERT INTO "
                + pool.table("state")
                + " VALUES (?, ?, ?::jsonb, ?) ON CONFLICT (key) DO UPDATE"
                + " SET at = EXCLUDED.at, about = EXCLUDED.about, value = EXCLUDED.value");
    dropState =
        connection.prepareStatement("DELETE FROM " + pool.table("state") + " WHERE key = ?");
    putEvent = connection.prepareStatement(insert(pool.table("event")));
    putEnd = connection.prepareStatement(insert(pool.table("ended")));
    days = new EventDays(this, connection, pool, nanoTime);
  }

  private static String insert(String table) {
    return "INSERT INTO " + table + "(key, at, about, value) VALUES (?, ?, ?::jsonb, ?)";
  }

  /** Reads the states. */
  void load(BiConsumer<String, byte[]> kept) throws SQLException {
    begin(false);
    try (Statement all = connection.createStatement()) {
      all.setFetchSize(FETCH);
      try (ResultSet row =
          all.executeQuery("SELECT key, value FROM " + owner.pool().table("state"))) {
        while (row.next()) {
          kept.accept(JdbcKeys.fromBytes(row.getBytes(1)), row.getBytes(2));
        }
      }
    }
    connection.commit();
    days.prepare();
  }

  void append(List<Change> batch, boolean force) throws SQLException {
    begin(force);
    int events = 0;
    int ends = 0;
    for (Change change : batch) {
      switch (change.kind()) {
        case STATE -> states.put(change.key(), change);
        case EVENT -> {
          put(putEvent, change);
          events++;
        }
        case END -> {
          put(putEnd, change);
          ends++;
        }
      }
    }
    int puts = 0;
    int drops = 0;
    for (Change change : states.values()) {
      if (change.value() != null) {
        put(putState, change);
        puts++;
      } else {
        dropState.setBytes(1, JdbcKeys.toBytes(change.key()));
        dropState.addBatch();
        drops++;
      }
    }
    states.clear();
    run(putEvent, events);
    run(putEnd, ends);
    run(putState, puts);
    run(dropState, drops);
    connection.commit();
  }

  private static void run(PreparedStatement statement, int rows) throws SQLException {
    if (rows > 0) {
      statement.executeBatch();
    }
  }

  private static void put(PreparedStatement statement, Change change) throws SQLException {
    Value value =
        Objects.requireNonNull(change.value(), "a change of the history must have a value");
    statement.setBytes(1, JdbcKeys.toBytes(change.key()));
    statement.setObject(2, time(value.columns().at()));
    statement.setString(3, About.json(value.columns()));
    statement.setBytes(4, value.bytes());
    statement.addBatch();
  }

  /** What the database can hold of an instant. */
  static OffsetDateTime time(Instant at) {
    Instant near = at.isBefore(FIRST) ? FIRST : at.isAfter(LAST) ? LAST : at;
    return near.truncatedTo(ChronoUnit.MICROS).atOffset(ZoneOffset.UTC);
  }

  /** Begins a transaction, and refuses if the pool is not this session's any more. */
  void begin(boolean force) throws SQLException {
    begin.setString(1, owner.level(force));
    begin.setLong(2, owner.tenure());
    begin.setInt(3, owner.session());
    try (ResultSet row = begin.executeQuery()) {
      if (!row.next()) {
        throw owner
            .pool()
            .refusal(
                "was taken by another owner, or its session was changed",
                "give each arbiter its own pool, and connect without a pooler that shares sessions",
                null);
      }
    }
  }

  /** Removes what is older, in short transactions. */
  void forget(Instant before) throws SQLException {
    OffsetDateTime first = time(before);
    days.prepare();
    days.forget(first);
    String ended = owner.pool().table("ended");
    // With an end go those before it: it replaced them, though their clock may have been ahead.
    deleteInSteps(
        "DELETE FROM "
            + ended
            + " r USING (SELECT key, max(seq) AS last FROM (SELECT key, seq FROM "
            + ended
            + " WHERE at < TIMESTAMPTZ '"
            + first
            + "' LIMIT "
            + STEP
            + ") old GROUP BY key) o WHERE r.key = o.key AND r.seq <= o.last");
  }

  /** Runs a statement that deletes STEP rows until it deletes fewer, or has run often enough. */
  void deleteInSteps(String sql) throws SQLException {
    int removed = STEP;
    for (int i = 0; i < MOST_STEPS && removed >= STEP; i++) {
      begin(false);
      try (Statement delete = connection.createStatement()) {
        removed = delete.executeUpdate(sql);
      }
      connection.commit();
    }
  }

  void close() throws SQLException {
    owner.giveBack();
  }

  void throwAway() {
    owner.throwAway();
  }
}
