/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.sqlite.internal.SqliteStorage;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tck.SmallDisk;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a store says of a file that it cannot use. It never changes such a file. */
class WrongFileTest {
  @TempDir Path folder;
  private Path file = Path.of("");

  @BeforeEach
  void name() throws Exception {
    file = folder.toRealPath().resolve("tasks.db");
  }

  private static Change state(String key, String value) {
    return new Change(Change.Kind.STATE, key, Value.of(value.getBytes(UTF_8)));
  }

  private static Map<String, String> read(Path file) throws Exception {
    Map<String, String> kept = new HashMap<>();
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> kept.put(key, new String(value, UTF_8)));
    storage.close();
    return kept;
  }

  private void write(int batches) throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    for (int i = 0; i < batches; i++) {
      storage.append(List.of(state("key-" + i, "value-" + i)), true);
    }
    storage.close();
  }

  private void sql(String... statements) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      for (String text : statements) {
        statement.execute(text);
      }
    }
  }

  /** The message names the file and its state, and the file is as it was. */
  private void refused(String... words) throws Exception {
    byte[] before = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContainingAll(words);
    assertThatThrownBy(() -> SqliteStore.at(file).open(new NoOwner()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContainingAll(words);
    byte[] after = Files.isRegularFile(file) ? Files.readAllBytes(file) : new byte[0];
    assertThat(after).isEqualTo(before);
  }

  @Test
  void an_empty_file_becomes_a_store() throws Exception {
    Files.createFile(file);

    assertThat(read(file)).isEmpty();
    write(3);
    assertThat(read(file)).hasSize(3);
  }

  @Test
  void a_name_may_have_any_characters() throws Exception {
    for (String name : List.of("a b?c=d#e%41&mode=memory.db", "ö '\" \u05d0.db", ":memory:")) {
      file = folder.toRealPath().resolve(name);
      write(2);
      assertThat(file).exists();
      assertThat(read(file)).hasSize(2);
    }
  }

  @Test
  void a_folder_is_refused() throws Exception {
    Files.createDirectory(file);

    refused("is a folder", "name of a file");
  }

  @Test
  void a_folder_that_does_not_exist_is_not_made() throws Exception {
    file = folder.toRealPath().resolve("none").resolve("tasks.db");

    refused("its folder does not exist", "create the folder");
  }

  @Test
  void garbage_is_refused() throws Exception {
    byte[] bytes = new byte[20_000];
    new Random(1).nextBytes(bytes);
    for (byte[] garbage : List.of(bytes, "hello".getBytes(UTF_8), new byte[5_000])) {
      Files.write(file, garbage);
      refused("no SQLite file");
    }
  }

  @Test
  void the_file_of_another_program_is_refused() throws Exception {
    sql("CREATE TABLE bookmarks(url TEXT)");

    refused("another program", "a file of its own");
  }

  @Test
  void a_newer_version_is_refused_by_its_number() throws Exception {
    write(1);
    sql("PRAGMA user_version = 7");

    refused("version 7", "reads version 1");
  }

  @Test
  void a_file_that_another_program_locks_is_refused() throws Exception {
    write(1);
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("BEGIN EXCLUSIVE");
      assertThatThrownBy(() -> read(file))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(file.toString(), "locked by another program");
    }
    assertThat(read(file)).hasSize(1);
  }

  @Test
  void a_file_that_cannot_be_written_is_refused() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.toRealPath().resolve("disk"), "4m")) {
      file = disk.root().resolve("tasks.db");
      write(1);
      disk.makeReadOnly();
      refused("cannot be", "let this user");
    }
  }

  @Test
  void a_file_that_was_cut_is_refused() throws Exception {
    write(500);
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.setLength(bytes.length() / 2);
    }

    refused("is damaged", "backup");
  }

  @Test
  void a_key_or_value_that_changed_is_named() throws Exception {
    write(500);
    byte[] whole = Files.readAllBytes(file);
    for (String part : List.of("key-77", "value-88")) {
      Files.write(file, changed(whole, part));
      refused("is damaged", "row", "of table state", "checksum");
    }
  }

  @Test
  void an_end_that_changed_is_not_given_back() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(end("a", 1_234_567), end("b", 7_654_321)), true);
    storage.close();
    Files.write(file, changed(Files.readAllBytes(file), "1234567"));

    storage.open((key, value) -> {});
    assertThat(storage.find("b")).isNotNull();
    assertThatThrownBy(() -> storage.find("a"))
        .hasMessageContainingAll(file.toString(), "is damaged", "of table ended");
    storage.close();
  }

  /* The last character, wherever the page has an old copy of it too. */
  private static byte[] changed(byte[] whole, String part) {
    byte[] bytes = whole.clone();
    String text = new String(whole, ISO_8859_1);
    for (int at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
      bytes[at + part.length() - 1] ^= 1;
    }
    return bytes;
  }

  /** A copy of the file and its log, as a dead process leaves them. */
  private Path withLog(int batches) throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    for (int i = 0; i < batches; i++) {
      storage.append(List.of(state("key-" + i, "x".repeat(1_000))), true);
    }
    return copied(storage);
  }

  private Path copied(SqliteStorage storage) throws Exception {
    Path copy = folder.toRealPath().resolve("copy.db");
    for (String end : List.of("", "-wal")) {
      Files.copy(Path.of(file + end), Path.of(copy + end), StandardCopyOption.REPLACE_EXISTING);
    }
    storage.close();
    file = copy;
    return Path.of(copy + "-wal");
  }

  @Test
  void damage_in_the_middle_of_the_log_is_refused() throws Exception {
    Path log = withLog(100);
    byte[] bytes = Files.readAllBytes(log);
    bytes[bytes.length / 2] ^= 1;
    Files.write(log, bytes);

    refused("-wal is damaged", "commits follow it", "backup");
    Files.delete(log);
    assertThat(read(file)).hasSizeLessThan(100);
  }

  /** The message says how; what lies before the damage is kept. */
  @Test
  void a_log_that_is_cut_as_told_keeps_what_was_forced() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    for (int i = 0; i < 50; i++) {
      storage.append(List.of(state("forced-" + i, "x".repeat(1_000))), true);
    }
    long forced = Files.size(Path.of(file + "-wal"));
    for (int i = 0; i < 3; i++) {
      storage.append(List.of(state("other-" + i, "x".repeat(1_000))), false);
    }
    Path log = copied(storage);
    byte[] bytes = Files.readAllBytes(log);
    // As if a loss of power had torn the first of those that were not forced.
    bytes[(int) forced + 100] ^= 1;
    Files.write(log, bytes);

    refused(
        "-wal is damaged", "commits follow it", "cut the log to its first " + forced + " bytes");
    Files.write(log, Arrays.copyOf(bytes, (int) forced));
    assertThat(read(file)).hasSize(50).containsKey("forced-49");
  }

  @Test
  void damage_in_the_header_of_the_log_is_refused() throws Exception {
    Path log = withLog(10);
    byte[] bytes = Files.readAllBytes(log);
    bytes[17] ^= 1;
    Files.write(log, bytes);

    refused("-wal is damaged", "header", "delete the log");
  }

  @Test
  void a_torn_end_of_the_log_is_no_damage() throws Exception {
    Path log = withLog(100);
    byte[] bytes = Files.readAllBytes(log);
    Files.write(log, Arrays.copyOf(bytes, bytes.length - 2_000));

    assertThat(read(file)).hasSize(99);
  }

  @Test
  void frames_of_an_earlier_run_of_the_log_are_no_damage() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    Path copy = folder.toRealPath().resolve("copy.db");
    for (int i = 0; i < 400; i++) {
      storage.append(List.of(state("key-" + i % 50, "x".repeat(90_000) + i)), true);
      if (i % 97 == 0) {
        for (String end : List.of("", "-wal")) {
          Files.copy(Path.of(file + end), Path.of(copy + end), StandardCopyOption.REPLACE_EXISTING);
        }
        assertThat(read(copy)).hasSize(Math.min(50, i + 1));
      }
    }
    storage.close();
  }

  @Test
  void a_change_by_another_program_is_noticed_at_the_next_write() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(state("a", "1"), state("b", "1")), true);
    sql("DELETE FROM state WHERE key = 'a'");

    assertThatThrownBy(() -> storage.append(List.of(state("b", "2")), true))
        .hasMessageContainingAll(file.toString(), "changed by another program");
    assertThatThrownBy(() -> storage.append(List.of(state("b", "2")), true))
        .hasMessageContaining("is not open");
    storage.close();
    assertThat(read(file)).containsExactlyEntriesOf(Map.of("b", "1"));
  }

  @Test
  void a_file_that_is_moved_while_open_keeps_nothing_more_until_it_is_back() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(state("a", "1")), true);
    Path away = file.resolveSibling("away.db");
    Files.move(file, away);

    assertThatThrownBy(() -> storage.append(List.of(state("a", "2")), true))
        .hasMessageContainingAll(file.toString(), "was removed or replaced", "put it back");
    storage.close();
    assertThatThrownBy(() -> storage.open((key, value) -> {}))
        .hasMessageContainingAll(file.toString(), "was removed or replaced", "put it back");
    assertThat(Files.exists(file)).isFalse();
    Files.createFile(file);
    assertThatThrownBy(() -> storage.open((key, value) -> {}))
        .hasMessageContainingAll(file.toString(), "was removed or replaced");
    Path backup = file.resolveSibling("backup.db");
    SqliteStorage other = new SqliteStorage(backup);
    other.open((key, value) -> {});
    other.append(List.of(state("c", "9")), true);
    other.close();
    Files.move(backup, file, StandardCopyOption.REPLACE_EXISTING);
    assertThatThrownBy(() -> storage.open((key, value) -> {}))
        .as("the log of the one before is no log of it")
        .hasMessageContainingAll(file.toString(), "was removed or replaced");

    Files.move(away, file, StandardCopyOption.REPLACE_EXISTING);
    storage.open((key, value) -> {});
    storage.append(List.of(state("b", "1")), true);
    storage.close();
    assertThat(read(file)).containsKeys("a", "b");
    Files.delete(file);
    storage.open((key, value) -> {});
    storage.close();
  }

  @Test
  void a_log_that_is_removed_while_open_takes_nothing_with_it() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(state("a", "1")), true);
    Files.delete(Path.of(file + "-wal"));

    assertThatThrownBy(() -> storage.append(List.of(state("b", "1")), true))
        .hasMessageContainingAll(file.toString(), "log removed");
    Path copy = file.resolveSibling("copy.db");
    Files.copy(file, copy);
    storage.close();
    assertThat(read(copy)).containsOnlyKeys("a", "b");
    assertThat(read(file)).containsOnlyKeys("a", "b");
  }

  @Test
  void a_file_of_two_names_is_refused() throws Exception {
    write(3);
    Path other = file.resolveSibling("other.db");
    Files.createLink(other, file);

    refused("hard link", "remove one of the names");
    Files.delete(other);
    assertThat(read(file)).hasSize(3);
  }

  @Test
  void old_ends_are_forgotten_whatever_the_clock_did() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(end("new", 5_000_000_000L)), true);
    for (int i = 0; i < 2_500; i++) {
      storage.append(List.of(end("old-" + i, 1_000 + i), end("twice", 4_000_000_000L - i)), false);
    }
    storage.forget(Instant.ofEpochSecond(3_000_000_000L));

    assertThat(storage.find("new")).isNotNull();
    assertThat(new String(storage.find("twice"), UTF_8)).isEqualTo("" + (4_000_000_000L - 2_499));
    for (int i = 0; i < 2_500; i++) {
      assertThat(storage.find("old-" + i)).isNull();
    }
    storage.close();
  }

  @Test
  void numbers_that_begin_again_keep_the_order_of_ends() throws Exception {
    SqliteStorage storage = new SqliteStorage(file);
    storage.open((key, value) -> {});
    storage.append(List.of(end("first", 1)), true);
    storage.close();
    sql("UPDATE meta SET value = " + ((1L << 30) - 2) + " WHERE name = 'next'");

    storage.open((key, value) -> {});
    for (int second = 2; second <= 5; second++) {
      storage.append(List.of(end("twice", second)), false);
      assertThat(storage.find("twice")).asString(UTF_8).isEqualTo("" + second);
    }
    storage.forget(Instant.ofEpochSecond(5));
    assertThat(storage.find("twice")).asString(UTF_8).isEqualTo("5");
    storage.append(List.of(end("twice", 4)), false);
    storage.forget(Instant.ofEpochSecond(5));
    assertThat(storage.find("twice")).isNull();
    storage.close();
  }

  private static Change end(String key, long second) {
    byte[] bytes = ("" + second).getBytes(UTF_8);
    Columns at =
        new Columns(Instant.ofEpochSecond(second), "", "", "", "", 0, "", 0, Usage.none(), "");
    return new Change(
        Change.Kind.END,
        key,
        new Value() {
          @Override
          public byte[] bytes() {
            return bytes;
          }

          @Override
          public Columns columns() {
            return at;
          }
        });
  }

  /** Owns nothing: the store does not come as far as that. */
  private static final class NoOwner implements Store.Owner {
    @Override
    public Store.Recovery assigned(Store.Shard shard) {
      throw new AssertionError("the store was opened");
    }

    @Override
    public void lost(Store.Shard shard, @Nullable Throwable why) {}
  }
}
