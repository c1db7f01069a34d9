/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Router;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people find in the file with any program that reads SQLite. */
class ViewsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void oneTaskThatFailsFirstAndOneThatSucceeds() throws Exception {
    file = folder.resolve("tasks.db");
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
            .store(SqliteStore.at(file))
            .build()) {
      arbiter.submit(Task.builder("refactor").id("T-1").build()).await(SOON);
      arbiter.agents().setStatus("bob", Status.DRAINING);
      arbiter.submit(Task.builder("review").id("T-2").tenant("acme").build()).await(SOON);
    }
  }

  private static WorkReport report() {
    return WorkReport.of("done").withUsage(new Usage(100, 20, 0.5, Duration.ofSeconds(1)));
  }

  @Test
  void a_task_is_there_with_its_end() throws SQLException {
    assertThat(rows("SELECT tenant, task_id, type, state, attempt FROM tasks ORDER BY task_id"))
        .containsExactly("default|T-1|refactor|COMPLETED|2", "acme|T-2|review|COMPLETED|1");
    assertThat(rows("SELECT timestamp LIKE '20__-__-__T__:__:__.___Z' FROM tasks"))
        .containsExactly("1", "1");
  }

  @Test
  void each_attempt_is_there_with_what_it_used() throws SQLException {
    assertThat(
            rows(
                "SELECT task_id, attempt, status, input_tokens, cost, detail, latency_ms >= 0"
                    + " FROM attempts ORDER BY 1, 2"))
        .hasSize(3)
        .anySatisfy(row -> assertThat(row).startsWith("T-1|1|failed|0|0.0|").contains("no such"))
        .contains("T-1|2|completed|100|0.5|null|1", "T-2|1|completed|100|0.5|null|1");
  }

  @Test
  void a_verdict_is_there_for_each_end() throws SQLException {
    assertThat(rows("SELECT task_id, attempt, verdict FROM verdicts ORDER BY 1"))
        .containsExactly("T-1|2|approved", "T-2|1|approved");
  }

  @Test
  void agents_have_their_figures() throws SQLException {
    assertThat(
            rows(
                "SELECT sum(task_count), sum(success_rate * task_count), sum(cost),"
                    + " min(status) FROM agents"))
        .containsExactly("3|2.0|1.0|available");
  }

  @Test
  void an_agent_out_of_service_is_shown_so_however_old_its_event() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate("DELETE FROM event WHERE agent = 'bob'");
    }

    assertThat(rows("SELECT agent_id, status FROM agents ORDER BY 1"))
        .containsExactly("ada|available", "bob|draining");
  }

  private void change(String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  @Test
  void one_agent_with_absurd_figures_does_not_hide_the_others() throws SQLException {
    change(
        "UPDATE event SET input_tokens = 9223372036854775807, output_tokens = input_tokens,"
            + " cost = 1.7e308 WHERE state = 'COMPLETED'");
    change(
        "INSERT INTO event SELECT id + (1 << 29), NULL, at, tenant, 'T-3', state, attempt, agent,"
            + " quality, input_tokens, output_tokens, cost, time_ms, detail, value FROM event"
            + " WHERE state = 'COMPLETED'");

    assertThat(rows("SELECT max(input_tokens), max(cost) > 1e300 FROM agents"))
        .containsExactly("9223372036854775807|1");
    assertThat(rows("SELECT agent_id FROM agents ORDER BY 1")).containsExactly("ada", "bob");
  }

  @Test
  void an_agent_is_shown_as_it_is_now_though_the_clock_stepped_back() throws SQLException {
    change("DELETE FROM state WHERE agent = 'bob'");
    assertThat(rows("SELECT status FROM agents WHERE agent_id = 'bob'"))
        .containsExactly("draining");
    change(
        "INSERT INTO event(id, at, state, agent, detail, value)"
            + " SELECT max(id & ((1 << 30) - 1)) + 1, 0, 'AVAILABLE', 'bob', 'Available', zeroblob(0)"
            + " FROM event");

    assertThat(rows("SELECT status FROM agents WHERE agent_id = 'bob'"))
        .containsExactly("available");
  }

  @Test
  void the_queries_of_the_readme_run() throws Exception {
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

  private List<String> rows(String query) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        ResultSet row = connection.createStatement().executeQuery(query)) {
      int columns = row.getMetaData().getColumnCount();
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= columns; i++) {
          values.add(String.valueOf(row.getString(i)));
        }
        rows.add(String.join("|", values));
      }
    }
    return rows;
  }
}
