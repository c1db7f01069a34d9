/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.analysis;

import dev.arbiter.internal.Require;
import dev.arbiter.spi.Durable;
import dev.arbiter.tracker.analysis.Baseline.Expectation.Insufficient;
import dev.arbiter.tracker.analysis.Baseline.Expectation.Known;
import dev.arbiter.tracker.internal.CheckedBytes;
import java.io.DataInputStream;
import java.io.IOException;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The normal values of one metric, by hour of the week.
 *
 * <p>A value counts in the hour of the week that local clocks showed, by the rules of the zone.
 * When clocks go forward, the missing hour gets no value that day. When they go back, both passes
 * of the repeated hour count in that hour, on one day. An hour has figures once it has {@link
 * Builder#minSamples} values and the baseline has values on {@link Builder#minDays} days; before
 * that it is {@link Expectation.Insufficient}. Peak hours are Monday to Friday, 9 to 18, by
 * default.
 *
 * <p>Values are non-negative, such as milliseconds, tasks a second or bytes; others are refused and
 * counted in {@link #refused()}. Thread-safe. Adding takes some 100 ns; memory is 168 hours of
 * typically 1 KB, at most 4 KB.
 *
 * <p>It takes weeks to know a week. With a store that outlives the process it goes on after a
 * restart: give it to {@link dev.arbiter.ArbiterBuilder#durable}.
 */
public final class Baseline implements Durable {
  private static final int HOURS = 24;
  private static final double MINUTES = 60;
  private static final Duration HALF_AN_HOUR = Duration.ofMinutes(30);
  private static final int CELLS = 7 * HOURS;
  private static final int MOST_DAYS = 1000;
  private static final int KIND = 0x4154424c;
  private static final int VERSION = 1;
  private static final String NAME = "values of a baseline";

  private final ZoneId zone;
  private final String durableName;
  private final int minSamples;
  private final int minDays;
  private final Set<DayOfWeek> peakDays;
  private final int peakFrom;
  private final int peakTo;
  private final @Nullable Sketch[] cells = new Sketch[CELLS];
  private final int[] daysOfCell = new int[CELLS];
  private final long[] lastDayOfCell = new long[CELLS];
  private final Set<Long> days = new HashSet<>();
  private long refused;

  private Baseline(Builder builder) {
    this.zone = builder.zone;
    this.durableName = builder.durableName;
    this.minSamples = builder.minSamples;
    this.minDays = builder.minDays;
    this.peakDays = builder.peakDays;
    this.peakFrom = builder.peakFrom;
    this.peakTo = builder.peakTo;
  }

  /**
   * Starts with a time zone.
   *
   * @param zone a zone with its rules, such as {@code Europe/Berlin}
   * @return a builder
   */
  public static Builder in(ZoneId zone) {
    return new Builder(zone);
  }

  /**
   * Adds a value.
   *
   * @param at when it was measured
   * @param value at least 0
   */
  public synchronized void add(Instant at, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      refused++;
      return;
    }
    ZonedDateTime local = at.atZone(zone);
    int cell = cell(local.getDayOfWeek(), local.getHour());
    long day = local.toLocalDate().toEpochDay();
    Sketch sketch = cells[cell];
    if (sketch == null) {
      sketch = new Sketch();
      cells[cell] = sketch;
      lastDayOfCell[cell] = day - 1;
    }
    if (lastDayOfCell[cell] != day) {
      lastDayOfCell[cell] = day;
      daysOfCell[cell]++;
    }
    if (days.size() < MOST_DAYS) {
      days.add(day);
    }
    sketch.add(value);
  }

  /**
   * The normal values at a moment.
   *
   * @param at any moment
   * @return the figures of its hour of the week
   */
  public synchronized Expectation at(Instant at) {
    ZonedDateTime local = at.atZone(zone);
    return at(local.getDayOfWeek(), local.getHour());
  }

  /**
   * The normal values in an hour of the week.
   *
   * @param day the weekday
   * @param hour 0 to 23, local time
   * @return the figures of that hour
   */
  public synchronized Expectation at(DayOfWeek day, int hour) {
    int cell = cell(day, hour);
    Sketch sketch = cells[cell];
    return expectation(sketch == null ? new Sketch() : sketch, daysOfCell[cell]);
  }

  /** {@return the normal values of all peak hours together} */
  public synchronized Expectation peak() {
    return merged(true);
  }

  /** {@return the normal values of all other hours together} */
  public synchronized Expectation offPeak() {
    return merged(false);
  }

  /**
   * A value as a multiple of the normal value at its time. This removes the hour of the week; feed
   * {@link RegressionWatch} with it.
   *
   * @param at when it was measured
   * @param value at least 0
   * @return value over median; empty if the baseline is insufficient or its median is 0
   */
  public OptionalDouble relative(Instant at, double value) {
    return at(at)
        .match(
            known ->
                known.figures().p50() > 0
                    ? OptionalDouble.of(value / known.figures().p50())
                    : OptionalDouble.empty(),
            insufficient -> OptionalDouble.empty());
  }

  /**
   * The typical value at a time, straight between the middles of its hours, for {@link
   * dev.arbiter.tracker.PerformanceTracker#trends(String, String, String,
   * dev.arbiter.spi.PerformanceView.Window, java.util.function.ToDoubleFunction)}.
   *
   * @param at any moment
   * @return between the medians of the two nearest hours of the week; NaN if the baseline is
   *     insufficient for one of them
   */
  public double typical(Instant at) {
    double earlier = median(at.minus(HALF_AN_HOUR));
    double later = median(at.plus(HALF_AN_HOUR));
    double minutes = at.plus(HALF_AN_HOUR).atZone(zone).getMinute();
    return earlier + (later - earlier) * minutes / MINUTES;
  }

  private double median(Instant at) {
    return at(at).match(known -> known.figures().p50(), insufficient -> Double.NaN);
  }

  /** {@return the number of refused values: negative, or not a number} */
  public synchronized long refused() {
    return refused;
  }

  /** {@inheritDoc} It is {@link Builder#durableName}. */
  @Override
  public String durableName() {
    return durableName;
  }

  /** {@inheritDoc} Has 4 bytes for each 2 % between the least and the greatest value of an hour. */
  @Override
  public synchronized byte[] snapshot() {
    return CheckedBytes.of(
        KIND,
        VERSION,
        out -> {
          out.writeUTF(zone.getId());
          out.writeLong(refused);
          out.writeInt(days.size());
          for (long day : days) {
            out.writeLong(day);
          }
          for (int cell = 0; cell < CELLS; cell++) {
            Sketch sketch = cells[cell];
            out.writeBoolean(sketch != null);
            if (sketch != null) {
              out.writeInt(daysOfCell[cell]);
              out.writeLong(lastDayOfCell[cell]);
              sketch.writeTo(out);
            }
          }
        });
  }

  /**
   * {@inheritDoc}
   *
   * <p>Does nothing if the baseline has values. A snapshot of another zone is refused, because its
   * hours are others.
   */
  @Override
  public synchronized void restore(byte[] snapshot) {
    Baseline read = CheckedBytes.read(snapshot, KIND, VERSION, NAME, this::read);
    if (days.isEmpty()) {
      refused += read.refused;
      days.addAll(read.days);
      System.arraycopy(read.cells, 0, cells, 0, CELLS);
      System.arraycopy(read.daysOfCell, 0, daysOfCell, 0, CELLS);
      System.arraycopy(read.lastDayOfCell, 0, lastDayOfCell, 0, CELLS);
    }
  }

  private Baseline read(DataInputStream in) throws IOException {
    String other = in.readUTF();
    Require.that(
        other.equals(zone.getId()),
        "the values of the baseline are of zone %s, this baseline is in %s",
        other,
        zone);
    Baseline read = in(zone).build();
    read.refused = in.readLong();
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      read.days.add(in.readLong());
    }
    for (int cell = 0; cell < CELLS; cell++) {
      if (in.readBoolean()) {
        read.daysOfCell[cell] = in.readInt();
        read.lastDayOfCell[cell] = in.readLong();
        read.cells[cell] = Sketch.readFrom(in);
      }
    }
    return read;
  }

  private Expectation merged(boolean peak) {
    Sketch all = new Sketch();
    for (DayOfWeek day : DayOfWeek.values()) {
      for (int hour = 0; hour < HOURS; hour++) {
        Sketch sketch = cells[cell(day, hour)];
        if (sketch != null && isPeak(day, hour) == peak) {
          all.add(sketch);
        }
      }
    }
    return expectation(all, days.size());
  }

  private boolean isPeak(DayOfWeek day, int hour) {
    return peakDays.contains(day) && hour >= peakFrom && hour < peakTo;
  }

  private Expectation expectation(Sketch sketch, int daysBehind) {
    if (days.size() < minDays) {
      return new Insufficient(
          sketch.samples(), days.size(), "insufficient data: fewer than " + minDays + " days");
    }
    if (sketch.samples() < minSamples) {
      return new Insufficient(
          sketch.samples(), days.size(), "insufficient data: fewer than " + minSamples + " values");
    }
    return new Known(Figures.of(sketch, daysBehind));
  }

  private static int cell(DayOfWeek day, int hour) {
    return (day.getValue() - 1) * HOURS + hour;
  }

  /** Builder of {@link Baseline}. Not thread-safe. */
  public static final class Builder {
    private final ZoneId zone;
    private String durableName = "baseline";
    private int minSamples = 30;
    private int minDays = 7;
    private Set<DayOfWeek> peakDays = EnumSet.range(DayOfWeek.MONDAY, DayOfWeek.FRIDAY);
    private int peakFrom = 9;
    private int peakTo = 18;

    private Builder(ZoneId zone) {
      this.zone = zone;
    }

    /**
     * Sets how many values an hour of the week needs, default 30.
     *
     * @param samples at least 1
     */
    public Builder minSamples(int samples) {
      Require.that(samples >= 1, "baseline.minSamples must be at least 1, got %s", samples);
      this.minSamples = samples;
      return this;
    }

    /**
     * Sets on how many calendar days there must be values, default 7.
     *
     * @param days at least 1
     */
    public Builder minDays(int days) {
      Require.that(days >= 1, "baseline.minDays must be at least 1, got %s", days);
      this.minDays = days;
      return this;
    }

    /**
     * Sets the peak hours, default 9 to 18 from Monday to Friday.
     *
     * @param days the days
     * @param from the first hour, 0 to 23
     * @param to the hour after the last, up to 24
     */
    public Builder peak(Set<DayOfWeek> days, int from, int to) {
      Require.that(
          from >= 0 && from < to && to <= HOURS,
          "baseline.peak must be hours from 0 to 24, the first before the last, got %s to %s",
          from,
          to);
      this.peakDays = Set.copyOf(days);
      this.peakFrom = from;
      this.peakTo = to;
      return this;
    }

    /**
     * Sets the name under which a store keeps the values, default {@code baseline}. Give each
     * baseline of one arbiter its own, and keep it over restarts.
     *
     * @param name the name
     */
    public Builder durableName(String name) {
      this.durableName = name;
      return this;
    }

    /** {@return a new baseline without values} */
    public Baseline build() {
      return new Baseline(this);
    }
  }

  /**
   * Figures of a metric in its own unit. Percentiles are within 1 % of a value that occurred.
   *
   * @param samples the number of values
   * @param days the number of calendar days
   * @param min the minimum
   * @param max the maximum
   * @param mean the mean
   * @param deviation the standard deviation
   * @param p50 the median
   * @param p95 the 95th percentile
   * @param p99 the 99th percentile
   * @param p999 the 99.9th percentile; empty below 1,000 samples, where it would be a guess
   */
  public record Figures(
      long samples,
      int days,
      double min,
      double max,
      double mean,
      double deviation,
      double p50,
      double p95,
      double p99,
      OptionalDouble p999) {
    private static final int ENOUGH_FOR_P999 = 1000;

    static Figures of(Sketch sketch, int days) {
      return new Figures(
          sketch.samples(),
          days,
          sketch.min(),
          sketch.max(),
          sketch.mean(),
          sketch.deviation(),
          sketch.percentile(0.5),
          sketch.percentile(0.95),
          sketch.percentile(0.99),
          sketch.samples() >= ENOUGH_FOR_P999
              ? OptionalDouble.of(sketch.percentile(0.999))
              : OptionalDouble.empty());
    }
  }

  /** The normal values of some hours, if there is enough data. */
  public sealed interface Expectation {

    /**
     * Enough data.
     *
     * @param figures the normal values
     */
    record Known(Baseline.Figures figures) implements Expectation {}

    /**
     * Insufficient data: a comparison means nothing yet, least of all "no regression".
     *
     * @param samples the number of values
     * @param days the number of calendar days with values in the whole baseline
     * @param reason what is missing
     */
    record Insufficient(long samples, int days, String reason) implements Expectation {}

    /** Calls the function for this case and returns its result. */
    default <R> R match(Function<Known, R> known, Function<Insufficient, R> insufficient) {
      return this instanceof Known k ? known.apply(k) : insufficient.apply((Insufficient) this);
    }
  }
}
