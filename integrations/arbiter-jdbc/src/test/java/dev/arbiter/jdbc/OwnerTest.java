/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** One session owns a pool, and what it borrows is given back as it was. */
class OwnerTest {
  @TempDir private Path folder;
  private String pool = "";

  @BeforeEach
  void tables() {
    pool = Server.pool(folder);
  }

  private static Change state(String key, String value) {
    return new Change(Change.Kind.STATE, key, Value.of(value.getBytes(UTF_8)));
  }

  private static Map<String, String> open(PostgresStorage storage) throws Exception {
    Map<String, String> kept = new HashMap<>();
    storage.open((key, value) -> kept.put(key, new String(value, UTF_8)));
    return kept;
  }

  private static HikariDataSource connections(int most) {
    HikariConfig config = new HikariConfig();
    config.setDataSource(Server.source());
    config.setMaximumPoolSize(most);
    config.setConnectionTimeout(500);
    return new HikariDataSource(config);
  }

  @Test
  void a_second_owner_is_told_who_holds_the_pool() throws Exception {
    PostgresStorage first = new PostgresStorage(Server.source(), pool);
    open(first);
    try {
      assertThatThrownBy(() -> open(new PostgresStorage(Server.source(), pool)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "the pool '" + pool + "'", "process " + ProcessHandle.current().pid(), "session ");
      String other = Server.pool(folder.resolve("other"));
      PostgresStorage beside = new PostgresStorage(Server.source(), other);
      assertThat(open(beside)).isEmpty();
      beside.close();
    } finally {
      first.close();
    }
  }

  /** As behind a pooler that shares sessions: the lock is gone, and nobody told the owner. */
  @Test
  void an_owner_whose_lock_went_to_another_writes_nothing_more() throws Exception {
    PostgresStorage first = new PostgresStorage(Server.source(), pool);
    open(first);
    first.append(List.of(state("a", "1")), true);
    Server.run("UPDATE " + pool + ".meta SET value = value + 1 WHERE name = 'tenure'");

    assertThatThrownBy(() -> first.append(List.of(state("a", "2")), true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("taken by another owner", "pooler");
    assertThatThrownBy(() -> first.append(List.of(state("a", "3")), true))
        .hasMessageContaining("is not open");
    first.close();
    assertThat(open(first)).containsEntry("a", "1");
    first.close();
  }

  /** Each statement of its own may run in another session, as a pooler does it. */
  @Test
  void a_transaction_in_another_session_is_refused() throws Exception {
    try (Connection other = Server.source().getConnection()) {
      other.setAutoCommit(false);
      PGSimpleDataSource pooler =
          new PGSimpleDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
              return sharing(Server.source().getConnection(), other);
            }
          };
      assertThatThrownBy(() -> open(new PostgresStorage(pooler, pool)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("its session was changed", "pooler");
      other.rollback();
    }
    PostgresStorage next = new PostgresStorage(Server.source(), pool);
    open(next);
    next.close();
  }

  private static Connection sharing(Connection first, Connection second) {
    return (Connection)
        Proxy.newProxyInstance(
            OwnerTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) -> {
              boolean begins =
                  method.getName().equals("prepareStatement")
                      && ((String) arguments[0]).endsWith("FOR SHARE");
              return method.invoke(begins ? second : first, arguments);
            });
  }

  /** As after a kill: the server needs a moment to notice. */
  @Test
  void an_owner_that_ends_in_a_moment_is_waited_for() throws Exception {
    PostgresStorage first = new PostgresStorage(Server.source(), pool);
    open(first);
    Thread ends =
        new Thread(
            () -> {
              try {
                Thread.sleep(200);
                first.close();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    ends.start();

    PostgresStorage second = new PostgresStorage(Server.source(), pool);
    assertThat(open(second)).isEmpty();
    second.close();
    ends.join();
  }

  /** A source that gives one session to all would let a second owner take its own lock. */
  @Test
  void an_owner_in_the_same_session_is_refused() throws Exception {
    try (Connection shared = Server.source().getConnection()) {
      PoolSchema.run(
          shared,
          "SELECT pg_advisory_lock(" + new StorePool(pool, StorePool.PATIENCE).lock() + ")");
      PGSimpleDataSource one =
          new PGSimpleDataSource() {
            @Override
            public Connection getConnection() {
              return shared;
            }
          };
      assertThatThrownBy(() -> open(new PostgresStorage(one, pool)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("is owned by");
    }
  }

  @Test
  void a_session_that_the_server_ends_is_an_error_and_another_one_goes_on() throws Exception {
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    open(storage);
    storage.append(
        List.of(state("a", "1"), new Change(Change.Kind.END, "e", Value.of(new byte[] {7}))), true);
    Server.run(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            + " WHERE pid <> pg_backend_pid() AND datname = current_database()");

    assertThat(storage.find("e")).as("the reader takes another session").containsExactly(7);
    assertThatThrownBy(() -> storage.append(List.of(state("a", "2")), true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the pool '" + pool + "'");
    storage.close();
    assertThat(open(storage)).containsEntry("a", "1");
    storage.close();
  }

  @Test
  void connections_of_a_pool_come_back_as_they_were() throws Exception {
    try (HikariDataSource connections = connections(2)) {
      for (int i = 0; i < 3; i++) {
        PostgresStorage storage = new PostgresStorage(connections, pool);
        assertThat(open(storage)).hasSize(i);
        storage.append(List.of(state("k" + i, "v")), true);
        storage.close();
      }
      for (int i = 0; i < 2; i++) {
        try (Connection connection = connections.getConnection()) {
          assertThat(connection.getAutoCommit()).isTrue();
          assertThat(PoolSchema.text(connection, "SELECT current_setting('application_name')"))
              .doesNotContain("arbiter");
          assertThat(PoolSchema.text(connection, "SELECT current_setting('lock_timeout')"))
              .isEqualTo("0");
          assertThat(
                  PoolSchema.text(
                      connection,
                      "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"))
              .isEqualTo("0");
        }
      }
    }
  }

  /** Some pools of connections hand on what the last borrower set. */
  @Test
  void a_connection_comes_back_with_its_own_settings() throws Exception {
    try (Connection first = Server.source().getConnection();
        Connection second = Server.source().getConnection()) {
      Deque<Connection> lent = new ArrayDeque<>();
      PGSimpleDataSource plain =
          new PGSimpleDataSource() {
            @Override
            public Connection getConnection() {
              return unclosed(lent.remove());
            }
          };
      for (Connection connection : List.of(first, second)) {
        connection.setAutoCommit(false);
        connection.setNetworkTimeout(Runnable::run, 77_000);
      }
      lent.add(first);
      JdbcStore.createSchema(plain, "p_plain");
      assertAsItCame(first);

      lent.addAll(List.of(first, second));
      PostgresStorage storage = new PostgresStorage(plain, "p_plain");
      open(storage);
      assertThat(first.getNetworkTimeout()).isNotEqualTo(77_000);
      storage.close();
      assertAsItCame(first);
      assertAsItCame(second);
    }
  }

  /** Else the server sends an answer to a machine that is gone again and again, for minutes. */
  @Test
  void the_server_gives_up_a_machine_that_takes_no_answer() throws Exception {
    Deque<Connection> lent = new ArrayDeque<>();
    PGSimpleDataSource source =
        new PGSimpleDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            Connection real = Server.source().getConnection();
            lent.add(real);
            return unclosed(real);
          }
        };
    PostgresStorage storage = new PostgresStorage(source, pool);
    open(storage);
    Connection owner = lent.remove();
    assertThat(PoolSchema.text(owner, "SHOW tcp_user_timeout")).isEqualTo("30000");
    storage.close();
    assertThat(PoolSchema.text(owner, "SHOW tcp_user_timeout")).isEqualTo("0");
    owner.close();
    lent.remove().close();
  }

  /** So that close, and the thread of a caller, wait for one connection and not for eight. */
  @Test
  void who_waits_for_a_read_that_fails_does_not_connect_after_it() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicBoolean away = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    Deque<Connection> lent = new ArrayDeque<>();
    PGSimpleDataSource source =
        new PGSimpleDataSource() {
          @Override
          public Connection getConnection() throws SQLException {
            if (away.get()) {
              asked.incrementAndGet();
              awaitUnchecked(release);
              throw new SQLException("the network is down", "08001");
            }
            lent.add(Server.source().getConnection());
            return lent.getLast();
          }
        };
    PostgresStorage storage = new PostgresStorage(source, pool);
    open(storage);
    away.set(true);
    lent.getLast().close();
    List<Thread> readers = new ArrayList<>();
    AtomicInteger refused = new AtomicInteger();
    for (int i = 0; i < 8; i++) {
      Thread reader =
          new Thread(
              () -> {
                try {
                  storage.find("k");
                } catch (IllegalStateException e) {
                  refused.incrementAndGet();
                }
              });
      reader.start();
      readers.add(reader);
    }
    while (asked.get() == 0
        || readers.stream().filter(r -> r.getState() == Thread.State.BLOCKED).count() < 7) {
      Thread.sleep(1);
    }
    release.countDown();
    for (Thread reader : readers) {
      reader.join();
    }

    assertThat(refused).hasValue(8);
    assertThat(asked).hasValue(1);
    assertThatThrownBy(() -> storage.find("k")).hasMessageContaining("the network is down");
    assertThat(asked).as("it was no idle session that ended").hasValue(2);
    away.set(false);
    assertThat(storage.find("k")).as("the next one connects again").isNull();
    storage.close();
  }

  private static void awaitUnchecked(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void assertAsItCame(Connection connection) throws SQLException {
    assertThat(connection.isClosed()).isFalse();
    assertThat(connection.getNetworkTimeout()).isEqualTo(77_000);
    assertThat(connection.getAutoCommit()).isFalse();
  }

  private static Connection unclosed(Connection real) {
    return (Connection)
        Proxy.newProxyInstance(
            OwnerTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (proxy, method, arguments) ->
                method.getName().equals("close") ? null : method.invoke(real, arguments));
  }

  @Test
  void an_exhausted_pool_of_connections_is_an_error_and_holds_nothing() throws Exception {
    try (HikariDataSource one = connections(1)) {
      assertThatThrownBy(() -> open(new PostgresStorage(one, pool)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll("the pool '" + pool + "'", "two to each store");
    }
    PostgresStorage next = new PostgresStorage(Server.source(), pool);
    open(next);
    next.close();
  }

  private PostgresStorage hanging(DataSource source) {
    return new PostgresStorage(source, pool, Duration.ofMillis(200), System::nanoTime);
  }

  @Test
  void a_source_that_never_answers_is_an_error() {
    PGSimpleDataSource hangs =
        new PGSimpleDataSource() {
          @Override
          public Connection getConnection() {
            while (true) {
              try {
                Thread.sleep(60_000);
              } catch (InterruptedException e) {
                // it waits on
              }
            }
          }
        };
    assertThatThrownBy(() -> open(hanging(hangs)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("within PT0.2S", "two to each store");
  }
}
