/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** Pulls, outcomes and their mean for each agent, over all task types. */
final class MeanArms implements Arms.Rows {
  double[] pulls = new double[0];
  double[] outcomes = new double[0];
  double[] sum = new double[0];

  @Override
  public void grow(int length) {
    pulls = Arrays.copyOf(pulls, length);
    outcomes = Arrays.copyOf(outcomes, length);
    sum = Arrays.copyOf(sum, length);
  }

  @Override
  public void clear(int row) {
    pulls[row] = 0;
    outcomes[row] = 0;
    sum[row] = 0;
  }

  /** The mean reward, 1 as long as there is none. */
  double mean(int row) {
    return outcomes[row] == 0 ? 1 : sum[row] / outcomes[row];
  }

  void add(int row, double reward) {
    outcomes[row]++;
    sum[row] += reward;
  }
}
