/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.Arrays;

/**
 * Whether the attempts of one agent end better with a practice than without it; not thread-safe.
 *
 * <p>Each attempt has the practice by the throw of a coin, so both sides are alike but for it.
 */
final class Trial {
  /*
   * Design-based evidence by betting. With outcome y, coin w and its chance p, the number
   * x = (y - m) / s * (w - p) / (p (1 - p)) has the effect of the practice as its mean, whatever
   * the outcome of the attempt would have been without it: only the coin is chance. m and s are
   * mean and standard deviation of the outcomes before, so they cannot know the coin. Wealth
   * multiplied by 1 + bet * x after each attempt has a mean of at most 1 while the practice does
   * not help, so it reaches 1/error with at most that chance, however often it is looked at (Ville).
   * It holds for outcomes that depend on each other, drift, or come from a router that learns:
   * Waudby-Smith and Ramdas, "Estimating means of bounded random variables by betting", JRSS B 86
   * (2024); Ham, Bojinov, Lindon, Tingley, "Design-based confidence sequences" (2022). Rollout's
   * process for two samples is valid at all times too; it needs twice the attempts (RESULTS.md).
   *
   * gain bets that the practice helps, loss that it helps by less than a small effect (.2 standard
   * deviations, Cohen). Several bets share the stake. A kept practice can age, so its loss never
   * sinks below its start: a CUSUM of bets, which is wrong at most once in LATE attempts on average
   * while the practice is still worth a small effect (Shin, Ramdas, Rinaldo, "E-detectors", 2022).
   */
  private static final double[] BETS = {.5, .25, .125, .0625, .03125};
  private static final double MOST_LOST = .9;
  private static final double WORTH = .2;
  private static final double EVEN = .5;
  private static final double USUAL = .8;
  private static final int FEWEST = 20;
  private static final int PATIENCE = 1_000;
  private static final double LATE = 1_000;
  private static final double DOUBT = 20;
  private static final double LEAST_VARIANCE = .01;

  private final double error;
  private final double[] gain = new double[BETS.length];
  private final double[] loss = new double[BETS.length];
  private Practice.State state = Practice.State.TRIAL;
  private String reason = "it is compared with attempts without it";
  private long with;
  private long without;
  private double sumWith;
  private double sumWithout;
  private double squares;

  /**
   * A trial that has seen nothing.
   *
   * @param error the most chance that a practice which is worth its place is dropped; twice the
   *     most chance that one which does not help is kept
   */
  Trial(double error) {
    this.error = error;
  }

  Practice.State state() {
    return state;
  }

  /** Why it is in its state, half a sentence. */
  String reason() {
    return reason;
  }

  /** The part of the attempts that are given the practice. */
  double share() {
    return switch (state) {
      case TRIAL -> EVEN;
      case KEPT -> evidence(loss) < Math.log(DOUBT) ? USUAL : EVEN;
      case DROPPED -> 0;
    };
  }

  /**
   * Takes an outcome.
   *
   * @param isWith whether the attempt was given the practice
   * @param share the chance with which it was, when the coin was thrown
   * @param outcome 0 to 1
   */
  void add(boolean isWith, double share, double outcome) {
    long count = with + without;
    double mean = (EVEN + sumWith + sumWithout) / (count + 1);
    double variance = Math.max(LEAST_VARIANCE, (EVEN + squares) / (count + 1) - mean * mean);
    double scale = Math.sqrt(variance);
    double effect = (outcome - mean) / scale * (isWith ? 1 / share : -1 / (1 - share));
    double most = Math.max(mean, 1 - mean) / scale / Math.min(share, 1 - share);
    for (int i = 0; i < BETS.length; i++) {
      gain[i] += Math.log1p(Math.min(BETS[i], MOST_LOST / most) * effect);
      loss[i] += Math.log1p(Math.min(BETS[i], MOST_LOST / (most + WORTH)) * (WORTH - effect));
      loss[i] = state == Practice.State.KEPT ? Math.max(0, loss[i]) : loss[i];
    }
    squares += outcome * outcome;
    if (isWith) {
      with++;
      sumWith += outcome;
    } else {
      without++;
      sumWithout += outcome;
    }
    decide();
  }

  private void decide() {
    if (state == Practice.State.TRIAL && with + without >= FEWEST) {
      if (evidence(gain) >= Math.log(2 / error)) {
        become(Practice.State.KEPT, "attempts with it end better than those without it");
        Arrays.fill(loss, 0);
      } else if (evidence(loss) >= Math.log(1 / error)) {
        become(Practice.State.DROPPED, "it certainly does not help enough to be worth its place");
      } else if (with + without >= PATIENCE) {
        become(Practice.State.DROPPED, "it was not shown to help in " + PATIENCE + " attempts");
      }
    } else if (state == Practice.State.KEPT && evidence(loss) >= Math.log(LATE)) {
      become(Practice.State.DROPPED, "it helped once and does so no more");
    }
  }

  private void become(Practice.State next, String why) {
    state = next;
    reason = why;
  }

  /** The logarithm of the mean wealth of all bets. */
  private static double evidence(double[] wealth) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double one : wealth) {
      highest = Math.max(highest, one);
    }
    double total = 0;
    for (double one : wealth) {
      total += Math.exp(one - highest);
    }
    return highest + Math.log(total / wealth.length);
  }

  /** Whether the outcomes so far speak for the practice more than against it. */
  boolean isPromising() {
    return evidence(gain) > 0;
  }

  /** Drops the practice for a reason that lies elsewhere. */
  void drop(String why) {
    become(Practice.State.DROPPED, why);
  }

  /** What is known, for a reader. */
  Practice.Standing standing(String agent) {
    double better = with == 0 || without == 0 ? 0 : sumWith / with - sumWithout / without;
    return new Practice.Standing(agent, state, reason, with, without, better);
  }

  void writeTo(DataOutputStream out) throws IOException {
    out.writeUTF(state.name());
    out.writeUTF(reason);
    out.writeLong(with);
    out.writeLong(without);
    for (double number : new double[] {sumWith, sumWithout, squares}) {
      out.writeDouble(number);
    }
    for (int i = 0; i < BETS.length; i++) {
      out.writeDouble(gain[i]);
      out.writeDouble(loss[i]);
    }
  }

  static Trial read(DataInputStream in, double error) throws IOException {
    Trial trial = new Trial(error);
    trial.become(Practice.State.valueOf(in.readUTF()), in.readUTF());
    trial.with = in.readLong();
    trial.without = in.readLong();
    trial.sumWith = in.readDouble();
    trial.sumWithout = in.readDouble();
    trial.squares = in.readDouble();
    for (int i = 0; i < BETS.length; i++) {
      trial.gain[i] = in.readDouble();
      trial.loss[i] = in.readDouble();
    }
    return trial;
  }
}
