/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.WorkReport.Usage;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The decision of a ballot, with its reasons. Immutable and thread-safe; the texts are written when
 * they are asked for.
 */
public final class Tally {
  private static final int LONGEST_SHOWN = 80;
  private static final double PARTICIPATION = 2.0 / 3;

  private final Votes votes;
  private final Consensus rule;
  private final Outcome outcome;
  private final int winner;
  private final double confidence;
  private final double[] weights;
  private final double[] scores;
  private final double[] probabilities;
  private final int outcomesKnown;
  private final @Nullable String remark;
  private final AtomicBoolean learned;

  /** How a ballot can end. */
  public enum Outcome {
    /** There is a winner. */
    DECIDED,
    /** The rule asks for more votes for one answer than any has. */
    NO_MAJORITY,
    /** Fewer than two thirds of those asked have answered, and the rule counts heads. */
    TOO_FEW,
    /** All have abstained, or nobody was asked. */
    NO_ANSWER,
    /** The rule does not suit these agents; {@link Tally#steps} says why. */
    REFUSED
  }

  /**
   * One answer.
   *
   * @param answer as the first of its agents wrote it
   * @param agents who gave it
   * @param score sum of weights and evidence, in units of natural log-odds
   * @param probability that it is the right one, by what was learned; with "none of them" the
   *     probabilities of all options sum to 1
   */
  public record Option(String answer, List<String> agents, double score, double probability) {}

  private Tally(
      Votes votes,
      Consensus rule,
      Outcome outcome,
      int winner,
      double confidence,
      double[] weights,
      double[] scores,
      double[] probabilities,
      int outcomesKnown,
      @Nullable String remark,
      AtomicBoolean learned) {
    this.votes = votes;
    this.rule = rule;
    this.outcome = outcome;
    this.winner = winner;
    this.confidence = confidence;
    this.weights = weights;
    this.scores = scores;
    this.probabilities = probabilities;
    this.outcomesKnown = outcomesKnown;
    this.remark = remark;
    this.learned = learned;
  }

  /**
   * The decision by weights.
   *
   * @param none score of "none of them"; NaN if one of the answers is right in any case
   */
  static Tally weigh(Votes votes, double[] weights, double none) {
    int count = votes.count();
    double[] scores = votes.hasEvidence() ? votes.evidence() : new double[count];
    for (int i = 0; i < votes.size(); i++) {
      if (votes.group(i) >= 0) {
        scores[votes.group(i)] += weights[i];
      }
    }
    double[] probabilities = new double[count + 1];
    for (int group = 0; group < count; group++) {
      probabilities[group] = votes.isGiven(group) ? scores[group] : Double.NEGATIVE_INFINITY;
    }
    probabilities[count] = Double.isNaN(none) ? Double.NEGATIVE_INFINITY : none;
    Weights.softmax(probabilities, count + 1);
    int winner = votes.answered() == 0 ? -1 : first(votes, scores);
    return new Tally(
        votes,
        Consensus.WEIGHTED_MAJORITY,
        winner < 0 ? Outcome.NO_ANSWER : Outcome.DECIDED,
        winner,
        winner < 0 ? 0 : probabilities[winner],
        weights,
        scores,
        probabilities,
        0,
        null,
        new AtomicBoolean());
  }

  /* Of equal scores the one with more votes, then the text that sorts first. */
  private static int first(Votes votes, double[] scores) {
    int first = -1;
    for (int group = 0; group < scores.length; group++) {
      if (votes.isGiven(group) && (first < 0 || beats(votes, scores, group, first))) {
        first = group;
      }
    }
    return first;
  }

  private static boolean beats(Votes votes, double[] scores, int one, int other) {
    if (scores[one] != scores[other]) {
      return scores[one] > scores[other];
    }
    int more = votes.agents(one).size() - votes.agents(other).size();
    return more != 0 ? more > 0 : votes.text(one).compareTo(votes.text(other)) < 0;
  }

  Tally after(int outcomes) {
    return new Tally(
        votes,
        rule,
        outcome,
        winner,
        confidence,
        weights,
        scores,
        probabilities,
        outcomes,
        remark,
        learned);
  }

  private Tally decided(
      Consensus by, Outcome how, int group, double sure, @Nullable String newRemark) {
    return new Tally(
        votes,
        by,
        how,
        group,
        sure,
        weights,
        scores,
        probabilities,
        outcomesKnown,
        newRemark,
        learned);
  }

  /**
   * The answer of one agent, if it has answered and no evidence says otherwise. Where evidence
   * speaks for it, its confidence is at least as high.
   */
  Tally ledBy(int agent, double share) {
    int group = votes.group(agent);
    int favour = group < 0 ? -1 : votes.favour(group);
    if (favour < 0 || (favour > 0 && group == winner && confidence > share)) {
      return this;
    }
    String why =
        String.format(
            Locale.ROOT,
            "%s is a clear leader (%.0f %% right), and has done better than the votes: it decides",
            votes.agent(agent),
            100 * share);
    return decided(rule, Outcome.DECIDED, group, share, why);
  }

  /** The answer of one agent. */
  Tally trusting(String agent, double share) {
    for (int i = 0; i < votes.size(); i++) {
      if (votes.agent(i).equals(agent) && votes.group(i) >= 0) {
        String why = say("%s is trusted (%.0f %% right)", agent, 100 * share);
        return decided(rule, Outcome.DECIDED, votes.group(i), share, why);
      }
    }
    return this;
  }

  /** The answer with the most weight, for a person to look at, where the rule has no winner. */
  Tally proposed() {
    if (winner >= 0 || votes.answered() == 0) {
      return this;
    }
    int group = first(votes, scores);
    String why =
        say("'%s' has the most weight, and is proposed to a person", shown(votes.text(group)));
    return decided(
        rule, outcome, group, probabilities[group], remark == null ? why : remark + "; " + why);
  }

  /** Whether the same answer of the same replies wins. */
  boolean hasWinnerOf(Tally other) {
    return winner == other.winner;
  }

  boolean isWinner(int group) {
    return winner == group;
  }

  Tally refused(String why) {
    return decided(Consensus.SIMPLE_MAJORITY, Outcome.REFUSED, -1, 0, why);
  }

  /** The decision by heads. */
  Tally count(Consensus by, double share, boolean orMore) {
    int answered = votes.answered();
    if (answered == 0) {
      return decided(by, Outcome.NO_ANSWER, -1, 0, null);
    }
    if (answered < PARTICIPATION * votes.size() - 1e-9) {
      return decided(by, Outcome.TOO_FEW, -1, 0, null);
    }
    for (int group = 0; group < votes.count(); group++) {
      double of = votes.agents(group).size();
      if (of > 0 && (orMore ? of >= share * answered - 1e-9 : of > share * answered)) {
        return decided(by, Outcome.DECIDED, group, probabilities[group], null);
      }
    }
    return decided(by, Outcome.NO_MAJORITY, -1, 0, null);
  }

  Votes votes() {
    return votes;
  }

  AtomicBoolean learned() {
    return learned;
  }

  /** {@return the type of the task} */
  public String type() {
    return votes.type();
  }

  /** {@return the rule by which was decided} */
  public Consensus rule() {
    return rule;
  }

  /** {@return how the ballot ended} */
  public Outcome outcome() {
    return outcome;
  }

  /**
   * {@return the answer that won, as the best of its agents wrote it; empty without a winner} Where
   * the rule has none and {@link Deadlock#PERSON} proposed one, it is that; see {@link #outcome}.
   */
  public Optional<String> winner() {
    return winning().map(Reply::text);
  }

  /**
   * {@return the reply that won: of the agents that gave the answer the one with the highest
   * weight; empty without a winner, or if nobody voted for it}
   */
  public Optional<Reply> winning() {
    if (winner < 0) {
      return Optional.empty();
    }
    int best = -1;
    for (int i = 0; i < votes.size(); i++) {
      if (votes.group(i) == winner && (best < 0 || weights[i] > weights[best])) {
        best = i;
      }
    }
    return Optional.of(best < 0 ? votes.first(winner) : votes.reply(best));
  }

  /**
   * {@return the probability that the winner is right, by what was learned, 0 without a winner}
   * Before any outcome is known it is a rough guess.
   */
  public double confidence() {
    return confidence;
  }

  /** {@return all answers, the one with the highest score first} */
  public List<Option> options() {
    return ranked().stream()
        .map(
            group ->
                new Option(
                    votes.text(group), votes.agents(group), scores[group], probabilities[group]))
        .toList();
  }

  List<Integer> ranked() {
    return IntStream.range(0, votes.count())
        .filter(votes::isGiven)
        .boxed()
        .sorted(
            (one, other) ->
                one.equals(other)
                    ? 0
                    : one == winner || (other != winner && beats(votes, scores, one, other))
                        ? -1
                        : 1)
        .toList();
  }

  /** {@return whether at least two agents answered, and not the same} */
  public boolean isDisagreement() {
    int first = -1;
    for (int i = 0; i < votes.size(); i++) {
      int group = votes.group(i);
      if (group >= 0 && first >= 0 && group != first) {
        return true;
      }
      first = group >= 0 ? group : first;
    }
    return false;
  }

  /** {@return the agents that answered, but not what won} */
  public List<String> dissent() {
    return IntStream.range(0, votes.size())
        .filter(i -> votes.group(i) >= 0 && votes.group(i) != winner)
        .mapToObj(votes::agent)
        .toList();
  }

  /** {@return the agents that gave no answer} */
  public List<String> abstained() {
    return votes.agents(-1);
  }

  /** {@return what the agents used} */
  public Usage usage() {
    Usage sum = Usage.none();
    for (int i = 0; i < votes.size(); i++) {
      sum = sum.plus(votes.reply(i).work().usage());
    }
    return sum;
  }

  /** {@return the reasons, one sentence each, at least three} */
  public List<String> steps() {
    List<String> steps = new ArrayList<>();
    int given =
        (int) IntStream.range(0, votes.count()).filter(g -> !votes.agents(g).isEmpty()).count();
    steps.add(
        say(
            "%d asked, %d answered, %d different answers%s",
            votes.size(),
            votes.answered(),
            given,
            abstained().isEmpty() ? "" : "; no answer from " + String.join(", ", abstained())));
    steps.add(
        say(
            "rule %s%s; weights learned from %d outcomes",
            rule.code(), type().isEmpty() ? "" : ", type " + type(), outcomesKnown));
    for (Option option : options()) {
      steps.add(
          say(
              "'%s' by %s: score %.2f, probability %.2f",
              shown(option.answer()),
              option.agents().isEmpty() ? "none" : voters(option),
              option.score(),
              option.probability()));
    }
    if (remark != null) {
      steps.add(remark);
    }
    steps.add(conclusion());
    return steps;
  }

  private String voters(Option option) {
    List<String> parts = new ArrayList<>();
    for (int i = 0; i < votes.size(); i++) {
      if (option.agents().contains(votes.agent(i))) {
        parts.add(say("%s (%.2f)", votes.agent(i), weights[i]));
      }
    }
    parts.sort(Comparator.naturalOrder());
    return String.join(", ", parts);
  }

  private String conclusion() {
    return switch (outcome) {
      case DECIDED -> say("'%s' wins, probability %.2f", shown(winner().orElse("")), confidence);
      case NO_MAJORITY -> "no answer has the votes that the rule asks for";
      case TOO_FEW -> "fewer than two thirds of those asked have answered";
      case NO_ANSWER -> "nobody answered";
      case REFUSED -> "the rule was not applied";
    };
  }

  private static String shown(String text) {
    return Sanitizer.text(text, LONGEST_SHOWN);
  }

  private static String say(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  @Override
  public String toString() {
    return "Tally" + steps();
  }
}
