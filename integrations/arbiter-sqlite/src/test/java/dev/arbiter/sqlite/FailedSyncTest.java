/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.tck.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The disk fails while SQLite syncs its files. Linux reports such an error once and then takes what
 * it could not write for written: the next sync succeeds, and the disk has a hole.
 */
class FailedSyncTest {
  @TempDir private Path folder;
  private Path file = Path.of("");
  private Path trace = Path.of("");

  @BeforeEach
  void name() throws Exception {
    file = folder.toRealPath().resolve("tasks.db");
    trace = folder.resolve("trace");
  }

  /** Appends much, forced or not, until a batch is refused; opens again, and appends once. */
  static final class Host {
    private Host() {}

    public static void main(String... arguments) throws Exception {
      ChildProcess.endWithParent();
      boolean force = Boolean.parseBoolean(arguments[1]);
      SqliteStorage storage = new SqliteStorage(Path.of(arguments[0]));
      storage.open((key, value) -> {});
      try {
        for (int i = 0; i < 400; i++) {
          storage.append(List.of(change("k" + i % 100, new byte[100_000])), force);
        }
        System.out.println("never refused");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      storage.close();
      storage.open((key, value) -> {});
      storage.append(List.of(change("last", new byte[1])), true);
      System.out.println("open again");
    }
  }

  private static Change change(String key, byte[] bytes) {
    return new Change(Change.Kind.STATE, key, Value.of(bytes));
  }

  private ChildProcess host(boolean force, String... strace) throws Exception {
    try {
      Process tried = new ProcessBuilder("strace", "-o", "/dev/null", "true").start();
      assumeTrue(
          tried.waitFor(10, TimeUnit.SECONDS) && tried.exitValue() == 0,
          "needs the right to trace a process");
    } catch (IOException e) {
      assumeTrue(false, "needs strace");
    }
    List<String> by = new ArrayList<>(List.of("strace", "-D", "-f", "-y", "-o", trace.toString()));
    by.addAll(List.of(strace));
    return ChildProcess.start(by, Map.of(), Host.class, file.toString(), "" + force);
  }

  /** A checkpoint syncs the log, copies it, and syncs the file: either may fail. */
  @ParameterizedTest
  @ValueSource(strings = {"", "-wal"})
  void a_sync_that_fails_in_a_checkpoint_is_a_refusal(String end) throws Exception {
    // The first syncs make the file, and the log.
    String which = end.isEmpty() ? "2" : "3";
    try (ChildProcess host =
        host(
            false,
            "-P",
            file + end,
            "-e",
            "trace=fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=" + which)) {
      assertThat(host.line()).contains(file.toString(), "had an error of the disk");
      assertThat(host.line()).isEqualTo("open again");
    }
    assertThat(Files.readString(trace)).containsOnlyOnce("EIO");
  }

  /** The log is written again, as memory has it, before anything is appended to it. */
  @Test
  void a_log_that_could_not_be_synced_is_written_again() throws Exception {
    try (ChildProcess host =
        host(
            true,
            "-P",
            file + "-wal",
            "-e",
            "trace=pwrite64,fsync,fdatasync",
            "-e",
            "inject=fsync,fdatasync:error=EIO:when=9")) {
      assertThat(host.line()).contains(file.toString(), "had an error of the disk");
      assertThat(host.line()).isEqualTo("open again");
    }
    String after = Files.readString(trace).split("= -1 EIO", 2)[1];
    List<String> calls = after.lines().skip(1).toList();
    assertThat(calls.get(0)).as("the start of the log").matches(".*pwrite64.*, 0\\) = .*");
    long written = calls.stream().takeWhile(call -> call.contains("pwrite64")).count();
    assertThat(calls.get((int) written)).matches(".*(fsync|fdatasync).*= 0");
  }
}
