/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.analysis.RegressionWatch.Verdict.Insufficient;
import dev.arbiter.tracker.analysis.RegressionWatch.Verdict.NotSeen;
import dev.arbiter.tracker.analysis.RegressionWatch.Verdict.Regressed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Says which of many metrics got worse than a reference, however often it is asked.
 *
 * <p>Each metric has a reference sample of at least {@link Builder#minReference} values. A metric
 * regressed when two things hold: its e-value passes the threshold of e-BH, which keeps the share
 * of false among all findings at {@link Builder#alpha} at whatever moment one stops looking, with
 * any dependence between metrics; and the change reaches {@link Builder#floor}, so that a
 * difference nobody feels is none. The change is that of the median, or of the mean for metrics
 * that take fewer than ten values such as success as 0 and 1.
 *
 * <p>Figures (RegressionWatchTest): without a change at most 5 % false alarms at 100 looks; a shift
 * of 10 % at a coefficient of variation of 0.3 is found within 200 values in at least 90 % of
 * cases, against a reference of 2,000, and one of 5 % within 800, against 10,000. It assumes that
 * values are independent given what they are compared with: take the hour of the week out first,
 * with {@link Baseline#relative}, and add one value a window rather than each of a burst. Like
 * every rank statistic it sees that values moved, not by how much beyond the reference's extremes.
 *
 * <p>Thread-safe. A value costs about 0.5 us, a verdict walks over the reference. Memory: 50 bytes
 * for each value of a reference, of which at most 10,000 are kept, evenly by rank; at most {@link
 * Builder#capacity} metrics. Equal input gives equal verdicts.
 *
 * <p>Source of the correction: Wang, Ramdas, "False discovery rate control with e-values", Journal
 * of the Royal Statistical Society B 84 (2022).
 */
public final class RegressionWatch {
  private final double alpha;
  private final double floor;
  private final int minReference;
  private final int capacity;
  private final Map<String, ShiftEvidence> metrics = new LinkedHashMap<>();
  private final AtomicLong refused = new AtomicLong();

  private RegressionWatch(Builder builder) {
    this.alpha = builder.alpha;
    this.floor = builder.floor;
    this.minReference = builder.minReference;
    this.capacity = builder.capacity;
  }

  /**
   * Starts with defaults for everything.
   *
   * @return a builder
   */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Begins to watch a metric, or begins anew with another reference.
   *
   * @param name its name
   * @param worse which way it gets worse
   * @param reference finite values from when it was well; fewer than the minimum, or all equal, is
   *     no error here but makes the verdict {@link Insufficient}
   * @throws IllegalArgumentException if a value is not finite or there are too many metrics
   */
  public synchronized void watch(String name, Direction worse, double... reference) {
    for (double value : reference) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException(
            "reference of metric " + name + " must be finite, got " + value);
      }
    }
    if (metrics.size() >= capacity && !metrics.containsKey(name)) {
      throw new IllegalArgumentException(
          "regression.capacity of " + capacity + " metrics is used up; raise it");
    }
    metrics.put(name, new ShiftEvidence(worse, reference));
  }

  /**
   * Takes a value; of a metric that is not watched, or one that is not finite, it is only counted.
   *
   * @param name which metric
   * @param value its value
   */
  public synchronized void add(String name, double value) {
    ShiftEvidence shift = metrics.get(name);
    if (shift == null || !Double.isFinite(value)) {
      refused.incrementAndGet();
    } else if (isSound(shift)) {
      shift.add(value);
    }
  }

  /**
   * How every metric does now.
   *
   * @return verdicts in the order in which metrics were first watched
   */
  public synchronized Map<String, Verdict> verdicts() {
    List<ShiftEvidence> ranked = new ArrayList<>();
    for (ShiftEvidence shift : metrics.values()) {
      if (isSound(shift) && shift.samples() > 0) {
        ranked.add(shift);
      }
    }
    double threshold = threshold(ranked);
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    metrics.forEach((name, shift) -> verdicts.put(name, verdict(shift, threshold)));
    return verdicts;
  }

  /** The e-BH threshold: with k metrics at or above m/(k alpha), the lowest such. */
  private double threshold(List<ShiftEvidence> shifts) {
    double[] evidence =
        shifts.stream()
            .map(ShiftEvidence::evidence)
            .sorted(Comparator.reverseOrder())
            .mapToDouble(Double::doubleValue)
            .toArray();
    for (int k = evidence.length; k > 0; k--) {
      double threshold = metrics.size() / (k * alpha);
      if (evidence[k - 1] >= threshold) {
        return threshold;
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  private Verdict verdict(ShiftEvidence shift, double threshold) {
    if (!isSound(shift)) {
      return new Insufficient(
          "insufficient data: the reference has fewer than "
              + minReference
              + " values or does not vary");
    }
    if (shift.samples() == 0) {
      return new Insufficient("insufficient data: nothing to compare");
    }
    double change = shift.change();
    double evidence = shift.evidence();
    return evidence >= threshold && change >= floor
        ? new Regressed(change, evidence, shift.samples())
        : new NotSeen(change, evidence, shift.samples());
  }

  private boolean isSound(ShiftEvidence shift) {
    return shift.referenceSize() >= minReference && shift.varies();
  }

  /**
   * How many values were of no watched metric, or not finite.
   *
   * @return a count
   */
  public long refused() {
    return refused.get();
  }

  /** Collects the parts of a {@link RegressionWatch}; not thread-safe. */
  public static final class Builder {
    private static final int FEWEST_REFERENCE = 20;
    private double alpha = 0.05;
    private double floor = 0.03;
    private int minReference = 200;
    private int capacity = 1000;

    private Builder() {}

    /**
     * Says which share of findings may be false, default 0.05.
     *
     * @param share above 0, below 1
     * @return this
     */
    public Builder alpha(double share) {
      Require.that(
          share > 0 && share < 1, "regression.alpha must be above 0 and below 1, got %s", share);
      this.alpha = share;
      return this;
    }

    /**
     * Says from which relative change on a difference matters, default 0.03.
     *
     * @param change at least 0
     * @return this
     */
    public Builder floor(double change) {
      Require.that(change >= 0, "regression.floor must be at least 0, got %s", change);
      this.floor = change;
      return this;
    }

    /**
     * Says how many values a reference needs, default 200.
     *
     * @param samples at least 20
     * @return this
     */
    public Builder minReference(int samples) {
      Require.that(
          samples >= FEWEST_REFERENCE,
          "regression.minReference must be at least 20, got %s",
          samples);
      this.minReference = samples;
      return this;
    }

    /**
     * Limits the metrics, default 1,000.
     *
     * @param metrics at least 1
     * @return this
     */
    public Builder capacity(int metrics) {
      Require.that(metrics >= 1, "regression.capacity must be at least 1, got %s", metrics);
      this.capacity = metrics;
      return this;
    }

    /**
     * Builds the watch.
     *
     * @return a new watch without metrics
     */
    public RegressionWatch build() {
      return new RegressionWatch(this);
    }
  }

  /** Whether a metric got worse than its reference. */
  public sealed interface Verdict {

    /**
     * It got worse: chance is excluded and the change reaches the floor.
     *
     * @param change how much worse, relative: 0.1 is 10 % worse
     * @param evidence the e-value; 20 for one metric alone is what 5 % asks
     * @param samples how many values are behind it
     */
    record Regressed(double change, double evidence, long samples) implements Verdict {}

    /**
     * Nothing worse is seen, which with few values means little: see {@code samples}.
     *
     * @param change how much worse as measured, negative when better
     * @param evidence the e-value
     * @param samples how many values are behind it
     */
    record NotSeen(double change, double evidence, long samples) implements Verdict {}

    /**
     * Insufficient data: the reference cannot be compared with, or nothing was added.
     *
     * @param reason what is missing
     */
    record Insufficient(String reason) implements Verdict {}

    /**
     * Calls the function of the case this is.
     *
     * @param regressed for {@link Regressed}
     * @param notSeen for {@link NotSeen}
     * @param insufficient for {@link Insufficient}
     * @param <R> the result
     * @return what that function gave
     */
    default <R> R match(
        Function<Regressed, R> regressed,
        Function<NotSeen, R> notSeen,
        Function<Insufficient, R> insufficient) {
      if (this instanceof Regressed r) {
        return regressed.apply(r);
      }
      if (this instanceof NotSeen n) {
        return notSeen.apply(n);
      }
      return insufficient.apply((Insufficient) this);
    }
  }

  /** Which way a metric gets worse. */
  public enum Direction {
    /** Rising is worse: latency, errors, cost. */
    HIGHER,
    /** Falling is worse: throughput, quality. */
    LOWER
  }
}
