/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Durable;
import dev.arbiter.task.Task;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Lets agents of different make argue about their answers, and asks all again.
 *
 * <p>It is held only after a disagreement. A proponent of the leading answer and an opponent, of
 * another make, argue for a fixed number of rounds; a mediator may sum up, and has no vote. Then
 * all that answered are asked again, with the arguments before them and without a word of who said
 * what. The ballot after is counted beside the ballot before, and both are reported.
 *
 * <p>The ballot after replaces the one before only once debates have proved to mend more than they
 * spoil: published measurements and ours found that most do not. Until then the ballot before
 * holds. A budget that ends in the middle ends the debate, and the ballot before holds.
 *
 * <p>Thread-safe. Learned state is kept under its durable name.
 */
public final class Debate implements Durable {
  private static final int MOST_ROUNDS = 10;
  private static final int ENOUGH = 5;
  private static final double Z = 1.28;
  private static final int LONGEST_ARGUMENT = 8_000;

  private final Panel panel;
  private final Ballot ballot;
  private final int rounds;
  private final @Nullable Panelist mediator;
  private final String name;
  private long mended;
  private long spoiled;

  /** The part that an agent has in a debate. */
  public enum Role {
    /** Argues for the answer that led. */
    PROPONENT,
    /** Argues for the answer that came second. */
    OPPONENT,
    /** Sums up, without a vote. */
    MEDIATOR
  }

  /**
   * One speech.
   *
   * @param role of the speaker
   * @param agent who spoke; no debater is told
   * @param text what was said
   */
  public record Turn(Role role, String agent, String text) {}

  /**
   * The course of a debate.
   *
   * @param before the ballot before it
   * @param after the ballot after it; empty if it was not held to its end
   * @param adopted the one that holds
   * @param turns the speeches
   * @param reason why it was not held, or why the adopted ballot holds
   */
  public record Report(
      Tally before, Optional<Tally> after, Tally adopted, List<Turn> turns, String reason) {
    /** Copies. */
    public Report {
      turns = List.copyOf(turns);
    }

    /** {@return whether the ballots before and after have different winners} */
    public boolean hasChanged() {
      return after.isPresent() && !after.get().winner().equals(before.winner());
    }
  }

  private record Speakers(Panelist proponent, Panelist opponent, String forIt, String against) {}

  private Debate(Builder builder) {
    panel = builder.panel;
    ballot = builder.ballot;
    rounds = builder.rounds;
    mediator = builder.mediator;
    name = builder.name;
  }

  /**
   * {@return a builder}
   *
   * @param panel calls the debaters
   * @param ballot counts their answers
   */
  public static Builder builder(Panel panel, Ballot ballot) {
    return new Builder(panel, ballot);
  }

  /**
   * Holds the debate.
   *
   * @param task what was asked
   * @param before the ballot of the answers
   * @param panelists who answered
   * @param limits of the calls
   * @return never fails
   */
  public CompletionStage<Report> hold(
      Task task, Tally before, List<Panelist> panelists, Limits limits) {
    return hold(task, before, panelists, panel.purse(limits), UnaryOperator.identity());
  }

  /** Holds it; each answer of the last vote is checked before it counts. */
  CompletableFuture<Report> hold(
      Task task, Tally before, List<Panelist> panelists, Purse purse, UnaryOperator<Reply> check) {
    if (!before.isDisagreement()) {
      return ended(before, List.of(), "not held: there is no disagreement");
    }
    Speakers speakers = speakers(before, panelists);
    if (speakers == null) {
      return ended(before, List.of(), "not held: no two answers are from agents of different make");
    }
    return round(1, new Course(task, before, panelists, speakers, purse, check, new ArrayList<>()));
  }

  /* All that one debate knows. Only one step of it runs at a time. */
  private record Course(
      Task task,
      Tally before,
      List<Panelist> panelists,
      Speakers speakers,
      Purse purse,
      UnaryOperator<Reply> check,
      List<Turn> turns) {

    String last(Role role) {
      return turns.stream()
          .filter(turn -> turn.role() == role)
          .reduce((first, second) -> second)
          .map(Turn::text)
          .orElse("");
    }
  }

  private static CompletableFuture<Report> ended(Tally before, List<Turn> turns, String why) {
    return CompletableFuture.completedFuture(
        new Report(before, Optional.empty(), before, turns, why));
  }

  private static @Nullable Speakers speakers(Tally before, List<Panelist> panelists) {
    List<Tally.Option> options =
        before.options().stream().filter(option -> !option.agents().isEmpty()).toList();
    for (int other = 1; other < options.size(); other++) {
      for (Panelist one : of(options.get(0).agents(), panelists)) {
        for (Panelist two : of(options.get(other).agents(), panelists)) {
          if (!one.isOfMake(two.family())) {
            return new Speakers(one, two, options.get(0).answer(), options.get(other).answer());
          }
        }
      }
    }
    return null;
  }

  private static List<Panelist> of(Collection<String> agents, List<Panelist> panelists) {
    return panelists.stream().filter(panelist -> agents.contains(panelist.id())).toList();
  }

  private CompletableFuture<Report> round(int number, Course course) {
    if (number > rounds) {
      return mediate(course);
    }
    return speak(Role.PROPONENT, course)
        .thenCompose(
            first ->
                first ? speak(Role.OPPONENT, course) : CompletableFuture.completedFuture(false))
        .thenCompose(
            both ->
                both
                    ? round(number + 1, course)
                    : ended(
                        course.before,
                        course.turns,
                        "broken off in round " + number + why(course)));
  }

  private static String why(Course course) {
    String refusal = course.purse.refusal();
    return refusal.isEmpty() ? ": a debater was silent" : ": " + refusal;
  }

  private CompletableFuture<Boolean> speak(Role role, Course course) {
    Speakers speakers = course.speakers;
    boolean isFor = role == Role.PROPONENT;
    Panelist speaker = isFor ? speakers.proponent : speakers.opponent;
    String own = isFor ? speakers.forIt : speakers.against;
    String other = isFor ? speakers.against : speakers.forIt;
    String said = course.last(isFor ? Role.OPPONENT : Role.PROPONENT);
    Fence fence = new Fence(List.of(course.task.payload(), own, other, said), LONGEST_ARGUMENT);
    String text =
        "Two answers to one task differ. Argue for your answer: name the step where the other one"
            + " goes wrong, in at most 200 words. If you find yourself wrong, say so.\n"
            + fence.rule()
            + "\n\n"
            + fence.quoted("task", course.task.payload())
            + fence.quoted("your answer", own)
            + fence.quoted("other answer", other)
            + (said.isEmpty() ? "" : fence.quoted("argument for the other answer", said));
    return panel
        .ask(with(course.task, text), speaker, course.purse)
        .thenApply(
            reply -> {
              if (!reply.abstained()) {
                course.turns.add(new Turn(role, speaker.id(), reply.text()));
              }
              return !reply.abstained();
            });
  }

  private static Task with(Task task, String text) {
    return Task.builder(task.type()).id(task.id()).tenant(task.tenant()).payload(text).build();
  }

  private CompletableFuture<Report> mediate(Course course) {
    Panelist neutral = mediator;
    if (neutral == null) {
      return voteAgain(course);
    }
    String text =
        "Sum up in at most 150 words where the two sides of this debate differ, and what would"
            + " decide it. Take no side.\n"
            + arguments(course, new Fence(texts(course), LONGEST_ARGUMENT));
    return panel
        .ask(with(course.task, text), neutral, course.purse)
        .thenCompose(
            reply -> {
              if (!reply.abstained()) {
                course.turns.add(new Turn(Role.MEDIATOR, neutral.id(), reply.text()));
              }
              return voteAgain(course);
            });
  }

  private static List<String> texts(Course course) {
    return Stream.concat(
            Stream.of(course.task.payload(), course.speakers.forIt, course.speakers.against),
            course.turns.stream().map(Turn::text))
        .toList();
  }

  /* Which side comes first does not depend on which one led: the texts are sorted. */
  private static String arguments(Course course, Fence fence) {
    Speakers speakers = course.speakers;
    boolean forFirst = speakers.forIt.compareTo(speakers.against) < 0;
    StringBuilder text = new StringBuilder(fence.rule()).append("\n\n");
    text.append(fence.quoted("task", course.task.payload()));
    text.append(fence.quoted("answer A", forFirst ? speakers.forIt : speakers.against));
    text.append(fence.quoted("answer B", forFirst ? speakers.against : speakers.forIt));
    for (Role role :
        forFirst
            ? List.of(Role.PROPONENT, Role.OPPONENT)
            : List.of(Role.OPPONENT, Role.PROPONENT)) {
      String side = (role == Role.PROPONENT) == forFirst ? "A" : "B";
      course.turns.stream()
          .filter(turn -> turn.role() == role)
          .forEach(turn -> text.append(fence.quoted("argument for " + side, turn.text())));
    }
    course.turns.stream()
        .filter(turn -> turn.role() == Role.MEDIATOR)
        .forEach(turn -> text.append(fence.quoted("summary", turn.text())));
    return text.toString();
  }

  private CompletableFuture<Report> voteAgain(Course course) {
    String text =
        "Answer the task. Two answers were argued about; either, or another one, may be right.\n"
            + arguments(course, new Fence(texts(course), LONGEST_ARGUMENT))
            + "\nReply with your answer alone.\n";
    List<String> answered =
        course.before.options().stream().flatMap(option -> option.agents().stream()).toList();
    return panel
        .ask(with(course.task, text), of(answered, course.panelists), course.purse)
        .thenApply(
            replies -> {
              if (!replies.stream().allMatch(Reply::wasAsked)) {
                String why = "broken off in the last vote: " + course.purse.refusal();
                return new Report(
                    course.before, Optional.empty(), course.before, course.turns, why);
              }
              List<Reply> checked = replies.stream().map(course.check).toList();
              Tally after = ballot.decide(course.task.type(), checked);
              boolean adopt = after.winner().isPresent() && hasProved();
              return new Report(
                  course.before,
                  Optional.of(after),
                  adopt ? after : course.before,
                  course.turns,
                  proof(adopt));
            });
  }

  private synchronized boolean hasProved() {
    double changed = (double) mended + spoiled;
    return changed >= ENOUGH && Standing.low((double) mended, changed, Z) > .5;
  }

  private synchronized String proof(boolean adopted) {
    return (adopted ? "the ballot after it holds" : "the ballot before it holds")
        + ": debates have mended "
        + mended
        + " ballots and spoiled "
        + spoiled;
  }

  /**
   * Learns whether the debate has mended or spoiled the ballot.
   *
   * @param report each should be given once
   * @param right says of an answer whether it is right
   */
  public void learn(Report report, Predicate<String> right) {
    boolean was = report.before().winner().filter(right).isPresent();
    boolean is = report.after().flatMap(Tally::winner).filter(right).isPresent();
    synchronized (this) {
      if (report.after().isPresent() && was != is) {
        mended += is ? 1 : 0;
        spoiled += is ? 0 : 1;
      }
    }
  }

  /** {@return ballots that were wrong before a debate and right after it} */
  public synchronized long mended() {
    return mended;
  }

  /** {@return ballots that were right before a debate and wrong after it} */
  public synchronized long spoiled() {
    return spoiled;
  }

  @Override
  public String durableName() {
    return name;
  }

  @Override
  public synchronized byte[] snapshot() {
    return ByteBuffer.allocate(2 * Long.BYTES).putLong(mended).putLong(spoiled).array();
  }

  @Override
  public synchronized void restore(byte[] snapshot) {
    Require.that(
        snapshot.length == 2 * Long.BYTES,
        "the snapshot of debates must have 16 bytes, got %s",
        snapshot.length);
    ByteBuffer bytes = ByteBuffer.wrap(snapshot);
    long first = bytes.getLong();
    long second = bytes.getLong();
    Require.that(first >= 0 && second >= 0, "the snapshot of debates has a negative count");
    mended = first;
    spoiled = second;
  }

  /** Builds a {@link Debate}; not thread-safe. */
  public static final class Builder {
    private final Panel panel;
    private final Ballot ballot;
    private int rounds = 1;
    private @Nullable Panelist mediator;
    private String name = "debates";

    private Builder(Panel panel, Ballot ballot) {
      this.panel = panel;
      this.ballot = ballot;
    }

    /**
     * Sets the number of rounds, default 1. Each costs two calls.
     *
     * @param number 1 to 10
     */
    public Builder rounds(int number) {
      Require.that(
          number >= 1 && number <= MOST_ROUNDS,
          "debate.rounds must be 1 to %s, got %s; leave the debate out to have none",
          MOST_ROUNDS,
          number);
      rounds = number;
      return this;
    }

    /**
     * Lets an agent sum up; default none.
     *
     * @param neutral should not be one of the debaters
     */
    public Builder mediator(Panelist neutral) {
      mediator = neutral;
      return this;
    }

    /**
     * Names the learned state in the store; default {@code debates}.
     *
     * @param unique a printable name
     */
    public Builder durableName(String unique) {
      Require.name("debate.durableName", unique, false);
      name = unique;
      return this;
    }

    /** {@return the debate} */
    public Debate build() {
      return new Debate(this);
    }
  }
}
