/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import dev.arbiter.internal.record.KeptEnd;
import dev.arbiter.internal.record.KeptProgress;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.internal.record.KeptTask;
import dev.arbiter.internal.record.Records;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.sqlite.internal.StoreFile;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The tasks in the file of a store, while its owner works or without one. What it reads is one
 * moment of the file.
 */
final class TaskFile implements AutoCloseable {
  /* The keys of the engine: the kind of the record, tenant, U+001F, id. */
  private static final String TASK = "T";
  private static final String PROGRESS = "S";
  private static final String END = "E";
  private static final String ALIAS = "K";
  private static final char APART = '\u001f';

  /* An event may be in another second than the record beside it, and a clock may step. */
  private static final long MARGIN = 3_600;
  private static final int ID_BITS = 30;
  private static final long LAST_SECOND = (1L << 33) - 1;

  private static final String LIVE =
      "SELECT t.value, s.value, NULL, t.tenant, t.task FROM state t LEFT JOIN state s"
          + " ON s.key = 'S' || substr(t.key, 2) WHERE substr(t.key, 1, 1) = 'T'";
  private static final String ENDED =
      "SELECT NULL, NULL, value, tenant, task FROM ended WHERE substr(key, 1, 1) = 'E'";

  /* The order in which rows were appended, whatever the clock said; as SqliteStorage has it. */
  private static final String APPENDED =
      "((id - (SELECT value FROM meta WHERE name = 'next')) & ((1 << 30) - 1))";

  private final Path file;
  private final Connection connection;

  private TaskFile(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /**
   * A row of the view {@code tasks}.
   *
   * @param request what a person is asked, if it waits for one
   */
  record Line(
      String tenant,
      String id,
      String type,
      String state,
      int attempt,
      String agent,
      String at,
      String detail,
      @Nullable ApprovalRequest request) {}

  /**
   * All that is kept of a task that has not ended, or of its end.
   *
   * @param damage what is wrong with its records; empty if they could be read
   */
  record Found(
      String tenant,
      String id,
      @Nullable KeptTask accepted,
      KeptProgress progress,
      @Nullable KeptEnd end,
      String damage) {

    Task task() {
      return end == null ? Objects.requireNonNull(accepted).task() : end.result().task();
    }

    Instant since() {
      return end == null ? Objects.requireNonNull(accepted).accepted() : end.accepted();
    }
  }

  private interface Query<T> {
    T run() throws SQLException;
  }

  /** Opens a file that exists. */
  static TaskFile open(Path given) {
    if (!Files.exists(given)) {
      throw new Refusal("the store " + given + " does not exist; check the path");
    }
    try {
      Path file = StoreFile.real(given);
      return new TaskFile(file, StoreFile.read(file));
    } catch (IllegalStateException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    }
  }

  private <T> T read(Query<T> query) {
    try {
      return query.run();
    } catch (SQLException e) {
      throw new Refusal(String.valueOf(StoreFile.explained(file, e).getMessage()));
    }
  }

  /** The newest tasks first. */
  List<Line> list(@Nullable String state, @Nullable String tenant, int limit) {
    return read(
        () -> {
          List<Line> lines = new ArrayList<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT v.tenant, v.task_id, v.type, v.state, v.attempt, v.agent_id,"
                      + " v.timestamp, v.detail, w.value FROM (SELECT * FROM tasks"
                      + " WHERE (?1 IS NULL OR state = ?1) AND (?2 IS NULL OR tenant = ?2)"
                      + " ORDER BY timestamp DESC LIMIT ?3) v LEFT JOIN state w"
                      + " ON v.state = 'WAITING' AND w.state = 'WAITING' AND w.tenant = v.tenant"
                      + " AND w.task = v.task_id ORDER BY v.timestamp DESC")) {
            query.setString(1, state);
            query.setString(2, tenant);
            query.setInt(3, limit);
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                lines.add(
                    new Line(
                        text(row, 1),
                        text(row, 2),
                        text(row, 3),
                        text(row, 4),
                        row.getInt(5),
                        text(row, 6),
                        text(row, 7),
                        text(row, 8),
                        request(row.getBytes(9))));
              }
            }
          }
          return lines;
        });
  }

  /* A damaged record is named by show. */
  private static @Nullable ApprovalRequest request(byte @Nullable [] progress) {
    try {
      WaitReason waits = progress == null ? null : Records.progress(progress).waits();
      return waits == null ? null : waits.request().orElse(null);
    } catch (IllegalArgumentException | IllegalStateException e) {
      return null;
    }
  }

  private static String text(ResultSet row, int column) throws SQLException {
    String text = row.getString(column);
    return text == null ? "" : text;
  }

  /** Gives each task, those that have not ended first. */
  void each(Consumer<Found> to) {
    boolean done =
        read(
            () -> {
              try (PreparedStatement all =
                      connection.prepareStatement(LIVE + " UNION ALL " + ENDED);
                  ResultSet row = all.executeQuery()) {
                while (row.next()) {
                  to.accept(found(row));
                }
              }
              return true;
            });
    assert done;
  }

  /** {@return the task that has not ended, or else the newest end of that id, if there is one} */
  Optional<Found> find(String tenant, String id) {
    return read(
        () -> {
          try (PreparedStatement one =
              connection.prepareStatement(
                  LIVE
                      + " AND t.tenant = ?1 AND t.task = ?2"
                      + " UNION ALL SELECT * FROM ("
                      + ENDED
                      + " AND tenant = ?1 AND task = ?2 ORDER BY "
                      + APPENDED
                      + " DESC LIMIT 1)")) {
            one.setString(1, tenant);
            one.setString(2, id);
            try (ResultSet row = one.executeQuery()) {
              return row.next() ? Optional.of(found(row)) : Optional.empty();
            }
          }
        });
  }

  private static Found found(ResultSet row) throws SQLException {
    String tenant = text(row, 4);
    String id = text(row, 5);
    try {
      byte[] task = row.getBytes(1);
      byte[] progress = row.getBytes(2);
      byte[] end = row.getBytes(3);
      return new Found(
          tenant,
          id,
          task == null ? null : Records.task(task),
          progress == null ? KeptProgress.none() : Records.progress(progress),
          end == null ? null : Records.end(end),
          "");
    } catch (IllegalArgumentException | IllegalStateException e) {
      return new Found(tenant, id, null, KeptProgress.none(), null, String.valueOf(e.getMessage()));
    }
  }

  /** {@return the steps of a task that retention has left, in order} */
  List<KeptStep> steps(Found task) {
    long since = task.since().getEpochSecond();
    long until = task.end() == null ? LAST_SECOND : task.end().at().getEpochSecond();
    long first = Math.max(0, Math.min(since, until) - MARGIN);
    long last = Math.min(LAST_SECOND, Math.max(since, until) + MARGIN);
    return read(
        () -> {
          List<KeptStep> steps = new ArrayList<>();
          try (PreparedStatement query =
              connection.prepareStatement(
                  "SELECT value FROM event WHERE id BETWEEN ? AND ? AND tenant = ? AND task = ?"
                      + " ORDER BY "
                      + APPENDED)) {
            query.setLong(1, first << ID_BITS);
            query.setLong(2, last << ID_BITS);
            query.setString(3, task.tenant());
            query.setString(4, task.id());
            try (ResultSet row = query.executeQuery()) {
              while (row.next()) {
                steps.addAll(Records.steps(row.getBytes(1)));
              }
            }
          }
          return steps;
        });
  }

  /**
   * Ends a task that no process works at. The next arbiter over the file finds the end.
   *
   * @return the end, this one or an earlier one; null if there is no such task
   */
  static @Nullable TaskResult cancel(
      Path given, String tenant, String id, String reason, Instant now) {
    SqliteStorage storage = new SqliteStorage(given);
    String key = tenant + APART + id;
    Map<String, byte[]> kept = new HashMap<>();
    try {
      storage.open(
          (name, value) -> {
            if (name.equals(TASK + key) || name.equals(PROGRESS + key)) {
              kept.put(name, value);
            }
          });
      byte[] accepted = kept.get(TASK + key);
      if (accepted == null) {
        byte[] earlier = storage.find(END + key);
        return earlier == null ? null : Records.end(earlier).result();
      }
      byte[] reached = kept.get(PROGRESS + key);
      KeptProgress progress = reached == null ? KeptProgress.none() : Records.progress(reached);
      KeptTask task = Records.task(accepted);
      if (progress.report() != null || !progress.round().aside().isEmpty()) {
        throw new Refusal(
            "task '"
                + id
                + "' of tenant '"
                + tenant
                + "' has handed in work, whose verdict may be in a log that must be withdrawn with"
                + " it; start the arbiter over "
                + given
                + " and cancel the task there, by TaskHandle.cancel");
      }
      TaskResult end = new TaskResult.Cancelled(task.task(), reason, progress.used());
      storage.append(changes(key, task, progress, end, reason, now), true);
      return end;
    } catch (IllegalStateException | IllegalArgumentException e) {
      throw new Refusal(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      throw new Refusal("the store " + given + " cannot be written: " + e.getMessage());
    } finally {
      storage.close();
    }
  }

  /* What the engine keeps of an end, and forgets with it. */
  private static List<Change> changes(
      String key,
      KeptTask kept,
      KeptProgress progress,
      TaskResult end,
      String reason,
      Instant now) {
    Task task = kept.task();
    List<RoutingDecision> decisions = progress.decisions();
    String agent = decisions.isEmpty() ? "" : decisions.get(decisions.size() - 1).agent();
    Columns columns =
        new Columns(
            now,
            task.tenant(),
            task.id(),
            task.type(),
            TaskState.CANCELLED.name(),
            decisions.size(),
            agent,
            0,
            progress.used(),
            reason);
    KeptStep step =
        new KeptStep(
            now,
            "Concluded",
            columns.state(),
            columns.attempt(),
            agent,
            0,
            progress.used(),
            reason);
    List<Change> changes = new ArrayList<>();
    changes.add(new Change(Change.Kind.STATE, PROGRESS + key, null));
    changes.add(new Change(Change.Kind.STATE, TASK + key, null));
    byte[] bytes = Records.bytes(new KeptEnd(end, kept.accepted(), now));
    changes.add(new Change(Change.Kind.END, END + key, new Written(bytes, columns)));
    if (!task.idempotencyKey().isEmpty()) {
      String alias = ALIAS + task.tenant() + APART + task.idempotencyKey();
      byte[] place = (END + key).getBytes(StandardCharsets.UTF_8);
      Columns at = new Columns(now, "", "", "", "", 0, "", 0, Usage.none(), "");
      changes.add(new Change(Change.Kind.END, alias, new Written(place, at)));
    }
    changes.add(
        new Change(Change.Kind.EVENT, key, new Written(Records.bytes(List.of(step)), columns)));
    return changes;
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Written(byte[] bytes, Columns columns) implements Value {}

  @Override
  public void close() {
    boolean closed =
        read(
            () -> {
              connection.close();
              return true;
            });
    assert closed;
  }
}
