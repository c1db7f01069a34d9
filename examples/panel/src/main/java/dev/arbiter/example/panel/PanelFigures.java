/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.panel;

import dev.arbiter.arbitration.Ballot;
import dev.arbiter.arbitration.Equivalence;
import dev.arbiter.arbitration.Reply;
import dev.arbiter.arbitration.Sequential;
import dev.arbiter.arbitration.Standing;
import dev.arbiter.arbitration.Tally;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiConsumer;

/**
 * Learns from some questions, decides the others, and counts right answers; over several splits.
 */
final class PanelFigures {
  private final AnswerTable table;
  private final int learned;
  private final int splits;
  private final long seed;
  private final double price;
  private final Map<Way, List<Double>> shares = new EnumMap<>(Way.class);
  private final Map<String, double[]> models = new HashMap<>();

  /** A way to decide. */
  enum Way {
    /** The model with the best record on the learned questions. */
    BEST_SINGLE("bestSingle", "best single"),
    /** Most votes; of several answers that of the better record. */
    MAJORITY("majority", "majority"),
    /** Learned weights. */
    LEARNED("learned", "learned weights"),
    /** Best first, until another call is not worth its price. */
    SEQUENTIAL("sequential", "sequential"),
    /** How many models the sequence asked. */
    CALLS("calls", "calls of the sequence"),
    /** At least one model is right. */
    ANY("anyRight", "any is right");

    final String key;
    final String title;

    Way(String key, String title) {
      this.key = key;
      this.title = title;
    }
  }

  /**
   * A mean.
   *
   * @param mean over the splits
   * @param error its standard error; NaN with one split
   */
  record Estimate(double mean, double error) {}

  /**
   * One model, over the splits.
   *
   * @param share of right answers
   * @param weight mean weight of its vote
   */
  record Model(String name, double share, double weight) {}

  PanelFigures(AnswerTable table, int learned, int splits, long seed, double price) {
    this.table = table;
    this.learned = learned;
    this.splits = splits;
    this.seed = seed;
    this.price = price;
    for (int split = 0; split < splits; split++) {
      split(split);
    }
  }

  AnswerTable table() {
    return table;
  }

  int learned() {
    return learned;
  }

  int splits() {
    return splits;
  }

  long seed() {
    return seed;
  }

  Estimate of(Way way) {
    List<Double> values = shares.getOrDefault(way, List.of());
    double mean = values.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    int count = values.size();
    return new Estimate(mean, count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1) / count));
  }

  List<Double> each(Way way) {
    return List.copyOf(shares.getOrDefault(way, List.of()));
  }

  /** The models, the best first. */
  List<Model> models() {
    List<Model> all = new ArrayList<>();
    models.forEach((name, sums) -> all.add(new Model(name, sums[0] / splits, sums[1] / splits)));
    all.sort((one, other) -> Double.compare(other.share(), one.share()));
    return all;
  }

  private void split(int number) {
    List<AnswerTable.Asked> order = new ArrayList<>(table.questions());
    Collections.shuffle(order, new Random(seed + number));
    List<AnswerTable.Asked> known = order.subList(0, learned);
    List<AnswerTable.Asked> rest = order.subList(learned, order.size());
    Ballot.Builder builder = Ballot.builder().equivalence(Equivalence.exact());
    Ballot ballot = table.closed() ? builder.options("1", "2").build() : builder.build();
    List<Ballot.Lesson> lessons = new ArrayList<>();
    for (AnswerTable.Asked asked : known) {
      Tally tally = ballot.decide(asked.category(), replies(asked, table.models()));
      lessons.add(new Ballot.Lesson(tally, asked.right()::equals));
    }
    ballot.learnAll(lessons);
    List<String> order1 = ballot.bestFirst(table.models());
    Sequential sequence =
        Sequential.builder(ballot, table.models()).price(price).askAll(0).seed(seed).build();
    Map<Way, Double> sums = new EnumMap<>(Way.class);
    BiConsumer<Way, Double> add = (way, value) -> sums.merge(way, value, Double::sum);
    for (AnswerTable.Asked asked : rest) {
      List<Reply> replies = replies(asked, order1);
      add.accept(Way.BEST_SINGLE, right(replies.get(0).text(), asked));
      add.accept(Way.MAJORITY, right(majority(replies), asked));
      add.accept(
          Way.LEARNED, right(ballot.decide(asked.category(), replies).winner().orElse(""), asked));
      add.accept(Way.ANY, asked.answers().contains(asked.right()) ? 1.0 : 0);
      Sequential.Run run = sequence.run(asked.category());
      for (String next = run.next().orElse(""); !next.isEmpty(); next = run.next().orElse("")) {
        run.add(Reply.of(next, asked.answers().get(table.models().indexOf(next))));
      }
      add.accept(Way.SEQUENTIAL, right(run.tally().winner().orElse(""), asked));
      add.accept(Way.CALLS, (double) run.calls());
    }
    sums.forEach(
        (way, sum) -> shares.computeIfAbsent(way, w -> new ArrayList<>()).add(sum / rest.size()));
    count(ballot);
  }

  private void count(Ballot ballot) {
    for (int i = 0; i < table.models().size(); i++) {
      int at = i;
      String model = table.models().get(i);
      double right =
          table.questions().stream().filter(q -> q.answers().get(at).equals(q.right())).count();
      Standing standing = ballot.standing(model, "");
      double[] sums = models.computeIfAbsent(model, name -> new double[2]);
      sums[0] += right / table.questions().size();
      sums[1] += standing.weight();
    }
  }

  private List<Reply> replies(AnswerTable.Asked asked, List<String> names) {
    return names.stream()
        .map(name -> Reply.of(name, asked.answers().get(table.models().indexOf(name))))
        .toList();
  }

  private static double right(String answer, AnswerTable.Asked asked) {
    return answer.equals(asked.right()) ? 1 : 0;
  }

  /** The answer with the most votes; of several that of the best record. */
  private static String majority(List<Reply> bestFirst) {
    Map<String, Integer> votes = new HashMap<>();
    for (Reply reply : bestFirst) {
      if (!reply.abstained()) {
        votes.merge(reply.text(), 1, Integer::sum);
      }
    }
    int most = votes.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    return bestFirst.stream()
        .map(Reply::text)
        .filter(text -> votes.getOrDefault(text, 0) == most)
        .findFirst()
        .orElse("");
  }
}
