/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import java.util.random.RandomGenerator;

/**
 * The rule a {@link BanditRouter} chooses by. Holds no state: one policy may serve many routers.
 */
public final class BanditPolicy {
  private final String name;
  private final Start start;

  private BanditPolicy(String name, Start start) {
    this.name = name;
    this.start = start;
  }

  /** Begins with nothing learned. */
  @FunctionalInterface
  private interface Start {
    Learner learner(RandomGenerator random, long horizon);
  }

  /**
   * The default: Thompson sampling made for hundreds to thousands of tasks over some dozens of
   * agents that change, differ by task type and may overstate what they can do.
   *
   * <p>Each agent has a Beta posterior whose prior is the population's mean, worth 8 outcomes, and
   * whose evidence is sharpened at first, so that a short run exploits sooner. Each task type adds
   * an offset to it, shrunken as if 20 outcomes said zero. Evidence of the agent that played fades
   * by 0.9995 an outcome; a generalised likelihood-ratio test over its last 200 outcomes finds a
   * sudden change and forgets what was before. A declared level of capability counts as a prior as
   * far as that agent's declarations have proved true. An agent without a free slot pays for the
   * expected wait. A fallback is the next best of the same draws, and what it teaches is corrected,
   * because it sees the harder tasks.
   *
   * <p>Thompson, "On the likelihood that one unknown probability exceeds another", Biometrika 25
   * (1933); sharpening after Chapelle and Li, "An Empirical Evaluation of Thompson Sampling", NIPS
   * 2011; the change test after Besson and Kaufmann, "The Generalized Likelihood Ratio Test meets
   * klUCB", 2019. Differs from them in forgetting on the played arm only and in the shared
   * population prior. No regret bound is proved for the combination; measured figures stand in
   * {@code arbiter-bench/RESULTS.md}.
   *
   * @return the policy
   */
  public static BanditPolicy adaptiveThompson() {
    return new BanditPolicy(AdaptiveThompson.NAME, AdaptiveThompson::new);
  }

  /**
   * With a chance that decays, any agent; else the best mean. Agents nobody tried come first.
   *
   * <p>The chance is max(0.01, start x decay^n) after n decisions. Simple and good on average, but
   * it can lock in early: its results spread two to five times as widely as the default's, and its
   * regret is linear in the floor.
   *
   * @param start chance of the first decision, in [0,1], such as 0.2
   * @param decay factor a decision, in (0,1], such as 0.995
   * @return the policy
   * @throws IllegalArgumentException if a figure is outside its range
   */
  public static BanditPolicy epsilonGreedy(double start, double decay) {
    if (!(start >= 0 && start <= 1)) {
      throw new IllegalArgumentException("epsilon must start in [0,1], got " + start);
    }
    if (!(decay > 0 && decay <= 1)) {
      throw new IllegalArgumentException("epsilon must decay by (0,1], got " + decay);
    }
    return new BanditPolicy(
        EpsilonGreedy.NAME, (random, horizon) -> new EpsilonGreedy(random, start, decay));
  }

  /**
   * Epsilon-greedy as the requirements have it: from 0.2, times 0.995 a decision.
   *
   * @return the policy
   */
  public static BanditPolicy epsilonGreedy() {
    return epsilonGreedy(0.2, 0.995);
  }

  /**
   * The highest upper confidence bound: mean + sqrt(2 ln t / n). Agents nobody tried come first.
   *
   * <p>Auer, Cesa-Bianchi, Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem",
   * Machine Learning 47 (2002), algorithm UCB1: regret grows with ln t, with a constant far from
   * the best possible. Deterministic. Differs from the paper: n and t count decisions whose outcome
   * is still to come, so that a late outcome does not send every task to the same agent.
   *
   * @return the policy
   */
  public static BanditPolicy ucb1() {
    return new BanditPolicy(Ucb1.NAME, (random, horizon) -> new Ucb1());
  }

  /**
   * The name decisions carry.
   *
   * @return such as {@code ucb1}
   */
  public String name() {
    return name;
  }

  Learner learner(RandomGenerator random, long horizon) {
    return start.learner(random, horizon);
  }

  @Override
  public String toString() {
    return name;
  }
}
