/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.internal.ring.EventTag;
import dev.arbiter.tracker.internal.ring.SlotLayout;
import dev.arbiter.tracker.summary.WindowSummary;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One attempt of one agent, for hosts that run agents without an Arbiter.
 *
 * <p>The handle is the identity: two attempts at the same task at the same moment are two handles.
 * The first call of {@link #complete}, {@link #fail} or {@link #cancel} counts. Later calls return
 * false and appear in {@link PerformanceTracker.Stats#doubleCompletions()}. An attempt that never
 * ends is never counted and costs nothing once the handle is unreachable. A handle that was started
 * while tracking was off counts nowhere; each call on it returns true.
 *
 * <p>Thread-safe: another thread may end the attempt. Never throws. 32 bytes.
 */
public final class Execution {
  private static final VarHandle ENDED;

  static {
    try {
      ENDED = MethodHandles.lookup().findVarHandle(Execution.class, "ended", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final Ingest ingest;
  private final int track;
  private final boolean told;
  private final long startNanos;

  @SuppressWarnings("UnusedVariable") // written through ENDED
  private boolean ended;

  /** The track of an attempt that is not tracked. */
  static final int NO_TRACK = -1;

  Execution(Ingest ingest, int track, boolean told, long startNanos) {
    this.ingest = ingest;
    this.track = track;
    this.told = told;
    this.startNanos = startNanos;
  }

  /**
   * Ends the attempt: the work is accepted, with quality 1 and no cost.
   *
   * @return whether this call ended it
   */
  public boolean complete() {
    return complete(1, Usage.none());
  }

  /**
   * Ends the attempt: the work is accepted.
   *
   * @param quality in [0,1]; another value counts as the nearer end, and in {@link
   *     PerformanceTracker.Stats#corrected()}
   * @param usage what the attempt used
   * @return whether this call ended it
   */
  public boolean complete(double quality, Usage usage) {
    return end(EventTag.ATTEMPT, ingest.corrected(quality), usage);
  }

  /**
   * Ends the attempt: there is no work, or it is not accepted.
   *
   * @return whether this call ended it
   */
  public boolean fail() {
    return fail(Usage.none());
  }

  /**
   * Ends the attempt: there is no work, or it is not accepted.
   *
   * @param usage what the attempt used
   * @return whether this call ended it
   */
  public boolean fail(Usage usage) {
    return end(EventTag.ATTEMPT, SlotLayout.DOES_NOT_STAND, usage);
  }

  /**
   * Ends the attempt without blame for the agent: it was cancelled, or something else broke. Counts
   * in {@link WindowSummary#excused()} only.
   *
   * @return whether this call ended it
   */
  public boolean cancel() {
    return cancel(Usage.none());
  }

  /**
   * Ends the attempt without blame for the agent: it was cancelled, or something else broke. Counts
   * in {@link WindowSummary#excused()}, cost and tokens.
   *
   * @param usage what the attempt used
   * @return whether this call ended it
   */
  public boolean cancel(Usage usage) {
    return end(EventTag.EXCUSED, SlotLayout.DOES_NOT_STAND, usage);
  }

  private boolean end(int kind, double quality, Usage usage) {
    if (track == NO_TRACK) {
      return true;
    }
    if (!ENDED.compareAndSet(this, false, true)) {
      ingest.endedTwice();
      return false;
    }
    ingest.ended(track, kind, told, startNanos, quality, usage);
    return true;
  }
}
