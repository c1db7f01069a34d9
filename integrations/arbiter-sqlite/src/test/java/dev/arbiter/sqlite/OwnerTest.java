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
import java.util.List;
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

  /** The first owner makes the target; the lock must lie where the next one looks for it. */
  @Test
  void a_link_to_a_file_that_is_not_there_yet_has_one_owner() throws Exception {
    Path real = folder.toRealPath();
    Path far = Files.createDirectories(real.resolve("far/deep"));
    Path linked = Files.createSymbolicLink(real.resolve("there"), far);
    Path step = Files.createSymbolicLink(far.resolve("step.db"), Path.of("../tasks.db"));
    Path link = Files.createSymbolicLink(real.resolve("link.db"), Path.of("there/step.db"));
    Path target = real.resolve("far/tasks.db");
    SqliteStorage owner = new SqliteStorage(link);
    owner.open((key, value) -> {});

    assertThat(target).exists();
    for (Path other : List.of(link, linked.resolve("step.db"), step, target)) {
      assertThatThrownBy(() -> new SqliteStorage(other).open((key, value) -> {}))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid());
    }
    try (ChildProcess second = ChildProcess.start(Holder.class, link.toString())) {
      assertThat(second.line()).contains("owned by process " + ProcessHandle.current().pid());
    }
    owner.close();
  }

  @Test
  void a_link_that_leads_nowhere_is_refused() throws Exception {
    Path self = folder.toRealPath().resolve("self.db");
    Files.createSymbolicLink(self, Path.of("self.db"));
    assertThatThrownBy(() -> new SqliteStorage(self).open((key, value) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("leads to itself");
    Path lost = folder.toRealPath().resolve("lost.db");
    Files.createSymbolicLink(lost, Path.of("no-folder/tasks.db"));
    assertThatThrownBy(() -> new SqliteStorage(lost).open((key, value) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("its folder does not exist");
  }
}
