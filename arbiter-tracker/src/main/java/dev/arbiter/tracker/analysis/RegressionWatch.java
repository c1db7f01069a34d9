/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.Insufficient;
import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.NotSeen;
import dev.arbiter.tracker.analysis.RegressionWatch.Diagnosis.Regressed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * Finds which of many metrics got worse than a reference, however often it is asked.
 *
 * <p>Each metric has a reference sample of at least {@link Builder#minReference} values. A metric
 * regressed when two things hold. First, its e-value passes the threshold of e-BH, which keeps the
 * share of false findings at {@link Builder#alpha} whenever one stops looking, with any dependence
 * between metrics. Second, the change reaches {@link Builder#floor}. The change is that of the
 * median, or of the mean for metrics with fewer than ten distinct values, such as success as 0 and
 * 1.
 *
 * <p>Figures (RegressionWatchTest): without a change at most 5 % false alarms at 100 looks. A shift
 * of 10 % at a coefficient of variation of 0.3 is found within 200 values in at least 90 % of
 * cases, against a reference of 2,000; one of 5 % within 800, against 10,000. The test assumes
 * independent values: remove the hour of the week first, with {@link Baseline#relative}, and add
 * one value a window instead of each value of a burst. Like every rank statistic it detects that
 * values moved, but not how far beyond the extremes of the reference.
 *
 * <p>Thread-safe. A value costs about 0.5 us, a diagnosis one pass over the reference. Memory: 50
 * bytes for each reference value, of which at most 10,000 are kept, evenly by rank; at most {@link
 * Builder#capacity} metrics. Equal input gives equal diagnoses.
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

  /** {@return a builder with defaults for everything} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Starts to watch a metric, or restarts with another reference.
   *
   * @param name the metric's name
   * @param worse the direction in which it gets worse
   * @param reference finite values of a good time; too few values, or all equal, are no error here
   *     but make the diagnosis {@link Diagnosis.Insufficient}
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
   * Adds a value. A value of an unwatched metric, or one that is not finite, is only counted.
   *
   * @param name the metric's name
   * @param value the value
   */
  public synchronized void add(String name, double value) {
    ShiftEvidence shift = metrics.get(name);
    if (shift == null || !Double.isFinite(value)) {
      refused.incrementAndGet();
    } else if (isSound(shift)) {
      shift.add(value);
    }
  }

  /** {@return the diagnosis of every metric by name, in the order of first watching} */
  public synchronized Map<String, Diagnosis> diagnoses() {
    List<ShiftEvidence> ranked = new ArrayList<>();
    for (ShiftEvidence shift : metrics.values()) {
      if (isSound(shift) && shift.samples() > 0) {
        ranked.add(shift);
      }
    }
    double threshold = threshold(ranked);
    Map<String, Diagnosis> diagnoses = new LinkedHashMap<>();
    metrics.forEach((name, shift) -> diagnoses.put(name, diagnosis(shift, threshold)));
    return diagnoses;
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

  private Diagnosis diagnosis(ShiftEvidence shift, double threshold) {
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

  /** {@return the number of refused values: of no watched metric, or not finite} */
  public long refused() {
    return refused.get();
  }

  /** Builder of {@link RegressionWatch}. Not thread-safe. */
  public static final class Builder {
    private static final int FEWEST_REFERENCE = 20;
    private double alpha = 0.05;
    private double floor = 0.03;
    private int minReference = 200;
    private int capacity = 1000;

    private Builder() {}

    /**
     * Sets the allowed share of false findings, default 0.05.
     *
     * @param share above 0, below 1
     */
    public Builder alpha(double share) {
      Require.that(
          share > 0 && share < 1, "regression.alpha must be above 0 and below 1, got %s", share);
      this.alpha = share;
      return this;
    }

    /**
     * Sets the least relative change that matters, default 0.03.
     *
     * @param change at least 0
     */
    public Builder floor(double change) {
      Require.that(change >= 0, "regression.floor must be at least 0, got %s", change);
      this.floor = change;
      return this;
    }

    /**
     * Sets how many values a reference needs, default 200.
     *
     * @param samples at least 20
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
     */
    public Builder capacity(int metrics) {
      Require.that(metrics >= 1, "regression.capacity must be at least 1, got %s", metrics);
      this.capacity = metrics;
      return this;
    }

    /** {@return a new watch without metrics} */
    public RegressionWatch build() {
      return new RegressionWatch(this);
    }
  }

  /** Whether a metric got worse than its reference. */
  public sealed interface Diagnosis {

    /**
     * It got worse: chance is excluded and the change reaches the floor.
     *
     * @param change how much worse, relative: 0.1 is 10 % worse
     * @param evidence the e-value; for a single metric, 5 % needs 20
     * @param samples the number of values
     */
    record Regressed(double change, double evidence, long samples) implements Diagnosis {}

    /**
     * No regression was found. With few samples this means little.
     *
     * @param change the measured change, relative; negative is better
     * @param evidence the e-value
     * @param samples the number of values
     */
    record NotSeen(double change, double evidence, long samples) implements Diagnosis {}

    /**
     * Insufficient data: the reference is unusable, or no value was added.
     *
     * @param reason what is missing
     */
    record Insufficient(String reason) implements Diagnosis {}

    /** Calls the function for this case and returns its result. */
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
