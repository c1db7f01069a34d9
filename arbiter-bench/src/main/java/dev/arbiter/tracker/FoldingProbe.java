/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.spi.Window;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Folds the same events again and again, each time into windows that are empty. */
public final class FoldingProbe {
  private static final long NOW_OR_LATER = Long.MAX_VALUE / 2;
  private static final long A_WHILE = Duration.ofDays(8).toMillis();

  private final long[] words;
  private final List<List<Branch>> agents = new ArrayList<>();
  private final Folding folding;
  private long millis = 1_767_225_600_000L;

  /**
   * Writes the events.
   *
   * @param agent whose each is
   * @param nanos how long each took
   * @param quality of each, NaN when it does not stand
   */
  public FoldingProbe(int[] agent, long[] nanos, double[] quality) {
    Tracks tracks = new Tracks(agent.length, agent.length);
    Audience nobody = new Audience(List.of(), System::nanoTime, 1);
    TrackerFlags flags = new TrackerFlags(true, true, false, false);
    folding =
        new Folding(
            tracks, new Levels(() -> Instant.ofEpochMilli(millis)), nobody, new Counts(), flags, 0);
    words = new long[agent.length * Slots.WORDS];
    for (int i = 0; i < agent.length; i++) {
      int track = tracks.resolve("agent-" + agent[i], "format", "default");
      long tag = Tag.of(track, Tag.ATTEMPT, Tag.NORMAL);
      Slots.write(
          words, i * Slots.WORDS, tag, NOW_OR_LATER, nanos[i], quality[i], 0.01, 7, Slots.NO_KEY);
    }
    for (String name : tracks.agents()) {
      agents.add(tracks.find(name, "", ""));
    }
  }

  /**
   * Folds all events and summarizes all agents.
   *
   * @return the sum of the 99th percentiles
   */
  public long foldAndSummarize() {
    millis += A_WHILE;
    folding.begin();
    for (int slot = 0; slot < words.length; slot += Slots.WORDS) {
      folding.read(words, slot);
    }
    return summarize();
  }

  /**
   * Summarizes all agents.
   *
   * @return the sum of the 99th percentiles
   */
  public long summarize() {
    long sum = 0;
    for (List<Branch> agent : agents) {
      sum += folding.summarize(agent, Window.REALTIME).performance().p99().toNanos();
    }
    return sum;
  }
}
