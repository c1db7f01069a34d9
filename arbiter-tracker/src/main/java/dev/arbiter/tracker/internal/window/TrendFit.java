/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.Trends.Direction;
import dev.arbiter.tracker.summary.Trends.Trend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/** Fits lines through the buckets of one window. Not thread-safe. */
final class TrendFit {
  /*
   * Neighbours that are to be compared must be equally long, so buckets of different lengths are
   * merged to the longest among them.
   *
   * Within an hour a daily cycle is a trend like any other. What hours usually differ by, in the
   * day before, says which rise within an hour means nothing. The median of these differences is
   * taken, so that a trend of some hours does not hide itself.
   */
  private static final int FEWEST_ATTEMPTS = 20;
  private static final double SMALLEST_CHANGE = 0.05;
  private static final double SUREST = 0.99;
  private static final int FEWEST_HOURS = 6;
  private static final double DEVIATION_OF_MEDIAN = 1.4826;

  private final DoubleUnaryOperator usualLog;
  private final List<Point> points = new ArrayList<>();
  private final List<Point> hourPoints = new ArrayList<>();

  /** The content of one bucket. */
  private record Point(
      long place, double count, double successes, double log, double cost, double quality) {
    double accuracy() {
      return successes / count;
    }

    double costEach() {
      return cost / count;
    }

    double qualityEach() {
      return quality / successes;
    }

    /** Both together. */
    Point plus(Point other) {
      double all = count + other.count;
      return new Point(
          place,
          all,
          successes + other.successes,
          (count * log + other.count * other.log) / all,
          cost + other.cost,
          quality + other.quality);
    }
  }

  /**
   * A fit of latencies as multiples of what is usual.
   *
   * @param usualLog the logarithm of the usual latency at a time in milliseconds; NaN if unknown
   */
  TrendFit(DoubleUnaryOperator usualLog) {
    this.usualLog = usualLog;
  }

  /** Takes a bucket of the window. */
  void visit(long place, Accumulator sum) {
    take(points, place, sum);
  }

  /** Takes a bucket of the day before. */
  void visitHour(long place, Accumulator sum) {
    if (BucketLevels.level(place) == BucketLevels.HOURS) {
      take(hourPoints, place, sum);
    }
  }

  /** One point for each place, in order: several branches may have a bucket there. */
  private static List<Point> merged(Collection<Point> points) {
    Map<Long, Point> byTick = new TreeMap<>();
    for (Point point : points) {
      byTick.merge(BucketLevels.tick(point.place), point, Point::plus);
    }
    return List.copyOf(byTick.values());
  }

  private void take(List<Point> to, long place, Accumulator sum) {
    if (sum.count > 0) {
      double log = sum.times.meanLog() - BucketLevels.mean(place, usualLog);
      to.add(new Point(place, sum.count, sum.successes, log, sum.cost, sum.quality));
    }
  }

  Trends trends() {
    points.sort(Comparator.comparingLong(point -> BucketLevels.tick(point.place)));
    List<Point> hours = merged(hourPoints);
    int level = points.stream().mapToInt(point -> BucketLevels.level(point.place)).max().orElse(0);
    LinearFit latency = line(level, Point::log, Point::count);
    LinearFit accuracy = line(level, Point::accuracy, Point::count);
    LinearFit quality = line(level, Point::qualityEach, Point::successes);
    LinearFit cost = line(level, Point::costEach, Point::count);
    double mean = cost.mean();
    return new Trends(
        trend(latency, level, Math.expm1(latency.rise()), usual(hours, Point::log), false),
        trend(accuracy, level, accuracy.rise(), usual(hours, Point::accuracy), true),
        trend(quality, level, quality.rise(), usual(hours, Point::qualityEach), true),
        trend(
            cost, level, mean == 0 ? 0 : cost.rise() / mean, usual(hours, Point::costEach), false));
  }

  private LinearFit line(int level, ToDoubleFunction<Point> value, ToDoubleFunction<Point> weight) {
    LinearFit line = new LinearFit();
    for (Point point : points) {
      double figure = value.applyAsDouble(point);
      if (!Double.isNaN(figure)) {
        long cell = Math.floorDiv(BucketLevels.tick(point.place), BucketLevels.ticks(level));
        line.add(cell, figure, weight.applyAsDouble(point));
      }
    }
    return line;
  }

  /** The usual difference between neighbouring hours; 0 if too few are known. */
  private static double usual(List<Point> hours, ToDoubleFunction<Point> value) {
    double[] changes = new double[hours.size()];
    int count = 0;
    for (int i = 1; i < hours.size(); i++) {
      double change = value.applyAsDouble(hours.get(i)) - value.applyAsDouble(hours.get(i - 1));
      boolean neighbours =
          BucketLevels.tick(hours.get(i).place) - BucketLevels.tick(hours.get(i - 1).place)
              == BucketLevels.ticks(BucketLevels.HOURS);
      if (neighbours && !Double.isNaN(change)) {
        changes[count++] = Math.abs(change);
      }
    }
    if (count < FEWEST_HOURS) {
      return 0;
    }
    Arrays.sort(changes, 0, count);
    return DEVIATION_OF_MEDIAN * changes[count / 2];
  }

  private Trend trend(
      LinearFit line, int level, double change, double usual, boolean risingIsGood) {
    Duration span = BucketLevels.span(level).multipliedBy(line.span());
    long attempts = (long) points.stream().mapToDouble(Point::count).sum();
    if (!line.holds() || attempts < FEWEST_ATTEMPTS) {
      return new Trend(Direction.STABLE, 0, 0, attempts, span);
    }
    double confidence = line.confidence(usual);
    boolean clear = Math.abs(change) >= SMALLEST_CHANGE && confidence >= SUREST;
    return new Trend(
        clear ? direction(change > 0 == risingIsGood) : Direction.STABLE,
        change,
        confidence,
        attempts,
        span);
  }

  private static Direction direction(boolean good) {
    return good ? Direction.IMPROVING : Direction.DECLINING;
  }
}
