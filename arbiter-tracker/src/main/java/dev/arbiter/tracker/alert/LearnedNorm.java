/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tracker.alert;

import java.util.Arrays;

/** The usual behaviour of one agent. Not thread-safe. */
final class LearnedNorm {
  /*
   * Attempts are taken in blocks of 50. A block gives its median and 95th percentile, on a log
   * scale, and shares. The first five blocks are averaged, so 50 attempts are enough to begin and
   * 250 to settle. Later the norm moves a tenth of the way to each block, at most 10 % of the
   * latency or 2 points of a share in a day of event time. So an anomaly that grows slowly does not
   * become usual: tripling the latency unseen takes eleven days. Regressions over days are not
   * detected here.
   *
   * An anomaly teaches nothing: the current block is discarded when an anomaly begins, and the next
   * one starts after its end. Shares that exceed the limits in healthy times are kept too: how many
   * healthy attempts take three times the median says how surprising ten of them are.
   */
  static final int BLOCK = 50;
  static final double LATENCY_A_DAY = Math.log(1.1);
  static final double SHARE_A_DAY = 0.02;
  private static final int MOST_BLOCKS = 10;
  private static final double DAY_MILLIS = 86_400_000;
  private static final double LEAST_MILLIS = 1e-6;

  private final double multiplier;
  private final float[] block = new float[BLOCK];
  private final SlowAverage logMedian = new SlowAverage();
  private final SlowAverage logTail = new SlowAverage();
  private final SlowAverage loss = new SlowAverage();
  private final SlowAverage failed = new SlowAverage();
  private final SlowAverage slow = new SlowAverage();
  private final SlowAverage slowTail = new SlowAverage();
  private double blockLoss;
  private int blockFailed;
  private int inBlock;
  private int blocks;
  private long updatedAt;

  LearnedNorm(double multiplier) {
    this.multiplier = multiplier;
  }

  /** Whether enough was seen to compare with. */
  boolean isReady() {
    return blocks > 0;
  }

  /** Returns whether the 95th percentile is known; that of the first 50 alone is off by a third. */
  boolean knowsTail() {
    return blocks >= SlowAverage.LEARNED_AFTER;
  }

  /** How many attempts the shares are worth. */
  int samples() {
    return BLOCK * blocks;
  }

  double median() {
    return Math.exp(logMedian.value());
  }

  double tail() {
    return Math.exp(logTail.value());
  }

  double loss() {
    return loss.value();
  }

  double failed() {
    return failed.value();
  }

  /** The share that takes more than the multiple of the median. */
  double slow() {
    return slow.value();
  }

  /** The share that takes more than the multiple of the 95th percentile. */
  double slowTail() {
    return slowTail.value();
  }

  void learn(long at, float millis, double lost, boolean fails) {
    block[inBlock++] = millis;
    blockLoss += lost;
    blockFailed += fails ? 1 : 0;
    if (inBlock == BLOCK) {
      take(at);
      discard();
    }
  }

  void discard() {
    inBlock = 0;
    blockLoss = 0;
    blockFailed = 0;
  }

  private void take(long at) {
    double days = days(at);
    Arrays.sort(block);
    logMedian.show(Math.log(Math.max(LEAST_MILLIS, block[BLOCK / 2])), LATENCY_A_DAY * days);
    logTail.show(Math.log(Math.max(LEAST_MILLIS, block[BLOCK * 95 / 100])), LATENCY_A_DAY * days);
    loss.show(blockLoss / BLOCK, SHARE_A_DAY * days);
    failed.show((double) blockFailed / BLOCK, SHARE_A_DAY * days);
    slow.show(shareAbove(multiplier * median()), SHARE_A_DAY * days);
    slowTail.show(shareAbove(multiplier * tail()), SHARE_A_DAY * days);
    blocks = Math.min(MOST_BLOCKS, blocks + 1);
    updatedAt = at;
  }

  /** Days since the last block; a clock step, back or far forward, does not speed up learning. */
  private double days(long at) {
    return Math.max(0, Math.min(1, (at - updatedAt) / DAY_MILLIS));
  }

  private double shareAbove(double millis) {
    int above = 0;
    for (float time : block) {
      above += time > millis ? 1 : 0;
    }
    return (double) above / BLOCK;
  }
}
