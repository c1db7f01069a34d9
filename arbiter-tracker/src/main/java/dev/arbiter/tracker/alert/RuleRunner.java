/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.alert.AnomalyRule.Found;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Applies the rules to the recent attempts of one subject. Not thread-safe. */
final class RuleRunner {
  /*
   * A rule uses only attempts since its last decision. Otherwise good attempts from before an
   * anomaly would end it at once, and its own attempts would start it again. An anomaly begins with
   * recent attempts and ends with any, so that one of an agent with few attempts ends too.
   */
  private final String subject;
  private final RecentMarks recent;
  private final int shortest;
  private final List<AnomalyRule> rules;
  private final FiringState[] episodes;
  private final @Nullable GoodRun[] goodRuns;
  private final int[] seen;

  RuleRunner(String subject, AlertLimits limits, RecentMarks recent, List<AnomalyRule> rules) {
    this.subject = subject;
    this.recent = recent;
    this.shortest = limits.minSamples();
    this.rules = rules;
    this.episodes = new FiringState[rules.size()];
    Arrays.setAll(episodes, i -> new FiringState(limits.cooldown()));
    this.goodRuns = new GoodRun[rules.size()];
    this.seen = new int[episodes.length];
  }

  /** Applies the rules after an addition; returns whether an anomaly is firing or just ended. */
  boolean look(Instant now, Consumer<Alert> out) {
    boolean quiet = true;
    boolean[] settled = new boolean[episodes.length];
    for (int i = 0; i < episodes.length; i++) {
      seen[i] = Math.min(Integer.MAX_VALUE - 1, seen[i]) + 1;
      quiet &= !episodes[i].isFiring();
    }
    recent.look((n, isRecent, sums) -> judge(n, isRecent, sums, settled, now, out));
    for (int i = 0; i < episodes.length; i++) {
      GoodRun run = goodRuns[i];
      if (run != null && !settled[i] && run.ends(rules.get(i), recent)) {
        end(i, now, out);
      }
    }
    for (FiringState episode : episodes) {
      episode.stillOn(now).ifPresent(out);
      quiet &= !episode.isFiring();
    }
    return !quiet;
  }

  private boolean judge(
      int n, boolean isRecent, double[] sums, boolean[] settled, Instant now, Consumer<Alert> out) {
    boolean all = true;
    for (int i = 0; i < episodes.length; i++) {
      boolean isUsed = n <= seen[i] && (isRecent || episodes[i].isFiring());
      if (!settled[i] && isUsed) {
        settled[i] = judge(i, n, sums, now, out);
      }
      all &= settled[i] || !isUsed;
    }
    return all;
  }

  private boolean judge(int i, int n, double[] sums, Instant now, Consumer<Alert> out) {
    AnomalyRule rule = rules.get(i);
    FiringState episode = episodes[i];
    if (episode.isFiring()) {
      if (n < 2 * shortest || !rule.ends(n, sums)) {
        return false;
      }
      end(i, now, out);
    } else {
      if (!rule.begins(n, sums)) {
        return false;
      }
      episode.begin(alert(rule, rule.found(n, sums), n, now)).ifPresent(out);
      goodRuns[i] = new GoodRun();
      seen[i] = 0;
    }
    return true;
  }

  private void end(int i, Instant now, Consumer<Alert> out) {
    episodes[i].end(now).ifPresent(out);
    goodRuns[i] = null;
    seen[i] = 0;
  }

  private Alert alert(AnomalyRule rule, Found found, int n, Instant now) {
    return new Alert(
        rule.kind(),
        subject,
        true,
        found.critical(),
        now,
        now,
        found.measure(),
        found.value(),
        found.baseline(),
        found.low(),
        found.high(),
        n);
  }

  /** Ends all that is on. */
  void end(Instant now, Consumer<Alert> out) {
    for (int i = 0; i < episodes.length; i++) {
      end(i, now, out);
    }
  }

  void firing(Consumer<Alert> sink) {
    for (FiringState episode : episodes) {
      Optional<Alert> current = episode.current();
      current.ifPresent(sink);
    }
  }
}
