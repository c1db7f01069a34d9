/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** Finds the candidate of one set with the highest upper confidence bound, without a scan. */
final class KineticTournament {
  /*
   * A bound is rate + width / sqrt(count). The width, sqrt(alpha ln t / 2), is the same for all, so
   * bounds are straight lines over it. This is a kinetic tournament (Basch, Guibas, Hershberger,
   * "Data Structures for Mobile Data", 1999): each match of the tree knows its winner and the width
   * up to which no order below it changes. A decision replays the matches above changed agents, and
   * those whose width has passed.
   *
   * The choice equals that of a scan to the last bit. Lines only approximate the bounds of a scan. So
   * if two are closer than rounding explains, the bounds themselves are computed and compared, with
   * every decision until they have parted.
   *
   * Nodes 1 to size - 1 are matches, between nodes 2i and 2i+1; nodes size to 2 size - 1 are the
   * places. A node is four numbers: its winner's rate, slope and place, and the width up to which it
   * is valid. They lie side by side, because cache misses dominate a path from leaf to root.
   */
  private static final int NODE = 4;
  private static final int SLOPE = 1;
  private static final int PLACE = 2;
  private static final int EXPIRY = 3;
  private static final int NUMBERS = 2;
  private static final double ROUNDING = 1e-12;

  final ScoreView view;
  private final Ucb policy;
  private final int size;
  private final double[] nodes;
  private double budget;
  private double width = Double.NEGATIVE_INFINITY;

  KineticTournament(Ucb policy, CandidateSet candidates) {
    this.policy = policy;
    this.size = candidates.size();
    this.view = new ScoreView(candidates, NUMBERS, policy, policy.changes);
    this.nodes = new double[2 * size * NODE];
  }

  boolean isOf(Ucb itsPolicy, CandidateSet candidates) {
    return policy == itsPolicy && view.isOf(candidates);
  }

  /** The place of the best candidate now. */
  int best(double newBudget) {
    double before = width;
    budget = newBudget;
    width = Math.sqrt(newBudget);
    if (width < before || view.isFarBehind()) {
      playAll();
    } else {
      playChanged();
      playExpired(1);
    }
    return place(NODE);
  }

  private void playAll() {
    view.readAll();
    for (int place = 0; place < size; place++) {
      enter(place);
    }
    for (int match = size - 1; match >= 1; match--) {
      play(match);
    }
  }

  private void playChanged() {
    for (int place = view.next(); place != ScoreView.NONE; place = view.next()) {
      enter(place);
      for (int match = (size + place) / 2; match >= 1; match /= 2) {
        play(match);
      }
    }
  }

  private void playExpired(int match) {
    if (nodes[match * NODE + EXPIRY] <= width) {
      playExpired(2 * match);
      playExpired(2 * match + 1);
      play(match);
    }
  }

  private void enter(int place) {
    int node = (size + place) * NODE;
    nodes[node] = view.cells[NUMBERS * place];
    nodes[node + SLOPE] = 1 / Math.sqrt(view.cells[NUMBERS * place + 1]);
    nodes[node + PLACE] = place;
    nodes[node + EXPIRY] = Double.POSITIVE_INFINITY;
  }

  private void play(int match) {
    int one = 2 * match * NODE;
    int other = one + NODE;
    boolean oneWins = beats(one, other);
    int winner = oneWins ? one : other;
    int node = match * NODE;
    nodes[node] = nodes[winner];
    nodes[node + SLOPE] = nodes[winner + SLOPE];
    nodes[node + PLACE] = nodes[winner + PLACE];
    double before = Math.min(nodes[one + EXPIRY], nodes[other + EXPIRY]);
    nodes[node + EXPIRY] = expiry(winner, oneWins ? other : one, before);
  }

  private boolean beats(int one, int other) {
    double lead = line(one) - line(other);
    return Math.abs(lead) > rounding(one) ? lead > 0 : beatsExactly(place(one), place(other));
  }

  private boolean beatsExactly(int one, int other) {
    double bound = bound(one);
    double otherBound = bound(other);
    return bound > otherBound || (bound == otherBound && isBefore(one, other));
  }

  private boolean isBefore(int one, int other) {
    long asked = policy.asked(view.row(one));
    long otherAsked = policy.asked(view.row(other));
    return asked < otherAsked || (asked == otherAsked && one < other);
  }

  /**
   * The width up to which the loser surely stays behind, or less if a match below expires before.
   */
  private double expiry(int winner, int loser, double before) {
    double lead = line(winner) - line(loser) - rounding(winner);
    if (lead <= 0) {
      return haveSameRecord(place(winner), place(loser)) ? before : width;
    }
    double closing = nodes[loser + SLOPE] - nodes[winner + SLOPE];
    // Most matches last longer than those below them, which a product tells before a quotient.
    return closing * (before - width) > lead ? width + lead / closing : before;
  }

  private boolean haveSameRecord(int one, int other) {
    return rate(one) == rate(other) && count(one) == count(other);
  }

  private double rounding(int node) {
    return ROUNDING * (1 + Math.abs(line(node)));
  }

  private double line(int node) {
    return nodes[node] + width * nodes[node + SLOPE];
  }

  private int place(int node) {
    return (int) nodes[node + PLACE];
  }

  private double bound(int place) {
    return Ucb.bound(rate(place), count(place), budget);
  }

  private double rate(int place) {
    return view.cells[NUMBERS * place];
  }

  private double count(int place) {
    return view.cells[NUMBERS * place + 1];
  }
}
