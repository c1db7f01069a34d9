/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Answers of 29 models to 6,030 questions. The file lies beside the checkout; elsewhere skipped.
 */
final class RecordedAnswers {
  final List<String> models;
  private final List<String[]> rows;
  private final List<Integer> ranks;

  private RecordedAnswers(List<String> models, List<String[]> rows) {
    this.models = models;
    this.rows = rows;
    int[] right = new int[models.size()];
    for (String[] row : rows) {
      for (int i = 0; i < right.length; i++) {
        right[i] += row[i + 3].equals(row[2]) ? 1 : 0;
      }
    }
    ranks =
        IntStream.range(0, right.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> -right[i]))
            .toList();
  }

  static RecordedAnswers load() throws IOException {
    String shared = System.getProperty("arbiter.shared", "");
    Path file = Path.of(shared, "data", "mmlu_pro_answers_half.csv");
    assumeTrue(!shared.isEmpty() && Files.isReadable(file), "no recorded answers at " + file);
    List<String[]> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(line.split(",", -1));
    }
    String[] header = rows.remove(0);
    return new RecordedAnswers(List.of(header).subList(3, header.length), rows);
  }

  /** The models of these ranks, 1 for the best. */
  List<String> ranked(int... wanted) {
    return Arrays.stream(wanted).mapToObj(rank -> models.get(ranks.get(rank - 1))).toList();
  }

  /** A share of the questions to learn from and the rest to be scored on. */
  Split split(int learned, long seed) {
    List<String[]> order = new ArrayList<>(rows);
    Collections.shuffle(order, new Random(seed));
    return new Split(order.subList(0, learned), order.subList(learned, order.size()));
  }

  List<Reply> replies(String[] row, List<String> group) {
    return group.stream().map(model -> Reply.of(model, row[models.indexOf(model) + 3])).toList();
  }

  record Split(List<String[]> learned, List<String[]> rest) {}

  /** Shares of right answers of the ways to decide, by name. */
  Map<String, Double> shares(Split split, List<String> group) {
    Ballot ballot = Ballot.builder().equivalence(Equivalence.exact()).build();
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (String[] row : split.learned) {
      Tally tally = ballot.decide(row[1], replies(row, group));
      lessons.add(new Ballot.Lesson(tally, text -> text.equals(row[2])));
    }
    ballot.learnAll(lessons);
    List<String> order = ballot.bestFirst(group);
    Sequential sequence = Sequential.builder(ballot, group).build();
    Map<String, Double> sums = new HashMap<>();
    for (String[] row : split.rest) {
      List<Reply> replies = replies(row, order);
      add(sums, "best", replies.get(0).text().equals(row[2]) ? 1 : 0);
      add(sums, "majority", majority(replies).equals(row[2]) ? 1 : 0);
      String learned = ballot.decide(row[1], replies).winner().orElse("-");
      add(sums, "learned", learned.equals(row[2]) ? 1 : 0);
      Sequential.Run run = sequence.run(row[1], false);
      while (run.next().isPresent()) {
        String model = run.next().orElseThrow();
        run.add(Reply.of(model, row[models.indexOf(model) + 3]));
      }
      add(sums, "sequential", run.tally().winner().orElse("-").equals(row[2]) ? 1 : 0);
      add(sums, "calls", run.calls());
    }
    sums.replaceAll((name, sum) -> sum / split.rest.size());
    return sums;
  }

  private static void add(Map<String, Double> sums, String name, double value) {
    sums.merge(name, value, Double::sum);
  }

  /** The answer with the most votes; of several that of the best agent. */
  static String majority(List<Reply> bestFirst) {
    Map<String, Integer> votes = new HashMap<>();
    bestFirst.stream()
        .filter(reply -> !reply.abstained())
        .forEach(reply -> votes.merge(reply.text(), 1, Integer::sum));
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return bestFirst.stream()
        .map(Reply::text)
        .filter(text -> votes.getOrDefault(text, 0) == most)
        .findFirst()
        .orElse("-");
  }
}
