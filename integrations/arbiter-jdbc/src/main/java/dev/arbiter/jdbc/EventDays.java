/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The partitions of events, one for each day in UTC; retention drops them. */
final class EventDays {
  /*
   * Partitions are made a day ahead, never while tasks are appended. An event of another day, of a
   * clock that is wrong, goes to the default partition. A partition is made apart and attached:
   * that waits for no reader of the other days. What a reader or missing rights hold up is tried
   * again a minute later, because each try may hold up appends for a second. A day that cannot be
   * dropped is emptied.
   *
   * With TimescaleDB the table is a hypertable, which makes its chunks itself.
   */
  private static final Logger LOG = LoggerFactory.getLogger(JdbcStore.class);
  private static final String DAY = "event_";
  private static final String ALL = "";
  private static final long PAUSE = TimeUnit.MINUTES.toNanos(1);

  /* Lock not available, no right, rows of that day in the default partition, deadlock, exists. */
  private static final String LOCKED = "55P03";
  private static final Set<String> LATER = Set.of(LOCKED, "42501", "23514", "40P01", "42P07");

  private final JdbcWriting writing;
  private final Connection connection;
  private final StorePool pool;
  private final LongSupplier nanoTime;
  private final boolean hyper;

  /* When a table could last not be changed, by its name; ALL for a reader of some of them. */
  private final Map<String, Long> heldUp = new HashMap<>();
  private boolean warned;

  EventDays(JdbcWriting writing, Connection connection, StorePool pool, LongSupplier nanoTime)
      throws SQLException {
    this.writing = writing;
    this.connection = connection;
    this.pool = pool;
    this.nanoTime = nanoTime;
    String kind =
        "SELECT relkind FROM pg_class WHERE oid = '" + pool.table("event") + "'::regclass";
    hyper = !PoolSchema.text(connection, kind).equals("p");
  }

  /** Makes the partitions of today and tomorrow. */
  void prepare() throws SQLException {
    if (hyper) {
      return;
    }
    List<LocalDate> there = all();
    LocalDate today =
        LocalDate.parse(
            PoolSchema.text(connection, "SELECT (now() AT TIME ZONE 'UTC')::date::text"));
    connection.commit();
    for (LocalDate day : List.of(today, today.plusDays(1))) {
      if (!there.contains(day)) {
        change(
            table(day),
            "CREATE TABLE "
                + table(day)
                + " (LIKE "
                + pool.table("event")
                + " INCLUDING DEFAULTS); ALTER TABLE "
                + pool.table("event")
                + " ATTACH PARTITION "
                + table(day)
                + " FOR VALUES FROM ('"
                + day
                + " 00:00:00+00') TO ('"
                + day.plusDays(1)
                + " 00:00:00+00')");
      }
    }
  }

  /** Removes the days that are wholly older. */
  void forget(OffsetDateTime before) throws SQLException {
    if (hyper) {
      change(
          pool.table("event"),
          "SELECT "
              + PoolSchema.text(
                  connection,
                  "SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n"
                      + " ON n.oid = e.extnamespace WHERE e.extname = 'timescaledb'")
              + ".drop_chunks('"
              + pool.table("event")
              + "', TIMESTAMPTZ '"
              + before
              + "')");
      return;
    }
    for (LocalDate day : all()) {
      if (!day.plusDays(1).isAfter(before.toLocalDate())) {
        change(table(day), "DROP TABLE " + table(day));
      }
    }
    // Rows of the default partition, and of days that could not be dropped. The place of a row is
    // its own in one day only: so a step may remove rows of other days too, which are as old.
    String event = pool.table("event");
    String old = " WHERE at < TIMESTAMPTZ '" + before.truncatedTo(ChronoUnit.DAYS) + "'";
    writing.deleteInSteps(
        "DELETE FROM "
            + event
            + old
            + " AND ctid = ANY (ARRAY(SELECT ctid FROM "
            + event
            + old
            + " LIMIT "
            + JdbcWriting.STEP
            + "))");
  }

  private String table(LocalDate day) {
    return pool.table(DAY + DateTimeFormatter.BASIC_ISO_DATE.format(day));
  }

  private List<LocalDate> all() throws SQLException {
    List<LocalDate> days = new ArrayList<>();
    try (Statement query = connection.createStatement();
        ResultSet row =
            query.executeQuery(
                "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                    + " WHERE i.inhparent = '"
                    + pool.table("event")
                    + "'::regclass AND c.relname ~ '^event_[0-9]{8}$'")) {
      while (row.next()) {
        String day = row.getString(1).substring(DAY.length());
        days.add(LocalDate.parse(day, DateTimeFormatter.BASIC_ISO_DATE));
      }
    }
    return days;
  }

  private void change(String table, String sql) throws SQLException {
    if (isHeldUp(table) || isHeldUp(ALL)) {
      return;
    }
    try {
      writing.begin(false);
      PoolSchema.run(connection, "SET LOCAL lock_timeout = '1s'");
      PoolSchema.run(connection, sql);
      connection.commit();
      heldUp.remove(table);
    } catch (SQLException e) {
      if (!LATER.contains(String.valueOf(e.getSQLState()))) {
        throw e;
      }
      connection.rollback();
      // Each wait for a lock holds up appends, so no other day is tried.
      heldUp.put(LOCKED.equals(e.getSQLState()) ? ALL : table, nanoTime.getAsLong());
      if (!warned) {
        warned = true;
        LOG.warn(
            "the days of events of pool '{}' could not be changed; it is tried each minute: {}",
            pool.name(),
            e.getMessage());
      }
    }
  }

  private boolean isHeldUp(String table) {
    Long since = heldUp.get(table);
    return since != null && nanoTime.getAsLong() - since < PAUSE;
  }
}
