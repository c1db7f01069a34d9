/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.training;

/**
 * What came of one choice, in parts and as it was: neither weighed nor decayed, so that whoever
 * trains can do either, and gets the same again tomorrow.
 *
 * @param outcome what happened
 * @param success whether the work stands
 * @param quality how good it is by the constitution's measure, in [0,1]; 0 when it does not stand
 * @param cost US dollars, at least 0
 * @param latencyMillis how long the agent took
 * @param violations findings of severity ERROR in the verdict, 0 when it was not judged
 */
public record Reward(
    Outcome outcome,
    boolean success,
    double quality,
    double cost,
    double latencyMillis,
    int violations) {

  /** What happened to an attempt. */
  public enum Outcome {
    /** The work stands. */
    SUCCESS,
    /** The agent failed: it threw, took too long or returned nothing. */
    FAILURE,
    /** The work was denied. */
    VIOLATION,
    /** It came to nothing through no doing of the agent, such as a cancellation. */
    INFRASTRUCTURE
  }

  /**
   * What Arbiter's own routers learn from: success times quality.
   *
   * @return between 0 and 1
   */
  public double scalar() {
    return success ? quality : 0;
  }
}
