/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.arbitration.Judges.Judged;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The verdict of an arbitration: an answer or none, with its reasons, its dissent, its price and
 * its seal. Immutable and thread-safe.
 */
public final class Ruling {
  private final Content content;
  private final Seal seal;
  private final AtomicBoolean heard;

  /** How an arbitration can end. */
  public enum Outcome {
    /** An answer has at least the least confidence. */
    APPROVED,
    /**
     * There is an answer, with less confidence, or one that the rule did not choose and a person is
     * asked about; see {@link #question}.
     */
    CONDITIONAL,
    /** There is no answer: none passed, all abstained, or the ruling could not be sealed. */
    REJECTED;

    /** {@return the name in the requirements, such as {@code conditional}} */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * The part of an arbitration to which a step belongs. The names are those of the requirements.
   */
  public enum Stage {
    /** It began. */
    INITIALIZED,
    /** Agents were asked. */
    EVIDENCE_COLLECTION,
    /** Answers were checked. */
    RULE_EVALUATION,
    /** A debate was held. */
    DEBATE_IN_PROGRESS,
    /** Votes were counted, judges heard. */
    VERDICT_GENERATION,
    /** New evidence was weighed. */
    APPEAL_REVIEW,
    /** It ended with an answer. */
    COMPLETED,
    /** It ended without one. */
    FAILED;

    /** {@return the name in the requirements, such as {@code verdict_generation}} */
    public String code() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * One step of the reasoning.
   *
   * @param stage the part it belongs to
   * @param text one sentence for a reader
   */
  public record Step(Stage stage, String text) {}

  /**
   * What was used up.
   *
   * @param calls calls that were begun, of agents, judges and debaters
   * @param usage what they reported until the end; of calls that were abandoned what they had
   *     metered
   * @param time from begin to end
   */
  public record Spent(int calls, Usage usage, Duration time) {}

  /** All but the seal; {@code votes} is the first ballot, {@code tally} the one that holds. */
  record Content(
      Task task,
      ConflictKind kind,
      Outcome outcome,
      Tally votes,
      Tally tally,
      double confidence,
      Optional<Reply> answer,
      List<Step> steps,
      Optional<Debate.Report> debate,
      Optional<Judged> judged,
      List<Tally.Option> compared,
      Optional<Question> question,
      Spent spent,
      boolean appealed) {

    Content rejected(List<Step> why) {
      return new Content(
          task,
          kind,
          Outcome.REJECTED,
          votes,
          tally,
          0,
          Optional.empty(),
          why,
          debate,
          judged,
          compared,
          Optional.empty(),
          spent,
          appealed);
    }
  }

  Ruling(Content content, Seal seal) {
    this.content = content;
    this.seal = seal;
    this.heard = new AtomicBoolean(content.appealed());
  }

  Content content() {
    return content;
  }

  /** True the first time: a ruling can be appealed once, and the ruling on an appeal never. */
  boolean hear() {
    return heard.compareAndSet(false, true);
  }

  /** {@return what was asked} */
  public Task task() {
    return content.task();
  }

  /** {@return what the disagreement is about} */
  public ConflictKind kind() {
    return content.kind();
  }

  /** {@return how it ended} */
  public Outcome outcome() {
    return content.outcome();
  }

  /** {@return the answer; empty if it was rejected} */
  public Optional<Reply> answer() {
    return content.answer();
  }

  /**
   * {@return the probability that the answer is right, by what was learned; 0 without an answer}
   */
  public double confidence() {
    return content.confidence();
  }

  /** {@return the first ballot, before debates, judges and appeals} */
  public Tally votes() {
    return content.votes();
  }

  /** {@return the ballot that holds} */
  public Tally tally() {
    return content.tally();
  }

  /** {@return the debate, if one was to be held} */
  public Optional<Debate.Report> debate() {
    return content.debate();
  }

  /** {@return what the judges said, if they were asked} */
  public Optional<Judged> judged() {
    return content.judged();
  }

  /** {@return the reasons, at least three} */
  public List<Step> steps() {
    return content.steps();
  }

  /** {@return the agents that gave another answer} */
  public List<String> dissent() {
    return content.answer().isEmpty() ? List.of() : content.tally().dissent();
  }

  /** {@return what a person should be asked; empty unless the outcome is conditional} */
  public Optional<Question> question() {
    return content.question();
  }

  /** {@return what was used up} */
  public Spent spent() {
    return content.spent();
  }

  /** {@return whether this is the ruling on an appeal} */
  public boolean appealed() {
    return content.appealed();
  }

  /** {@return the proof} */
  public Seal seal() {
    return seal;
  }

  @Override
  public String toString() {
    return "Ruling["
        + outcome().code()
        + ", task="
        + task().id()
        + ", confidence="
        + String.format(Locale.ROOT, "%.2f", confidence())
        + "]";
  }
}
