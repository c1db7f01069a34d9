/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

/** See {@link BanditPolicy#ucb1()} and {@link BanditPolicy#ucbAlpha(double)}. */
final class Ucb extends RecordIndex {
  static final String UCB1 = "ucb1";
  static final String ALPHA = "ucb-alpha";

  private final double alpha;
  private double budget;

  Ucb(String name, double alpha) {
    super(name, "bound");
    this.alpha = alpha;
  }

  @Override
  void begin(Slate slate) {
    budget = alpha / 2 * Math.log(Math.max(1, record.total()));
  }

  @Override
  double index(int row) {
    return record.rate(row) + Math.sqrt(budget / record.count(row));
  }
}
