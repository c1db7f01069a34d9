/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * What is switched on; may be flipped at any time.
 *
 * <p>Thread-safe. Reading is one read of a volatile field. Flags of training and analysis are kept
 * here for those who do that; the tracker itself looks at the first two only.
 */
public final class TrackerFlags {
  private volatile boolean tracking;
  private volatile boolean aggregation;
  private volatile boolean training;
  private volatile boolean analysis;
  private volatile Runnable whenTrackingTurns = () -> {};

  /**
   * Flags.
   *
   * @param tracking whether anything is recorded
   * @param aggregation whether what is recorded goes into windows
   * @param training whether training data is made
   * @param analysis whether anomalies and regressions are looked for
   */
  public TrackerFlags(boolean tracking, boolean aggregation, boolean training, boolean analysis) {
    this.tracking = tracking;
    this.aggregation = aggregation;
    this.training = training;
    this.analysis = analysis;
  }

  void whenTrackingTurns(Runnable action) {
    Runnable before = whenTrackingTurns;
    whenTrackingTurns =
        () -> {
          before.run();
          action.run();
        };
  }

  /**
   * Tells whether anything is recorded.
   *
   * @return the flag {@code PERFORMANCE_TRACKING_ENABLED}
   */
  public boolean tracking() {
    return tracking;
  }

  /**
   * Switches recording. Attempts of tasks that run while it is flipped are not counted; a handle of
   * {@link PerformanceTracker#start} keeps to what held when it was given out.
   *
   * @param on whether to record from now on
   */
  public void tracking(boolean on) {
    tracking = on;
    whenTrackingTurns.run();
  }

  /**
   * Tells whether what is recorded goes into windows.
   *
   * @return the flag {@code PERFORMANCE_AGGREGATION_ENABLED}
   */
  public boolean aggregation() {
    return aggregation;
  }

  /**
   * Switches windows; listeners are told either way. Holds from the next batch that is folded.
   *
   * @param on whether to fold from now on
   */
  public void aggregation(boolean on) {
    aggregation = on;
  }

  /**
   * Tells whether training data is made.
   *
   * @return the flag {@code RL_TRAINING_ENABLED}
   */
  public boolean training() {
    return training;
  }

  /**
   * Switches training data.
   *
   * @param on whether to make it from now on
   */
  public void training(boolean on) {
    training = on;
  }

  /**
   * Tells whether anomalies and regressions are looked for.
   *
   * @return the flag {@code PERFORMANCE_ANALYSIS_ENABLED}
   */
  public boolean analysis() {
    return analysis;
  }

  /**
   * Switches analysis.
   *
   * @param on whether to look from now on
   */
  public void analysis(boolean on) {
    analysis = on;
  }
}
