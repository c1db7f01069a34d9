/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** The connection that writes, and what it knows of the file. Not thread-safe. */
final class Writing {
  /*
   * A batch is one transaction. Of several states of one key only the last is written. The rows of
   * states are known by number, so the table needs no index of keys: it would be half of the work.
   * That is only sound while no other program writes; data_version tells, within the transaction.
   *
   * The log is copied into the file (a checkpoint) after the commit that makes it long. SQLite would
   * do that by itself, but passes over errors of the disk then: of unforced commits too, and the
   * next forced one would be acknowledged behind a hole.
   */
  private static final int STEP = 1_000;
  private static final int MOST_STEPS = 100;

  private static final int LONG_LOG = 4_000;
  private static final long AHEAD = 100_000;
  private static final int NUMBER_BITS = 30;
  private static final long NUMBERS = (1L << NUMBER_BITS) - 1;

  /**
   * The order in which rows were appended, whatever the clock said. Numbers begin again at 2^30; so
   * it is the distance to the next one, which tells rows apart until 2^30 lie between them.
   *
   * @param id the column
   */
  static String order(String id) {
    return "((" + id + " - (SELECT value FROM meta WHERE name = 'next')) & " + NUMBERS + ")";
  }

  private static final long LAST_SECOND = (1L << 33) - 1;

  private final Path file;
  private final Connection connection;
  private final PreparedStatement begin;
  private final PreparedStatement commit;
  private final PreparedStatement log;
  private final PreparedStatement version;
  private final PreparedStatement number;
  private final PreparedStatement putState;
  private final PreparedStatement dropState;
  private final PreparedStatement putEvent;
  private final PreparedStatement putEnd;

  private final Map<String, Long> rows = new HashMap<>();
  private final Map<String, Change> states = new LinkedHashMap<>();
  private long lastRow;
  private long nextNumber;
  private long reserved;
  private long knownVersion;
  private boolean forces = true;

  /* The log, when this connection had written to it first; null before. */
  private @Nullable Object firstLog;

  Writing(Path file, Connection connection) throws SQLException {
    this.file = file;
    this.connection = connection;
    try {
      begin = connection.prepareStatement("BEGIN IMMEDIATE");
      commit = connection.prepareStatement("COMMIT");
      log = connection.prepareStatement("PRAGMA wal_checkpoint(NOOP)");
      version = connection.prepareStatement("PRAGMA data_version");
      number = connection.prepareStatement("INSERT OR REPLACE INTO meta VALUES('next', ?)");
      putState =
          connection.prepareStatement(
              "INSERT OR REPLACE INTO state VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      dropState = connection.prepareStatement("DELETE FROM state WHERE id = ?");
      putEvent =
          connection.prepareStatement(
              "INSERT INTO event VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
      putEnd =
          connection.prepareStatement(
              "INSERT INTO ended VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    } catch (SQLException e) {
      StoreFile.closeQuietly(connection);
      throw e;
    }
  }

  Path file() {
    return file;
  }

  /** Reads the states. */
  void load(BiConsumer<String, byte[]> kept) throws SQLException, IOException {
    begin.execute();
    WalFile.writeAgain(file);
    knownVersion = version();
    nextNumber = StoreFile.number(connection, "SELECT value FROM meta WHERE name = 'next'");
    reserved = nextNumber;
    try (Statement all = connection.createStatement();
        ResultSet row = all.executeQuery("SELECT id, key, sum, value FROM state")) {
      while (row.next()) {
        long id = row.getLong(1);
        String key = Keys.fromColumn(row.getObject(2));
        byte[] value = row.getBytes(4);
        if (Keys.sum(key, value) != row.getLong(3) || rows.put(key, id) != null) {
          throw StoreFile.damaged(file, "state", id);
        }
        lastRow = Math.max(lastRow, id);
        kept.accept(key, value);
      }
    }
    commit.execute();
  }

  void append(List<Change> batch, boolean force) throws SQLException {
    force(force);
    begin();
    for (Change change : batch) {
      switch (change.kind()) {
        case STATE -> states.put(change.key(), change);
        case EVENT -> event(change);
        case END -> end(change);
      }
    }
    putEvent.executeBatch();
    putEnd.executeBatch();
    reserve();
    states();
    commit();
    if (force) {
      requireLog();
    }
  }

  /*
   * Whoever removes the log leaves it to this connection alone: it would be gone with this process,
   * and all of it that was acknowledged. What it has goes into the file first.
   */
  private void requireLog() throws SQLException {
    Object now = StoreFile.identity(WalFile.of(file));
    if (firstLog == null) {
      firstLog = now;
    } else if (!firstLog.equals(now)) {
      StoreFile.run(connection, "PRAGMA wal_checkpoint(FULL)");
      throw StoreFile.refusal(
          file,
          "had its log removed while it was open",
          "it is opened again; leave its -wal there");
    }
  }

  private void commit() throws SQLException {
    commit.execute();
    if (waitingFrames() >= LONG_LOG) {
      StoreFile.run(connection, "PRAGMA wal_checkpoint(PASSIVE)");
    }
  }

  /* Of the log, those that are not in the file yet. */
  private int waitingFrames() throws SQLException {
    try (ResultSet row = log.executeQuery()) {
      return row.next() ? row.getInt(2) - row.getInt(3) : 0;
    }
  }

  /* The numbers are in the file ahead of their use, so that few commits write that page. */
  private void reserve() throws SQLException {
    if (nextNumber > reserved) {
      reserved = nextNumber + AHEAD;
      number.setLong(1, reserved);
      number.executeUpdate();
    }
  }

  private void force(boolean force) throws SQLException {
    if (forces != force) {
      StoreFile.run(connection, "PRAGMA synchronous = " + (force ? "FULL" : "NORMAL"));
      forces = force;
    }
  }

  private void begin() throws SQLException {
    begin.execute();
    if (version() != knownVersion) {
      throw StoreFile.refusal(
          file,
          "was changed by another program",
          "it is opened again; let other programs only read it");
    }
  }

  private long version() throws SQLException {
    try (ResultSet row = version.executeQuery()) {
      return row.getLong(1);
    }
  }

  private void states() throws SQLException {
    int puts = 0;
    int drops = 0;
    for (Change change : states.values()) {
      Value value = change.value();
      if (value != null) {
        putState(change.key(), value);
        puts++;
      } else {
        Long row = rows.remove(change.key());
        if (row != null) {
          dropState.setLong(1, row);
          dropState.addBatch();
          drops++;
        }
      }
    }
    states.clear();
    if (puts > 0) {
      putState.executeBatch();
    }
    if (drops > 0) {
      dropState.executeBatch();
    }
  }

  private void putState(String key, Value value) throws SQLException {
    Long row = rows.get(key);
    if (row == null) {
      row = ++lastRow;
      rows.put(key, row);
    }
    Columns columns = value.columns();
    byte[] bytes = value.bytes();
    Row out = new Row(putState).add(row).add(Keys.toColumn(key)).add(Keys.sum(key, bytes));
    out.add(millis(columns.at())).text(columns.tenant()).text(columns.task()).text(columns.type());
    out.text(columns.state()).number(columns.attempt()).text(columns.agent());
    out.text(columns.detail()).add(bytes).end();
  }

  private void event(Change change) throws SQLException {
    Value value = valueOf(change);
    Columns columns = value.columns();
    Row out = new Row(putEvent).add(id(columns.at()));
    out.add(isOwnKey(change.key(), columns) ? null : Keys.toColumn(change.key()));
    out.add(millis(columns.at())).text(columns.tenant()).text(columns.task());
    out.text(columns.state()).number(columns.attempt()).text(columns.agent());
    out.work(columns).text(columns.detail()).add(value.bytes()).end();
  }

  /* The key of a task is in two columns already. */
  private static boolean isOwnKey(String key, Columns columns) {
    int tenant = columns.tenant().length();
    return key.length() == tenant + 1 + columns.task().length()
        && key.charAt(tenant) == '\u001f'
        && key.startsWith(columns.tenant())
        && key.endsWith(columns.task());
  }

  private void end(Change change) throws SQLException {
    Value value = valueOf(change);
    Columns columns = value.columns();
    byte[] bytes = value.bytes();
    Row out = new Row(putEnd).add(id(columns.at())).add(Keys.toColumn(change.key()));
    out.add(Keys.sum(change.key(), bytes));
    out.add(millis(columns.at())).text(columns.tenant()).text(columns.task()).text(columns.type());
    out.text(columns.state()).number(columns.attempt()).text(columns.agent());
    out.work(columns).text(columns.detail()).add(bytes).end();
  }

  private static Value valueOf(Change change) {
    return Objects.requireNonNull(change.value(), "a change of the history must have a value");
  }

  private long id(Instant at) {
    return first(at) | (nextNumber++ & NUMBERS);
  }

  /* The first id of a second. */
  private static long first(Instant at) {
    return Math.max(0, Math.min(LAST_SECOND, at.getEpochSecond())) << NUMBER_BITS;
  }

  private static long millis(Instant at) {
    long seconds = Math.max(0, Math.min(LAST_SECOND, at.getEpochSecond()));
    return seconds * 1_000 + at.getNano() / 1_000_000;
  }

  /** Removes what is older, in short transactions, so that the file does not grow by it. */
  void forget(Instant before) throws SQLException {
    force(false);
    forget("event", "SELECT id FROM %s", before);
    // With an end go those before it: it replaced them, though their clock may have been ahead.
    forget(
        "ended",
        "SELECT r.id FROM (SELECT key, max("
            + order("id")
            + ") AS last FROM %s GROUP BY key) o CROSS JOIN ended r ON r.key = o.key AND "
            + order("r.id")
            + " <= o.last",
        before);
  }

  private void forget(String table, String rows, Instant before) throws SQLException {
    String old =
        String.format(
            Locale.ROOT,
            "(SELECT id, key FROM %s WHERE id < ? AND at < ? ORDER BY id LIMIT %d)",
            table,
            STEP);
    String all =
        String.format(
            Locale.ROOT,
            "DELETE FROM %s WHERE id IN (%s)",
            table,
            String.format(Locale.ROOT, rows, old));
    try (PreparedStatement delete = connection.prepareStatement(all)) {
      int removed = STEP;
      for (int i = 0; i < MOST_STEPS && removed >= STEP; i++) {
        begin();
        delete.setLong(1, first(before) + (1L << NUMBER_BITS));
        delete.setLong(2, millis(before));
        removed = delete.executeUpdate();
        commit();
      }
    }
  }

  void close() {
    StoreFile.closeQuietly(connection);
  }

  /** Closes without keeping what was begun. */
  void throwAway() {
    try {
      if (!connection.isClosed()) {
        StoreFile.run(connection, "ROLLBACK");
      }
    } catch (SQLException e) {
      // there was no transaction, or closing ends it
    }
    close();
  }

  /** The parameters of one row, in the order of its columns. */
  private static final class Row {
    private static final Duration MOST = Duration.ofMillis(Long.MAX_VALUE);

    private final PreparedStatement statement;
    private int at;

    Row(PreparedStatement statement) {
      this.statement = statement;
    }

    Row add(@Nullable Object value) throws SQLException {
      statement.setObject(++at, value);
      return this;
    }

    Row text(String value) throws SQLException {
      return add(value.isEmpty() ? null : value);
    }

    Row number(long value) throws SQLException {
      return add(value == 0 ? null : value);
    }

    Row decimal(double value) throws SQLException {
      return add(value == 0 || Double.isNaN(value) ? null : value);
    }

    Row work(Columns columns) throws SQLException {
      return decimal(columns.quality())
          .number(columns.usage().inputTokens())
          .number(columns.usage().outputTokens())
          .decimal(columns.usage().cost())
          .number(millis(columns.usage().time()));
    }

    private static long millis(Duration time) {
      return time.compareTo(MOST) > 0 ? Long.MAX_VALUE : time.toMillis();
    }

    void end() throws SQLException {
      statement.addBatch();
    }
  }
}
