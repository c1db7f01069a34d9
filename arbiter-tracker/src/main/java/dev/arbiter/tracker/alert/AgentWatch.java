/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import dev.arbiter.tracker.FinishedAttempt;
import dev.arbiter.tracker.internal.EventTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The usual behaviour of one agent and its current anomalies. Not thread-safe. */
final class AgentWatch {
  private static final double NANOS_A_MILLI = 1e6;

  private final String agent;
  private final AlertLimits limits;
  private final Side attempts;
  private @Nullable Side judgements;
  private long seenNanos;
  private Instant seenAt = Instant.EPOCH;

  AgentWatch(String agent, AlertLimits limits) {
    this.agent = agent;
    this.limits = limits;
    this.attempts = new Side();
  }

  void seen(Instant at, long nanos) {
    seenAt = at;
    seenNanos = nanos;
  }

  void ended(FinishedAttempt attempt, Consumer<Alert> out) {
    float millis = (float) (nanos(attempt.time()) / NANOS_A_MILLI);
    double loss = attempt.stands() ? 1 - Math.max(0, Math.min(1, attempt.quality())) : 1;
    attempts.add(attempt.at(), millis, loss, !attempt.stands(), out);
  }

  void judged(boolean violated, Instant at, Consumer<Alert> out) {
    if (judgements == null) {
      judgements = new Side();
    }
    judgements.add(at, 0, 0, violated, out);
  }

  void end(Consumer<Alert> out) {
    attempts.end(out);
    if (judgements != null) {
      judgements.end(out);
    }
  }

  void firing(Consumer<Alert> sink) {
    attempts.firing(sink);
    if (judgements != null) {
      judgements.firing(sink);
    }
  }

  boolean isLearning() {
    return !attempts.norm.isReady();
  }

  boolean isIdle(long nanos) {
    return nanos - seenNanos >= limits.forgetAfter().toNanos();
  }

  private static double nanos(Duration time) {
    return Math.max(0, time.getSeconds() * 1e9 + time.getNano());
  }

  /** The attempts, or the constitution's judgements: their norm, and the rules once it is known. */
  private final class Side {
    private final LearnedNorm norm = new LearnedNorm(limits.latencyMultiplier());
    private final Dependences dependences = new Dependences(norm, limits.latencyMultiplier());
    private @Nullable RecentMarks recent;
    private @Nullable RuleRunner rules;

    void add(Instant at, float millis, double loss, boolean fails, Consumer<Alert> out) {
      long when = EventTime.millis(at);
      if (norm.isReady() && look(at, when, millis, loss, fails, out)) {
        norm.discard();
        dependences.discard();
      } else {
        dependences.learn(millis, loss, fails);
        norm.learn(when, millis, loss, fails);
      }
    }

    private boolean look(
        Instant at, long when, float millis, double loss, boolean fails, Consumer<Alert> out) {
      RecentMarks last = recent;
      RuleRunner runner = rules;
      if (last == null || runner == null) {
        last = new RecentMarks(limits.minSamples(), limits.recent().toMillis());
        runner = new RuleRunner(agent, limits, last, rules(last));
        recent = last;
        rules = runner;
      }
      last.add(when, millis, loss, marks(millis, fails));
      return runner.look(at, out);
    }

    private List<AnomalyRule> rules(RecentMarks last) {
      return this == attempts
          ? List.of(
              new LatencyRule(limits, norm, last, dependences),
              ShareRule.accuracy(limits, norm, dependences),
              ShareRule.errors(limits, norm, dependences))
          : List.of(ShareRule.violations(limits, norm, dependences));
    }

    private int marks(double millis, boolean fails) {
      int marks = 0;
      marks |= millis > limits.latencyMultiplier() * norm.median() ? 1 << RecentMarks.SLOW : 0;
      marks |= millis > limits.latencyMultiplier() * norm.tail() ? 1 << RecentMarks.SLOW_TAIL : 0;
      marks |= millis > AlertLimits.RESOLVED_LATENCY * norm.tail() ? 1 << RecentMarks.ABOVE : 0;
      marks |= fails ? 1 << RecentMarks.FAILED : 0;
      return marks;
    }

    void end(Consumer<Alert> out) {
      if (rules != null) {
        rules.end(seenAt, out);
      }
    }

    void firing(Consumer<Alert> sink) {
      if (rules != null) {
        rules.firing(sink);
      }
    }
  }
}
