/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.tck.SmallDisk;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is full, beyond what holds for every storage. */
class FullDiskTest {
  @TempDir Path folder;

  /** SQLite alone would keep refused rows in its memory, and write them with the next commit. */
  @Test
  void what_a_full_disk_refused_is_not_kept_later() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"), "8m")) {
      Path file = disk.root().toRealPath().resolve("tasks.db");
      SqliteStorage storage = new SqliteStorage(file);
      storage.open((key, value) -> {});
      Path ballast = disk.fill(1_000_000);
      Set<String> kept = new HashSet<>();
      int refused = 0;
      for (int i = 0; refused < 50; i++) {
        Value value = Value.of(new byte[100_000]);
        try {
          storage.append(List.of(new Change(Change.Kind.STATE, "k" + i, value)), true);
          kept.add("k" + i);
        } catch (IllegalStateException full) {
          refused++;
          assertThat(full).hasMessageContainingAll(file.toString(), "is on a full disk; make room");
          storage.close();
          storage.open((key, bytes) -> {});
        }
      }
      Files.delete(ballast);
      storage.append(
          List.of(new Change(Change.Kind.STATE, "last", Value.of(new byte[100_000]))), true);
      kept.add("last");
      storage.close();

      Set<String> found = new HashSet<>();
      storage.open((key, value) -> found.add(key));
      storage.close();
      assertThat(found).isEqualTo(kept).hasSizeGreaterThan(3);
    }
  }
}
