/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker;

import dev.arbiter.tracker.Trends.Direction;
import dev.arbiter.tracker.Trends.Trend;
import java.time.Duration;

/** Lays lines through the sub-windows of one window; not thread-safe. */
final class TrendFit implements Series.CellVisitor {
  private static final int FEWEST_ATTEMPTS = 20;
  private static final double SMALLEST_CHANGE = 0.05;
  private static final double SUREST = 0.99;

  private final Line latency = new Line();
  private final Line accuracy = new Line();
  private final Line quality = new Line();
  private final Line cost = new Line();
  private long attempts;

  @Override
  public void visit(int level, Cell cell) {
    int count = cell.count();
    if (count == 0) {
      return;
    }
    attempts += count;
    double middle = Levels.middle(level, cell.index());
    latency.add(middle, cell.meanLogNanos(), count);
    accuracy.add(middle, cell.successRate(), count);
    cost.add(middle, cell.cost() / count, count);
    quality.add(middle, cell.meanQuality(), cell.successes());
  }

  Trends trends() {
    return new Trends(
        trend(latency, Math.expm1(latency.rise()), false),
        trend(accuracy, accuracy.rise(), true),
        trend(quality, quality.rise(), true),
        trend(cost, cost.mean() == 0 ? 0 : cost.rise() / cost.mean(), false));
  }

  private Trend trend(Line line, double change, boolean risingIsGood) {
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
