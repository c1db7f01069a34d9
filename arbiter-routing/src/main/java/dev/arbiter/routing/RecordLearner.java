/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** A policy that knows success rates and nothing else. */
interface RecordLearner extends Learner {
  /** All that the policy knows. */
  MeanRecord record();

  @Override
  default void rows(int count) {
    record().rows(count);
  }

  @Override
  default void learn(Feedback feedback) {
    record().learn(feedback);
  }

  @Override
  default void forget(int row) {
    record().forget(row);
  }

  @Override
  default LearnedSums summed() {
    return record();
  }
}
