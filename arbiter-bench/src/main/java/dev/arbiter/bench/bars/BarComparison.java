/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.routing.TextTable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.distribution.TDistribution;
import org.jspecify.annotations.Nullable;

/**
 * What changed between two runs, with 95 % intervals.
 *
 * <p>A round gives one figure: its median, divided by the median of the peer in that round if there
 * is one, so a slower machine changes both. The figure of a run is the geometric mean over rounds.
 * The interval is that of Welch for the difference of two means of logarithms (B. L. Welch, "The
 * generalization of 'Student's' problem when several different population variances are involved",
 * Biometrika 34, 1947): a round is a new JVM, and JVMs differ by more than their iterations do, so
 * only rounds are counted, and of one round there is no interval. What may be zero, such as a
 * difference of two figures or bytes allocated, has no logarithm: there the means themselves are
 * compared.
 */
final class BarComparison {
  private static final double UPPER = .975;

  private final Figures before;
  private final Figures after;

  BarComparison(Figures before, Figures after) {
    this.before = before;
    this.after = after;
  }

  /**
   * What changed in one bar.
   *
   * @param before the figure before
   * @param now the figure now
   * @param ratio new over old
   * @param low end of its interval; NaN if there is none
   * @param high end of its interval; NaN if there is none
   */
  record Change(double before, double now, double ratio, double low, double high) {
    /** In words, when less or more is better. */
    String words(boolean lessIsBetter) {
      if (Double.isNaN(low)) {
        return "one round: no verdict";
      }
      if (high < 1) {
        return lessIsBetter ? "better" : "worse";
      }
      if (low > 1) {
        return lessIsBetter ? "worse" : "better";
      }
      return "no difference seen";
    }

    private String interval() {
      return Double.isNaN(low) ? "" : percent(low) + " to " + percent(high);
    }
  }

  TextTable table(List<Bar> bars) {
    TextTable table = new TextTable();
    table.row(List.of("", "promise", "before", "now", "change", "95 % interval", "verdict"));
    for (Bar bar : bars) {
      Change change = change(bar);
      double old = bar.middle(before);
      double now = bar.middle(after);
      if (change != null) {
        table.row(
            List.of(
                bar.id(),
                bar.promise(),
                say(bar, change.before()),
                say(bar, change.now()),
                percent(change.ratio()),
                change.interval(),
                change.words(bar.measure().lessIsBetter)));
      } else if (!Double.isNaN(old) || !Double.isNaN(now)) {
        String lacks = "not in the other run";
        table.row(List.of(bar.id(), bar.promise(), say(bar, old), say(bar, now), "", "", lacks));
      }
    }
    return table;
  }

  private static String say(Bar bar, double figure) {
    if (bar.peer() == null) {
      return bar.measure().say(figure);
    }
    return Double.isNaN(figure) ? "" : String.format(Locale.ROOT, "%.3g", figure);
  }

  private static String percent(double ratio) {
    return Double.isInfinite(ratio)
        ? "no bound"
        : String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1));
  }

  /** What changed; null if a run lacks the bar. */
  @Nullable Change change(Bar bar) {
    double[] old = bar.rounds(before);
    double[] now = bar.rounds(after);
    if (old.length == 0 || now.length == 0) {
      return null;
    }
    boolean mayBeZero = bar.less() != null || !areAbove0(old) || !areAbove0(now);
    return mayBeZero ? difference(old, now) : ratio(old, now);
  }

  private static boolean areAbove0(double[] figures) {
    return Arrays.stream(figures).allMatch(figure -> figure > 0);
  }

  private static Change ratio(double[] old, double[] now) {
    Sample was = Sample.of(old, Math::log);
    Sample is = Sample.of(now, Math::log);
    double by = is.mean() - was.mean();
    double most = is.halfWidth(was);
    return new Change(
        Math.exp(was.mean()),
        Math.exp(is.mean()),
        Math.exp(by),
        Math.exp(by - most),
        Math.exp(by + most));
  }

  private static Change difference(double[] old, double[] now) {
    Sample was = Sample.of(old, DoubleUnaryOperator.identity());
    Sample is = Sample.of(now, DoubleUnaryOperator.identity());
    double by = is.mean() - was.mean();
    double most = is.halfWidth(was);
    return new Change(
        Math.max(0, was.mean()),
        Math.max(0, is.mean()),
        was.over(by),
        was.over(by - most),
        was.over(by + most));
  }

  /** The rounds of a run. */
  private record Sample(int size, double mean, double variance) {
    static Sample of(double[] figures, DoubleUnaryOperator scale) {
      double[] scaled = Arrays.stream(figures).map(scale).toArray();
      double mean = Arrays.stream(scaled).average().orElseThrow();
      double squares = Arrays.stream(scaled).map(figure -> figure - mean).map(d -> d * d).sum();
      return new Sample(scaled.length, mean, squares / (scaled.length - 1));
    }

    /** Half the interval of the difference of both means; NaN if one has a single round. */
    double halfWidth(Sample other) {
      double own = variance / size;
      double others = other.variance / other.size;
      double both = own + others;
      if (!(both > 0)) {
        return both; // 0 or NaN
      }
      double freedom = both * both / (own * own / (size - 1) + others * others / (other.size - 1));
      return new TDistribution(freedom).inverseCumulativeProbability(UPPER) * Math.sqrt(both);
    }

    /** A difference beside this mean, as a ratio; without a bound if this is lost in noise. */
    double over(double difference) {
      return difference == 0 ? 1 : mean > 0 ? 1 + difference / mean : difference / 0.;
    }
  }
}
