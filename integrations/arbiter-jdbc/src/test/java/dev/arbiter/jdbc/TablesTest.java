/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.ds.PGSimpleDataSource;

/** What people find in the tables with any program that reads PostgreSQL. */
class TablesTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir private Path folder;
  private String pool = "";

  @BeforeEach
  void tables() {
    pool = Server.pool(folder);
  }

  private void twoTasks() throws Exception {
    AtomicInteger calls = new AtomicInteger();
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .router(Router.leastLoaded())
            .agent(
                AgentProfile.of("ada"),
                assignment -> {
                  if (assignment.task().id().equals("T-1") && calls.getAndIncrement() == 0) {
                    throw new IllegalArgumentException("no such file");
                  }
                  return report();
                })
            .agent(AgentProfile.of("bob"), assignment -> report())
            .store(JdbcStore.at(Server.source(), pool))
            .build()) {
      arbiter.submit(Task.builder("refactor").id("T-1").build()).await(SOON);
      arbiter.submit(Task.builder("review").id("T-2").tenant("acme").build()).await(SOON);
    }
  }

  private static WorkReport report() {
    return WorkReport.of("done").withUsage(new Usage(100, 20, 0.5, Duration.ofSeconds(1)));
  }

  private List<String> rows(String query) throws SQLException {
    return Server.rows(pool, query);
  }

  @Test
  void the_views_show_tasks_attempts_verdicts_and_agents() throws Exception {
    twoTasks();

    assertThat(rows("SELECT tenant, task_id, type, state, attempt FROM tasks ORDER BY task_id"))
        .containsExactly("default|T-1|refactor|COMPLETED|2", "acme|T-2|review|COMPLETED|1");
    assertThat(
            rows(
                "SELECT task_id, attempt, status, type, input_tokens, cost, detail,"
                    + " latency_ms >= 0 FROM benchmark_data ORDER BY 1, 2"))
        .hasSize(3)
        .anySatisfy(
            row -> assertThat(row).startsWith("T-1|1|failed|refactor|0|0|").contains("no such"))
        .contains(
            "T-1|2|completed|refactor|100|0.5|null|t", "T-2|1|completed|review|100|0.5|null|t");
    assertThat(rows("SELECT task_id, attempt, verdict FROM verdicts ORDER BY 1"))
        .containsExactly("T-1|2|approved", "T-2|1|approved");
    assertThat(
            rows(
                "SELECT sum(task_count), sum(success_rate * task_count), sum(cost), min(status)"
                    + " FROM agent_profiles"))
        .containsExactly("3|2|1|available");
    assertThat(
            rows(
                "SELECT state FROM performance_events WHERE task_id = 'T-2' AND attempt > 0"
                    + " ORDER BY seq"))
        .contains("EXECUTING", "COMPLETED");
  }

  @Test
  void the_queries_of_the_readme_run() throws Exception {
    twoTasks();
    String readme = Files.readString(Path.of("README.md"));
    List<String> queries =
        Pattern.compile("```sql\n(.*?)```", Pattern.DOTALL)
            .matcher(readme)
            .results()
            .flatMap(found -> List.of(found.group(1).split(";\\s*")).stream())
            .toList();

    assertThat(queries).hasSizeGreaterThanOrEqualTo(5);
    for (String query : queries) {
      assertThat(rows(query)).as(query).isNotNull();
    }
  }

  private static Change change(Change.Kind kind, String key, Instant at, String text) {
    Columns columns =
        new Columns(at, "default", "T-1", "refactor", "X", 1, "ada", 0, Usage.none(), text);
    return change(kind, key, columns);
  }

  private static Change change(Change.Kind kind, String key, Columns columns) {
    return new Change(
        kind,
        key,
        new Value() {
          @Override
          public byte[] bytes() {
            return columns.detail().getBytes(UTF_8);
          }

          @Override
          public Columns columns() {
            return columns;
          }
        });
  }

  private static void keep(PostgresStorage storage, Change... changes) {
    storage.append(List.of(changes), true);
  }

  private Set<String> days() throws SQLException {
    return new HashSet<>(
        rows(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
                + " WHERE i.inhparent = 'event'::regclass"));
  }

  private static String day(LocalDate day) {
    return "event_" + DateTimeFormatter.BASIC_ISO_DATE.format(day);
  }

  private LocalDate today() throws SQLException {
    return LocalDate.parse(rows("SELECT (now() AT TIME ZONE 'UTC')::date").get(0));
  }

  @Test
  void texts_that_postgresql_cannot_hold_are_readable_and_the_bytes_whole() throws Exception {
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    storage.open((key, value) -> {});
    List<String> keys = new ArrayList<>();
    for (String key : List.of("a\ud83d", "\ude00", "\ud83d\ude00", "\u00e9", "a\ud83db")) {
      keep(
          storage,
          change(Change.Kind.END, key, Instant.EPOCH, "a\0b \ud83d \ud83d\ude00 \"\\\n\u001f"));
      keys.add(key);
    }
    for (String key : keys) {
      assertThat(storage.find(key)).isNotNull();
    }
    storage.close();

    assertThat(rows("SELECT DISTINCT about ->> 'detail' FROM ended"))
        .containsExactly("a\ufffdb \ufffd \ud83d\ude00 \"\\\n\u001f");
  }

  @Test
  void events_lie_in_days_and_go_with_their_day() throws Exception {
    LocalDate today = today();
    Instant now = today.atTime(12, 0).toInstant(ZoneOffset.UTC);
    Instant old = now.minus(Duration.ofDays(3));
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    storage.open((key, value) -> {});
    assertThat(days()).containsExactlyInAnyOrder("event_other", day(today), day(today.plusDays(1)));
    // A day that was made while it was today.
    Server.run(
        "CREATE TABLE "
            + pool
            + "."
            + day(today.minusDays(3))
            + " PARTITION OF "
            + pool
            + ".event FOR VALUES FROM ('"
            + today.minusDays(3)
            + " 00:00+00') TO ('"
            + today.minusDays(2)
            + " 00:00+00')");
    keep(
        storage,
        change(Change.Kind.EVENT, "k", old, "of its day"),
        change(Change.Kind.EVENT, "k", old.minus(Duration.ofDays(900)), "of a wrong clock"),
        change(Change.Kind.EVENT, "k", now, "new"));
    assertThat(rows("SELECT tableoid::regclass, count(*) FROM event GROUP BY 1"))
        .containsExactlyInAnyOrder(
            day(today.minusDays(3)) + "|1", "event_other|1", day(today) + "|1");

    storage.forget(old);
    assertThat(days()).as("a part of it is young").contains(day(today.minusDays(3)));
    assertThat(rows("SELECT detail FROM performance_events ORDER BY seq"))
        .containsExactly("of its day", "new");
    storage.forget(now.minus(Duration.ofDays(1)));
    assertThat(days()).doesNotContain(day(today.minusDays(3))).contains(day(today));
    assertThat(rows("SELECT detail FROM performance_events")).containsExactly("new");
    storage.close();
  }

  @Test
  void one_agent_with_absurd_figures_does_not_hide_the_others() throws Exception {
    Instant now = today().atTime(12, 0).toInstant(ZoneOffset.UTC);
    Usage most = new Usage(Long.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE, Duration.ZERO);
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    storage.open((key, value) -> {});
    for (String task : List.of("T-1", "T-2", "T-3")) {
      Usage usage = task.equals("T-3") ? new Usage(7, 1, 0.5, Duration.ZERO) : most;
      String agent = task.equals("T-3") ? "bob" : "ada";
      Columns columns =
          new Columns(now, "default", task, "refactor", "COMPLETED", 1, agent, 1, usage, "");
      keep(storage, change(Change.Kind.EVENT, task, columns));
    }
    storage.close();

    assertThat(rows("SELECT agent_id, input_tokens, cost > 1e280 FROM agent_profiles ORDER BY 1"))
        .containsExactly("ada|9223372036854775807|t", "bob|7|f");
  }

  /** A person who reads in a long transaction holds nobody up. */
  @Test
  void a_long_read_delays_the_drop_of_a_day_and_nothing_else() throws Exception {
    LocalDate today = today();
    Instant now = today.atTime(12, 0).toInstant(ZoneOffset.UTC);
    AtomicLong nanos = new AtomicLong();
    PostgresStorage storage =
        new PostgresStorage(Server.source(), pool, StorePool.PATIENCE, nanos::get);
    storage.open((key, value) -> {});
    keep(storage, change(Change.Kind.EVENT, "k", now, "old by then"));
    try (Connection reader = Server.source().getConnection()) {
      reader.setAutoCommit(false);
      PoolSchema.text(reader, "SELECT count(*) FROM " + pool + ".performance_events");
      storage.forget(now.plus(Duration.ofDays(3)));
      assertThat(days()).contains(day(today));
      assertThat(rows("SELECT detail FROM performance_events")).as("emptied").isEmpty();
      keep(storage, change(Change.Kind.EVENT, "k", now, "goes on"));
      reader.commit();
    }
    nanos.set(TimeUnit.SECONDS.toNanos(59));
    storage.forget(now.plus(Duration.ofDays(3)));
    assertThat(days()).as("no try before a minute has passed").contains(day(today));
    assertThat(rows("SELECT detail FROM performance_events")).as("emptied again").isEmpty();
    nanos.set(TimeUnit.SECONDS.toNanos(60));
    storage.forget(now.plus(Duration.ofDays(3)));
    assertThat(days()).doesNotContain(day(today));
    storage.close();
  }

  /** One transaction for all of them would run into the time limit of a call, again and again. */
  @Test
  void a_day_that_cannot_be_dropped_is_emptied_in_steps() throws Exception {
    LocalDate today = today();
    Instant now = today.atTime(12, 0).toInstant(ZoneOffset.UTC);
    PostgresStorage storage = new PostgresStorage(Server.source(), pool);
    storage.open((key, value) -> {});
    Server.run(
        "SET search_path = "
            + pool
            + "; INSERT INTO event(key, at, about, value) SELECT 'k', '"
            + now
            + "', '{}', 'v' FROM generate_series(1, 12000);"
            + " CREATE TABLE step(xid text, rows bigint);"
            + " CREATE FUNCTION step() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO "
            + pool
            + ".step SELECT pg_current_xact_id(), count(*) FROM gone; RETURN NULL; END';"
            + " CREATE TRIGGER step AFTER DELETE ON event REFERENCING OLD TABLE AS gone"
            + " EXECUTE FUNCTION step()");
    try (Connection reader = Server.source().getConnection()) {
      reader.setAutoCommit(false);
      PoolSchema.text(reader, "SELECT count(*) FROM " + pool + ".performance_events");
      storage.forget(now.plus(Duration.ofDays(3)));
    }
    storage.close();

    assertThat(rows("SELECT count(*) FROM event")).containsExactly("0");
    assertThat(rows("SELECT rows FROM step ORDER BY xid::xid8::text::bigint"))
        .containsExactly("5000", "5000", "2000");
    assertThat(rows("SELECT count(DISTINCT xid) FROM step")).containsExactly("3");
  }

  /** A role that owns nothing keeps tasks too; its events are deleted, not dropped. */
  @Test
  void a_role_without_its_own_tables_keeps_and_forgets() throws Exception {
    Server.run("DROP ROLE IF EXISTS worker; CREATE ROLE worker LOGIN");
    Server.run(
        "GRANT USAGE ON SCHEMA "
            + pool
            + " TO worker; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "
            + pool
            + " TO worker; GRANT USAGE ON ALL SEQUENCES IN SCHEMA "
            + pool
            + " TO worker");
    PGSimpleDataSource source = Server.source();
    source.setUser("worker");
    Instant now = today().atTime(12, 0).toInstant(ZoneOffset.UTC);
    PostgresStorage storage = new PostgresStorage(source, pool);
    storage.open((key, value) -> {});
    keep(
        storage,
        change(Change.Kind.EVENT, "k", now.minus(Duration.ofDays(2)), "old"),
        change(Change.Kind.EVENT, "k", now, "new"));
    storage.forget(now.minus(Duration.ofDays(1)));
    storage.close();

    assertThat(rows("SELECT detail FROM performance_events")).containsExactly("new");
    Server.run("DROP OWNED BY worker; DROP ROLE worker");
  }

  /** Even for a role that has synchronous_commit off. The log is at most a moment behind else. */
  @Test
  void a_forced_batch_is_flushed_and_another_one_waits_for_no_disk() throws Exception {
    PGSimpleDataSource source = Server.source();
    source.setOptions("-c synchronous_commit=off");
    PostgresStorage storage = new PostgresStorage(source, pool);
    storage.open((key, value) -> {});
    int[] flushed = new int[2];
    try (Connection other = Server.source().getConnection()) {
      for (int i = 0; i < 100; i++) {
        storage.append(List.of(change(Change.Kind.STATE, "k", Instant.EPOCH, "v" + i)), i % 2 == 1);
        String is =
            PoolSchema.text(
                other, "SELECT pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn()");
        flushed[i % 2] += is.equals("t") ? 1 : 0;
      }
    }
    storage.close();

    assertThat(flushed[1]).as("forced").isGreaterThan(35);
    assertThat(flushed[0]).as("not forced").isLessThan(25);
  }
}
