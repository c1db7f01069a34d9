/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.history;

import dev.arbiter.spi.Sources;
import dev.arbiter.tracker.internal.FailingDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.io.TempDir;

/** A history in a folder of its own, with a clock and a disk that a test owns. */
abstract class HistoryFixture {
  static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir Path folder;
  final AtomicLong millis = new AtomicLong(BEGIN.toEpochMilli());
  final Sources sources =
      new Sources(
          () -> Instant.ofEpochMilli(millis.get()),
          () -> millis.get() * 1_000_000,
          new SplittableRandom(1));
  final FailingDisk disk = new FailingDisk();

  final History.Builder builder() {
    return History.builder(folder).sources(sources).queue(64, 4).disk(disk);
  }

  static Instant hour(int number) {
    return BEGIN.plus(Duration.ofHours(number));
  }

  /** One record an hour. */
  static void fill(History history, int from, int to) {
    for (int hour = from; hour < to; hour++) {
      history.append("note", hour(hour), Map.of("hour", hour));
      if (hour % 4 == 3) {
        history.flush();
      }
    }
    history.flush();
  }

  final List<Path> files(String part) throws IOException {
    try (var all = Files.list(folder)) {
      return all.filter(file -> file.getFileName().toString().contains(part)).sorted().toList();
    }
  }

  final String onlySegment() throws IOException {
    return Files.readString(files(".jsonl").get(0));
  }

  final String all() throws IOException {
    StringBuilder text = new StringBuilder();
    for (Segment segment : Segment.list(folder)) {
      segment.read(entry -> text.append(entry.text()).append('\n'));
    }
    return text.toString();
  }
}
