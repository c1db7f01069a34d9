/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.training.BatchQuality.Measure;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a batch of steps must be like to be worth training from.
 *
 * <p>The four measures, each over one batch:
 *
 * <ul>
 *   <li><b>Diversity</b>, 0 to 1: how evenly the batch covers what could have been chosen. A cell
 *       is a task type with an agent that was a candidate for it; diversity is the entropy of the
 *       cells that were chosen, divided by the greatest it could be, ln(min(cells, steps)); 0 when
 *       there was only one cell. The usual share of distinct states is always 1 once a state holds
 *       an id or a clock, and without those falls with the size of the batch: five agents at four
 *       types have 20 cells, 0.63 of a batch of 32 at best.
 *   <li><b>Gap</b>: the longest time between two consecutive choices.
 *   <li><b>Transition.Reward variance</b>: of {@link Transition.Reward#scalar}, with n - 1 in the
 *       denominator. At most 0.25 and a bit; a batch of work that always succeeds teaches nothing
 *       and has 0.
 *   <li><b>Duplicates</b>: the share of steps that equal an earlier one in everything but the task
 *       and the time.
 * </ul>
 *
 * @param diversity least diversity, 0 to 1, default 0.7
 * @param gap longest gap, not negative, default 30 minutes
 * @param rewardVariance least variance, at least 0, default 0.1
 * @param duplicates greatest share of duplicates, 0 to 1, default 0.15
 * @param batch steps in a batch, 2 to 1,000,000, default 32
 */
public record BatchQuality(
    double diversity, Duration gap, double rewardVariance, double duplicates, int batch) {
  private static final int MOST_BATCH = 1_000_000;
  private static final double NANOS_A_SECOND = 1e9;

  /**
   * Checks.
   *
   * @throws IllegalArgumentException if a limit is outside its range
   */
  public BatchQuality {
    share("rl.minSampleDiversity", diversity);
    share("rl.maxDuplicateRatio", duplicates);
    Require.that(
        rewardVariance >= 0 && rewardVariance <= 1,
        "rl.minRewardVariance must be 0 to 1, got %s",
        rewardVariance);
    Require.that(!gap.isNegative(), "rl.maxTemporalGap must not be negative, got %s", gap);
    Require.that(
        batch >= 2 && batch <= MOST_BATCH, "rl.batchSize must be 2 to 1000000, got %s", batch);
  }

  private static void share(String key, double value) {
    Require.that(value >= 0 && value <= 1, "%s must be 0 to 1, got %s", key, value);
  }

  /**
   * {@return the required limits: diversity 0.7, gap 30 min, variance 0.1, duplicates 0.15, batch
   * 32}
   */
  public static BatchQuality standard() {
    return new BatchQuality(0.7, Duration.ofMinutes(30), 0.1, 0.15, 32);
  }

  /**
   * Measures a batch and compares it with the limits.
   *
   * @param steps the batch, in any order
   * @return each measure with its limit
   */
  public Verdict judge(List<Transition> steps) {
    return new Verdict(
        steps.size(),
        List.of(
            Measure.atLeast("steps", steps.size(), batch),
            Measure.atLeast("diversity", diversity(steps), diversity),
            Measure.atMost("gap seconds", gapSeconds(steps), seconds(gap)),
            Measure.atLeast("reward variance", variance(steps), rewardVariance),
            Measure.atMost("duplicates", duplicates(steps), duplicates)));
  }

  /**
   * One measure of a batch.
   *
   * @param name its name
   * @param value its value
   * @param limit its limit
   * @param atLeast whether the limit is a minimum; otherwise it is a maximum
   */
  public record Measure(String name, double value, double limit, boolean atLeast) {
    static Measure atLeast(String name, double value, double limit) {
      return new Measure(name, value, limit, true);
    }

    static Measure atMost(String name, double value, double limit) {
      return new Measure(name, value, limit, false);
    }

    /** {@return whether the limit is kept} */
    public boolean passed() {
      return atLeast ? value >= limit : value <= limit;
    }
  }

  private record Cell(String taskType, String agent) {}

  static double diversity(List<Transition> steps) {
    Set<Cell> offered = new HashSet<>();
    Map<Cell, Integer> chosen = new HashMap<>();
    for (Transition step : steps) {
      String type = step.state().taskType();
      step.state().candidates().forEach(agent -> offered.add(new Cell(type, agent)));
      Cell cell = new Cell(type, step.action());
      offered.add(cell);
      chosen.merge(cell, 1, Integer::sum);
    }
    int most = Math.min(offered.size(), steps.size());
    return most < 2 ? 0 : entropy(chosen.values(), steps.size()) / Math.log(most);
  }

  private static double entropy(Collection<Integer> counts, int total) {
    double entropy = 0;
    for (int count : counts) {
      double share = (double) count / total;
      entropy -= share * Math.log(share);
    }
    return Math.min(entropy, Math.log(total));
  }

  static double gapSeconds(List<Transition> steps) {
    List<Instant> times = steps.stream().map(Transition::at).sorted().toList();
    Duration longest = Duration.ZERO;
    for (int i = 1; i < times.size(); i++) {
      Duration gap = Duration.between(times.get(i - 1), times.get(i));
      longest = gap.compareTo(longest) > 0 ? gap : longest;
    }
    return seconds(longest);
  }

  private static double seconds(Duration time) {
    return time.getSeconds() + time.getNano() / NANOS_A_SECOND;
  }

  static double variance(List<Transition> steps) {
    if (steps.size() < 2) {
      return 0;
    }
    double mean = steps.stream().mapToDouble(step -> step.reward().scalar()).average().orElse(0);
    double squares =
        steps.stream().mapToDouble(step -> Math.pow(step.reward().scalar() - mean, 2)).sum();
    return squares / (steps.size() - 1);
  }

  static double duplicates(List<Transition> steps) {
    Set<List<Object>> seen = new HashSet<>();
    int again = 0;
    for (Transition step : steps) {
      again += seen.add(content(step)) ? 0 : 1;
    }
    return steps.isEmpty() ? 0 : (double) again / steps.size();
  }

  private static List<Object> content(Transition step) {
    return List.of(
        step.tenant(),
        step.state(),
        step.action(),
        step.propensity(),
        step.reward(),
        step.next(),
        step.done());
  }

  /** Cuts steps into batches in order of time; the last may be too small. */
  List<List<Transition>> batches(List<Transition> steps) {
    List<Transition> sorted = steps.stream().sorted(Comparator.comparing(Transition::at)).toList();
    List<List<Transition>> batches = new ArrayList<>();
    for (int from = 0; from < sorted.size(); from += batch) {
      batches.add(sorted.subList(from, Math.min(sorted.size(), from + batch)));
    }
    return batches;
  }

  /**
   * The measures of a batch.
   *
   * @param steps the number of steps
   * @param measures each with its limit
   */
  public record Verdict(int steps, List<Measure> measures) {
    /** Copies the lists. */
    public Verdict {
      measures = List.copyOf(measures);
    }

    /** {@return whether the batch may be used: all limits are kept} */
    public boolean accepted() {
      return measures.stream().allMatch(Measure::passed);
    }

    /**
     * {@return the reason for a refusal, such as {@code diversity 0.41, at least 0.7}; empty when
     * the batch is accepted}
     */
    public String why() {
      return measures.stream()
          .filter(measure -> !measure.passed())
          .map(
              measure ->
                  String.format(
                      Locale.ROOT,
                      "%s %.4g, at %s %s",
                      measure.name(),
                      measure.value(),
                      measure.atLeast() ? "least" : "most",
                      measure.limit()))
          .collect(Collectors.joining("; "));
    }
  }
}
