/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** The distribution of one candidate's score. */
sealed interface Distribution permits ShiftedBeta, Mixture, Normal {

  /** The chance of a score of at most this. */
  double cumulative(double score);

  double mean();

  /** Practically no score is lower. */
  double low();

  /** Practically no score is higher. */
  double high();
}
