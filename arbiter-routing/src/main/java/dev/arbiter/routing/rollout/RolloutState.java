/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

/**
 * The state of a rollout; replaced as a whole.
 *
 * @param mode which router decides
 * @param share the part of new tasks that goes to the candidate
 * @param state whether the rollout is over
 * @param reason of the state, in one sentence
 * @param comparison for the outcomes of decisions made now, guarded by the rollout's lock
 */
record RolloutState(
    Rollout.Mode mode, double share, Rollout.State state, String reason, Comparison comparison) {

  /** Another share begins another comparison: its tasks are of another time. */
  RolloutState to(Rollout.Mode newMode, double newShare) {
    Comparison next = newShare == share ? comparison : comparison.next();
    return new RolloutState(newMode, newShare, state, reason, next);
  }

  RolloutState rolledBack(String why) {
    return new RolloutState(mode, 0, Rollout.State.ROLLED_BACK, "rolled back " + why, comparison);
  }

  RolloutState promoted(String why) {
    return new RolloutState(mode, 1, Rollout.State.PROMOTED, "promoted " + why, comparison);
  }

  boolean isRunning() {
    return state == Rollout.State.RUNNING;
  }

  boolean isShadow() {
    return isRunning() && mode == Rollout.Mode.SHADOW;
  }
}
