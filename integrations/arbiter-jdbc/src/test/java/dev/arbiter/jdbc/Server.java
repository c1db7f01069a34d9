/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;

/** One real PostgreSQL for all tests of a process, which syncs as a server in use does. */
final class Server {
  private static final String PORT = "arbiter.jdbc.test.port";
  private static final Set<String> MADE = ConcurrentHashMap.newKeySet();
  private static @Nullable EmbeddedPostgres running;
  private static @Nullable Path folder;
  private static int port;

  private Server() {}

  /** The port; that of the process which started this one, if it says so. */
  static synchronized int port() {
    if (port == 0) {
      String given = System.getProperty(PORT);
      if (given != null) {
        port = Integer.parseInt(given);
      } else {
        boolean known =
            System.getProperty("os.name").equals("Linux")
                && System.getProperty("os.arch").equals("amd64");
        assumeTrue(known, "a PostgreSQL for this platform");
        try (ServerSocket free = new ServerSocket(0)) {
          port = free.getLocalPort();
          folder = Files.createTempDirectory("arbiter-postgres");
          Runtime.getRuntime().addShutdownHook(new Thread(Server::remove));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
        start();
      }
    }
    return port;
  }

  /** For another process, which uses the same server. */
  static String portProperty() {
    return PORT;
  }

  private static void start() {
    try {
      running =
          EmbeddedPostgres.builder()
              .setPort(port)
              .setDataDirectory(folder)
              .setCleanDataDirectory(false)
              .setRegisterShutdownHook(false)
              .setServerConfig("fsync", "on")
              .setServerConfig("synchronous_commit", "on")
              .setServerConfig("full_page_writes", "on")
              .setDataDirectoryCustomizer(Server::askForPasswords)
              .setPGStartupWait(Duration.ofSeconds(60))
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static synchronized void remove() {
    Path made = folder;
    if (made == null) {
      return;
    }
    try {
      if (running != null) {
        running.close();
      }
      try (Stream<Path> files = Files.walk(made)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /* Of the role "careful", and of nobody else. */
  private static void askForPasswords(File data) {
    Path access = data.toPath().resolve("pg_hba.conf");
    try {
      String rules = Files.readString(access, UTF_8);
      String ours = "host all careful 127.0.0.1/32 scram-sha-256\n";
      if (!rules.startsWith(ours)) {
        Files.writeString(access, ours + rules, UTF_8);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Kills the server and all its processes, as kill -9 does. */
  static synchronized void kill() throws IOException {
    EmbeddedPostgres server = running;
    if (server == null || folder == null) {
      throw new IllegalStateException("the server runs in another process");
    }
    long postmaster =
        Long.parseLong(
            Files.readString(folder.resolve("postmaster.pid"), UTF_8)
                .lines()
                .findFirst()
                .orElseThrow());
    ProcessHandle main = ProcessHandle.of(postmaster).orElseThrow();
    List<ProcessHandle> all = new ArrayList<>(main.descendants().toList());
    all.add(0, main);
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
    // Gives back its lock on the folder; there is nothing left to stop.
    server.close();
    running = null;
  }

  /** Starts it again after a kill, on the same port and folder. */
  static synchronized void startAgain() {
    start();
  }

  static PGSimpleDataSource source() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setPortNumbers(new int[] {port()});
    source.setUser("postgres");
    source.setDatabaseName("postgres");
    return source;
  }

  /** The pool of a place, which has tables. */
  static String pool(Path place) {
    String pool = "p" + HexFormat.of().toHexDigits(place.toString().hashCode());
    if (MADE.add(pool)) {
      JdbcStore.createSchema(source(), pool);
    }
    return pool;
  }

  static void run(String sql) throws SQLException {
    try (Connection connection = source().getConnection()) {
      PoolSchema.run(connection, sql);
    }
  }

  static List<String> rows(String pool, String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = source().getConnection()) {
      PoolSchema.run(connection, "SET search_path = " + pool);
      try (ResultSet row = connection.createStatement().executeQuery(query)) {
        int columns = row.getMetaData().getColumnCount();
        while (row.next()) {
          List<String> values = new ArrayList<>();
          for (int i = 1; i <= columns; i++) {
            values.add(Optional.ofNullable(row.getString(i)).orElse("null"));
          }
          rows.add(String.join("|", values));
        }
      }
    }
    return rows;
  }
}
