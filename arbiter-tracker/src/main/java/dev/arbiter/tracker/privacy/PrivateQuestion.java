/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import dev.arbiter.internal.Require;
import java.time.Instant;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * A question for {@link PrivateStatistics}: how many contributions each partition has, or the mean
 * of their values. Equal questions are answered once.
 *
 * @param tenant the tenant of the data, whose budget pays
 * @param name names the data; the host must pass the same data for the same name, tenant and times
 * @param from the beginning of the data, in event time
 * @param to its end, after the beginning
 * @param measure what is measured
 * @param bounds how much one contributor can change
 * @param epsilon the cost of the answer, at least 0.000001 (a mean 0.000002)
 * @param delta probability that a partition with a single contributor shows; positive unless the
 *     partitions are known
 * @param known the partitions to answer for, with or without data; empty for those in the data that
 *     are not rare
 */
public record PrivateQuestion(
    String tenant,
    String name,
    Instant from,
    Instant to,
    Measure measure,
    Bounds bounds,
    double epsilon,
    double delta,
    Set<String> known) {
  private static final double SQRT_2 = Math.sqrt(2);

  /** The measure of each partition. */
  public enum Measure {
    /** How many contributions. */
    COUNT,
    /** How many contributions and the mean of their values; half of epsilon each. */
    MEAN
  }

  /**
   * Checks and copies.
   *
   * @throws IllegalArgumentException if a part is outside its range
   */
  public PrivateQuestion {
    require(!tenant.isEmpty(), "tenant must not be empty", tenant);
    require(!name.isEmpty(), "name must not be empty", name);
    require(from.isBefore(to), "from must be before to", from + " and " + to);
    require(
        epsilon > 0 && epsilon <= 100 && PrivacyUnits.micros(epsilon) >= parts(measure),
        "epsilon must be 0.00000" + parts(measure) + " to 100",
        epsilon);
    require(delta >= 0 && delta < 0.01, "delta must be 0 or more and below 0.01", delta);
    require(
        !known.isEmpty() || PrivacyUnits.femtos(delta) >= bounds.partitions(),
        "delta must be positive (1e-15 for each of bounds.partitions) when partitions are not"
            + " named",
        delta);
    known = Set.copyOf(known);
  }

  private static void require(boolean condition, String rule, Object got) {
    Require.that(condition, "privacy.question.%s, got %s", rule, got);
  }

  private static int parts(Measure measure) {
    return measure == Measure.MEAN ? 2 : 1;
  }

  /**
   * Asks how many contributions each partition has; delta 1e-9, partitions from the data.
   *
   * @param tenant the tenant
   * @param name the data
   * @param from the beginning of the data
   * @param to its end
   * @param bounds how much one contributor can change
   * @param epsilon the cost
   * @return the question
   */
  public static PrivateQuestion count(
      String tenant, String name, Instant from, Instant to, Bounds bounds, double epsilon) {
    return new PrivateQuestion(
        tenant, name, from, to, Measure.COUNT, bounds, epsilon, 1e-9, Set.of());
  }

  /** Asks for the mean value of each partition; otherwise as {@link #count}. */
  public static PrivateQuestion mean(
      String tenant, String name, Instant from, Instant to, Bounds bounds, double epsilon) {
    return new PrivateQuestion(
        tenant, name, from, to, Measure.MEAN, bounds, epsilon, 1e-9, Set.of());
  }

  /**
   * Returns the question about named partitions, which show even when empty.
   *
   * @param partitions the partitions; must not be taken from the data
   * @return a copy that costs no delta
   */
  public PrivateQuestion about(Set<String> partitions) {
    return new PrivateQuestion(tenant, name, from, to, measure, bounds, epsilon, 0, partitions);
  }

  /**
   * Returns the question with another delta.
   *
   * @param chance probability that a partition with a single contributor shows
   * @return a copy
   */
  public PrivateQuestion withDelta(double chance) {
    return new PrivateQuestion(tenant, name, from, to, measure, bounds, epsilon, chance, known);
  }

  /**
   * Converts the required {@code noiseLevel} to epsilon: the epsilon at which the noise of an
   * answer has a standard deviation of this share of the range, for a partition with at least this
   * many contributions.
   *
   * <p>The range is {@code highest - lowest} for a mean and the count itself for a count. Let C be
   * the most contributions of one contributor (partitions times perPartition) and n those of a
   * partition. Epsilon is 2 C / (noiseLevel n) for a mean, since one half goes to the sum and one
   * to the count, each with a deviation of at most sqrt(2) C / (epsilon n) ranges. It is sqrt(2) C
   * / (noiseLevel n) for a count. Level 0.05 with 100 contributions, one each, gives 0.4 for a mean
   * and 0.283 for a count. Noise proportional to a value is not private: it tells zero from one
   * exactly.
   *
   * @param measure what is measured
   * @param bounds how much one contributor can change
   * @param noiseLevel the share, above 0, such as 0.05
   * @param contributions contributions of the smallest partition, at least 1, such as 100
   * @return epsilon, for {@link #epsilon()}
   * @throws IllegalArgumentException if an argument is outside its range
   */
  public static double epsilonFor(
      Measure measure, Bounds bounds, double noiseLevel, int contributions) {
    Require.that(
        noiseLevel > 0 && noiseLevel < Double.POSITIVE_INFINITY,
        "privacy.noiseLevel must be above 0, got %s",
        noiseLevel);
    Require.that(
        contributions >= 1, "privacy.contributions must be at least 1, got %s", contributions);
    double factor = measure == Measure.MEAN ? 2 : SQRT_2;
    return factor * bounds.mostContributions() / (noiseLevel * contributions);
  }

  /** A text that is different for different questions, whatever characters they hold. */
  String key() {
    StringBuilder key = new StringBuilder();
    SortedSet<String> partitions = new TreeSet<>(known);
    for (Object part :
        new Object[] {
          tenant,
          name,
          from,
          to,
          measure,
          bounds.lowest(),
          bounds.highest(),
          bounds.partitions(),
          bounds.perPartition(),
          PrivacyUnits.micros(epsilon),
          PrivacyUnits.femtos(delta),
          partitions.size()
        }) {
      append(key, part.toString());
    }
    partitions.forEach(partition -> append(key, partition));
    return key.toString();
  }

  private static void append(StringBuilder key, String part) {
    key.append(part.length()).append(':').append(part);
  }

  /**
   * How much one contributor can change: what the noise hides.
   *
   * <p>Further contributions are left out in the order of the input, which depends on that
   * contributor alone.
   *
   * @param lowest lower values count as this
   * @param highest higher values count as this; finite, above the lowest
   * @param partitions most partitions one contributor adds to, 1 to 1,024, default 1
   * @param perPartition most contributions it adds to each of them, 1 to 1,024, default 1
   */
  public record Bounds(double lowest, double highest, int partitions, int perPartition) {
    private static final int MOST = 1024;

    /** Values in [0,1], one contribution each. */
    public static final Bounds ONE = new Bounds(0, 1, 1, 1);

    /**
     * Checks.
     *
     * @throws IllegalArgumentException if a bound is outside its range
     */
    public Bounds {
      Require.that(
          lowest < highest && !Double.isInfinite(highest - lowest),
          "privacy.bounds must have lowest < highest, both finite, got %s and %s",
          lowest,
          highest);
      checked("privacy.bounds.partitions", partitions);
      checked("privacy.bounds.perPartition", perPartition);
    }

    private static void checked(String key, int value) {
      Require.that(value >= 1 && value <= MOST, "%s must be 1 to %s, got %s", key, MOST, value);
    }

    /** The L1 distance of all counts when one contributor comes or goes. */
    long mostContributions() {
      return (long) partitions * perPartition;
    }
  }
}
