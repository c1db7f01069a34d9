/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

import dev.arbiter.routing.rollout.RolloutLimits.GuardRule;
import dev.arbiter.spi.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The outcomes of both sides under one share, and their confidence sequences; not thread-safe. */
final class Comparison {
  private final RolloutLimits limits;
  private final int number;
  private final ConfidenceSequence reward;
  private final List<ConfidenceSequence> guards;

  /** The first comparison of a rollout. */
  Comparison(RolloutLimits limits) {
    this(limits, 1, new ConfidenceSequence(), fresh(limits.guards().size()));
  }

  private Comparison(
      RolloutLimits limits,
      int number,
      ConfidenceSequence reward,
      List<ConfidenceSequence> guards) {
    this.limits = limits;
    this.number = number;
    this.reward = reward;
    this.guards = guards;
  }

  /** The next comparison; this one has spent its error only if both sides had outcomes. */
  Comparison next() {
    int next = reward.isTwoSided() ? number + 1 : number;
    return new Comparison(limits, next, new ConfidenceSequence(), fresh(limits.guards().size()));
  }

  Comparison copy() {
    return new Comparison(
        limits, number, reward.copy(), guards.stream().map(ConfidenceSequence::copy).toList());
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

  /** The reason to promote the candidate, empty if its gain is not certain or not asked for. */
  Optional<String> gain() {
    double error = limits.errorOfEach(number);
    if (limits.gain().isEmpty() || !reward.isAbove(limits.gain().getAsDouble(), error)) {
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
