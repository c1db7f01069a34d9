/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import java.util.Map;
import java.util.stream.Stream;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * How long benchmarks run.
 *
 * @param name of the pace
 * @param rounds forks of each benchmark; all benchmarks run once before the next round
 * @param warmUps warm-up iterations
 * @param warmUp time of each
 * @param iterations measured iterations
 * @param time of each
 * @param sizes values of parameters that are smaller than in the specification
 */
record Pace(
    String name,
    int rounds,
    int warmUps,
    TimeValue warmUp,
    int iterations,
    TimeValue time,
    Map<String, String> sizes) {

  /** Under three minutes in all: one round, and fewer tasks in a store. */
  static final Pace QUICK =
      new Pace(
          "quick",
          1,
          3,
          TimeValue.milliseconds(700),
          4,
          TimeValue.milliseconds(300),
          Map.of("tasks", "20000"));

  /** What RESULTS.md has: three rounds. */
  static final Pace FULL =
      new Pace("full", 3, 6, TimeValue.seconds(1), 5, TimeValue.milliseconds(500), Map.of());

  /**
   * {@return the pace of that name}
   *
   * @throws IllegalArgumentException if there is none
   */
  static Pace named(String name) {
    return Stream.of(QUICK, FULL)
        .filter(pace -> pace.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException("the figures are of pace '" + name + "', not known"));
  }
}
