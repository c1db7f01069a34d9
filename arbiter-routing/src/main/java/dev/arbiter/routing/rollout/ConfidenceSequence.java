/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.rollout;

/**
 * Bounds, valid at all times together, of the mean of the candidate less the mean of current; all
 * numbers lie between 0 and 1.
 *
 * <p>Each of {@link #isAbove}, {@link #isBelow}, {@link #lower} and {@link #upper} is ever wrong in
 * at most the given share of all sequences, however often it is asked. Not thread-safe.
 */
record ConfidenceSequence(EProcess current, EProcess candidate) {
  /*
   * A pair of means is excluded when the product of both sides' evidence against it reaches
   * 1/error. Each side's evidence is a supermartingale of its own outcomes, so the product is one of
   * all of them, and Ville's inequality bounds the chance that it ever gets there (Howard, Ramdas,
   * McAuliffe, Sekhon 2021; see EProcess). A difference is excluded when every pair of means so far
   * apart is. The product needs a third fewer outcomes than one bound a side at half the error. Its
   * logarithm is convex in the mean of current, so a golden section finds the pair that is hardest to
   * exclude. Mostly the first guess is not excluded and the search ends there.
   *
   * The bounds of different times are not intersected: agents and routers change, so the average of
   * the means so far is not one number.
   */
  private static final double GOLDEN = (Math.sqrt(5) - 1) / 2;
  private static final int SECTIONS = 45;
  private static final int HALVINGS = 40;

  ConfidenceSequence() {
    this(new EProcess(), new EProcess());
  }

  ConfidenceSequence copy() {
    return new ConfidenceSequence(current.copy(), candidate.copy());
  }

  /** Whether both sides have numbers. */
  boolean isTwoSided() {
    return current.count() > 0 && candidate.count() > 0;
  }

  /** The difference of the means seen, NaN before both sides have one. */
  double estimate() {
    return candidate.mean() - current.mean();
  }

  /** Whether the difference is certainly above the given one, which lies in [-1,1]. */
  boolean isAbove(double difference, double error) {
    return isTwoSided() && isExcluded(difference, true, -Math.log(error));
  }

  /** Whether the difference is certainly below the given one, which lies in [-1,1]. */
  boolean isBelow(double difference, double error) {
    return isTwoSided() && isExcluded(difference, false, -Math.log(error));
  }

  /** A lower bound of the difference, -1 at first. */
  double lower(double error) {
    return bound(-1, true, error);
  }

  /** An upper bound of the difference, 1 at first. */
  double upper(double error) {
    return bound(1, false, error);
  }

  private double bound(double extreme, boolean above, double error) {
    if (!isTwoSided()) {
      return extreme;
    }
    double threshold = -Math.log(error);
    double excluded = extreme;
    double possible = estimate();
    for (int i = 0; i < HALVINGS; i++) {
      double middle = (excluded + possible) / 2;
      if (isExcluded(middle, above, threshold)) {
        excluded = middle;
      } else {
        possible = middle;
      }
    }
    return excluded;
  }

  /* Looks for a mean of current whose pair with the difference has too little evidence. */
  private boolean isExcluded(double difference, boolean above, double threshold) {
    double low = Math.max(0, -difference);
    double high = Math.min(1, 1 - difference);
    if (evidence(guess(difference, low, high), difference, above) < threshold) {
      return false;
    }
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = evidence(left, difference, above);
    double atRight = evidence(right, difference, above);
    for (int i = 0; i < SECTIONS && Math.min(atLeft, atRight) >= threshold; i++) {
      if (atLeft < atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = evidence(left, difference, above);
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = evidence(right, difference, above);
      }
    }
    return Math.min(atLeft, atRight) >= threshold;
  }

  private double guess(double difference, double low, double high) {
    double ours = current.precision();
    double theirs = candidate.precision();
    double pooled =
        (ours * current.mean() + theirs * (candidate.mean() - difference)) / (ours + theirs);
    return Math.min(high, Math.max(low, pooled));
  }

  private double evidence(double mean, double difference, boolean above) {
    return above
        ? candidate.evidenceAbove(mean + difference) + current.evidenceBelow(mean)
        : candidate.evidenceBelow(mean + difference) + current.evidenceAbove(mean);
  }
}
