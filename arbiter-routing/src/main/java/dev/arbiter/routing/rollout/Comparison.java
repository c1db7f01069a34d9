/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.routing.rollout.RolloutLimits.GuardRule;
import dev.arbiter.spi.Outcome;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;

/** The outcomes of both sides under one share, and their confidence sequences; not thread-safe. */
final class Comparison {
  private final RolloutLimits limits;
  private final double share;
  private final int number;
  private final Tasks tasks;
  private final ConfidenceSequence reward;
  private final List<ConfidenceSequence> guards;

  /** First choices that came to each side; thread-safe. */
  private static final class Tasks {
    private final LongAdder current = new LongAdder();
    private final LongAdder candidate = new LongAdder();

    SampleRatio ratio() {
      return new SampleRatio(current.sum(), candidate.sum());
    }
  }

  /** The first comparison of a rollout, which gives the candidate a share of the tasks. */
  Comparison(RolloutLimits limits, double share) {
    this(limits, share, 1, new Tasks(), new ConfidenceSequence(), fresh(limits.guards().size()));
  }

  private Comparison(
      RolloutLimits limits,
      double share,
      int number,
      Tasks tasks,
      ConfidenceSequence reward,
      List<ConfidenceSequence> guards) {
    this.limits = limits;
    this.share = share;
    this.number = number;
    this.tasks = tasks;
    this.reward = reward;
    this.guards = guards;
  }

  /** The next comparison; this one has spent its error only if both sides had outcomes. */
  Comparison next(double newShare) {
    int next = reward.isTwoSided() ? number + 1 : number;
    return new Comparison(
        limits,
        newShare,
        next,
        new Tasks(),
        new ConfidenceSequence(),
        fresh(limits.guards().size()));
  }

  /** A copy of the outcomes; tasks are counted in both. */
  Comparison copy() {
    return new Comparison(
        limits,
        share,
        number,
        tasks,
        reward.copy(),
        guards.stream().map(ConfidenceSequence::copy).toList());
  }

  /** Counts a first choice; thread-safe. */
  void task(boolean byCandidate) {
    (byCandidate ? tasks.candidate : tasks.current).increment();
  }

  /** The split of tasks and of outcomes, beside the share that was set. */
  RolloutStatus.Split split() {
    SampleRatio ofTasks = tasks.ratio();
    SampleRatio ofOutcomes = new SampleRatio(reward.current().count(), reward.candidate().count());
    return new RolloutStatus.Split(
        share,
        ofTasks.share(),
        ofOutcomes.share(),
        ofTasks.isWrong(share) || ofOutcomes.isWrong(share));
  }

  /** The figures that are guarded, each with its scale. */
  List<String> metrics() {
    return limits.guards().stream().map(guard -> guard.metric() + " / " + guard.most()).toList();
  }

  /** All that it knows; the limits and the metrics are not in it. */
  List<Double> state() {
    List<Double> state = new ArrayList<>();
    SampleRatio came = tasks.ratio();
    state.addAll(List.of((double) number, share, (double) came.current()));
    state.add((double) came.candidate());
    for (ConfidenceSequence sequence : sequences()) {
      state.addAll(sequence.current().state());
      state.addAll(sequence.candidate().state());
    }
    return state;
  }

  /** A comparison under the same limits that goes on from a state with the same metrics. */
  Comparison restored(List<Double> state) {
    Iterator<Double> numbers = state.iterator();
    int thisNumber = numbers.next().intValue();
    Comparison restored =
        new Comparison(
            limits,
            numbers.next(),
            thisNumber,
            new Tasks(),
            new ConfidenceSequence(),
            fresh(limits.guards().size()));
    restored.tasks.current.add(numbers.next().longValue());
    restored.tasks.candidate.add(numbers.next().longValue());
    for (ConfidenceSequence sequence : restored.sequences()) {
      sequence.current().state(numbers);
      sequence.candidate().state(numbers);
    }
    return restored;
  }

  private List<ConfidenceSequence> sequences() {
    return Stream.concat(Stream.of(reward), guards.stream()).toList();
  }

  EProcess reward(boolean ofCandidate) {
    return ofCandidate ? reward.candidate() : reward.current();
  }

  void add(boolean byCandidate, Outcome outcome) {
    side(reward, byCandidate).add(outcome.reward());
    for (int i = 0; i < guards.size(); i++) {
      side(guards.get(i), byCandidate).add(limits.guards().get(i).shareOfMost(outcome));
    }
  }

  /** The candidate threw instead of choosing. */
  void addFault() {
    reward.candidate().add(0);
    for (int i = 0; i < guards.size(); i++) {
      if (limits.guards().get(i).countsFaults()) {
        guards.get(i).candidate().add(1);
      }
    }
  }

  /** The reason to roll the candidate back, empty if no guard is certain. */
  Optional<String> harm() {
    for (int i = 0; i < guards.size(); i++) {
      GuardRule rule = limits.guards().get(i);
      if (guards.get(i).isAbove(rule.margin() / rule.most(), limits.errorOfEach(number))) {
        return Optional.of(sentence(guard(i)));
      }
    }
    return Optional.empty();
  }

  /**
   * The reason to promote the candidate; empty if its gain is not certain or not asked for, or the
   * sides' tasks may not be alike.
   */
  Optional<String> gain() {
    double error = limits.errorOfEach(number);
    if (limits.gain().isEmpty() || split().isWrong()) {
      return Optional.empty();
    }
    double gain = limits.gain().getAsDouble() + shortfall();
    if (gain > 1 || !reward.isAbove(gain, error)) {
      return Optional.empty();
    }
    return Optional.of(
        String.format(
            Locale.ROOT,
            "mean reward is higher by at least %.4f, which is more than the gain of %.4f that was"
                + " asked for",
            reward.lower(error),
            limits.gain().getAsDouble()));
  }

  /** The part of its outcomes that the candidate is short of, compared with current. */
  private double shortfall() {
    SampleRatio came = tasks.ratio();
    double ours = missing(reward.candidate().count(), came.candidate());
    double theirs = missing(reward.current().count(), came.current());
    return Math.max(0, ours - theirs);
  }

  private static double missing(long outcomes, long tasks) {
    return Math.max(0, 1 - outcomes / (double) Math.max(1, tasks));
  }

  RolloutStatus.Interval interval() {
    double error = limits.errorOfEachEnd(number);
    return new RolloutStatus.Interval(reward.lower(error), reward.upper(error), 1 - limits.error());
  }

  List<RolloutStatus.Guard> guards() {
    List<RolloutStatus.Guard> said = new ArrayList<>(guards.size());
    for (int i = 0; i < guards.size(); i++) {
      said.add(guard(i));
    }
    return said;
  }

  private RolloutStatus.Guard guard(int i) {
    GuardRule rule = limits.guards().get(i);
    ConfidenceSequence sequence = guards.get(i);
    double error = limits.errorOfEach(number);
    return new RolloutStatus.Guard(
        rule.metric(),
        rule.unit(),
        rule.margin(),
        sequence.isTwoSided() ? sequence.estimate() * rule.most() : 0,
        sequence.lower(error) * rule.most(),
        sequence.upper(error) * rule.most());
  }

  private static String sentence(RolloutStatus.Guard guard) {
    return String.format(
        Locale.ROOT,
        "%s is higher by at least %.4f%s, which is more than the margin of %.4f%s",
        guard.metric(),
        guard.atLeast(),
        unit(guard),
        guard.margin(),
        unit(guard));
  }

  private static String unit(RolloutStatus.Guard guard) {
    return guard.unit().isEmpty() ? "" : " " + guard.unit();
  }

  private static EProcess side(ConfidenceSequence sequence, boolean ofCandidate) {
    return ofCandidate ? sequence.candidate() : sequence.current();
  }

  private static List<ConfidenceSequence> fresh(int count) {
    List<ConfidenceSequence> sequences = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      sequences.add(new ConfidenceSequence());
    }
    return sequences;
  }
}
