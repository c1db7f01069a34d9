/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.Arrays;

/** The candidate of one slate with the highest upper confidence bound, found without a scan. */
final class Tournament {
  /*
   * A bound is rate + width / sqrt(count), and the width, sqrt(alpha ln t / 2), is the same for
   * all: bounds are straight lines over it. So this is a kinetic tournament (Basch, Guibas,
   * Hershberger, "Data Structures for Mobile Data", 1999): each match of the tree knows its winner
   * and up to which width nobody below it overtakes anybody. A decision replays the matches above
   * agents that changed, and those whose width is over.
   *
   * The choice is the one of a scan to the last bit. Lines are only approximations of the bounds a
   * scan computes, so where two are closer than rounding explains, the bounds themselves are
   * computed and compared, again with every decision until they have parted. Places are leaves
   * size to 2 size - 1, and match i is between 2i and 2i+1.
   */
  private static final int NUMBERS = 2;
  private static final double ROUNDING = 1e-12;

  final Board board;
  private final Ucb policy;
  private final int size;

  /* Rate and slope of each place, side by side to be fetched at once. */
  private final double[] lines;

  private final int[] winners;
  private final double[] expiries;
  private double budget;
  private double width = Double.NEGATIVE_INFINITY;

  Tournament(Ucb policy, Slate slate) {
    this.policy = policy;
    this.size = slate.size();
    this.board = new Board(slate, NUMBERS, policy, policy.changes);
    this.lines = new double[NUMBERS * size];
    this.winners = new int[2 * size];
    this.expiries = new double[2 * size];
    Arrays.fill(expiries, Double.POSITIVE_INFINITY);
    for (int place = 0; place < size; place++) {
      winners[size + place] = place;
    }
  }

  /** The place of the best candidate now. */
  int best(double newBudget) {
    double before = width;
    budget = newBudget;
    width = Math.sqrt(newBudget);
    if (width < before || board.isFarBehind()) {
      playAll();
    } else {
      playChanged();
      playExpired(1);
    }
    return winners[1];
  }

  private void playAll() {
    board.readAll();
    for (int place = 0; place < size; place++) {
      draw(place);
    }
    for (int match = size - 1; match >= 1; match--) {
      play(match);
    }
  }

  private void playChanged() {
    for (int place = board.next(); place != Board.NONE; place = board.next()) {
      draw(place);
      for (int match = (size + place) / 2; match >= 1; match /= 2) {
        play(match);
      }
    }
  }

  private void playExpired(int match) {
    if (expiries[match] <= width) {
      playExpired(2 * match);
      playExpired(2 * match + 1);
      play(match);
    }
  }

  private void draw(int place) {
    lines[NUMBERS * place] = board.cells[NUMBERS * place];
    lines[NUMBERS * place + 1] = 1 / Math.sqrt(count(place));
  }

  private void play(int match) {
    int one = winners[2 * match];
    int other = winners[2 * match + 1];
    boolean oneWins = beats(one, other);
    int winner = oneWins ? one : other;
    winners[match] = winner;
    double below = Math.min(expiries[2 * match], expiries[2 * match + 1]);
    expiries[match] = expiry(winner, oneWins ? other : one, below);
  }

  private boolean beats(int one, int other) {
    double lead = line(one) - line(other);
    if (Math.abs(lead) > rounding(one)) {
      return lead > 0;
    }
    double bound = bound(one);
    double otherBound = bound(other);
    return bound > otherBound || (bound == otherBound && isBefore(one, other));
  }

  private boolean isBefore(int one, int other) {
    long asked = policy.asked(board.row(one));
    long otherAsked = policy.asked(board.row(other));
    return asked < otherAsked || (asked == otherAsked && one < other);
  }

  /** Up to which width a loser surely does not overtake, or less if that is over before. */
  private double expiry(int winner, int loser, double before) {
    double lead = line(winner) - line(loser) - rounding(winner);
    if (lead <= 0) {
      return areSame(winner, loser) ? before : width;
    }
    double closing = slope(loser) - slope(winner);
    // Most matches last longer than those below them, which a product tells before a quotient.
    return closing * (before - width) > lead ? width + lead / closing : before;
  }

  private boolean areSame(int one, int other) {
    return rate(one) == rate(other) && count(one) == count(other);
  }

  private double rounding(int place) {
    return ROUNDING * (1 + Math.abs(line(place)));
  }

  private double line(int place) {
    return rate(place) + width * slope(place);
  }

  private double bound(int place) {
    return Ucb.bound(rate(place), count(place), budget);
  }

  private double rate(int place) {
    return lines[NUMBERS * place];
  }

  private double slope(int place) {
    return lines[NUMBERS * place + 1];
  }

  private double count(int place) {
    return board.cells[NUMBERS * place + 1];
  }
}
