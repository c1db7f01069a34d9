/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.task.Usage;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * One attempt of one agent, for hosts that run agents without an Arbiter.
 *
 * <p>The handle itself is the identity: two attempts at the same task at the same moment are two
 * handles. Exactly one call of {@link #complete} or {@link #fail} counts, the first; later ones
 * return false and appear in {@link TrackerStats#doubleCompletions()}. An attempt that is never
 * ended is never counted and costs nothing once the handle is unreachable.
 *
 * <p>Thread-safe; may be ended on another thread than it was started on. Never throws. 32 bytes.
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

  private final PerformanceTracker tracker;
  private final int track;
  private final long startNanos;

  @SuppressWarnings("UnusedVariable") // written through ENDED
  private boolean ended;

  Execution(PerformanceTracker tracker, int track, long startNanos) {
    this.tracker = tracker;
    this.track = track;
    this.startNanos = startNanos;
  }

  /**
   * Ends the attempt: the work stands, perfectly and at no cost.
   *
   * @return whether this call ended it
   */
  public boolean complete() {
    return complete(1, Usage.none());
  }

  /**
   * Ends the attempt: the work stands.
   *
   * @param quality how good it is, in [0,1]; anything else counts as the nearest of the two, and in
   *     {@link TrackerStats#corrected()}
   * @param usage what it used up
   * @return whether this call ended it
   */
  public boolean complete(double quality, Usage usage) {
    return end(tracker.corrected(quality), usage);
  }

  /**
   * Ends the attempt: there is no work, or it does not stand.
   *
   * @return whether this call ended it
   */
  public boolean fail() {
    return fail(Usage.none());
  }

  /**
   * Ends the attempt: there is no work, or it does not stand.
   *
   * @param usage what it used up
   * @return whether this call ended it
   */
  public boolean fail(Usage usage) {
    return end(Slots.DOES_NOT_STAND, usage);
  }

  private boolean end(double quality, Usage usage) {
    if (!ENDED.compareAndSet(this, false, true)) {
      tracker.endedTwice();
      return false;
    }
    tracker.ended(track, startNanos, quality, usage);
    return true;
  }
}
