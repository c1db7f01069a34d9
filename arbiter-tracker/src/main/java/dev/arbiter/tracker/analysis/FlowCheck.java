/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.tracker.AttemptListener;
import dev.arbiter.tracker.FinishedAttempt;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Collects the figures of {@link LittlesLaw}: finished attempts from a tracker, each with its
 * weight, and readings of the number in progress from the host at even intervals.
 *
 * <p>Thread-safe; constant memory. A period should be many times longer than an attempt, because
 * attempts across its ends distort the figures.
 */
public final class FlowCheck implements AttemptListener {
  private static final int FEWEST = 30;

  private Instant begin;
  private long heard;
  private double ended;
  private double seconds;
  private long readings;
  private double inFlight;

  /** Begins a period at an instant. */
  public FlowCheck(Instant begin) {
    this.begin = begin;
  }

  @Override
  public synchronized void ended(FinishedAttempt attempt) {
    heard++;
    ended += attempt.weight();
    seconds += attempt.weight() * Math.max(0, attempt.time().toNanos() / 1e9);
  }

  /** Adds a reading of the attempts in progress. */
  public synchronized void inFlight(int count) {
    readings++;
    inFlight += Math.max(0, count);
  }

  /**
   * Ends the period and begins the next one.
   *
   * @param end its end, best by the clock that stamps events
   * @return the figures; empty for insufficient data: fewer than 30 attempts or readings, or an
   *     empty period
   */
  public synchronized Optional<LittlesLaw> close(Instant end) {
    double stretch = Duration.between(begin, end).toMillis() / 1e3;
    Optional<LittlesLaw> law =
        heard < FEWEST || readings < FEWEST || stretch <= 0
            ? Optional.empty()
            : Optional.of(new LittlesLaw(inFlight / readings, ended / stretch, seconds / ended));
    begin = end;
    heard = 0;
    ended = 0;
    seconds = 0;
    readings = 0;
    inFlight = 0;
    return law;
  }

  /**
   * A check of the measurements themselves: the number in progress is arrival rate times time in
   * progress, for any distribution (Little, Operations Research 9 (1961)). Figures that disagree
   * were measured wrongly: attempts were lost, times cut off, or a gauge misses bursts.
   *
   * @param inFlight mean number in progress, from a gauge read at even intervals
   * @param perSecond finished attempts a second
   * @param seconds their mean time
   */
  public record LittlesLaw(double inFlight, double perSecond, double seconds) {
    /** How far the two sides may be apart. */
    public static final double MARGIN = 0.05;

    /**
     * Checks the figures.
     *
     * @throws IllegalArgumentException if a figure is negative or no number
     */
    public LittlesLaw {
      Require.that(
          inFlight >= 0 && perSecond >= 0 && seconds >= 0,
          "Little's law needs figures of at least 0, got %s, %s, %s",
          inFlight,
          perSecond,
          seconds);
    }

    /**
     * {@return the difference of the two sides relative to the greater, in [0,1]; 0 when both are
     * 0}
     */
    public double residual() {
      double expected = perSecond * seconds;
      double greater = Math.max(inFlight, expected);
      return greater == 0 ? 0 : Math.abs(inFlight - expected) / greater;
    }

    /** {@return whether the figures agree: the residual is at most {@value #MARGIN}} */
    public boolean holds() {
      return residual() <= MARGIN;
    }
  }
}
