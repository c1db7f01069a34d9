/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.Arrays;

/** How much the attempts of one agent depend on those before them. Not thread-safe. */
final class Dependences {
  /*
   * Attempts that depend on those before them come in runs, and then ten bad ones are less evidence
   * than ten that do not. How many are worth one is learned from the blocks that the norm is learned
   * from, so not from an anomaly. Where attempts depend much, no number of them is evidence by
   * counting. So a second rule holds beside it: a block further from the usual than chance makes any
   * block, judged by how far past blocks were.
   */
  private static final int BLOCK = LearnedNorm.BLOCK;
  private static final double LEAST_MILLIS = 1e-6;

  private final LearnedNorm norm;
  private final double most;
  private final Dependence times = new Dependence();
  private final Dependence losses = new Dependence();
  private final Dependence failures = new Dependence();
  private final BlockSpread medians = new BlockSpread();
  private final BlockSpread lossShares = new BlockSpread();
  private final BlockSpread failureShares = new BlockSpread();
  private final double[] logs = new double[BLOCK];
  private final double[] lost = new double[BLOCK];
  private final boolean[] failed = new boolean[BLOCK];
  private int inBlock;

  Dependences(LearnedNorm norm, double multiplier) {
    this.norm = norm;
    this.most = Math.log(multiplier);
  }

  /** Takes what the norm learns next. */
  void learn(double millis, double loss, boolean fails) {
    logs[inBlock] = log(millis);
    lost[inBlock] = loss;
    failed[inBlock++] = fails;
    if (inBlock == BLOCK) {
      take();
      inBlock = 0;
    }
  }

  /** Leaves out the attempts since the last block: an anomaly is there. */
  void discard() {
    inBlock = 0;
    times.interrupt();
    losses.interrupt();
    failures.interrupt();
  }

  /* A time beyond the limit of a spike counts as that, so that one is no sign of dependence. */
  private void take() {
    boolean known = norm.isReady();
    double middle = known ? log(norm.median()) : 0;
    double loss = 0;
    double fails = 0;
    for (int i = 0; i < BLOCK; i++) {
      double off = logs[i] - middle;
      times.add(known ? Math.max(-most, Math.min(most, off)) + middle : logs[i]);
      losses.add(lost[i]);
      failures.add(failed[i] ? 1 : 0);
      loss += lost[i] / BLOCK;
      fails += failed[i] ? 1.0 / BLOCK : 0;
    }
    if (norm.knowsTail()) {
      Arrays.sort(logs);
      medians.add(logs[BLOCK / 2] - middle);
      lossShares.add(loss - norm.loss());
      failureShares.add(fails - norm.failed());
    }
  }

  private static double log(double millis) {
    return Math.log(Math.max(LEAST_MILLIS, millis));
  }

  /** How many times are worth one that depends on no other. */
  double timesForOne() {
    return times.valuesForOne();
  }

  double lossesForOne() {
    return losses.valuesForOne();
  }

  double failuresForOne() {
    return failures.valuesForOne();
  }

  /** Whether a block with such a median is beyond all chance. */
  boolean isFarMedian(double millis) {
    return medians.isFar(log(millis) - log(norm.median()));
  }

  boolean isFarLoss(double share) {
    return lossShares.isFar(share - norm.loss());
  }

  boolean isFarFailed(double share) {
    return failureShares.isFar(share - norm.failed());
  }
}
