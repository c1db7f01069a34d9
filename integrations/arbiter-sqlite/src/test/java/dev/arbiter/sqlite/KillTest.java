/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.tck.ChildProcess;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes are killed with {@code kill -9} while 64 tasks are in flight, one after the other over
 * one file. 20 kills; 500 with the profile {@code long}.
 *
 * <p>Each process writes a diary with one write for a line: S before it submits a task, A when the
 * task is accepted, C when its agent is called, E when its end is told. What the kernel has, a
 * killed process cannot take back.
 */
class KillTest {
  private static final int IN_FLIGHT = 64;
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final AgentProfile ADA = AgentProfile.builder("ada").idempotent().build();

  @TempDir Path folder;
  private final Random random = new Random(7);

  private static Arbiter over(Path file, Diary diary) {
    return Arbiter.builder()
        .withoutConstitution()
        .queueCapacity(1_000_000)
        .asyncAgent(
            ADA,
            assignment -> {
              diary.write("C", assignment.task().id());
              return CompletableFuture.completedFuture(WorkReport.of("done"));
            })
        .store(SqliteStore.at(file))
        .build();
  }

  /** Lines that are in the kernel when write returns. */
  private static final class Diary {
    private final OutputStream out;

    Diary(Path file) throws IOException {
      out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    synchronized void write(String what, String id) {
      try {
        out.write((what + " " + id + "\n").getBytes(UTF_8));
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** Submits numbered tasks, by one thread and in order, until it is killed. */
  static final class Host {
    private Host() {}

    public static void main(String... arguments) throws Exception {
      ChildProcess.endWithParent();
      Diary diary = new Diary(Path.of(arguments[1]));
      Arbiter arbiter = over(Path.of(arguments[0]), diary);
      System.out.println("open");
      Semaphore places = new Semaphore(IN_FLIGHT);
      for (int i = 0; ; i++) {
        places.acquire();
        String id = arguments[2] + "-" + i;
        diary.write("S", id);
        CompletableFuture<?> unused =
            arbiter
                .submitAsync(Task.builder("refactor").id(id).payload("x".repeat(300)).build())
                .thenCompose(
                    handle -> {
                      diary.write("A", id);
                      return handle.result();
                    })
                .whenComplete(
                    (end, error) -> {
                      if (end instanceof TaskResult.Completed) {
                        diary.write("E", id);
                      }
                      places.release();
                    })
                .toCompletableFuture();
      }
    }
  }

  @Test
  void nothing_is_lost_invented_or_done_twice_over_20_kills() throws Exception {
    kills(20);
  }

  @Tag("long")
  @Test
  void nothing_is_lost_invented_or_done_twice_over_500_kills() throws Exception {
    kills(500);
  }

  private void kills(int rounds) throws Exception {
    Path file = folder.resolve("tasks.db");
    Path diary = folder.resolve("diary");
    for (int round = 0; round < rounds; round++) {
      try (ChildProcess host =
          ChildProcess.start(Host.class, file.toString(), diary.toString(), "T-" + round)) {
        host.await("open");
        Thread.sleep(random.nextInt(400));
        host.kill();
      }
      checkOrder(file, diary, "T-" + round + "-");
    }

    Map<String, List<String>> told = read(diary);
    try (Arbiter last = over(file, new Diary(folder.resolve("last")))) {
      for (String id : lines(told, "A")) {
        TaskHandle handle =
            last.find("default", id)
                .orElseThrow(() -> new AssertionError(id + " was accepted and is lost"));
        assertThat(handle.await(SOON)).isInstanceOf(TaskResult.Completed.class);
      }
      while (last.stats().inFlight() + last.stats().waiting() > 0) {
        Thread.sleep(5);
      }
    }
    checkHistory(file, told, lines(read(folder.resolve("last")), "C"));
    assertThat(lines(told, "E")).as("the load was real").hasSizeGreaterThan(10 * rounds);
  }

  private static Map<String, List<String>> read(Path diary) throws IOException {
    Map<String, List<String>> told = new HashMap<>();
    for (String what : List.of("S", "A", "C", "E")) {
      told.put(what, new ArrayList<>());
    }
    for (String line : Files.readAllLines(diary)) {
      lines(told, line.substring(0, 1)).add(line.substring(2));
    }
    return told;
  }

  private static List<String> lines(Map<String, List<String>> told, String what) {
    return Objects.requireNonNull(told.get(what));
  }

  /** What is kept of the tasks of one process are the first that it submitted. */
  private static void checkOrder(Path file, Path diary, String prefix) throws Exception {
    Set<Integer> kept = new HashSet<>();
    for (List<String> row :
        rows(file, "SELECT DISTINCT task FROM event WHERE task LIKE '" + prefix + "%'")) {
      kept.add(Integer.parseInt(row.get(0).substring(prefix.length())));
    }
    for (int i = 0; i < kept.size(); i++) {
      assertThat(kept.contains(i)).as("%s%s, before one that is kept", prefix, i).isTrue();
    }
    List<String> accepted = lines(read(diary), "A");
    for (String id : accepted) {
      if (id.startsWith(prefix)) {
        assertThat(kept.contains(Integer.parseInt(id.substring(prefix.length())))).as(id).isTrue();
      }
    }
  }

  private static void checkHistory(
      Path file, Map<String, List<String>> told, List<String> lastCalls) throws Exception {
    Set<String> invented = new HashSet<>();
    Map<String, Integer> ends = new HashMap<>();
    for (List<String> row : rows(file, "SELECT task_id, state FROM tasks")) {
      assertThat(row.get(1)).as(row.get(0)).isEqualTo("COMPLETED");
      ends.merge(row.get(0), 1, Integer::sum);
      invented.add(row.get(0));
    }
    invented.removeAll(new HashSet<>(lines(told, "S")));
    assertThat(invented).as("invented").isEmpty();
    Set<String> lost = new HashSet<>(lines(told, "E"));
    lost.removeAll(ends.keySet());
    assertThat(lost).as("acknowledged ends that are not kept").isEmpty();
    assertThat(new HashSet<>(ends.values())).as("ends of one task").containsExactly(1);
    Set<String> again = new HashSet<>(lastCalls);
    again.retainAll(new HashSet<>(lines(told, "E")));
    assertThat(again).as("calls after an end").isEmpty();

    Map<String, List<String>> steps = new HashMap<>();
    for (List<String> row : rows(file, "SELECT task, state FROM event ORDER BY id & 1073741823")) {
      if (!row.get(0).equals("null")) {
        steps.computeIfAbsent(row.get(0), id -> new ArrayList<>()).add(row.get(1));
      }
    }
    steps.forEach(
        (id, states) -> {
          assertThat(states).as(id).startsWith("RECEIVED").endsWith("COMPLETED");
          for (String once : List.of("RECEIVED", "EXECUTION_COMPLETE", "COMPLETED")) {
            assertThat(states.stream().filter(once::equals)).as("%s of %s", once, id).hasSize(1);
          }
          int reported = states.indexOf("EXECUTION_COMPLETE");
          assertThat(states.lastIndexOf("EXECUTING")).as(id).isLessThan(reported);
        });
  }

  private static List<List<String>> rows(Path file, String query) throws SQLException {
    List<List<String>> rows = new ArrayList<>();
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        ResultSet row = connection.createStatement().executeQuery(query)) {
      while (row.next()) {
        List<String> values = new ArrayList<>();
        for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
          values.add(String.valueOf(row.getString(i)));
        }
        rows.add(values);
      }
    }
    return rows;
  }
}
