/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.math;

import java.util.Arrays;

/** Bayesian linear regression, one outcome at a time: the normal posterior of the weights. */
public final class RidgeRegression {
  /*
   * The inverse of the design matrix and the weights, kept by rank-one updates (Sherman and
   * Morrison). The matrix is symmetric, so only the diagonal and the cells below it are stored, row
   * by row. In units of the noise's variance the prior is the identity.
   */
  private static final double LEAST_VARIANCE = 1e-12;

  private final int size;
  private final double[] inverse;
  private final double[] weights;

  public RidgeRegression(int size) {
    this.size = size;
    this.inverse = new double[size * (size + 1) / 2];
    this.weights = new double[size];
    for (int i = 0; i < size; i++) {
      inverse[at(i, i)] = 1;
    }
  }

  /** The reward to expect. */
  public double mean(double[] features) {
    return dot(weights, features);
  }

  /** The variance of the expected reward, as a share of the noise's variance. */
  public double variance(double[] features) {
    return Math.max(LEAST_VARIANCE, dot(product(features), features));
  }

  /** Learns one reward of some weight. */
  public void add(double[] features, double reward, double weight) {
    double[] direction = product(features);
    double gain = weight / (1 + weight * dot(direction, features));
    double surprise = reward - mean(features);
    for (int i = 0; i < size; i++) {
      weights[i] += gain * surprise * direction[i];
      for (int j = 0; j <= i; j++) {
        inverse[at(i, j)] -= gain * direction[i] * direction[j];
      }
    }
  }

  /** Weights and matrix. */
  public double[] state() {
    double[] state = Arrays.copyOf(weights, size + inverse.length);
    System.arraycopy(inverse, 0, state, size, inverse.length);
    return state;
  }

  /** Sets weights and matrix. */
  public void state(double[] state) {
    System.arraycopy(state, 0, weights, 0, size);
    System.arraycopy(state, size, inverse, 0, inverse.length);
  }

  private double[] product(double[] features) {
    double[] product = new double[size];
    for (int j = 0; j < size; j++) {
      if (features[j] != 0) {
        for (int i = 0; i < size; i++) {
          product[i] += features[j] * inverse[at(Math.max(i, j), Math.min(i, j))];
        }
      }
    }
    return product;
  }

  private static int at(int row, int column) {
    return row * (row + 1) / 2 + column;
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
