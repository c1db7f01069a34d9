/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.ds.PGSimpleDataSource;

/** What is wrong is said in words when the arbiter is built: the pool, its state, the next step. */
class WrongDatabaseTest {
  @TempDir private Path folder;

  private static void build(DataSource source, String pool) {
    Arbiter.builder().withoutConstitution().store(JdbcStore.at(source, pool)).build().close();
  }

  private static void refused(DataSource source, String pool, String... words) {
    long begun = System.nanoTime();
    assertThatThrownBy(() -> build(source, pool))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the pool '" + pool + "'")
        .hasMessageContainingAll(words);
    assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void missing_tables_and_the_way_to_them() {
    refused(Server.source(), "nothing_here", "has no tables", "JdbcStore.createSchema", "Flyway");
  }

  @Test
  void a_newer_version_by_both_numbers() throws Exception {
    String pool = Server.pool(folder);
    Server.run("UPDATE " + pool + ".meta SET value = 7 WHERE name = 'version'");

    refused(Server.source(), pool, "has version 7", "reads version 1");
    assertThatThrownBy(() -> JdbcStore.createSchema(Server.source(), pool))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("has version 7", "reads version 1");
  }

  @Test
  void wrong_credentials() throws Exception {
    String pool = Server.pool(folder);
    Server.run("DROP ROLE IF EXISTS careful; CREATE ROLE careful SUPERUSER LOGIN PASSWORD 'right'");
    PGSimpleDataSource source = Server.source();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setUser("careful");
    source.setPassword("right");
    build(source, pool);

    source.setPassword("secret-of-a-test");
    refused(source, pool, "refused the credentials", "careful");
    assertThatThrownBy(() -> build(source, pool))
        .satisfies(e -> assertThat(e).asString().doesNotContain("secret-of-a-test"));
    Server.run("REASSIGN OWNED BY careful TO postgres; DROP ROLE careful");
    refused(source, pool, "refused the credentials");
  }

  @Test
  void a_database_that_does_not_exist() {
    PGSimpleDataSource source = Server.source();
    source.setDatabaseName("nothing_here");
    refused(source, Server.pool(folder), "has no database");
  }

  @Test
  void a_server_that_does_not_run() {
    PGSimpleDataSource source = Server.source();
    source.setPortNumbers(new int[] {1});
    refused(source, Server.pool(folder), "cannot be reached");
  }

  @Test
  void a_role_without_rights() throws Exception {
    String pool = Server.pool(folder);
    Server.run("DROP ROLE IF EXISTS reader_only; CREATE ROLE reader_only LOGIN");
    PGSimpleDataSource source = Server.source();
    source.setUser("reader_only");
    refused(source, pool, "may not be used by this role");
    Server.run(
        "GRANT USAGE ON SCHEMA "
            + pool
            + " TO reader_only; GRANT SELECT ON ALL TABLES IN SCHEMA "
            + pool
            + " TO reader_only");
    refused(source, pool, "may not be used by this role");
    Server.run("DROP OWNED BY reader_only; DROP ROLE reader_only");
  }

  @Test
  void a_server_that_only_reads() {
    PGSimpleDataSource source = Server.source();
    source.setOptions("-c default_transaction_read_only=on");
    refused(source, Server.pool(folder), "only reads");
  }

  @Test
  void an_encoding_that_cannot_hold_all_texts() throws Exception {
    Server.run("DROP DATABASE IF EXISTS latin");
    Server.run("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0");
    PGSimpleDataSource source = Server.source();
    source.setDatabaseName("latin");
    refused(source, "tasks", "encoding LATIN1");
    assertThatThrownBy(() -> JdbcStore.createSchema(source, "tasks"))
        .hasMessageContaining("encoding LATIN1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A", "1a", "a-b", "a\"; DROP SCHEMA public; --", "pg_x", "\u00e9"})
  void a_name_that_is_none(String name) {
    assertThatThrownBy(() -> JdbcStore.at(Server.source(), name))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContainingAll("store.pool", "'" + name + "'");
  }

  @Test
  void a_retention_below_a_minute() {
    assertThatThrownBy(() -> JdbcStore.at(Server.source(), "tasks", Duration.ofSeconds(59)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("store.retention");
  }

  @Test
  void a_schema_is_made_once_and_again_without_harm() {
    for (int i = 0; i < 3; i++) {
      JdbcStore.createSchema(Server.source(), "made_again");
    }
    build(Server.source(), "made_again");
  }

  /** The driver's message of a batch has all values of its rows. */
  @Test
  void an_error_says_nothing_of_what_tasks_hold() throws Exception {
    String pool = Server.pool(folder);
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    storage.open((key, value) -> {});
    Server.run("ALTER TABLE " + pool + ".ended ADD CHECK (length(value) < 5)");
    Value secret = Value.of("secret-of-a-task".getBytes(UTF_8));

    assertThatThrownBy(
            () -> storage.append(List.of(new Change(Change.Kind.END, "secret-key", secret)), true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll("the pool '" + pool + "'", "check constraint")
        .satisfies(
            e -> {
              StringWriter trace = new StringWriter();
              e.printStackTrace(new PrintWriter(trace));
              assertThat(trace.toString())
                  .doesNotContain("secret")
                  .doesNotContain(HexFormat.of().formatHex(secret.bytes()));
            });
    storage.close();
  }
}
