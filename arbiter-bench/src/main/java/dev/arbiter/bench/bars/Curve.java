/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A benchmark at many sizes.
 *
 * @param title the thing whose cost is measured
 * @param axis the size: threads, agents, events, or waiting tasks
 * @param text of the specification; {@code ?} is the size
 * @param sizes in order
 * @param most exponent that is promised
 */
record Curve(String title, String axis, String text, List<Integer> sizes, double most) {
  private static final List<Integer> THREADS = List.of(1, 2, 4, 8, 16, 32, 64);
  private static final List<Integer> AGENTS = List.of(10, 100, 1_000, 10_000);
  private static final List<Integer> EVENTS =
      List.of(1_000, 10_000, 100_000, 1_000_000, 10_000_000);
  private static final List<Integer> WAITING = List.of(10, 100, 1_000, 10_000, 100_000);

  /** The promises: constant, or proportional, with room for noise. */
  private static final double CONSTANT = .2;

  private static final double LINEAR = 1.1;

  static final List<Curve> ALL =
      List.of(
          new Curve(
              "capture", "threads", "CaptureBenchmark.execution threads=?", THREADS, CONSTANT),
          new Curve(
              "life of a task",
              "threads",
              "LifecycleBenchmark.submitAndAwait constitution=none router=leastLoaded threads=?",
              THREADS,
              CONSTANT),
          agents("leastLoaded", CONSTANT),
          agents("ucb1", CONSTANT),
          agents("default", LINEAR),
          new Curve(
              "a window", "events", "EventsBenchmark.recordAllAndAsk events=?", EVENTS, LINEAR),
          new Curve(
              "a task behind others",
              "waiting tasks",
              "WaitingBenchmark.endBeginAndSubmit waiting=?",
              WAITING,
              CONSTANT));

  private static Curve agents(String router, double most) {
    String text = "ManyAgentsBenchmark.task agents=? router=" + router;
    return new Curve("a task, " + router + " router", "agents", text, AGENTS, most);
  }

  BenchmarkSpec spec(int size) {
    return new BenchmarkSpec(text.replace("?", String.valueOf(size)));
  }

  Stream<BenchmarkSpec> specs() {
    return sizes.stream().map(this::spec);
  }

  /** The best iteration at each size, CPU nanoseconds for an operation. */
  double[] best(Figures figures) {
    return specs().mapToDouble(spec -> figures.best(spec, Measure.CPU)).toArray();
  }

  /** Whether every size has a figure. */
  boolean isMeasured(Figures figures) {
    return Arrays.stream(best(figures)).noneMatch(Double::isNaN);
  }

  PowerLaw law(Figures figures) {
    return PowerLaw.fit(sizes.stream().mapToDouble(size -> size).toArray(), best(figures));
  }

  /** The exponent between the two largest sizes. */
  double lastStep(Figures figures) {
    double[] best = best(figures);
    int last = best.length - 1;
    return PowerLaw.fit(
            new double[] {sizes.get(last - 1), sizes.get(last)},
            new double[] {best[last - 1], best[last]})
        .exponent();
  }
}
