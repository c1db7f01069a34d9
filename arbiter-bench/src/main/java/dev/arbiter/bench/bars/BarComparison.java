/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import dev.arbiter.bench.routing.TextTable;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What changed between two runs, with 95 % intervals.
 *
 * <p>The change of a bar is that of its figure by medians; a bar beside a peer is divided by the
 * peer of its own run, so a slower machine changes both. The intervals are by the bootstrap over
 * rounds, and over iterations within a round (Davison and Hinkley, "Bootstrap Methods and their
 * Application", 1997, 3.8), with a pinned seed. From one round they hold no difference between
 * forks, and are too short.
 */
final class BarComparison {
  private static final int SAMPLES = 2_000;
  private static final double TAIL = .025;
  private static final long SEED = 17;

  private final Figures before;
  private final Figures after;
  private final SplittableRandom random = new SplittableRandom(SEED);

  BarComparison(Figures before, Figures after) {
    this.before = before;
    this.after = after;
  }

  /** What changed in one bar: new over old, with an interval. */
  record Change(double ratio, double low, double high) {
    /** In words, when less or more is better. */
    String words(boolean lessIsBetter) {
      if (high < 1) {
        return lessIsBetter ? "better" : "worse";
      }
      if (low > 1) {
        return lessIsBetter ? "worse" : "better";
      }
      return "no difference seen";
    }
  }

  TextTable table(List<Bar> bars) {
    TextTable table = new TextTable();
    table.row(List.of("", "promise", "before", "now", "change", "95 % interval", "verdict"));
    for (Bar bar : bars) {
      Change change = change(bar);
      if (change != null) {
        table.row(
            List.of(
                bar.id(),
                bar.promise(),
                say(bar, bar.middle(before)),
                say(bar, bar.middle(after)),
                percent(change.ratio()),
                percent(change.low()) + " to " + percent(change.high()),
                change.words(bar.measure().lessIsBetter)));
      }
    }
    return table;
  }

  private static String say(Bar bar, double figure) {
    return bar.peer() == null
        ? bar.measure().say(figure)
        : String.format(Locale.ROOT, "%.3g", figure);
  }

  private static String percent(double ratio) {
    return Double.isInfinite(ratio)
        ? "no bound"
        : String.format(Locale.ROOT, "%+.1f %%", 100 * (ratio - 1));
  }

  /** What changed; null if a run lacks the bar. */
  @Nullable Change change(Bar bar) {
    if (Double.isNaN(bar.middle(after)) || Double.isNaN(bar.middle(before))) {
      return null;
    }
    double[] ratios =
        IntStream.range(0, SAMPLES)
            .mapToDouble(i -> ratio(drawn(bar, after), drawn(bar, before)))
            .sorted()
            .toArray();
    return new Change(
        ratio(bar.middle(after), bar.middle(before)),
        ratios[(int) (TAIL * SAMPLES)],
        ratios[(int) ((1 - TAIL) * SAMPLES)]);
  }

  /** Nothing after nothing is no change: a difference may be lost in noise in both runs. */
  private static double ratio(double now, double before) {
    return now == 0 && before == 0 ? 1 : now / before;
  }

  private double drawn(Bar bar, Figures figures) {
    Figures drawn = new Figures(figures.about());
    bar.specs()
        .distinct()
        .forEach(
            spec -> {
              List<List<Double>> rounds = figures.rounds(spec, bar.measure());
              for (int i = 0; i < rounds.size(); i++) {
                List<Double> round = rounds.get(random.nextInt(rounds.size()));
                drawn.add(
                    spec,
                    bar.measure().key,
                    round.stream().map(any -> round.get(random.nextInt(round.size()))).toList());
              }
            });
    return bar.middle(drawn);
  }
}
