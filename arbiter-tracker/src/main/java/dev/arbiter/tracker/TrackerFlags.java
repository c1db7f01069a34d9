/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

/**
 * Switches that may be changed at any time.
 *
 * <p>Thread-safe; a read is one volatile read. The tracker uses the first two; the flags of
 * training and analysis are for classes that do that work.
 */
public final class TrackerFlags {
  private volatile boolean tracking;
  private volatile boolean aggregation;
  private volatile boolean training;
  private volatile boolean analysis;
  private volatile Runnable whenTrackingTurns = () -> {};

  /**
   * Creates flags.
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

  /** {@return whether events are recorded: {@code PERFORMANCE_TRACKING_ENABLED}} */
  public boolean tracking() {
    return tracking;
  }

  /**
   * Switches recording. Attempts of tasks that run during a change are not counted; a handle of
   * {@link PerformanceTracker#start} keeps the state at its start.
   */
  public void tracking(boolean on) {
    tracking = on;
    whenTrackingTurns.run();
  }

  /** {@return whether events go into windows: {@code PERFORMANCE_AGGREGATION_ENABLED}} */
  public boolean aggregation() {
    return aggregation;
  }

  /** Switches aggregation from the next batch on. Listeners receive attempts in either case. */
  public void aggregation(boolean on) {
    aggregation = on;
  }

  /** {@return whether training data is recorded: {@code RL_TRAINING_ENABLED}} */
  public boolean training() {
    return training;
  }

  /** Switches training data. */
  public void training(boolean on) {
    training = on;
  }

  /**
   * {@return whether anomalies and regressions are detected: {@code PERFORMANCE_ANALYSIS_ENABLED}}
   */
  public boolean analysis() {
    return analysis;
  }

  /** Switches analysis. */
  public void analysis(boolean on) {
    analysis = on;
  }
}
