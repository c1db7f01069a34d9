/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

/** A log with the weight that a target gives to each decision. */
final class WeightedLog {
  private final double[] weights;
  private final double[] rewards;
  private final double[] robust;

  WeightedLog(int size) {
    this.weights = new double[size];
    this.rewards = new double[size];
    this.robust = new double[size];
  }

  /**
   * Sets one decision.
   *
   * @param weight the target's probability of the choice over the logged one
   * @param expected the reward that the model expects of the target
   * @param predicted the reward that it expects of the logged choice
   */
  void set(int i, double weight, double reward, double expected, double predicted) {
    weights[i] = weight;
    rewards[i] = reward;
    robust[i] = expected + weight * (reward - predicted);
  }

  IntervalEstimate ips() {
    double[] terms = new double[weights.length];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = weights[i] * rewards[i];
    }
    return ofMean(terms, 0);
  }

  IntervalEstimate snips() {
    double sum = 0;
    double weighed = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      weighed += weights[i] * rewards[i];
    }
    if (sum <= 0) {
      return new IntervalEstimate(Double.NaN, Double.NaN, 0, 1);
    }
    double value = weighed / sum;
    double squares = 0;
    for (int i = 0; i < weights.length; i++) {
      double off = weights[i] * (rewards[i] - value);
      squares += off * off;
    }
    return IntervalEstimate.within(0, 1, value, Math.sqrt(squares) / sum, effectiveSize());
  }

  IntervalEstimate doublyRobust() {
    return ofMean(robust, 0);
  }

  IntervalEstimate logged() {
    double error = Math.sqrt(IntervalEstimate.variance(rewards) / rewards.length);
    return IntervalEstimate.within(0, 1, IntervalEstimate.average(rewards), error, rewards.length);
  }

  /** The doubly robust estimate less what was logged. */
  IntervalEstimate gain() {
    double[] terms = new double[rewards.length];
    for (int i = 0; i < terms.length; i++) {
      terms[i] = robust[i] - rewards[i];
    }
    return ofMean(terms, -1);
  }

  private IntervalEstimate ofMean(double[] terms, double least) {
    double error = Math.sqrt(IntervalEstimate.variance(terms) / terms.length);
    return IntervalEstimate.within(
        least, 1, IntervalEstimate.average(terms), error, effectiveSize());
  }

  /** Kish, Survey Sampling (1965): the square of the sum over the sum of squares. */
  double effectiveSize() {
    double sum = 0;
    double squares = 0;
    for (double weight : weights) {
      sum += weight;
      squares += weight * weight;
    }
    return squares > 0 ? sum * sum / squares : 0;
  }

  double largestWeight() {
    double largest = 0;
    for (double weight : weights) {
      largest = Math.max(largest, weight);
    }
    return largest;
  }

  double meanWeight() {
    return IntervalEstimate.average(weights);
  }

  double errorOfMeanWeight() {
    return Math.sqrt(IntervalEstimate.variance(weights) / weights.length);
  }
}
