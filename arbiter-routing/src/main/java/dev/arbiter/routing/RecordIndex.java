/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Learner.Feedback;
import dev.arbiter.task.Explanation.Motive;

/** An index of each agent's own record; agents without outcomes come first. */
abstract class RecordIndex extends IndexLearner {
  final MeanRecord record = new MeanRecord(1, changes::add);
  private final String exploits;
  private final String explores;

  /**
   * Names the policy.
   *
   * @param index its name in reasons
   */
  RecordIndex(String name, String index) {
    super(name);
    this.exploits = "exploits the highest " + index + ", which has the best record, ";
    this.explores = "explores the highest " + index + ", which has not the best record, ";
  }

  /** The index of an agent with outcomes. */
  abstract double index(int row);

  @Override
  double index(CandidateSet candidates, int candidate) {
    int row = candidates.rows[candidate];
    return record.counts.outcomes(row) > 0 ? index(row) : Double.POSITIVE_INFINITY;
  }

  @Override
  Motive motive(CandidateSet candidates, int chosen) {
    return favourite(candidates) == chosen ? Motive.EXPLOIT : Motive.EXPLORE;
  }

  @Override
  String why(CandidateSet candidates, int chosen) {
    return why(favourite(candidates) == chosen);
  }

  final String why(boolean hasBestRecord) {
    return hasBestRecord ? exploits : explores;
  }

  private int favourite(CandidateSet candidates) {
    int favourite = 0;
    for (int i = 1; i < candidates.size(); i++) {
      if (record.counts.rate(candidates.rows[i]) > record.counts.rate(candidates.rows[favourite])) {
        favourite = i;
      }
    }
    return favourite;
  }

  @Override
  public void rows(int count) {
    super.rows(count);
    record.rows(count);
  }

  @Override
  public void continues(Continuation continuation) {
    super.continues(continuation);
    record.continues(continuation);
  }

  @Override
  public void learn(Feedback feedback) {
    record.learn(feedback);
  }

  @Override
  public void forget(int row) {
    super.forget(row);
    record.forget(row);
  }

  @Override
  public LearnedSums summed() {
    return record;
  }
}
