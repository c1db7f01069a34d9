/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Durable;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport.Usage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Agents that say which of two answers is better, and the record of each.
 *
 * <p>Each judge is asked in both orders. One that contradicts itself abstains. A judge that is one
 * of the judged, or of their make, is not asked. Several judges are a {@link Ballot} of two
 * answers: their weights are learned, and one that is wrong more often than not counts against what
 * it says. The answers are quoted so that they cannot speak to the judge; a text longer than the
 * limit is cut in its middle.
 *
 * <p>Thread-safe. Learned state is kept under its durable name.
 */
public final class Judges implements Durable {
  private static final int MOST_RECORDS = 256;
  private static final int ORDERINGS = 2;
  private static final int READ = 10_000;
  private static final int CONTRADICTED = JudgeRecord.CELLS + 1;
  private static final int ORDERS = JudgeRecord.CELLS + 2;
  /* No part gives back what it took: a judge could write a line that is read for hours. */
  private static final Pattern CHOICE =
      Pattern.compile(
          "(?:(?:answer|verdict|choice|better)\\s*+(?:is)?+\\s*+[:=]?+\\s*+)?+[\\[(\"'*]*+([012])"
              + "[\\])\"'*.]*+",
          Pattern.CASE_INSENSITIVE);

  private final Panel panel;
  private final List<Panelist> all;
  private final int longest;
  private final Ballot ballot;
  private final Map<String, int[]> records = new LinkedHashMap<>();

  /** What a judge said. */
  public enum Choice {
    /** The first answer is better. */
    FIRST,
    /** The second answer is better. */
    SECOND,
    /** It cannot tell, or said nothing that can be read. */
    NONE;

    Choice turned() {
      return this == FIRST ? SECOND : this == SECOND ? FIRST : NONE;
    }
  }

  /**
   * The judgement of one judge, about the answers as they were given and not as they were shown.
   *
   * @param judge the judge's id
   * @param shown what it said when the first answer was shown first
   * @param turned what it said when the second answer was shown first
   */
  public record Vote(String judge, Choice shown, Choice turned) {

    /** {@return its judgement: none if it contradicts itself, or was readable in no order} */
    public Choice choice() {
      return shown == turned ? shown : Choice.NONE;
    }

    /** {@return whether it said one thing in one order and the other in the other} */
    public boolean isContradiction() {
      return shown != turned && shown != Choice.NONE && turned != Choice.NONE;
    }
  }

  /**
   * The judgement of all.
   *
   * @param tally the decision between {@code 1} and {@code 2}; {@link Tally.Outcome#NO_ANSWER} if
   *     all abstained
   * @param votes of the judges that were asked
   * @param excluded judges that were not asked, each with the reason
   * @param calls number of calls
   * @param paid what they used
   */
  public record Judged(
      Tally tally, List<Vote> votes, List<String> excluded, int calls, Usage paid) {
    /** Copies. */
    public Judged {
      votes = List.copyOf(votes);
      excluded = List.copyOf(excluded);
    }

    /** {@return which answer is better; none if all abstained} */
    public Choice choice() {
      return tally
          .winner()
          .map(text -> text.equals("1") ? Choice.FIRST : Choice.SECOND)
          .orElse(Choice.NONE);
    }
  }

  private Judges(Builder builder) {
    panel = builder.panel;
    all = List.copyOf(builder.judges);
    longest = builder.longest;
    ballot = Ballot.builder().durableName(builder.name).options("1", "2").build();
  }

  /**
   * {@return a builder of judges on a panel}
   *
   * @param panel calls them
   */
  public static Builder builder(Panel panel) {
    return new Builder(panel);
  }

  /**
   * Asks the judges.
   *
   * @param task the task that the answers are for
   * @param first an answer
   * @param second another answer
   * @param judged who gave the two answers
   * @param limits of the calls; a judge that cannot be asked in both orders is not asked
   * @return never fails
   */
  public CompletionStage<Judged> compare(
      Task task, String first, String second, Collection<Panelist> judged, Limits limits) {
    return compare(task, first, second, judged, panel.purse(limits));
  }

  CompletableFuture<Judged> compare(
      Task task, String first, String second, Collection<Panelist> judged, Purse purse) {
    List<String> excluded = new ArrayList<>();
    List<CompletableFuture<Heard>> heard = new ArrayList<>();
    int before = purse.calls();
    Usage paidBefore = purse.paid();
    Task shown = question(task, first, second);
    Task turned = question(task, second, first);
    for (Panelist judge : all) {
      Optional<String> why = whyNot(judge, judged);
      if (why.isPresent()) {
        excluded.add(judge.id() + ": " + why.orElseThrow());
        continue;
      }
      if (!purse.take(ORDERINGS, judge.price())) {
        excluded.add(judge.id() + ": " + purse.refusal());
        continue;
      }
      CompletableFuture<Reply> one = panel.call(shown, judge, purse);
      CompletableFuture<Reply> other = panel.call(turned, judge, purse);
      heard.add(one.thenCombine(other, Heard::new));
    }
    return CompletableFuture.allOf(heard.toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done -> {
              List<Vote> given = new ArrayList<>();
              for (CompletableFuture<Heard> each : heard) {
                each.join().addTo(given, excluded);
              }
              int calls = purse.calls() - before;
              return new Judged(
                  decide(task.type(), given), given, excluded, calls, more(paidBefore, purse));
            });
  }

  /* What a judge replied in both orders. */
  private record Heard(Reply shown, Reply turned) {
    void addTo(List<Vote> votes, List<String> excluded) {
      String judge = shown.agent();
      if (shown.wasAsked() && turned.wasAsked()) {
        votes.add(new Vote(judge, read(shown.text()), read(turned.text()).turned()));
      } else {
        Reply none = shown.wasAsked() ? turned : shown;
        excluded.add(judge + none.note().substring(Panel.NOT_ASKED.length()));
      }
    }
  }

  private static Usage more(Usage before, Purse purse) {
    Usage now = purse.paid();
    return new Usage(
        now.inputTokens() - before.inputTokens(),
        now.outputTokens() - before.outputTokens(),
        Math.max(0, now.cost() - before.cost()),
        now.time().minus(before.time()));
  }

  private static Optional<String> whyNot(Panelist judge, Collection<Panelist> judged) {
    for (Panelist each : judged) {
      if (each.id().equals(judge.id())) {
        return Optional.of("is one of the judged");
      }
      if (each.isOfMake(judge.family())) {
        return Optional.of("is of the make of " + each.id() + " (" + each.family() + ")");
      }
    }
    return Optional.empty();
  }

  private Task question(Task task, String one, String two) {
    Fence fence = new Fence(List.of(task.payload(), one, two), longest);
    String text =
        "You compare two answers to one task. The better one is right; of two that are right, it is"
            + " the more complete, then the shorter. Their order means nothing.\n"
            + fence.rule()
            + "\n\n"
            + fence.quoted("task", task.payload())
            + "\n"
            + fence.quoted("answer 1", one)
            + "\n"
            + fence.quoted("answer 2", two)
            + "\nReply with one line that holds one digit and nothing else: 1 if answer 1 is better,"
            + " 2 if answer 2 is better, 0 if you cannot tell.\n";
    return Task.builder(task.type()).id(task.id()).tenant(task.tenant()).payload(text).build();
  }

  /** The choice in a text: lines that hold nothing but a digit, all the same. */
  static Choice read(String text) {
    String begin = text.length() > READ ? text.substring(0, READ) : text;
    String found = "";
    for (String line : begin.split("\\R", -1)) {
      Matcher matcher = CHOICE.matcher(line.strip());
      if (matcher.matches()) {
        if (!found.isEmpty() && !found.equals(matcher.group(1))) {
          return Choice.NONE;
        }
        found = matcher.group(1);
      }
    }
    return switch (found) {
      case "1" -> Choice.FIRST;
      case "2" -> Choice.SECOND;
      default -> Choice.NONE;
    };
  }

  /**
   * Decides by judgements that are there already, such as recorded ones.
   *
   * @param type the type of the task
   * @param votes one for each judge
   * @return the decision between {@code 1} and {@code 2}
   */
  public Tally decide(String type, List<Vote> votes) {
    return ballot.decide(
        type,
        votes.stream()
            .map(
                vote ->
                    switch (vote.choice()) {
                      case FIRST -> Reply.of(vote.judge(), "1");
                      case SECOND -> Reply.of(vote.judge(), "2");
                      case NONE -> Reply.none(vote.judge(), "no judgement", Usage.none());
                    })
            .toList());
  }

  /**
   * Learns which answer was the better one.
   *
   * @param judged the judgement; each is learned from once
   * @param firstIsBetter the truth
   * @throws IllegalStateException if it was learned from before
   */
  public void learn(Judged judged, boolean firstIsBetter) {
    ballot.learn(judged.tally(), (firstIsBetter ? "1" : "2")::equals);
    note(judged.votes(), firstIsBetter);
  }

  /**
   * Learns from many judgements, and computes weights once, at the end.
   *
   * @param judged judgements
   * @param firstIsBetter for each of them the truth
   */
  public void learnAll(List<Judged> judged, List<Boolean> firstIsBetter) {
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (int i = 0; i < judged.size(); i++) {
      String right = firstIsBetter.get(i) ? "1" : "2";
      lessons.add(new Ballot.Lesson(judged.get(i).tally(), right::equals));
    }
    ballot.learnAll(lessons);
    for (int i = 0; i < judged.size(); i++) {
      note(judged.get(i).votes(), firstIsBetter.get(i));
    }
  }

  private synchronized void note(List<Vote> votes, boolean firstIsBetter) {
    for (Vote vote : votes) {
      if (!records.containsKey(vote.judge()) && records.size() >= MOST_RECORDS) {
        continue;
      }
      int[] cells = records.computeIfAbsent(vote.judge(), id -> new int[JudgeRecord.CELLS + 3]);
      int row = firstIsBetter ? 0 : 2;
      switch (vote.choice()) {
        case FIRST -> cells[row]++;
        case SECOND -> cells[row + 1]++;
        case NONE -> cells[JudgeRecord.CELLS]++;
      }
      cells[CONTRADICTED] += vote.isContradiction() ? 1 : 0;
      cells[ORDERS] += vote.shown() != Choice.NONE && vote.turned() != Choice.NONE ? 1 : 0;
    }
  }

  /**
   * {@return the record of a judge over all types}
   *
   * @param judge the judge's id
   */
  public synchronized JudgeRecord record(String judge) {
    int[] cells = records.getOrDefault(judge, new int[JudgeRecord.CELLS + 3]);
    return new JudgeRecord(
        judge,
        Arrays.stream(cells).limit(JudgeRecord.CELLS).boxed().toList(),
        cells[JudgeRecord.CELLS],
        cells[CONTRADICTED],
        cells[ORDERS]);
  }

  /** {@return the ballot of the judges, with their weights} */
  public Ballot ballot() {
    return ballot;
  }

  @Override
  public String durableName() {
    return ballot.durableName();
  }

  @Override
  public synchronized byte[] snapshot() {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(bytes);
      out.writeInt(records.size());
      for (Map.Entry<String, int[]> record : records.entrySet()) {
        out.writeUTF(record.getKey());
        for (int cell : record.getValue()) {
          out.writeInt(cell);
        }
      }
      out.write(ballot.snapshot());
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // memory does not fail
    }
  }

  @Override
  public synchronized void restore(byte[] snapshot) {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(snapshot))) {
      int count = in.readInt();
      Require.that(
          count >= 0 && count <= MOST_RECORDS, "the snapshot of judges has %s records", count);
      Map<String, int[]> read = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        String judge = in.readUTF();
        int[] cells = new int[JudgeRecord.CELLS + 3];
        for (int cell = 0; cell < cells.length; cell++) {
          cells[cell] = in.readInt();
          Require.that(cells[cell] >= 0, "the snapshot of judges has a count of %s", cells[cell]);
        }
        read.put(judge, cells);
      }
      ballot.restore(in.readAllBytes());
      records.clear();
      records.putAll(read);
    } catch (IOException e) {
      throw new IllegalArgumentException("the snapshot of judges is cut off", e);
    }
  }

  /** One line for the steps of a ruling. */
  static String summary(Judged judged) {
    List<String> parts = new ArrayList<>();
    judged
        .votes()
        .forEach(
            vote ->
                parts.add(
                    vote.judge()
                        + (vote.isContradiction()
                            ? " contradicts itself"
                            : " says " + vote.choice().name().toLowerCase(Locale.ROOT))));
    judged.excluded().forEach(why -> parts.add("not asked " + why));
    return parts.isEmpty() ? "no judge" : String.join("; ", parts);
  }

  /** Builds {@link Judges}; not thread-safe. */
  public static final class Builder {
    private final Panel panel;
    private final List<Panelist> judges = new ArrayList<>();
    private int longest = Fence.LONGEST;
    private String name = "judges";

    private Builder(Panel panel) {
      this.panel = panel;
    }

    /**
     * Adds a judge.
     *
     * @param judge not of the make of those it will judge
     */
    public Builder judge(Panelist judge) {
      judges.add(judge);
      return this;
    }

    /**
     * Sets the most characters of a task or an answer that a judge is shown; default 20,000.
     *
     * @param characters at least 100
     */
    public Builder longest(int characters) {
      Require.that(characters >= 100, "judges.longest must be at least 100, got %s", characters);
      longest = characters;
      return this;
    }

    /**
     * Names the learned state in the store; default {@code judges}.
     *
     * @param unique a printable name
     */
    public Builder durableName(String unique) {
      Require.name("judges.durableName", unique, false);
      name = unique;
      return this;
    }

    /**
     * {@return the judges}
     *
     * @throws IllegalArgumentException if there is none, or one is there twice
     */
    public Judges build() {
      Require.that(!judges.isEmpty(), "judges must be one at least; add it with judge(...)");
      Panel.distinct(judges);
      return new Judges(this);
    }
  }
}
