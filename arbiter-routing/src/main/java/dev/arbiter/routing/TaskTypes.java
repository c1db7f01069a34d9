/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** What each task type added to what its agents do on average. */
final class TaskTypes {
  private static final int MOST = 4_096;
  private static final double SHRINKAGE = 10;

  /** Where types beyond the last meet. */
  private static final int OTHER = 0;

  private final Map<String, Integer> byName = new HashMap<>();
  private double[] expected = new double[16];
  private double[] successes = new double[16];
  private double[] outcomes = new double[16];

  /** The number of a type. */
  int number(String name) {
    Integer known = byName.get(name);
    if (known != null) {
      return known;
    }
    if (byName.size() >= MOST) {
      return OTHER;
    }
    int number = byName.size() + 1;
    byName.put(name, number);
    if (number >= expected.length) {
      expected = Arrays.copyOf(expected, 2 * number);
      successes = Arrays.copyOf(successes, 2 * number);
      outcomes = Arrays.copyOf(outcomes, 2 * number);
    }
    return number;
  }

  /** How much easier a type is than its agents' means say; 0 while nothing is known. */
  double offset(int type) {
    return (successes[type] - expected[type]) / (outcomes[type] + SHRINKAGE);
  }

  void add(int type, double success, double expectation, double weight) {
    expected[type] += expectation;
    successes[type] += success;
    outcomes[type] += weight;
  }
}
