/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.summary.WindowSummary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Records attempts on the machine's clocks while somebody turns the wall clock. */
final class SteppedClockMain {
  private static final int PER_STEP = 2_000;

  private SteppedClockMain() {}

  /**
   * Runs and prints what the tracker holds.
   *
   * @param args the file that turns the clock, how often it is turned, and what is written into it
   */
  public static void main(String[] args) throws IOException {
    PerformanceTracker tracker = PerformanceTracker.create();
    Path turn = Path.of(args[0]);
    List<String> steps = List.of(args).subList(1, args.length);
    Instant first = Instant.now();
    Instant before = first;
    Duration forward = Duration.ZERO;
    Duration back = Duration.ZERO;
    for (String step : steps) {
      Files.writeString(turn, step);
      for (int i = 0; i < PER_STEP; i++) {
        tracker.start("ada", "format").complete();
        Duration moved = Duration.between(before, Instant.now());
        before = before.plus(moved);
        forward = forward.compareTo(moved) > 0 ? forward : moved;
        back = back.compareTo(moved) < 0 ? back : moved;
      }
    }
    tracker.close();
    WindowSummary all = tracker.summary("ada", "format", Window.LONG);
    PerformanceTracker.Stats stats = tracker.stats();
    System.out.printf(
        "recorded=%d delivered=%d counted=%d late=%d corrected=%d slowest=%d forward=%d back=%d%n",
        PER_STEP * steps.size(),
        stats.delivered(),
        all.performance().count(),
        stats.late(),
        stats.corrected(),
        all.performance().p99().toMillis(),
        forward.toMinutes(),
        back.toMinutes());
  }
}
