/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.function.Function;
import java.util.random.RandomGenerator;

/**
 * A rule that chooses by what was learned from outcomes.
 *
 * <p>Immutable and safe to share: every {@link BanditRouter} begins to learn on its own. A policy
 * sees rewards between 0 and 1, and never an agent's output.
 */
public final class BanditPolicy {
  private final String name;
  private final Function<Setting, Learner> start;

  private BanditPolicy(String name, Function<Setting, Learner> start) {
    this.name = name;
    this.start = start;
  }

  /** What a router lends to its policy. */
  record Setting(RandomGenerator random, long horizon, Prices prices, Spending spending) {}

  /**
   * The default: Thompson sampling for few tasks, many agents and changing ones.
   *
   * <p>Each candidate draws a success rate from a beta distribution of its record, whose prior is
   * the mean of all agents and worth 8 outcomes. Records count more than they are at first, which
   * exploits sooner, and ever less so. To the draw comes what is peculiar to the agent at this type
   * of task, shrunk as if 20 outcomes had shown nothing peculiar; from it goes what waiting for a
   * slot costs, and money where a success has a value. Declared levels are a second prior, drawn
   * from with the chance that the declarations of this agent proved true. A record fades by .9995
   * with each outcome, and begins anew when a test finds the agent changed; from the first such
   * change on, one decision in a hundred goes to the next agent in turn. A fallback takes the next
   * best of the draws that chose the agent that failed, and is learned from at half weight,
   * corrected for the task being a hard one.
   *
   * <p>Cost: one draw and one read of the load a candidate. Sources: Thompson sampling after
   * Chapelle and Li, "An Empirical Evaluation of Thompson Sampling" (2011); the change test is
   * Besson and Kaufmann, "The Generalized Likelihood Ratio Test meets klUCB" (2019). Differs from
   * both in the priors, the offsets and the sharpening.
   *
   * @return the policy, named {@code adaptive-thompson}
   */
  public static BanditPolicy adaptiveThompson() {
    return adaptiveThompson(AdaptiveThompson.KEEP);
  }

  /**
   * The default with another rate of forgetting.
   *
   * @param keep what is left of an agent's record with each of its outcomes, above 0, at most 1;
   *     with 1 nothing fades and no change is looked for, so that what several routers learned adds
   *     up to exactly what one would have
   * @return the policy, named {@code adaptive-thompson}
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static BanditPolicy adaptiveThompson(double keep) {
    requireShare("keep", keep);
    return new BanditPolicy(
        AdaptiveThompson.NAME, setting -> new AdaptiveThompson(setting, Math.max(1e-9, keep)));
  }

  /**
   * Epsilon-greedy with a first chance of .2 that decays by .995 a decision.
   *
   * @return the policy, named {@code epsilon-greedy}
   * @see #epsilonGreedy(double, double)
   */
  public static BanditPolicy epsilonGreedy() {
    return epsilonGreedy(.2, .995);
  }

  /**
   * With a chance that decays to .01 any candidate, else the one with the best mean reward.
   *
   * <p>A candidate without outcomes has mean 0, ties are broken by chance, and the chance never
   * ends, so a newcomer is reached in the end. On average it does well; it may also settle on a
   * poor agent early and stay, and it notices change late.
   *
   * @param epsilon the chance at the first decision, in [0,1]
   * @param decay what it is multiplied by with each decision, in [0,1]
   * @return the policy, named {@code epsilon-greedy}
   * @throws IllegalArgumentException if a number is not in [0,1]
   */
  public static BanditPolicy epsilonGreedy(double epsilon, double decay) {
    requireShare("epsilon", epsilon);
    requireShare("decay", decay);
    return new BanditPolicy(
        EpsilonGreedy.NAME, setting -> new EpsilonGreedy(setting.random(), epsilon, decay));
  }

  /**
   * The highest upper confidence bound, mean + sqrt(2 ln t / n); candidates without outcomes first.
   *
   * <p>Auer, Cesa-Bianchi, Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem",
   * Machine Learning 47 (2002), algorithm UCB1; t counts outcomes, not decisions. Deterministic. It
   * explores for much longer than a few thousand tasks are worth: take it for comparison.
   *
   * @return the policy, named {@code ucb1}
   */
  public static BanditPolicy ucb1() {
    return new BanditPolicy(Ucb.UCB1, setting -> new Ucb(Ucb.UCB1, 4));
  }

  /**
   * An upper confidence bound of alpha 1.
   *
   * @return the policy, named {@code ucb-alpha}
   * @see #ucbAlpha(double)
   */
  public static BanditPolicy ucbAlpha() {
    return ucbAlpha(1);
  }

  /**
   * The highest mean + sqrt(alpha ln t / 2n), where t counts outcomes of all and n one's own.
   *
   * <p>Bubeck and Cesa-Bianchi, "Regret Analysis of Stochastic and Nonstochastic Multi-armed Bandit
   * Problems" (2012), section 2.2; {@link #ucb1()} is alpha 4. Regret grows like ln T, as proven
   * for alpha above 2; the usual 1 is below that and does far better in a few thousand tasks.
   * Deterministic. Take it where a choice must be checked with a pocket calculator.
   *
   * @param alpha how far the bound is above the mean, above 0, at most 100
   * @return the policy, named {@code ucb-alpha}
   * @throws IllegalArgumentException if alpha is outside that range
   */
  public static BanditPolicy ucbAlpha(double alpha) {
    if (!(alpha > 0 && alpha <= 100)) {
      throw new IllegalArgumentException("alpha must be above 0 and at most 100, got " + alpha);
    }
    return new BanditPolicy(Ucb.ALPHA, setting -> new Ucb(Ucb.ALPHA, alpha));
  }

  /**
   * The rule's name, as decisions carry it.
   *
   * @return such as {@code ucb1}
   */
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }

  Learner start(Setting setting) {
    return start.apply(setting);
  }

  private static void requireShare(String what, double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException(what + " must be in [0,1], got " + value);
    }
  }
}
