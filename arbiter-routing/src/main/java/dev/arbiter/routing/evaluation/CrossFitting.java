/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.evaluation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A log cut into folds, each with a reward model learned from the others. */
final class CrossFitting {
  private static final int COUNT = 10;
  private static final long SEED = 1;

  private final List<LoggedDecision> log;
  private final int[] fold;
  private final List<RewardModel> models;

  CrossFitting(List<LoggedDecision> log) {
    SplittableRandom random = new SplittableRandom(SEED);
    this.log = log;
    this.fold = random.ints(log.size(), 0, COUNT).toArray();
    List<RewardModel> learned = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      learned.add(RewardModel.of(outside(i)));
    }
    this.models = List.copyOf(learned);
  }

  int count() {
    return COUNT;
  }

  int of(int decision) {
    return fold[decision];
  }

  /** All decisions that are not in a fold. */
  List<LoggedDecision> outside(int excluded) {
    List<LoggedDecision> others = new ArrayList<>();
    for (int i = 0; i < fold.length; i++) {
      if (fold[i] != excluded) {
        others.add(log.get(i));
      }
    }
    return others;
  }

  /** The model learned from all folds but that of the decision. */
  RewardModel model(int decision) {
    return models.get(fold[decision]);
  }
}
