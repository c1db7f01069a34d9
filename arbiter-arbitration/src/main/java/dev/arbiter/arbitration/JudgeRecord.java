/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import java.util.List;

/**
 * How well one judge has judged pairs.
 *
 * @param judge the judge's id
 * @param table pairs by truth and judgement, the truth first: first/first, first/second,
 *     second/first, second/second
 * @param abstained pairs it was asked about without a judgement, contradictions included
 * @param flips pairs of which it gave one judgement in one order, and the other one in the other
 * @param orders pairs of which it gave a readable judgement in both orders
 */
public record JudgeRecord(String judge, List<Integer> table, int abstained, int flips, int orders) {
  static final int CELLS = 4;

  /** Copies. */
  public JudgeRecord {
    table = List.copyOf(table);
  }

  /** {@return pairs of known truth that it judged} */
  public int judged() {
    return table.stream().mapToInt(Integer::intValue).sum();
  }

  /** {@return share of right judgements among those it gave; NaN if there is none} */
  public double agreement() {
    return (table.get(0) + table.get(3)) / (double) judged();
  }

  /**
   * {@return Cohen's kappa: agreement with the truth beyond chance, from -1 to 1, 0 for a judge
   * that guesses; NaN if there is none} A judge that always says the same has 0, however often it
   * is right.
   */
  public double kappa() {
    double all = judged();
    double saidFirst = (table.get(0) + table.get(2)) / all;
    double isFirst = (table.get(0) + table.get(1)) / all;
    double chance = saidFirst * isFirst + (1 - saidFirst) * (1 - isFirst);
    return chance == 1 ? 0 : (agreement() - chance) / (1 - chance);
  }

  /** {@return share of pairs judged otherwise in the other order; NaN if none was in both} */
  public double flipRate() {
    return flips / (double) orders;
  }
}
