/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing.internal.record;

import dev.arbiter.routing.internal.math.Divergence;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Detects that an agent's success rate has changed. */
public final class ChangeDetector {
  /*
   * The generalised likelihood ratio test of Besson and Kaufmann, "The Generalized Likelihood
   * Ratio Test meets klUCB" (2019), over blocks of five outcomes, the last 200 blocks of an agent.
   * Most splits are dismissed by kl(p,q) <= (p-q)^2 / (q(1-q)). This bound takes no logarithm and
   * is never below the divergence, so the result is the exact one.
   */
  private static final int BLOCK = 5;
  private static final int UNFINISHED = 3;
  private static final int RING = 200;
  private static final double DELTA = .01;

  /* Agents often change at about the same time, too slightly or too rarely seen for the test. */
  private static final int ALERT = 2_500;

  private @Nullable Ring[] rings = new Ring[0];
  private long alarms;
  private long calm;

  /** The last blocks of one agent, oldest first. */
  private static final class Ring {
    private float[] sums = new float[4];
    private int size;
    private int pending;
    private float pendingSum;

    void push(float sum) {
      if (size == RING) {
        System.arraycopy(sums, 1, sums, 0, RING - 1);
        size--;
      } else if (size == sums.length) {
        sums = Arrays.copyOf(sums, Math.min(RING, 2 * size));
      }
      sums[size++] = sum;
    }

    double sum(int from) {
      double sum = 0;
      for (int i = from; i < size; i++) {
        sum += sums[i];
      }
      return sum;
    }

    void dropFirst(int blocks) {
      System.arraycopy(sums, blocks, sums, 0, size - blocks);
      size -= blocks;
    }
  }

  /** Makes room for rows 0 to count - 1. */
  public void rows(int count) {
    if (count > rings.length) {
      rings = Arrays.copyOf(rings, Math.max(count, 2 * rings.length));
    }
  }

  /** Forgets an agent. */
  public void forget(int row) {
    rings[row] = null;
  }

  /** How often {@link #add} returned true. */
  public long alarms() {
    return alarms;
  }

  /** Sets how often; another router's alarms count too, and begin now. */
  public void alarms(long count) {
    calm = count > alarms ? 0 : calm;
    alarms = count;
  }

  /** Whether an alarm was among the last 2,500 outcomes of all agents. */
  public boolean isAlert() {
    return alarms > 0 && calm < ALERT;
  }

  /** Outcomes since the last alarm. */
  public long calm() {
    return calm;
  }

  /** Sets how many outcomes came since the last alarm. */
  public void calm(long outcomes) {
    calm = outcomes;
  }

  /** Counts an outcome that is not tested. */
  public void pass() {
    calm++;
  }

  /** Adds a reward. Returns true if the agent has changed; then only later rewards are kept. */
  public boolean add(int row, double reward) {
    calm++;
    Ring ring = rings[row];
    if (ring == null) {
      ring = new Ring();
      rings[row] = ring;
    }
    ring.pendingSum += (float) reward;
    if (++ring.pending < BLOCK) {
      return false;
    }
    ring.push(ring.pendingSum);
    ring.pending = 0;
    ring.pendingSum = 0;
    int split = split(ring);
    if (split == 0) {
      return false;
    }
    ring.dropFirst(split);
    alarms++;
    calm = 0;
    return true;
  }

  /** All that is kept of an agent: how many blocks, the unfinished one, then the blocks. */
  public double[] blocks(int row) {
    Ring ring = rings[row];
    if (ring == null) {
      return new double[0];
    }
    double[] blocks = new double[ring.size + UNFINISHED];
    blocks[0] = ring.size;
    blocks[1] = ring.pending;
    blocks[2] = ring.pendingSum;
    for (int i = 0; i < ring.size; i++) {
      blocks[i + UNFINISHED] = ring.sums[i];
    }
    return blocks;
  }

  /** Sets what is kept of an agent. */
  public void blocks(int row, double[] blocks) {
    Ring ring = new Ring();
    ring.pending = (int) Math.min(BLOCK - 1, blocks[1]);
    ring.pendingSum = (float) blocks[2];
    for (int i = UNFINISHED; i < blocks.length; i++) {
      ring.push((float) blocks[i]);
    }
    rings[row] = ring;
  }

  /** The rewards kept of an agent, summed. */
  public double successes(int row) {
    Ring ring = rings[row];
    return ring == null ? 0 : ring.sum(0);
  }

  /** How many rewards are kept of an agent. */
  public double count(int row) {
    Ring ring = rings[row];
    return ring == null ? 0 : (double) BLOCK * ring.size;
  }

  /** The number of blocks before the best split, 0 if no split is better than chance. */
  private static int split(Ring ring) {
    double n = (double) BLOCK * ring.size;
    double total = ring.sum(0);
    double mean = total / n;
    double variance = mean * (1 - mean);
    if (variance <= 0) {
      return 0;
    }
    double best = Math.log(3 * n * Math.sqrt(n) / DELTA);
    int split = 0;
    double before = 0;
    for (int blocks = 1; blocks < ring.size; blocks++) {
      before += ring.sums[blocks - 1];
      double i = (double) BLOCK * blocks;
      double first = before / i;
      double second = (total - before) / (n - i);
      double bound =
          (i * (first - mean) * (first - mean) + (n - i) * (second - mean) * (second - mean))
              / variance;
      if (bound > best) {
        double ratio =
            i * Divergence.bernoulli(first, mean) + (n - i) * Divergence.bernoulli(second, mean);
        if (ratio > best) {
          best = ratio;
          split = blocks;
        }
      }
    }
    return split;
  }
}
