/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import org.jspecify.annotations.Nullable;

/** Draws of a first choice among many, of which only the seed and the records are kept. */
final class LazyDraws extends TailDraws {
  private static final float[] NONE = {};
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;
  private static final double UNIT = 0x1.0p-53;

  private final ScoreHistory history;
  private final int moment;
  private final Prior prior;
  private final long seed;

  /* Every thread that restores it gets the same, so no lock. */
  private volatile float @Nullable [] restored;

  LazyDraws(ScoreView view, Prior prior, long seed) {
    super(view.size(), NONE);
    this.history = view.history();
    this.moment = history.moment();
    this.prior = prior;
    this.seed = seed;
  }

  Prior prior() {
    return prior;
  }

  /** The chance of more than what a candidate drew, in (0,1]: the bits of SplitMix64. */
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
