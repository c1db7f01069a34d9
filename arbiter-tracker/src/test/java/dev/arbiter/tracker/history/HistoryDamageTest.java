/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.tracker.internal.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HistoryDamageTest extends HistoryFixture {
  @Test
  void any_changed_byte_is_found_and_where() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 5);
    }
    Path file = files(".jsonl").get(0);
    byte[] whole = Files.readAllBytes(file);
    Segment segment = new Segment(1, file);
    int[] ends = lineEnds(whole);
    for (int at = 0; at < whole.length; at++) {
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(file, changed);

      History.Check check = new ChainVerifier(new ChainHead(0, "")).check(List.of(segment));

      int good = 0;
      while (at > ends[good]) {
        good++;
      }
      if (at < whole.length - 1) {
        assertThat(check.holds()).as("byte %s", at).isFalse();
        assertThat(check.upTo().seq()).as("byte %s", at).isEqualTo(good);
        assertThat(check.problem()).contains("after record " + good);
      }
    }
  }

  static int[] lineEnds(byte[] bytes) {
    return IntStream.range(0, bytes.length).filter(at -> bytes[at] == '\n').toArray();
  }

  @Test
  void a_history_that_cannot_be_opened_does_not_keep_its_folder() throws IOException {
    Path pending = Files.writeString(folder.resolve("deletion.pending"), "{");
    assertThatThrownBy(() -> builder().build()).isInstanceOf(RuntimeException.class);
    Files.delete(pending);

    try (History history = builder().build()) {
      fill(history, 0, 5);
      assertThat(history.verify().records()).isEqualTo(5);
    }
  }

  /** The plain file could not be removed, and got more records. */
  @Test
  void a_compressed_file_does_not_win_over_records_that_came_later() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 3);
    }
    Path plain = files(".jsonl").get(0);
    byte[] before = Files.readAllBytes(plain);
    Segment compressed = new Segment(1, plain).compress(disk);
    Files.write(plain, before);
    builder().build().close();
    assertThat(files(".jsonl")).containsExactly(compressed.file());
    byte[] packed = Files.readAllBytes(compressed.file());
    Files.delete(compressed.file());
    Files.write(plain, before);
    try (History history = builder().build()) {
      fill(history, 3, 5);
    }
    Files.write(compressed.file(), packed);

    try (History history = builder().build()) {
      assertThat(history.head().seq()).isEqualTo(5);
      assertThat(history.verify().records()).isEqualTo(5);
      assertThat(files(".jsonl")).containsExactly(plain);
    }
  }

  @Test
  void records_taken_out_exchanged_or_cut_off_are_found() throws IOException {
    ChainHead noted;
    try (History history = builder().build()) {
      fill(history, 0, 5);
      noted = history.head();
    }
    Path file = files(".jsonl").get(0);
    List<String> lines = Files.readAllLines(file);
    Segment segment = new Segment(1, file);

    assertThat(problem(segment, noted, lines, 0, 1, 3, 4)).contains("record 4 follows where 3");
    assertThat(problem(segment, noted, lines, 0, 2, 1, 3, 4)).contains("record 3 follows where 2");
    assertThat(problem(segment, noted, lines, 1, 2, 3, 4)).contains("no receipt", "1 to 1");
    assertThat(problem(segment, noted, lines, 0, 1, 2)).contains("records 4 to 5 are missing");
    assertThat(problem(segment, noted, lines, 0, 1, 2, 3, 4)).isEmpty();
    assertThat(problem(segment, new ChainHead(3, "ab"), lines, 0, 1, 2, 3, 4))
        .contains("record 3 is not the one that was noted");
  }

  private static String problem(Segment segment, ChainHead noted, List<String> lines, int... kept)
      throws IOException {
    Files.write(segment.file(), Arrays.stream(kept).mapToObj(lines::get).toList());
    return new ChainVerifier(noted).check(List.of(segment)).problem();
  }

  @Test
  void a_crash_that_cuts_the_last_line_loses_that_record_only() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 3);
    }
    Path file = files(".jsonl").get(0);
    byte[] whole = Files.readAllBytes(file);
    int lastLine = lineEnds(whole)[1] + 1;
    for (int cut = lastLine; cut < whole.length; cut += 17) {
      Files.write(file, Arrays.copyOf(whole, cut));
      try (History history = builder().build()) {
        assertThat(history.head().seq()).isEqualTo(2);
        assertThat(history.stats().repaired()).isEqualTo(cut == lastLine ? 0 : 1);
        history.append("note", hour(9), Map.of());
        history.flush();
        assertThat(history.verify()).isEqualTo(new History.Check(true, history.head(), 3, 0, ""));
        assertThat(history.stats().damaged()).isZero();
      }
    }
  }

  @Test
  void a_damaged_file_is_set_aside_and_the_chain_says_so() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 5);
    }
    Path file = files(".jsonl").get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[lineEnds(bytes)[2] + 100] ^= 1;
    Files.write(file, bytes);

    try (History history = builder().build()) {
      History.Stats stats = history.stats();
      assertThat(stats.damaged()).isEqualTo(1);
      assertThat(stats.repaired()).isZero();
      assertThat(history.head().seq()).isEqualTo(4);
      assertThat(history.verify().holds()).isTrue();
      assertThat(all()).contains("\"type\":\"damage\"", "\"after\":3", ".damaged-1");
      assertThat(Files.readAllBytes(files(".damaged-1").get(0))).isEqualTo(bytes);
    }
  }

  @Test
  void a_first_line_that_is_damaged_leaves_the_segment_before() throws IOException {
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 0, 18);
    }
    List<Path> plain =
        files(".jsonl").stream().filter(file -> file.toString().endsWith(".jsonl")).toList();
    assertThat(plain).hasSize(1);
    Files.writeString(plain.get(0), "no record\n");

    try (History history = builder().segmentBytes(1024).build()) {
      assertThat(history.stats().damaged()).isEqualTo(1);
      assertThat(history.verify().problem()).isEmpty();
      assertThat(history.head().seq()).isEqualTo(17);
    }
  }

  @Test
  void a_damaged_compressed_segment_is_set_aside_when_it_is_the_newest() throws IOException {
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 0, 16);
    }
    List<Path> packed = files(".gz");
    assertThat(files(".jsonl")).isEqualTo(packed);
    Path newest = packed.get(packed.size() - 1);
    Files.write(newest, Arrays.copyOf(Files.readAllBytes(newest), 40));

    try (History history = builder().segmentBytes(1024).build()) {
      assertThat(history.stats().damaged()).isEqualTo(1);
      assertThat(history.verify().problem()).isEmpty();
      assertThat(history.head().seq()).isGreaterThan(4);
    }
  }

  @Test
  void a_segment_that_is_there_twice_counts_once() throws IOException {
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 0, 16);
    }
    Path first = files(".gz").get(0);
    String name = first.getFileName().toString();
    Files.writeString(folder.resolve(name.substring(0, name.length() - 3)), "half of it");

    try (History history = builder().segmentBytes(1024).build()) {
      assertThat(history.verify().records()).isEqualTo(16);
    }
  }

  @Test
  void a_full_disk_throws_nothing_and_loses_nothing_that_waits() {
    try (History history = builder().build()) {
      fill(history, 0, 2);
      disk.room = 100;
      for (int i = 0; i < 20; i++) {
        history.append("note", hour(2), Map.of("i", i));
      }
      assertThat(history.flush()).isFalse();
      assertThat(history.stats().failures()).isEqualTo(2);
      assertThat(history.stats().waiting()).isEqualTo(20);
      disk.room = Long.MAX_VALUE;
      millis.addAndGet(1000);

      history.append("note", hour(3), Map.of());
      history.flush();

      assertThat(history.stats().waiting()).isZero();
      assertThat(history.stats().dropped()).isZero();
      assertThat(history.verify()).isEqualTo(new History.Check(true, history.head(), 23, 0, ""));
    }
  }

  @Test
  void a_file_system_that_is_really_full_loses_nothing_that_waits() throws IOException {
    Path root = folder.resolve("small");
    try (SmallDisk small = SmallDisk.mount(root);
        History history = History.builder(root).sources(sources).queue(64, 4).build()) {
      fill(history, 0, 2);
      Path ballast = small.fill(0);
      String long4096 = "x".repeat(4096);
      for (int i = 0; i < 20; i++) {
        history.append("note", hour(2), Map.of("text", long4096));
      }
      assertThat(history.flush()).isFalse();
      Files.delete(ballast);
      millis.addAndGet(1000);

      assertThat(history.flush()).isTrue();
      assertThat(history.stats().waiting()).isZero();
      assertThat(history.verify()).isEqualTo(new History.Check(true, history.head(), 22, 0, ""));
    }
  }

  @Test
  void a_full_queue_drops_and_counts() {
    try (History history = builder().build()) {
      disk.room = 0;
      for (int i = 0; i < 100; i++) {
        history.append("note", hour(0), Map.of());
      }

      assertThat(history.stats().waiting()).isEqualTo(64);
      assertThat(history.stats().dropped()).isEqualTo(36);
    }
  }

  @Test
  void what_cannot_be_forced_is_said_and_written_on() {
    try (History history = builder().build()) {
      history.append("note", hour(0), Map.of());
      disk.forces = false;
      assertThat(history.flush()).isFalse();
      disk.forces = true;

      history.append("note", hour(1), Map.of());

      assertThat(history.flush()).isTrue();
      assertThat(history.verify().records()).isEqualTo(2);
    }
  }
}
