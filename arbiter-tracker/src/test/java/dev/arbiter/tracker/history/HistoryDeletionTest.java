/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.tracker.internal.FailingDisk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class HistoryDeletionTest extends HistoryFixture {
  @Test
  void a_forged_gap_has_no_receipt() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 5);
    }
    Path file = files(".jsonl").get(0);
    List<String> lines = new ArrayList<>(Files.readAllLines(file));
    DeletedRange third = HistoryEntry.read(lines.get(2)).gap();
    lines.set(2, HistoryEntry.of(third).text());
    Files.write(file, lines);

    History.Check check =
        new ChainVerifier(new ChainHead(0, "")).check(List.of(new Segment(1, file)));

    assertThat(check.problem()).isEqualTo("no receipt says that records 3 to 3 were deleted");
  }

  @Test
  void deletes_by_time_wherever_a_record_stands_and_proves_it() throws IOException {
    try (History history = builder().segmentBytes(1024).build()) {
      fill(history, 0, 40);
      history.append("late", hour(2), Map.of("secret", "zebra"));
      fill(history, 40, 60);
      ChainHead noted = history.head();

      DeletionReceipt receipt = history.deleteBefore(hour(20));

      assertThat(receipt.deleted()).isEqualTo(21);
      assertThat(receipt.gaps().get(0).from()).isEqualTo(1);
      assertThat(receipt.head()).isEqualTo(history.head());
      History.Check check = history.verify(noted);
      assertThat(check.problem()).isEmpty();
      assertThat(check.holds()).isTrue();
      assertThat(check.deleted()).isEqualTo(21);
      assertThat(check.records()).isEqualTo(41);
      assertThat(all()).doesNotContain("zebra", "\"hour\":19}").contains("\"hour\":20}");
    }
  }

  /** Random deletions after random records, on and on: the chain holds and nothing old is left. */
  @Test
  void deleting_again_and_again_keeps_the_proof() throws IOException {
    for (int seed = 0; seed < 3; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      Path mine = folder.resolve("seed" + seed);
      try (History history =
          History.builder(mine).sources(sources).queue(64, 4).segmentBytes(1500).build()) {
        int cutoff = 0;
        for (int round = 0; round < 6; round++) {
          for (int i = 0; i < 15; i++) {
            int hour = cutoff + random.nextInt(40);
            history.append("note", hour(hour), Map.of("hour", hour));
          }
          history.flush();
          ChainHead noted = history.head();
          millis.addAndGet(Duration.ofHours(random.nextInt(20)).toMillis());
          cutoff += random.nextInt(30);

          history.deleteBefore(hour(cutoff));

          History.Check check = history.verify(noted);
          assertThat(check.problem()).as("seed %s round %s", seed, round).isEmpty();
          Instant limit = hour(cutoff);
          for (Segment segment : Segment.list(mine)) {
            segment.read(
                entry ->
                    assertThat(entry.type().equals("note") && entry.at().isBefore(limit))
                        .isFalse());
          }
        }
      }
    }
  }

  @Test
  void nothing_to_delete_leaves_no_receipt() {
    try (History history = builder().build()) {
      fill(history, 5, 10);
      ChainHead before = history.head();

      DeletionReceipt receipt = history.deleteBefore(hour(5));

      assertThat(receipt).isEqualTo(new DeletionReceipt(hour(5), 0, List.of(), before));
      assertThat(history.verify().records()).isEqualTo(5);
    }
  }

  @Test
  void all_of_it_can_be_deleted_and_it_goes_on() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 10);

      history.deleteBefore(hour(100));
      fill(history, 100, 103);

      History.Check check = history.verify();
      assertThat(check.problem()).isEmpty();
      assertThat(check.records()).isEqualTo(4);
      assertThat(check.deleted()).isEqualTo(10);
    }
    try (History history = builder().build()) {
      assertThat(history.verify().holds()).isTrue();
      assertThat(history.head().seq()).isEqualTo(14);
    }
  }

  /** The disk fills up after each number of bytes in turn, in the middle of a deletion. */
  @Test
  void a_deletion_cut_short_anywhere_is_finished_on_opening() throws IOException {
    for (int room = 0; room < 3900; room += 325) {
      Path mine = folder.resolve("room" + room);
      FailingDisk tight = new FailingDisk();
      History.Builder make =
          History.builder(mine).sources(sources).queue(64, 4).segmentBytes(1024).disk(tight);
      History history = make.build();
      fill(history, 0, 30);
      history.append("late", hour(2), Map.of("secret", "zebra"));
      fill(history, 30, 40);
      tight.room = room;
      boolean finished = true;
      try {
        history.deleteBefore(hour(12));
      } catch (UncheckedIOException e) {
        finished = false;
      }
      tight.room = Long.MAX_VALUE;
      assertThat(history.verify().problem()).as("room %s", room).isEmpty();
      boolean begun = Files.exists(mine.resolve("deletion.pending"));
      history.close();

      try (History again = make.build()) {
        assertThat(again.verify().problem()).as("room %s, again", room).isEmpty();
        if (finished || begun) {
          StringBuilder text = new StringBuilder();
          for (Segment segment : Segment.list(mine)) {
            segment.read(entry -> text.append(entry.text()));
          }
          assertThat(text.toString()).doesNotContain("zebra", "\"hour\":11}");
        }
      }
      assertThat(mine.resolve("deletion.pending")).doesNotExist();
    }
  }

  /** The disk is full for one write, and an old record waits to be written. */
  @Test
  void a_deletion_that_could_not_write_what_waits_is_not_finished() throws IOException {
    try (History history = builder().build()) {
      fill(history, 0, 8);
      history.append("late", hour(2), Map.of("secret", "zebra"));
      disk.room = 0;
      disk.freesRoom = true;

      assertThatThrownBy(() -> history.deleteBefore(hour(4)))
          .isInstanceOf(UncheckedIOException.class)
          .hasMessageContaining("call it again")
          .hasMessageContaining("No space left");

      assertThat(history.deleteBefore(hour(4)).deleted()).isEqualTo(5);
      history.flush();
      assertThat(all()).doesNotContain("zebra");
      assertThat(history.verify().problem()).isEmpty();
    }
  }

  /** Whoever may write the folder can make a history of receipts alone. */
  @Test
  void a_noted_record_within_a_gap_is_not_taken_on_trust() throws IOException {
    ChainHead noted;
    try (History history = builder().build()) {
      fill(history, 0, 8);
      noted = history.head();
      fill(history, 8, 16);
      DeletionReceipt receipt = history.deleteBefore(hour(12));

      History.Check check = history.verify(noted);
      assertThat(check.holds()).isFalse();
      assertThat(check.problem()).contains("noted record 8 was deleted", "receipt");
      assertThat(history.verify(receipt.head()).problem()).isEmpty();
      assertThat(history.verify().problem()).isEmpty();
    }
    for (Path file : files("history-")) {
      Files.delete(file);
    }
    try (History forged = builder().build()) {
      fill(forged, 100, 120);
      forged.deleteBefore(hour(119));

      assertThat(forged.verify(noted).holds()).isFalse();
    }
  }

  @Test
  void a_noted_record_at_the_end_of_a_gap_is_known_by_its_hash() {
    try (History history = builder().build()) {
      fill(history, 0, 8);
      ChainHead noted = history.head();
      history.deleteBefore(hour(100));

      assertThat(history.verify(noted).problem()).isEmpty();
      assertThat(history.verify(new ChainHead(noted.seq(), "0".repeat(64))).holds()).isFalse();
    }
  }

  @Test
  void old_segments_go_by_age_with_a_receipt() {
    History.Retention tenHours = new History.Retention(Duration.ofHours(10), 1 << 20);
    try (History history = builder().segmentBytes(1024).retention(tenHours).build()) {
      for (int hour = 0; hour < 60; hour++) {
        millis.set(hour(hour).toEpochMilli());
        fill(history, hour, hour + 1);
      }

      History.Check check = history.verify();
      assertThat(check.problem()).isEmpty();
      assertThat(check.deleted()).isBetween(40L, 60L);
      assertThat(check.records()).isBetween(10L, 30L);
      assertThat(history.stats().segments()).isLessThan(10);
    }
  }

  @Test
  void an_old_segment_that_cannot_be_read_goes_with_the_next_and_is_named() throws IOException {
    History.Retention tenHours = new History.Retention(Duration.ofHours(10), 1 << 20);
    try (History history = builder().segmentBytes(1024).retention(tenHours).build()) {
      fill(history, 0, 16);
      Path oldest = files(".gz").get(0);
      Files.write(oldest, Arrays.copyOf(Files.readAllBytes(oldest), 40));
      assertThat(history.verify().holds()).isFalse();
      assertThatThrownBy(() -> history.deleteBefore(hour(7)))
          .as("its times are unknown")
          .isInstanceOf(UncheckedIOException.class);

      int hour = 16;
      for (; Files.exists(oldest); hour++) {
        assertThat(hour).isLessThan(60);
        millis.set(hour(hour).toEpochMilli());
        fill(history, hour, hour + 1);
      }
      assertThat(hour).isGreaterThan(18);
      assertThat(all()).contains("\"damaged\":[\"" + oldest.getFileName());
      assertThat(history.verify().problem()).isEmpty();
      assertThat(history.verify().deleted()).isPositive();
      history.deleteBefore(hour(hour - 2));
      assertThat(history.verify().problem()).isEmpty();
    }
    try (History history = builder().build()) {
      assertThat(history.verify().problem()).isEmpty();
    }
  }

  @Test
  void old_segments_go_by_size() throws IOException {
    goBySize(Duration.ofDays(999));
  }

  @Test
  void old_segments_go_by_size_where_none_is_ever_too_old() throws IOException {
    goBySize(Duration.ofSeconds(Long.MAX_VALUE));
  }

  private void goBySize(Duration age) throws IOException {
    History.Retention oneMiB = new History.Retention(age, 1 << 20);
    SplittableRandom random = new SplittableRandom(1);
    try (History history = builder().segmentBytes(200_000).retention(oneMiB).build()) {
      for (int i = 0; i < 120; i++) {
        byte[] noise = new byte[10_000];
        random.nextBytes(noise);
        history.append("note", hour(i), Map.of("noise", HexFormat.of().formatHex(noise)));
      }
      history.flush();

      assertThat(history.stats().bytes()).isBetween(700_000L, 1_300_000L);
      History.Check check = history.verify();
      assertThat(check.problem()).isEmpty();
      assertThat(check.deleted()).isPositive();
    }
  }

  /** 8 threads add 500 records each while another deletes and verifies. */
  @Test
  void many_threads_and_a_deletion_leave_one_chain() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(9);
    try (History history =
        History.builder(folder)
            .sources(sources)
            .queue(1 << 16, 256)
            .segmentBytes(1 << 18)
            .build()) {
      CountDownLatch done = new CountDownLatch(9);
      for (int thread = 0; thread < 8; thread++) {
        int mine = thread;
        threads.execute(
            () -> {
              for (int i = 0; i < 500; i++) {
                history.append("note", hour(i % 50), Map.of("thread", mine, "i", i));
              }
              done.countDown();
            });
      }
      threads.execute(
          () -> {
            for (int round = 1; round <= 3; round++) {
              history.deleteBefore(hour(round));
            }
            done.countDown();
          });
      done.await();
      history.flush();
      history.deleteBefore(hour(10));

      History.Check check = history.verify();
      assertThat(check.problem()).isEmpty();
      assertThat(check.deleted()).isGreaterThanOrEqualTo(800);
      assertThat(history.stats().dropped()).isZero();
      assertThat(history.stats().written()).isGreaterThan(4_000);
    } finally {
      threads.shutdownNow();
    }
  }
}
