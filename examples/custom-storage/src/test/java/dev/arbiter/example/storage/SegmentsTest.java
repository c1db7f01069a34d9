/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.storage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tck.SmallDisk;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only this storage does: its files turn, go, and are refused. */
class SegmentsTest {
  private static final int SIZE = 16 << 10;
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  @TempDir private Path dir;

  private List<Path> segments() throws IOException {
    try (Stream<Path> all = Files.list(dir)) {
      return all.filter(path -> path.toString().endsWith(".seg")).sorted().toList();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Made(byte[] bytes, Columns columns) implements Value {}

  private static Change change(Change.Kind kind, String key, int value, Instant at) {
    byte[] bytes = ByteBuffer.allocate(200).putInt(value).array();
    return new Change(
        kind, key, new Made(bytes, new Columns(at, "", "", "", "", 0, "", 0, Usage.none(), "")));
  }

  private static void fill(FileStorage storage, int from, int to) throws IOException {
    for (int i = from; i < to; i++) {
      Instant at = NOW.plusSeconds(i);
      storage.append(
          List.of(
              change(Change.Kind.STATE, "k" + i % 10, i, at),
              change(Change.Kind.EVENT, "k", i, at),
              change(Change.Kind.END, "e" + i, i, at)),
          i % 5 == 0);
    }
  }

  private Map<String, byte[]> kept() throws IOException {
    Map<String, byte[]> kept = new HashMap<>();
    FileStorage storage = new FileStorage(dir, SIZE);
    try {
      storage.open(kept::put);
    } finally {
      storage.close();
    }
    return kept;
  }

  @Test
  void segments_go_when_all_in_them_is_too_old() throws Exception {
    FileStorage storage = new FileStorage(dir, SIZE);
    storage.open((key, value) -> {});
    storage.append(List.of(change(Change.Kind.STATE, "first", -1, NOW)), false);
    int most = 0;
    for (int i = 0; i < 40; i++) {
      fill(storage, 100 * i, 100 * (i + 1));
      storage.forget(NOW.plusSeconds(100L * i));
      most = Math.max(most, segments().size());
    }
    assertThat(most).isLessThan(20);
    assertThat(storage.find("e3999")).isNotNull();
    assertThat(storage.find("e3900")).isNotNull();
    assertThat(storage.find("e3899")).isNull();
    storage.close();

    Map<String, byte[]> kept = kept();
    assertThat(kept).hasSize(11).containsKey("first");
    assertThat(ByteBuffer.wrap(kept.get("k7")).getInt()).isEqualTo(3_997);
  }

  @Test
  void a_file_of_a_newer_version_is_refused_by_name() throws Exception {
    kept();
    try (RandomAccessFile file = new RandomAccessFile(segments().get(0).toFile(), "rw")) {
      file.seek(7);
      file.write(9);
    }
    assertThatThrownBy(this::kept)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("version 9")
        .hasMessageContaining("version 1");
  }

  @Test
  void a_segment_that_is_missing_or_foreign_is_refused() throws Exception {
    FileStorage storage = new FileStorage(dir, SIZE);
    storage.open((key, value) -> {});
    fill(storage, 0, 200);
    storage.close();
    List<Path> all = segments();
    assertThat(all).hasSizeGreaterThan(3);
    Path middle = all.get(1);
    byte[] bytes = Files.readAllBytes(middle);
    Files.delete(middle);
    assertThatThrownBy(this::kept).isInstanceOf(IOException.class).hasMessageContaining("damaged");

    Files.writeString(middle, "a text of somebody");
    assertThatThrownBy(this::kept).hasMessageContaining("is no segment");
    Files.write(middle, bytes);
    assertThat(kept()).hasSize(10);
  }

  @Test
  void a_file_in_the_place_of_the_folder_is_refused() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "x");
    FileStorage storage = new FileStorage(file, SIZE);
    assertThatThrownBy(() -> storage.open((key, value) -> {}))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("file");
  }

  /** Closing a second channel to the lock would give up the lock of the first. */
  @Test
  void a_folder_is_opened_once_by_whatever_name() throws Exception {
    Path real = Files.createDirectory(dir.resolve("real"));
    Path link = Files.createSymbolicLink(dir.resolve("link"), real);
    FileStorage first = new FileStorage(real.resolve("tasks"), SIZE);
    first.open((key, value) -> {});
    FileStorage second = new FileStorage(link.resolve("tasks"), SIZE);

    assertThatThrownBy(() -> second.open((key, value) -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("is open in this process");
    second.close();
    assertThatThrownBy(() -> second.open((key, value) -> {}))
        .hasMessageContaining("is open in this process");
    first.close();
    second.open((key, value) -> {});
    second.close();
  }

  @Test
  void a_disk_that_cannot_be_written_is_refused() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(dir.resolve("disk"), "1m")) {
      Path place = disk.root().resolve("tasks");
      FileStorage storage = new FileStorage(place, SIZE);
      storage.open((key, value) -> {});
      storage.close();
      disk.makeReadOnly();
      assertThatThrownBy(() -> storage.open((key, value) -> {}))
          .isInstanceOf(IOException.class)
          .hasMessageContaining(place.toString())
          .hasMessageContaining("Read-only");
    }
  }

  @Test
  void a_crash_while_a_segment_is_made_leaves_the_others() throws Exception {
    FileStorage storage = new FileStorage(dir, SIZE);
    storage.open((key, value) -> {});
    fill(storage, 0, 30);
    storage.close();
    Files.write(dir.resolve("unfinished"), new byte[100]);

    assertThat(kept()).hasSize(10);
    FileStorage again = new FileStorage(dir, SIZE);
    again.open((key, value) -> {});
    fill(again, 30, 200);
    again.close();
    assertThat(kept()).hasSize(10);
    assertThat(segments()).hasSizeGreaterThan(3);
  }

  /** Frames that were never forced may be on the disk without those before them. */
  @Test
  void a_frame_behind_a_lost_one_is_cut_off_if_neither_was_forced() throws Exception {
    FileStorage storage = new FileStorage(dir, SIZE);
    storage.open((key, value) -> {});
    storage.append(List.of(change(Change.Kind.STATE, "forced", 0, NOW)), true);
    for (int i = 1; i < 4; i++) {
      storage.append(List.of(change(Change.Kind.STATE, "k" + i, i, NOW)), false);
    }
    storage.close();
    Path file = segments().get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[new String(bytes, ISO_8859_1).indexOf("k1") + 50] ^= 1;
    Files.write(file, bytes);

    assertThat(kept()).containsOnlyKeys("forced");
    FileStorage again = new FileStorage(dir, SIZE);
    again.open((key, value) -> {});
    again.append(List.of(change(Change.Kind.STATE, "x1", 1, NOW)), true);
    again.close();
    assertThat(kept()).as("the old frames do not come back").containsOnlyKeys("forced", "x1");
  }
}
