/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.internal.window;

import dev.arbiter.tracker.summary.Trends;
import dev.arbiter.tracker.summary.Trends.Direction;
import dev.arbiter.tracker.summary.Trends.Trend;
import java.time.Duration;

/** Fits lines through the buckets of one window. Not thread-safe. */
public final class TrendFit implements ClosedBuckets.Visitor {
  private static final int FEWEST_ATTEMPTS = 20;
  private static final double SMALLEST_CHANGE = 0.05;
  private static final double SUREST = 0.99;

  private final LinearFit latency = new LinearFit();
  private final LinearFit accuracy = new LinearFit();
  private final LinearFit quality = new LinearFit();
  private final LinearFit cost = new LinearFit();
  private long attempts;

  @Override
  public void visit(long place, Accumulator sum) {
    if (sum.count == 0) {
      return;
    }
    attempts += sum.count;
    double count = (double) sum.count;
    double successes = (double) sum.successes;
    double middle = BucketLevels.middle(place);
    latency.add(middle, sum.times.meanLog(), count);
    accuracy.add(middle, successes / count, count);
    cost.add(middle, sum.cost / count, count);
    quality.add(middle, sum.quality / successes, successes);
  }

  Trends trends() {
    return new Trends(
        trend(latency, Math.expm1(latency.rise()), false),
        trend(accuracy, accuracy.rise(), true),
        trend(quality, quality.rise(), true),
        trend(cost, cost.mean() == 0 ? 0 : cost.rise() / cost.mean(), false));
  }

  private Trend trend(LinearFit line, double change, boolean risingIsGood) {
    Duration span = Duration.ofMillis((long) line.span());
    if (!line.holds() || attempts < FEWEST_ATTEMPTS) {
      return new Trend(Direction.STABLE, 0, 0, attempts, span);
    }
    double confidence = line.confidence();
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
