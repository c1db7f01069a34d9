/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

/** How far each agent's claims of success are believed, by the checks of its earlier claims. */
public final class Audits extends RowSums {
  /** How many sums there are of an agent: claims upheld, claims refuted. */
  public static final int SUMS = 2;

  private static final double LEAST_CHANCE = .1;
  private static final double PRIOR = 4;
  private static final int UPHELD = 0;
  private static final int REFUTED = 1;

  public Audits() {
    super(SUMS);
  }

  /** The weight of an unchecked claim; a checked one has weight 1. */
  public double belief(int row) {
    return (PRIOR / 2 + get(row, UPHELD)) / weight(row);
  }

  /** The chance that the next claim is to be checked: 1 at first, then falling to one in ten. */
  public double chance(int row) {
    return Math.max(LEAST_CHANCE, PRIOR / weight(row));
  }

  private double weight(int row) {
    return PRIOR + get(row, UPHELD) + get(row, REFUTED);
  }

  /** Counts one check. */
  public void learn(int row, boolean upheld) {
    add(row, upheld ? UPHELD : REFUTED, 1);
  }
}
