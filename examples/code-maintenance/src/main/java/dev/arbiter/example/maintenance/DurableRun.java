/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.maintenance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import dev.arbiter.example.report.RunOptions.UnusableInput;
import dev.arbiter.spi.Store;
import dev.arbiter.sqlite.SqliteStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a run leaves in its folder, so that it can go on after a crash. */
final class DurableRun {
  /* The clock of a run never moves, so the age of a task says nothing. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);
  private static final String TASKS = "tasks.db";

  private DurableRun() {}

  /**
   * Requires that a run goes on as it began.
   *
   * @throws UnusableInput if the folder is of a run with other settings
   */
  static void sameAsBefore(Path folder, String settings) throws IOException {
    Path file = folder.resolve("settings.txt");
    if (!Files.exists(file)) {
      Path unfinished = Files.writeString(folder.resolve("settings.unfinished"), settings);
      Files.move(unfinished, file);
    }
    String before = Files.readString(file);
    if (!before.equals(settings)) {
      throw new UnusableInput(
          folder
              + " is of a run with other options ("
              + before
              + "); give the same, or another folder");
    }
  }

  /**
   * Takes the folder for this process, until it is closed or the process ends.
   *
   * @throws UnusableInput if a run is at work in it
   */
  @SuppressWarnings("MustBeClosed") // the caller closes it
  static FileChannel take(Path folder) throws IOException {
    FileChannel channel = FileChannel.open(folder.resolve("run.lock"), CREATE, WRITE);
    try {
      if (channel.tryLock() != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // held by this process
    }
    channel.close();
    throw new UnusableInput(
        folder + " has a run at work; wait for its end, or kill it, or give another folder");
  }

  static Store store(Path folder) {
    return SqliteStore.at(folder.resolve(TASKS), FOR_EVER);
  }

  /** The agents that were tried for each task, in order: one of the views of the file. */
  static Map<String, List<String>> tried(Path folder) {
    Map<String, List<String>> tried = new HashMap<>();
    String query = "SELECT task_id, agent_id FROM attempts ORDER BY task_id, attempt";
    try (Connection file = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve(TASKS));
        Statement statement = file.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        tried.computeIfAbsent(rows.getString(1), id -> new ArrayList<>()).add(rows.getString(2));
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the attempts in " + folder + " cannot be read", e);
    }
    return tried;
  }
}
