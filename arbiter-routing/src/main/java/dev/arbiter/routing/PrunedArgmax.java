/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Finds the highest draw among many candidates at one type of task, computing few of them. */
final class PrunedArgmax {
  /*
   * Every candidate draws a chance, and its score is what a draw from its distribution exceeds with that
   * chance: the same distribution as drawing the score, but one that can be bounded before it is
   * computed, by a few products (BetaTail). Only who can be above the highest so far is computed.
   * Whoever was best the last time comes first; of agents with the same distribution, such as those nobody
   * knows, only smaller and smaller chances are computed.
   *
   * Laws are rounded to floats and so are chances in what a decision shows later; ROUNDING is more
   * than both can move a score.
   */
  private static final double ROUNDING = 1e-5;
  private static final int LUCKY = 256;

  long lastUse;
  private final CandidateSet candidates;
  private final int category;
  private final ScoreView view;

  /* The best so far; between decisions, who was best the last time. */
  private int best;
  private double highest;
  private float alpha;
  private float beta;
  private float shift;
  private float chance;

  PrunedArgmax(CandidateSet candidates, int category, ScoreView view) {
    this.candidates = candidates;
    this.category = category;
    this.view = view;
  }

  boolean isOf(CandidateSet itsCandidates, int itsCategory) {
    return candidates == itsCandidates && category == itsCategory && view.isOf(candidates);
  }

  /** Draws for all candidates, of which nothing is computed yet. */
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
    consider(draws, best);
    consider(draws, luckiest(draws));
    for (int i = next(draws, 0); i < view.size(); i = next(draws, i + 1)) {
      consider(draws, i);
    }
    return best;
  }

  /* So that among agents nobody knows the bar is high from the beginning. */
  private int luckiest(LazyDraws draws) {
    int luckiest = 0;
    for (int i = 1; i < Math.min(LUCKY, view.size()); i++) {
      luckiest = draws.chance(i) < draws.chance(luckiest) ? i : luckiest;
    }
    return luckiest;
  }

  /** The first place from one on whose draw can be the highest. */
  private int next(LazyDraws draws, int from) {
    double[] records = view.cells;
    Prior prior = draws.prior();
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
    Prior prior = draws.prior();
    double exact = prior.alpha(view.cells, at);
    float itsAlpha = (float) exact;
    float itsBeta = (float) (prior.total(view.cells, at) - exact);
    float itsShift = (float) prior.shift(view.cells, at) - draws.waitOf(place);
    float itsChance = (float) draws.chance(place);
    boolean same = itsAlpha == alpha && itsBeta == beta;
    if (same && itsShift <= shift && itsChance >= chance && highest > Double.NEGATIVE_INFINITY) {
      return;
    }
    double bar = highest - ROUNDING - itsShift;
    double score = BetaTail.exceeded(itsChance, itsAlpha, itsBeta, bar) + itsShift;
    if (score > highest) {
      highest = score;
      best = place;
      alpha = itsAlpha;
      beta = itsBeta;
      shift = itsShift;
      chance = itsChance;
    }
  }
}
