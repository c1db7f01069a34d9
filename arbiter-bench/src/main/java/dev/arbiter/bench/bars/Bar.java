/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.math.BigDecimal;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A promise with its goal: a limit for a figure, or for its ratio to that of a peer.
 *
 * @param id such as P1
 * @param promise in words
 * @param isQuick whether a quick run has it
 * @param measure the figure
 * @param spec what is measured
 * @param less if not null, what is taken off the figure
 * @param peer if not null, what the figure is divided by
 * @param goal most, or least if more is better
 */
record Bar(
    String id,
    String promise,
    boolean isQuick,
    Measure measure,
    BenchmarkSpec spec,
    @Nullable BenchmarkSpec less,
    @Nullable BenchmarkSpec peer,
    double goal) {
  /** Misses up to so many times the goal may be noise. */
  static final double MARGIN = 1.5;

  /** What came out. */
  enum Answer {
    HELD("held"),
    MISSED("missed"),
    MISSED_FAR("missed by more than 1.5"),
    NOT_RUN("not run");

    final String words;

    Answer(String words) {
      this.words = words;
    }
  }

  static Bar of(String id, String promise, Measure measure, String spec, double goal) {
    return new Bar(id, promise, true, measure, new BenchmarkSpec(spec), null, null, goal);
  }

  /** The same bar, beside a peer. */
  Bar beside(String other) {
    return new Bar(id, promise, isQuick, measure, spec, less, new BenchmarkSpec(other), goal);
  }

  /** The same bar, for what the figure is more than another. */
  Bar lessThat(String other) {
    return new Bar(id, promise, isQuick, measure, spec, new BenchmarkSpec(other), peer, goal);
  }

  /** The same bar, in a full run only. */
  Bar inFull() {
    return new Bar(id, promise, false, measure, spec, less, peer, goal);
  }

  Stream<BenchmarkSpec> specs() {
    return Stream.of(spec, less, peer).filter(Objects::nonNull);
  }

  /** The figure in the unit of the goal: its best iteration, beside that of the peer. */
  double figure(Figures figures) {
    return measured(figures) / (peer == null ? 1 : figures.best(peer, measure));
  }

  /** The same by medians, which show noise. */
  double middle(Figures figures) {
    return median(figures) / (peer == null ? 1 : figures.median(peer, measure));
  }

  /** The median iteration. */
  double median(Figures figures) {
    double median = figures.median(spec, measure);
    return less == null ? median : Math.max(0, median - figures.median(less, measure));
  }

  /** The best iteration. */
  double measured(Figures figures) {
    double best = figures.best(spec, measure);
    return less == null ? best : Math.max(0, best - figures.best(less, measure));
  }

  /** The figure of each round, by its median. A difference below nothing stays so: it is noise. */
  double[] rounds(Figures figures) {
    int rounds = specs().mapToInt(one -> figures.rounds(one, measure).size()).min().orElseThrow();
    return IntStream.range(0, rounds)
        .mapToDouble(
            round -> {
              double off = less == null ? 0 : figures.median(less, measure, round);
              double by = peer == null ? 1 : figures.median(peer, measure, round);
              return (figures.median(spec, measure, round) - off) / by;
            })
        .toArray();
  }

  Answer answer(Figures figures) {
    double figure = figure(figures);
    if (Double.isNaN(figure)) {
      return Answer.NOT_RUN;
    }
    if (measure.lessIsBetter ? figure <= goal : figure >= goal) {
      return Answer.HELD;
    }
    boolean near = measure.lessIsBetter ? figure <= goal * MARGIN : figure >= goal / MARGIN;
    return near ? Answer.MISSED : Answer.MISSED_FAR;
  }

  /** The goal in words. */
  String goalInWords() {
    String most = measure.lessIsBetter ? "at most " : "at least ";
    return peer == null
        ? most + measure.say(goal)
        : most
            + new BigDecimal(String.valueOf(goal)).stripTrailingZeros().toPlainString()
            + " of the peer";
  }
}
