/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.privacy;

import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Exact counts and sums of bounded contributions, before noise. They never leave the package. */
final class PartitionSums {
  /*
   * Whether a contribution counts depends only on the question and on other contributions of the
   * same contributor. So removing one contributor changes the counts together by at most
   * bounds.mostContributions(), and each sum by at most GRID times that.
   */
  /** A value is a whole number of steps from the middle of its range, at most this many. */
  static final int GRID = 1 << 16;

  private final PrivateQuestion question;
  private final Map<String, Map<String, Integer>> contributors = new HashMap<>();
  private final SortedMap<String, Sums> partitions = new TreeMap<>();

  /** The sums of one partition. */
  static final class Sums {
    long count;
    long steps;
  }

  private PartitionSums(PrivateQuestion question) {
    this.question = question;
    question.known().forEach(partition -> partitions.put(partition, new Sums()));
  }

  static PartitionSums of(PrivateQuestion question, Iterable<Contribution> contributions) {
    PartitionSums tally = new PartitionSums(question);
    contributions.forEach(tally::add);
    return tally;
  }

  SortedMap<String, Sums> partitions() {
    return partitions;
  }

  private void add(Contribution contribution) {
    boolean wanted =
        question.known().isEmpty() || question.known().contains(contribution.partition());
    boolean counts =
        question.measure() == PrivateQuestion.Measure.COUNT || !Double.isNaN(contribution.value());
    if (wanted && counts && isWithinBounds(contribution)) {
      Sums sums = partitions.computeIfAbsent(contribution.partition(), name -> new Sums());
      sums.count++;
      sums.steps += steps(contribution.value(), question.bounds());
    }
  }

  private boolean isWithinBounds(Contribution contribution) {
    Map<String, Integer> mine =
        contributors.computeIfAbsent(contribution.contributor(), name -> new HashMap<>());
    int before = mine.getOrDefault(contribution.partition(), 0);
    PrivateQuestion.Bounds bounds = question.bounds();
    boolean fits =
        before < bounds.perPartition() && (before > 0 || mine.size() < bounds.partitions());
    if (fits) {
      mine.put(contribution.partition(), before + 1);
    }
    return fits;
  }

  private static long steps(double value, PrivateQuestion.Bounds bounds) {
    double clamped = Math.max(bounds.lowest(), Math.min(bounds.highest(), value));
    double half = half(bounds);
    long steps = Math.round((clamped - middle(bounds)) / half * GRID);
    return Math.max(-GRID, Math.min(GRID, steps)); // narrow bounds far from 0 round by more
  }

  /** The mean value of this many steps for this many contributions. */
  static double mean(long steps, long count, PrivateQuestion.Bounds bounds) {
    double mean = middle(bounds) + (double) steps / Math.max(1, count) / GRID * half(bounds);
    return Math.max(bounds.lowest(), Math.min(bounds.highest(), mean));
  }

  private static double half(PrivateQuestion.Bounds bounds) {
    return (bounds.highest() - bounds.lowest()) / 2;
  }

  private static double middle(PrivateQuestion.Bounds bounds) {
    return bounds.lowest() + half(bounds);
  }
}
