/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.store;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.task.helper.OneTimeTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import org.h2.jdbcx.JdbcConnectionPool;

/** A peer: db-scheduler, whose tasks are rows of a database, on a file of H2. */
final class DbScheduler implements AutoCloseable {
  private static final String TABLE =
      "CREATE TABLE scheduled_tasks (task_name VARCHAR(100), task_instance VARCHAR(100),"
          + " task_data BLOB, execution_time TIMESTAMP WITH TIME ZONE, picked BIT,"
          + " picked_by VARCHAR(50), last_success TIMESTAMP WITH TIME ZONE,"
          + " last_failure TIMESTAMP WITH TIME ZONE, consecutive_failures INT,"
          + " last_heartbeat TIMESTAMP WITH TIME ZONE, version BIGINT, priority INT,"
          + " PRIMARY KEY (task_name, task_instance))";

  private final Semaphore places;
  private final JdbcConnectionPool connections;
  private final OneTimeTask<String> refactor;
  private final Scheduler scheduler;

  DbScheduler(Path file, int inFlight) throws SQLException {
    places = new Semaphore(inFlight);
    connections = JdbcConnectionPool.create("jdbc:h2:file:" + file + ";WRITE_DELAY=0", "sa", "");
    connections.setMaxConnections(inFlight + 2);
    try (Connection connection = connections.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(TABLE);
    }
    refactor = Tasks.oneTime("refactor", String.class).execute((task, context) -> places.release());
    scheduler =
        Scheduler.create(connections, refactor)
            .threads(inFlight)
            .pollingInterval(Duration.ofMillis(100))
            .enableImmediateExecution()
            .build();
    scheduler.start();
  }

  /** Schedules a task when there is a place. */
  void submit(String id, String payload) throws InterruptedException {
    places.acquire();
    scheduler.schedule(refactor.instance(id, payload), Instant.now());
  }

  /** Waits until no task is left. */
  void awaitAll() throws SQLException, InterruptedException {
    try (Connection connection = connections.getConnection();
        Statement statement = connection.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery("SELECT count(*) FROM scheduled_tasks")) {
          row.next();
          if (row.getInt(1) == 0) {
            return;
          }
        }
        Thread.sleep(5);
      }
    }
  }

  @Override
  public void close() {
    scheduler.stop();
    connections.dispose();
  }
}
