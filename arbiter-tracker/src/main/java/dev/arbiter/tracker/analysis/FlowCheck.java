/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.tracker.AttemptListener;
import dev.arbiter.tracker.FinishedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Gathers what {@link LittlesLaw} needs: attempts that ended, from a tracker, and readings of how
 * many are in progress, from the host at even intervals.
 *
 * <p>Thread-safe; constant memory. A stretch should be many times longer than an attempt, or the
 * attempts across its ends spoil it.
 */
public final class FlowCheck implements AttemptListener {
  private static final int FEWEST = 30;

  private Instant begin;
  private long ended;
  private double seconds;
  private long readings;
  private double inFlight;

  /**
   * Begins a stretch.
   *
   * @param begin when
   */
  public FlowCheck(Instant begin) {
    this.begin = begin;
  }

  @Override
  public synchronized void ended(FinishedAttempt attempt) {
    ended++;
    seconds += Math.max(0, attempt.time().toNanos() / 1e9);
  }

  /**
   * Takes a reading.
   *
   * @param count how many attempts are in progress
   */
  public synchronized void inFlight(int count) {
    readings++;
    inFlight += Math.max(0, count);
  }

  /**
   * Ends the stretch and begins the next.
   *
   * @param end when; best by the clock that stamps events
   * @return the figures; empty for insufficient data: fewer than 30 attempts or readings, or no
   *     time between begin and end
   */
  public synchronized Optional<LittlesLaw> close(Instant end) {
    double stretch = Duration.between(begin, end).toMillis() / 1e3;
    Optional<LittlesLaw> law =
        ended < FEWEST || readings < FEWEST || stretch <= 0
            ? Optional.empty()
            : Optional.of(new LittlesLaw(inFlight / readings, ended / stretch, seconds / ended));
    begin = end;
    ended = 0;
    seconds = 0;
    readings = 0;
    inFlight = 0;
    return law;
  }
}
