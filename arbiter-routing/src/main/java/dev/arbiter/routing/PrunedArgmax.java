/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.Draws.TailDraws;
import dev.arbiter.routing.TypeOffsets.Prior;
import dev.arbiter.routing.internal.math.BetaTail;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Finds the highest draw among many candidates at one type of task, computing few of them. */
final class PrunedArgmax {
  /*
   * Every candidate draws a chance. Its score is the value that a draw of its distribution exceeds
   * with that chance. This has the same distribution as drawing the score, but a few products bound
   * it before it is computed (BetaTail). Only a score that can be above the highest so far is
   * computed. The best candidate of the last decision comes first. Of agents with the same
   * distribution, such as those without outcomes, only smaller and smaller chances are computed:
   * a small table keeps the last one computed of a distribution.
   *
   * Distributions are rounded to floats, and so are chances when a decision shows them later.
   * ROUNDING is more than both can move a score.
   */
  private static final double ROUNDING = 1e-5;
  private static final int LUCKY = 256;
  private static final int KIND_BITS = 6;
  private static final int KINDS = 1 << KIND_BITS;
  private static final int MIX = 0x9E3779B9;

  long lastUse;

  /* Sets that differ only in profiles share their rows. */
  private final int[] rows;

  private final int category;
  private final ScoreView view;

  /* The best so far; between decisions, the best of the last one. */
  private int best;
  private double highest;

  /* Alpha, beta, shift and chance of computed candidates, at a place by alpha and beta. */
  private final float[] computed = new float[4 * KINDS];

  PrunedArgmax(CandidateSet candidates, int category, ScoreView view) {
    this.rows = candidates.rows;
    this.category = category;
    this.view = view;
  }

  boolean isOf(CandidateSet itsCandidates, int itsCategory) {
    return rows == itsCandidates.rows && category == itsCategory && view.isOf(itsCandidates);
  }

  /** Draws of all candidates, none of them computed yet. */
  LazyDraws draw(Prior prior, long seed) {
    return new LazyDraws(view, prior, seed);
  }

  void refresh() {
    if (view.isFarBehind()) {
      view.readAll();
      return;
    }
    while (view.next() != ScoreView.NONE) {}
  }

  /** The place of the highest draw. */
  int best(LazyDraws draws) {
    highest = Double.NEGATIVE_INFINITY;
    Arrays.fill(computed, Float.NaN);
    consider(draws, best);
    consider(draws, luckiest(draws));
    for (int i = next(draws, 0); i < view.size(); i = next(draws, i + 1)) {
      consider(draws, i);
    }
    return best;
  }

  /* With this one first, the bar is high from the start even among agents without outcomes. */
  private int luckiest(LazyDraws draws) {
    int luckiest = 0;
    for (int i = 1; i < Math.min(LUCKY, view.size()); i++) {
      luckiest = draws.chance(i) < draws.chance(luckiest) ? i : luckiest;
    }
    return luckiest;
  }

  /** The next place, from one on, whose draw can be the highest. */
  private int next(LazyDraws draws, int from) {
    double[] records = view.cells;
    Prior prior = draws.prior;
    double bar = highest - ROUNDING;
    int place = from;
    while (place * Prior.NUMBERS < records.length) {
      int at = place * Prior.NUMBERS;
      double itsAlpha = prior.alpha(records, at);
      double total = prior.total(records, at);
      double gap = (bar - prior.mostShift(records, at)) * total - itsAlpha;
      if (BetaTail.canExceed(gap, itsAlpha, total, BetaTail.reach(draws.chance(place)))) {
        break;
      }
      place++;
    }
    return place;
  }

  private void consider(LazyDraws draws, int place) {
    int at = place * Prior.NUMBERS;
    Prior prior = draws.prior;
    double exact = prior.alpha(view.cells, at);
    float itsAlpha = (float) exact;
    float itsBeta = (float) (prior.total(view.cells, at) - exact);
    float itsShift = (float) prior.shift(view.cells, at) - draws.waitOf(place);
    float itsChance = (float) draws.chance(place);
    int kind = kind(itsAlpha, itsBeta);
    if (itsAlpha == computed[kind]
        && itsBeta == computed[kind + 1]
        && itsShift <= computed[kind + 2]
        && itsChance >= computed[kind + 3]) {
      return;
    }
    computed[kind] = itsAlpha;
    computed[kind + 1] = itsBeta;
    computed[kind + 2] = itsShift;
    computed[kind + 3] = itsChance;
    double bar = highest - ROUNDING - itsShift;
    double score = BetaTail.exceeded(itsChance, itsAlpha, itsBeta, bar) + itsShift;
    if (score > highest) {
      highest = score;
      best = place;
    }
  }

  private static int kind(float alpha, float beta) {
    int bits = 31 * Float.floatToRawIntBits(alpha) + Float.floatToRawIntBits(beta);
    return 4 * ((bits * MIX) >>> (Integer.SIZE - KIND_BITS));
  }

  /** Draws of a first choice among many; it keeps only the seed and the records. */
  static final class LazyDraws extends TailDraws {
    private static final float[] NONE = {};
    private static final long GOLDEN = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private final ScoreView.History history;
    private final int moment;
    private final Prior prior;
    private final long seed;

    /* All threads restore the same numbers, so there is no lock. */
    private volatile float @Nullable [] restored;

    LazyDraws(ScoreView view, Prior prior, long seed) {
      super(view.size(), NONE);
      this.history = view.history();
      this.moment = history.moment();
      this.prior = prior;
      this.seed = seed;
    }

    /** The chance of more than a candidate's draw, in (0,1]: the bits of SplitMix64. */
    double chance(int candidate) {
      long bits = seed + GOLDEN * candidate;
      bits = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
      bits = (bits ^ (bits >>> 27)) * 0x94D049BB133111EBL;
      return (((bits ^ (bits >>> 31)) >>> 11) + 1) * UNIT;
    }

    @Override
    float[] cells() {
      float[] known = restored;
      if (known == null) {
        known = restore();
        restored = known;
      }
      return known;
    }

    private float[] restore() {
      double[] records = history.at(moment);
      Draws distributions = new Draws(size(), false);
      for (int i = 0; i < size(); i++) {
        int at = i * Prior.NUMBERS;
        double alpha = prior.alpha(records, at);
        float beta = (float) (prior.total(records, at) - alpha);
        distributions.plain(i, (float) alpha, beta, (float) prior.shift(records, at));
        distributions.drawn(i, (float) chance(i));
      }
      return distributions.cells();
    }
  }

  /** Keeps one for each recurring candidate set and type of task. */
  static final class Cache {
    /*
     * Making one pays only if it is used again. While all kept ones were used lately, no new one is
     * made; else each would push out the one needed next.
     */
    static final int KEPT = 32;
    private static final int LATELY = 1_024;

    private final @Nullable PrunedArgmax[] kept = new PrunedArgmax[KEPT];
    private final TypeOffsets offsets;
    private long uses;

    Cache(TypeOffsets offsets) {
      this.offsets = offsets;
    }

    /** One that is up to date, or null if there are too many in use. */
    @Nullable PrunedArgmax of(CandidateSet candidates, int category) {
      uses++;
      int oldest = 0;
      long oldestUse = Long.MAX_VALUE;
      for (int i = 0; i < KEPT; i++) {
        PrunedArgmax argmax = kept[i];
        if (argmax != null && argmax.isOf(candidates, category)) {
          return refresh(argmax);
        }
        long use = argmax == null ? -LATELY : argmax.lastUse;
        if (use < oldestUse) {
          oldestUse = use;
          oldest = i;
        }
      }
      return uses - oldestUse < LATELY ? null : make(candidates, category, oldest);
    }

    private PrunedArgmax make(CandidateSet candidates, int category, int place) {
      ScoreView.Source records = (row, to, at) -> offsets.read(category, row, to, at);
      ScoreView view = new ScoreView(candidates, Prior.NUMBERS, records, offsets.changes);
      PrunedArgmax argmax = new PrunedArgmax(candidates, category, view);
      kept[place] = argmax;
      return refresh(argmax);
    }

    private PrunedArgmax refresh(PrunedArgmax argmax) {
      argmax.lastUse = uses;
      argmax.refresh();
      return argmax;
    }
  }
}
