/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.Arbiter;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.tck.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One process owns a file, until it ends in whatever way. */
class OwnerTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name() throws IOException {
    file = folder.toRealPath().resolve("tasks.db");
  }

  /** Opens the file, says how that went, and waits until it is killed. */
  static final class Holder {
    private Holder() {}

    public static void main(String... arguments) throws Exception {
      ChildProcess.endWithParent();
      try {
        new SqliteStorage(Path.of(arguments[0])).open((key, value) -> {});
        System.out.println("open");
      } catch (IllegalStateException e) {
        System.out.println(e.getMessage());
      }
      Thread.sleep(60_000);
    }
  }

  @Test
  void a_second_process_is_refused_by_name_until_the_first_is_killed() throws Exception {
    try (ChildProcess holder = ChildProcess.start(Holder.class, file.toString())) {
      holder.await("open");

      assertThatThrownBy(() -> open().close())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(file.toString(), "process " + holder.pid(), " on ");
      assertThatThrownBy(() -> open().close()).hasMessageContaining("process " + holder.pid());
      holder.kill();
    }
    open().close();
  }

  private Arbiter open() {
    return Arbiter.builder().withoutConstitution().store(SqliteStore.at(file)).build();
  }

  @Test
  void a_refusal_within_the_process_takes_nothing_from_the_owner() throws Exception {
    SqliteStorage owner = new SqliteStorage(file);
    owner.open((key, value) -> {});
    Path link = folder.toRealPath().resolve("link.db");
    Files.createSymbolicLink(link, file);
    for (Path other : new Path[] {file, link}) {
      assertThatThrownBy(() -> new SqliteStorage(other).open((key, value) -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    assertThatThrownBy(() -> owner.open((key, value) -> {})).hasMessageContaining("open already");

    try (ChildProcess second = ChildProcess.start(Holder.class, file.toString())) {
      assertThat(second.line()).contains("owned by process " + ProcessHandle.current().pid());
    }
    owner.close();
    open().close();
  }
}
