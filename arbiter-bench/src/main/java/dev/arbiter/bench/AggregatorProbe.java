/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.internal.window.Aggregator;
import dev.arbiter.tracker.internal.window.Branch;
import dev.arbiter.tracker.internal.window.BucketLevels;
import dev.arbiter.tracker.internal.window.EventCounts;
import dev.arbiter.tracker.internal.window.Tracks;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Folds the same events repeatedly, each time into empty windows. */
public final class AggregatorProbe {
  private static final long NOW_OR_LATER = Long.MAX_VALUE / 2;
  private static final long A_WHILE = Duration.ofDays(8).toMillis();

  private final long[] words;
  private final List<List<Branch>> agents = new ArrayList<>();
  private final Aggregator aggregator;
  private long millis = 1_767_225_600_000L;

  /**
   * Writes the events.
   *
   * @param agent number of each event's agent
   * @param nanos duration of each event
   * @param quality of each event; NaN for none
   */
  public AggregatorProbe(int[] agent, long[] nanos, double[] quality) {
    Tracks tracks = new Tracks(agent.length, agent.length);
    aggregator =
        new Aggregator(
            tracks,
            new BucketLevels(() -> Instant.ofEpochMilli(millis)),
            (track, slots, slot) -> {},
            new EventCounts(),
            () -> true,
            0);
    words = new long[agent.length * SlotLayout.WORDS];
    for (int i = 0; i < agent.length; i++) {
      int track = tracks.resolve("agent-" + agent[i], "format", "default");
      long tag = EventTag.of(track, EventTag.ATTEMPT, EventTag.NORMAL);
      SlotLayout.write(
          words,
          i * SlotLayout.WORDS,
          tag,
          NOW_OR_LATER,
          nanos[i],
          quality[i],
          0.01,
          7,
          SlotLayout.NO_KEY);
    }
    for (String name : tracks.agents()) {
      agents.add(tracks.find(name, "", ""));
    }
  }

  /** {@return the sum of the agents' 99th percentiles after folding all events} */
  public long foldAndSummarize() {
    millis += A_WHILE;
    aggregator.begin();
    for (int slot = 0; slot < words.length; slot += SlotLayout.WORDS) {
      aggregator.read(words, slot);
    }
    return summarize();
  }

  /** {@return the sum of the agents' 99th percentiles} */
  public long summarize() {
    long sum = 0;
    for (List<Branch> agent : agents) {
      sum += aggregator.summarize(agent, Window.REALTIME).performance().p99().toNanos();
    }
    return sum;
  }
}
