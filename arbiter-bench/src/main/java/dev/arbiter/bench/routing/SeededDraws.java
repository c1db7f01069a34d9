/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.routing;

import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** What a run's world is made of, drawn from the run's seed alone. */
final class SeededDraws {
  private final SplittableRandom random;

  SeededDraws(long seed) {
    this.random = new SplittableRandom(31 * seed + 7);
  }

  /** Chances that are drawn evenly from a range. */
  double[] chances(int count, double low, double high) {
    return IntStream.range(0, count).mapToDouble(i -> low + (high - low) * uniform()).toArray();
  }

  double uniform() {
    return random.nextDouble();
  }

  double normal() {
    return random.nextGaussian();
  }

  /** A number below another for each of some rounds. */
  int[] sequence(int rounds, int below) {
    return random.ints(rounds, 0, below).toArray();
  }
}
