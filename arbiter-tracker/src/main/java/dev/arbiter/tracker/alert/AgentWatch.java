/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.internal.EventTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What is usual for one agent, and what is not right now; not thread-safe. */
final class AgentWatch {
  private static final double NANOS_A_MILLI = 1e6;

  private final String agent;
  private final AlertLimits limits;
  private final LearnedNorm norm;
  private final Judged judged;
  private @Nullable RecentMarks recent;
  private @Nullable RuleRunner series;
  private long seenNanos;
  private Instant seenAt = Instant.EPOCH;

  AgentWatch(String agent, AlertLimits limits) {
    this.agent = agent;
    this.limits = limits;
    this.norm = new LearnedNorm(limits.latencyMultiplier());
    this.judged = new Judged();
  }

  void seen(Instant at, long nanos) {
    seenAt = at;
    seenNanos = nanos;
  }

  void ended(FinishedAttempt attempt, Consumer<Alert> out) {
    long at = EventTime.millis(attempt.at());
    float millis = (float) (nanos(attempt.time()) / NANOS_A_MILLI);
    double loss = attempt.stands() ? 1 - Math.max(0, Math.min(1, attempt.quality())) : 1;
    if (!norm.isReady()) {
      norm.learn(at, millis, loss, !attempt.stands());
      return;
    }
    boolean unusual = look(attempt, at, millis, loss, out);
    if (unusual) {
      norm.discard();
    } else {
      norm.learn(at, millis, loss, !attempt.stands());
    }
  }

  private boolean look(
      FinishedAttempt attempt, long at, float millis, double loss, Consumer<Alert> out) {
    RecentMarks last = recent;
    RuleRunner all = series;
    if (last == null || all == null) {
      last = new RecentMarks(limits.minSamples(), limits.recent().toMillis());
      all =
          new RuleRunner(
              agent,
              limits,
              last,
              List.of(
                  new LatencyRule(limits, norm, last),
                  ShareRule.accuracy(limits, norm),
                  ShareRule.errors(limits, norm)));
      recent = last;
      series = all;
    }
    last.add(at, millis, loss, marks(millis, attempt.stands()));
    return all.look(attempt.at(), out);
  }

  private int marks(double millis, boolean stands) {
    int marks = 0;
    marks |= millis > limits.latencyMultiplier() * norm.median() ? 1 << RecentMarks.SLOW : 0;
    marks |= millis > limits.latencyMultiplier() * norm.tail() ? 1 << RecentMarks.SLOW_TAIL : 0;
    marks |= millis > AlertLimits.RESOLVED_LATENCY * norm.tail() ? 1 << RecentMarks.ABOVE : 0;
    marks |= stands ? 0 : 1 << RecentMarks.FAILED;
    return marks;
  }

  void judged(boolean violated, Instant at, Consumer<Alert> out) {
    judged.add(violated, at, out);
  }

  void end(Consumer<Alert> out) {
    if (series != null) {
      series.end(seenAt, out);
    }
    if (judged.series != null) {
      judged.series.end(seenAt, out);
    }
  }

  void firing(Consumer<Alert> sink) {
    if (series != null) {
      series.firing(sink);
    }
    if (judged.series != null) {
      judged.series.firing(sink);
    }
  }

  boolean isLearning() {
    return !norm.isReady();
  }

  boolean isIdle(long nanos) {
    return nanos - seenNanos >= limits.forgetAfter().toNanos();
  }

  private static double nanos(Duration time) {
    return Math.max(0, time.getSeconds() * 1e9 + time.getNano());
  }

  /** What the constitution said of the agent's work. */
  private final class Judged {
    private final SlowAverage usual = new SlowAverage();
    private int inBlock;
    private int violatedInBlock;
    private int blocks;
    private long updatedAt;
    private @Nullable RecentMarks recent;
    private @Nullable RuleRunner series;

    void add(boolean violated, Instant at, Consumer<Alert> out) {
      if (blocks > 0 && look(violated, at, out)) {
        inBlock = 0;
        violatedInBlock = 0;
        return;
      }
      inBlock++;
      violatedInBlock += violated ? 1 : 0;
      if (inBlock == LearnedNorm.BLOCK) {
        double days = Math.max(0, Math.min(1, (EventTime.millis(at) - updatedAt) / 86_400_000.0));
        usual.show((double) violatedInBlock / LearnedNorm.BLOCK, LearnedNorm.SHARE_A_DAY * days);
        updatedAt = EventTime.millis(at);
        blocks = Math.min(blocks + 1, 10);
        inBlock = 0;
        violatedInBlock = 0;
      }
    }

    private boolean look(boolean violated, Instant at, Consumer<Alert> out) {
      RecentMarks last = recent;
      RuleRunner all = series;
      if (last == null || all == null) {
        last = new RecentMarks(limits.minSamples(), limits.recent().toMillis());
        AnomalyRule rule =
            ShareRule.violations(limits, usual::value, () -> LearnedNorm.BLOCK * blocks);
        all = new RuleRunner(agent, limits, last, List.of(rule));
        recent = last;
        series = all;
      }
      last.add(EventTime.millis(at), 0, 0, violated ? 1 << RecentMarks.FAILED : 0);
      return all.look(at, out);
    }
  }
}
