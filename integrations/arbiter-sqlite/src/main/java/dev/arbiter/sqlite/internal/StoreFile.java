/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteException;
import org.sqlite.SQLiteOpenMode;

/** Opens the file of a store, or says in words why that cannot be done. */
public final class StoreFile {
  /*
   * SQLite alone opens the file. Its locks belong to the process, and closing a channel of ours on
   * the same file would give them away; then another process could delete the log under the owner.
   */
  private static final int PATIENCE_MS = 5_000;
  private static final int MOST_LINKS = 40;

  private StoreFile() {}

  /**
   * {@return the real path of a store's file, which may not exist yet}
   *
   * @throws IllegalStateException if its folder does not exist, or it is a folder
   */
  public static Path real(Path file) {
    return real(file.toAbsolutePath().normalize(), MOST_LINKS);
  }

  private static Path real(Path absolute, int links) {
    Path folder = absolute.getParent();
    if (folder == null || Files.isDirectory(absolute)) {
      throw refusal(absolute, "is a folder", "give the name of a file in it");
    }
    if (!Files.isDirectory(folder)) {
      throw refusal(absolute, "cannot be made, its folder does not exist", "create the folder");
    }
    try {
      if (Files.exists(absolute)) {
        return absolute.toRealPath();
      }
      Path named = folder.toRealPath().resolve(absolute.getFileName());
      if (!Files.isSymbolicLink(named)) {
        return named;
      }
      // The target is not there yet. The lock lies beside it, as when it is there.
      if (links == 0) {
        throw refusal(absolute, "is a link that leads to itself", "correct the link");
      }
      return real(named.resolveSibling(Files.readSymbolicLink(named)), links - 1);
    } catch (IOException e) {
      throw refusal(absolute, "cannot be found: " + e, "check the path");
    }
  }

  /**
   * {@return what tells a file from another one under the same name} It is the same for all files
   * where the system does not say it; there no file that is open can be removed.
   */
  static Object identity(Path file) {
    try {
      Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      return key == null ? "a file" : key;
    } catch (IOException e) {
      return "no file";
    }
  }

  /*
   * SQLite names its log after the file: by two names two processes would write one file, each with
   * a log and a lock of its own.
   */
  private static void requireOneName(Path file) throws IOException {
    if (file.getFileSystem().supportedFileAttributeViews().contains("unix")
        && (int) Files.getAttribute(file, "unix:nlink") > 1) {
      throw refusal(
          file,
          "has another name too, by a hard link, which may have an owner of its own",
          "remove one of the names; a symbolic link is safe");
    }
  }

  /**
   * Opens a file for its owner; makes the tables if it is new.
   *
   * @throws IllegalStateException if it is no store, or of a newer version, or cannot be written
   */
  static Connection own(Path file) throws IOException {
    if (Files.exists(file)) {
      requireOneName(file);
    }
    return open(
        file,
        config(),
        connection -> {
          run(connection, "PRAGMA synchronous = FULL");
          run(connection, "PRAGMA temp_store = MEMORY");
          run(connection, "PRAGMA cache_size = -16000");
          run(connection, "PRAGMA wal_autocheckpoint = 0");
          if (isEmpty(connection)) {
            create(file, connection);
          }
          checkVersion(file, connection);
          toWal(file, connection);
        });
  }

  /**
   * Opens a file to read it, beside its owner or without one.
   *
   * @param file the real path of a file that exists
   * @throws IllegalStateException if it is no store, or of a newer version, or cannot be read
   */
  public static Connection read(Path file) {
    if (!Files.exists(file)) {
      throw refusal(file, "does not exist", "check the path");
    }
    SQLiteConfig config = config();
    config.setReadOnly(true);
    return open(file, config, connection -> checkVersion(file, connection));
  }

  private static SQLiteConfig config() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(PATIENCE_MS);
    config.setOpenMode(SQLiteOpenMode.OPEN_URI);
    return config;
  }

  private interface Preparation {
    void prepare(Connection connection) throws SQLException;
  }

  /* As a URI, because the driver reads options behind a question mark in a plain name. */
  private static Connection open(Path file, SQLiteConfig config, Preparation preparation) {
    Connection opened = null;
    try {
      opened = config.createConnection("jdbc:sqlite:" + uri(file));
      preparation.prepare(opened);
      return opened;
    } catch (SQLException e) {
      closeQuietly(opened);
      throw explained(file, e);
    } catch (RuntimeException e) {
      closeQuietly(opened);
      throw e;
    }
  }

  private static String uri(Path file) {
    return file.toUri().toASCIIString();
  }

  private static boolean isEmpty(Connection connection) throws SQLException {
    return number(connection, "SELECT count(*) FROM sqlite_master") == 0
        && number(connection, "PRAGMA application_id") == 0;
  }

  /* In one step: a crash leaves an empty file or a whole one. */
  private static void create(Path file, Connection connection) throws SQLException {
    run(connection, "PRAGMA page_size = 4096");
    toWal(file, connection);
    run(connection, "BEGIN IMMEDIATE");
    for (String statement : Tables.statements()) {
      run(connection, statement);
    }
    run(connection, "PRAGMA application_id = " + Tables.APPLICATION);
    run(connection, "PRAGMA user_version = " + Tables.VERSION);
    run(connection, "COMMIT");
  }

  private static void toWal(Path file, Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet mode = statement.executeQuery("PRAGMA journal_mode = WAL")) {
      if (!mode.next() || !"wal".equals(mode.getString(1))) {
        throw refusal(
            file,
            "cannot have a write-ahead log",
            "put it on a local disk where this user may write");
      }
    }
  }

  private static void checkVersion(Path file, Connection connection) throws SQLException {
    if (number(connection, "PRAGMA application_id") != Tables.APPLICATION) {
      throw refusal(
          file, "is the SQLite file of another program", "give the store a file of its own");
    }
    long version = number(connection, "PRAGMA user_version");
    if (version != Tables.VERSION) {
      throw refusal(
          file,
          String.format(
              Locale.ROOT,
              "has version %d of the tables, this Arbiter reads version %d",
              version,
              Tables.VERSION),
          "use the Arbiter that wrote it, or a newer one");
    }
  }

  /** Runs a statement without parameters. */
  static void run(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** {@return the number that a query gives} */
  static long number(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  /** Closes a connection of which nothing is expected any more. */
  static void closeQuietly(@Nullable Connection connection) {
    try {
      if (connection != null) {
        connection.close();
      }
    } catch (SQLException e) {
      // what it had not committed is rolled back when the file is opened again
    }
  }

  static IllegalStateException refusal(Path file, String state, String next) {
    return new IllegalStateException("the store " + file + " " + state + "; " + next);
  }

  /* What it was cannot be known, so it cannot be set aside: a step would be done again. */
  static IllegalStateException damaged(Path file, String table, long row) {
    return refusal(
        file,
        String.format(
            Locale.ROOT, "is damaged: row %d of table %s does not fit its checksum", row, table),
        "restore a backup, or copy the file away, look at the row, and delete it");
  }

  static IllegalStateException diskError(Path file, IOException e) {
    return new IllegalStateException(
        "the store " + file + " had an error of the disk; check the disk (" + e + ")", e);
  }

  /** {@return an error of SQLite in words: the file, its state, the next step} */
  public static IllegalStateException explained(Path file, SQLException e) {
    String state =
        switch (code(e)) {
          case 5, 6 -> "is locked by another program; end its transaction, or that program";
          case 8, 3, 14, 23 ->
              "cannot be opened; let this user read and write the file and its folder";
          case 10 -> "had an error of the disk; check the disk";
          case 11 ->
              "is damaged; restore a backup, or save what is left with: sqlite3 FILE .recover";
          case 13 -> "is on a full disk; make room";
          case 26 -> "is no SQLite file; give the store a file of its own";
          default -> "failed; see the cause";
        };
    return new IllegalStateException(
        "the store " + file + " " + state + " (" + e.getMessage() + ")", e);
  }

  /* The primary code is in the lowest byte. */
  private static int code(SQLException e) {
    return e instanceof SQLiteException known ? known.getResultCode().code & 0xff : 0;
  }
}
