/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.PrunedArgmax.LazyDraws;
import dev.arbiter.routing.internal.math.BetaTail;
import dev.arbiter.routing.internal.math.Distribution;
import dev.arbiter.routing.internal.math.Distribution.Mixture;
import dev.arbiter.routing.internal.math.Distribution.ShiftedBeta;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** The distribution and the draw of every candidate's score, at decision time. */
sealed class Draws permits LinThompson.NormalDraws, Draws.TailDraws {
  /*
   * One array, because a decision is allocated for every task. It has score, alpha, beta and shift of
   * each candidate; if a level is declared, also the trust in the declaration, and alpha, beta and
   * shift of the distribution under it. Waits get an array only when there is one.
   */
  private static final int PLAIN = 4;
  private static final int CLAIMED = 8;
  private static final float[] NONE = {};
  private static final double ROUNDING = 1e-6;

  private final float[] cells;
  private final int width;
  private final int size;
  private float[] waits = NONE;
  private float[] costs = NONE;

  Draws(int size, boolean claims) {
    this.size = size;
    this.width = claims ? CLAIMED : PLAIN;
    this.cells = new float[size * width];
  }

  /** Draws without claims, whose cells are computed at the first call. */
  Draws(int size, float[] cells) {
    this.size = size;
    this.width = PLAIN;
    this.cells = cells;
  }

  float[] cells() {
    return cells;
  }

  int size() {
    return size;
  }

  boolean hasClaims() {
    return width == CLAIMED;
  }

  void plain(int candidate, float alpha, float beta, float shift) {
    int at = candidate * width;
    cells[at + 1] = alpha;
    cells[at + 2] = beta;
    cells[at + 3] = shift;
  }

  void claimed(int candidate, float trust, float alpha, float beta, float shift) {
    int at = candidate * width + PLAIN;
    cells[at] = trust;
    cells[at + 1] = alpha;
    cells[at + 2] = beta;
    cells[at + 3] = shift;
  }

  void drawn(int candidate, float score) {
    cells[candidate * width] = score;
  }

  void wait(int candidate, float price) {
    if (waits.length == 0) {
      waits = new float[size];
    }
    waits[candidate] = price;
  }

  /** Notes the part of the shift that is the price of money and time. */
  void cost(int candidate, float price) {
    if (costs.length == 0) {
      costs = new float[size];
    }
    costs[candidate] = price;
  }

  /** Copies one candidate's distribution and draw, but not its wait. */
  void copy(int candidate, Draws from, int index) {
    if (from.costs.length > 0) {
      cost(candidate, from.costs[index]);
    }
    System.arraycopy(
        from.cells(), index * from.width, cells, candidate * width, Math.min(width, from.width));
  }

  final float waitOf(int candidate) {
    return waits.length == 0 ? 0 : waits[candidate];
  }

  /** The place of the highest draw, the first of equals. */
  int best() {
    int best = 0;
    for (int i = 1; i < size; i++) {
      if (score(i) > score(best)) {
        best = i;
      }
    }
    return best;
  }

  double score(int candidate) {
    return drawn(candidate) - waitOf(candidate);
  }

  final float drawn(int candidate) {
    return cells()[candidate * width];
  }

  /** The first parameter of the distribution. */
  final float first(int candidate) {
    return cells()[candidate * width + 1];
  }

  /** The second parameter of the distribution. */
  final float second(int candidate) {
    return cells()[candidate * width + 2];
  }

  /** The shift of a draw, less the wait. */
  final float shift(int candidate) {
    return cells()[candidate * width + 3] - waitOf(candidate);
  }

  /** The parts whose sum is a score, by name; without those that are 0. */
  final Map<String, Double> parts(int candidate) {
    Map<String, Double> parts = new LinkedHashMap<>();
    double wait = waitOf(candidate);
    double cost = costs.length == 0 ? 0 : costs[candidate];
    double ofType = typeShift(candidate) + cost;
    double record = record(candidate);
    double expected = distribution(candidate).mean();
    put(parts, "record", record);
    put(parts, "type of task", ofType);
    put(parts, "declared level", expected - (record + ofType - cost - wait));
    put(parts, "luck of the draw", score(candidate) - expected);
    put(parts, "cost", -cost);
    put(parts, "wait", -wait);
    return Collections.unmodifiableMap(parts);
  }

  private static void put(Map<String, Double> parts, String name, double part) {
    if (Math.abs(part) > ROUNDING) {
      parts.put(name, part);
    }
  }

  /** The success rate to expect by the agent's record, over all types of task. */
  double record(int candidate) {
    return first(candidate) / (first(candidate) + second(candidate));
  }

  /** The shift for the type of task, less the price. */
  double typeShift(int candidate) {
    return cells()[candidate * width + 3];
  }

  Distribution distribution(int candidate) {
    int at = candidate * width;
    float[] all = cells();
    ShiftedBeta plain = new ShiftedBeta(all[at + 1], all[at + 2], shift(candidate));
    if (width == PLAIN || all[at + PLAIN] == 0) {
      return plain;
    }
    float shift = all[at + 7] - waitOf(candidate);
    ShiftedBeta claimed = new ShiftedBeta(all[at + 5], all[at + 6], shift);
    return new Mixture(all[at + PLAIN], claimed, plain);
  }

  /** Draws known by the chance of more than them; computed when asked for. */
  static sealed class TailDraws extends Draws permits LazyDraws {
    private static final double SMALLEST = 1e-15;
    private static final double EXACTLY = Double.NEGATIVE_INFINITY;

    TailDraws(int size) {
      super(size, false);
    }

    TailDraws(int size, float[] cells) {
      super(size, cells);
    }

    /** Sets a score drawn from the candidate's distribution, before its wait is known. */
    @Override
    final void drawn(int candidate, float score) {
      double more = 1 - distribution(candidate).cumulative(score);
      super.drawn(candidate, (float) Math.max(SMALLEST, more));
    }

    @Override
    final double score(int candidate) {
      double alpha = first(candidate);
      double beta = second(candidate);
      double shift = shift(candidate);
      return BetaTail.exceeded(chance(candidate), alpha, beta, EXACTLY) + shift;
    }

    private double chance(int candidate) {
      return drawn(candidate);
    }

    @Override
    final int best() {
      int best = 0;
      double highest = score(0);
      for (int i = 1; i < size(); i++) {
        if (canExceed(i, highest)) {
          double score = score(i);
          if (score > highest) {
            highest = score;
            best = i;
          }
        }
      }
      return best;
    }

    private boolean canExceed(int candidate, double bar) {
      double total = first(candidate) + second(candidate);
      double gap = (bar - shift(candidate)) * total - first(candidate);
      return BetaTail.canExceed(gap, first(candidate), total, BetaTail.reach(chance(candidate)));
    }
  }
}
