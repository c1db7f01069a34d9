/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.record.Prices;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A rule that chooses by what was learned from outcomes.
 *
 * <p>Immutable and safe to share: every {@link BanditRouter} begins to learn on its own. A policy
 * sees rewards between 0 and 1, and never an agent's output.
 */
public final class BanditPolicy {
  private static final Map<String, Supplier<BanditPolicy>> BY_NAME =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("default", BanditPolicy::adaptiveThompson),
              Map.entry(AdaptiveThompson.NAME, BanditPolicy::adaptiveThompson),
              Map.entry(EpsilonGreedy.NAME, BanditPolicy::epsilonGreedy),
              Map.entry(Ucb.UCB1, BanditPolicy::ucb1),
              Map.entry(Ucb.ALPHA, BanditPolicy::ucbAlpha),
              Map.entry(KlUcb.NAME, BanditPolicy::klUcb),
              Map.entry(Imed.NAME, BanditPolicy::imed),
              Map.entry(Thompson.NAME, BanditPolicy::thompson),
              Map.entry(Thompson.DISCOUNTED, BanditPolicy::discountedThompson),
              Map.entry(OptimisticGittins.NAME, BanditPolicy::optimisticGittins),
              Map.entry(HierarchicalThompson.NAME, BanditPolicy::hierarchicalThompson),
              Map.entry(LinThompson.NAME, BanditPolicy::linThompson),
              Map.entry(Weighted.NAME, BanditPolicy::weighted),
              Map.entry(PlainPolicies.ROUND_ROBIN, BanditPolicy::roundRobin),
              Map.entry(PlainPolicies.LEAST_LOADED, BanditPolicy::leastLoaded),
              Map.entry(PlainPolicies.UNIFORM, BanditPolicy::uniform)));

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
   * change on, records fade by .998 and one decision in a hundred goes to the next agent in turn. A
   * fallback takes the next best of the draws that chose the agent that failed, and is learned from
   * at half weight, corrected for the task being a hard one.
   *
   * <p>Cost: one read of the load a candidate, and one draw, about 20 ns. From 64 candidates on, if
   * their list recurs, nobody declares levels and neither money nor time is weighed, most draws are
   * only bounded and never computed: same probabilities, 9 ns a candidate that has a record and 11
   * while nobody has. Such a decision shares its records with its neighbours instead of copying
   * them, and computes what {@code candidates()} shows from them and its seed, which takes a
   * microsecond or two a candidate, once asked. That is kept ready for 32 types of task at once;
   * for more, everybody draws. Sources: Thompson sampling after Chapelle and Li, "An Empirical
   * Evaluation of Thompson Sampling" (2011); the change test is Besson and Kaufmann, "The
   * Generalized Likelihood Ratio Test meets klUCB" (2019). Differs from both in the priors, the
   * offsets and the sharpening.
   *
   * @return the policy, named {@code adaptive-thompson}
   */
  public static BanditPolicy adaptiveThompson() {
    return adaptiveThompson(AdaptiveThompson.KEEP);
  }

  /**
   * The default with another rate of forgetting.
   *
   * @param keep what is left of an agent's record with each of its outcomes, above 0, at most 1,
   *     and after a first change at most .998; with 1 nothing fades and no change is looked for, so
   *     that what several routers learned adds up to exactly what one would have
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
   * <p>Cost: from 8 candidates on whose list recurs, the logarithm of their number; else a scan of
   * them. Choices are the same to the last bit, and {@code candidates()} then computes what was
   * compared from the records of that moment.
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
   * Deterministic. Take it where a choice must be checked with a pocket calculator. Costs what
   * {@link #ucb1()} costs.
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
   * The highest success rate q that n outcomes of mean p do not rule out: n kl(p,q) is at most ln
   * t.
   *
   * <p>Garivier and Cappé, "The KL-UCB Algorithm for Bounded Stochastic Bandits and Beyond" (2011),
   * with the divergence kl of coins and without the paper's ln ln t term (c = 0), as it advises in
   * practice; t counts outcomes. With that term its regret meets the lower bound of Lai and Robbins
   * for successes and failures, and has a proven logarithmic bound for all rewards in [0,1].
   * Deterministic. Take it for long runs where every choice must be explained by a bound.
   *
   * @return the policy, named {@code kl-ucb}
   */
  public static BanditPolicy klUcb() {
    return new BanditPolicy(KlUcb.NAME, setting -> new KlUcb());
  }

  /**
   * The lowest n kl(p,best) + ln n, the price of one more look at who seems worse than the best.
   *
   * <p>Honda and Takemura, "Non-Asymptotic Analysis of a New Bandit Algorithm for Semi-bounded
   * Rewards" (2015), algorithm IMED, with the divergence of coins; no constants. The score is the
   * price with its sign turned. Its regret meets the lower bound of Lai and Robbins for successes
   * and failures. Deterministic, and needs neither t nor a root: take it for audits and tests.
   *
   * @return the policy, named {@code imed}
   */
  public static BanditPolicy imed() {
    return new BanditPolicy(Imed.NAME, setting -> new Imed());
  }

  /**
   * Draws each success rate from Beta(1 + successes, 1 + failures) and takes the highest.
   *
   * <p>Thompson, "On the Likelihood that One Unknown Probability Exceeds Another" (1933), with the
   * flat prior. Its regret meets the lower bound of Lai and Robbins for successes and failures
   * (Kaufmann, Korda, Munos, "Thompson Sampling: An Asymptotically Optimal Finite-Time Analysis",
   * 2012), and late outcomes harm it little. Take it for few agents that do not change; with many,
   * {@link #adaptiveThompson()} settles sooner.
   *
   * @return the policy, named {@code thompson}
   */
  public static BanditPolicy thompson() {
    return new BanditPolicy(
        Thompson.NAME, setting -> new Thompson(Thompson.NAME, setting.random(), 1));
  }

  /**
   * Thompson sampling that keeps .98 of a record, which then is worth at most 50 outcomes.
   *
   * @return the policy, named {@code discounted-thompson}
   * @see #discountedThompson(double)
   */
  public static BanditPolicy discountedThompson() {
    return discountedThompson(.98);
  }

  /**
   * Thompson sampling of records that fade: with an agent's outcome its earlier ones lose weight.
   *
   * <p>After Raj and Kalyani, "Taming Non-stationary Bandits: A Bayesian Approach" (2017). Differs:
   * only the agent that had the outcome forgets. Where all forget with every outcome, agents that
   * were not asked return to the prior and are asked again, which among 9 to 24 agents costs 1.5 to
   * 2.6 times the regret. No bound on regret is known; among agents that never change it is linear,
   * because uncertainty never ends. Take it where agents change often and by degrees; where changes
   * are rare and large, take {@link #restarting(BanditPolicy)}.
   *
   * @param keep the share of its record an agent keeps with an outcome, in [0,1]; 1 keeps all
   * @return the policy, named {@code discounted-thompson}
   * @throws IllegalArgumentException if the share is not in [0,1]
   */
  public static BanditPolicy discountedThompson(double keep) {
    requireShare("keep", keep);
    return new BanditPolicy(
        Thompson.DISCOUNTED, setting -> new Thompson(Thompson.DISCOUNTED, setting.random(), keep));
  }

  /**
   * Another policy, which forgets an agent when a test finds the agent's success rate changed.
   *
   * <p>Besson and Kaufmann, "The Generalized Likelihood Ratio Test meets klUCB" (2019), with local
   * restarts: n outcomes of mean m are split where s kl(m1,m) + (n - s) kl(m2,m) is highest, and
   * that is an alarm above ln(3 n^1.5 / .01). From the first alarm on, one decision in a hundred
   * goes to the next agent in turn, so that one that improved is found; {@code probability()}
   * counts that in. Around {@link #klUcb()} and with constants fitted to T, regret is of order
   * sqrt(changes K T ln T); the fixed constants here and other policies have no such proof, and the
   * forced decisions make regret linear after an alarm, with a small factor. Differs from the
   * paper: the test looks at blocks of five outcomes, at the last 200 blocks. Take it around any
   * policy that knows no change, where changes are rare and large.
   *
   * @param inner the policy that chooses; {@link #adaptiveThompson()} restarts by itself
   * @return the policy, named {@code glr-} and the inner policy's name
   */
  public static BanditPolicy restarting(BanditPolicy inner) {
    String name = Restarting.PREFIX + inner.name;
    return new BanditPolicy(
        name, setting -> new Restarting(name, inner.start(setting), setting.random()));
  }

  /**
   * The highest optimistic Gittins index: the sure reward that is as good as the agent, if one more
   * look at it told everything.
   *
   * <p>Gutin and Farias, "Optimistic Gittins Indices" (2016), with one step of looking ahead: the
   * index l solves l = (1 - y) m + y E max(theta, l) with discount y = 1 - 1/(t + 20), where t
   * counts outcomes. Differs: theta is normal, of the mean and variance of a beta posterior whose
   * prior is the mean of all agents, worth 8 outcomes. With exact posteriors its regret meets the
   * lower bound of Lai and Robbins, constant included. Deterministic, so outcomes must come
   * promptly: while they are under way it asks the same agent again. Take it for few tasks at a
   * time.
   *
   * @return the policy, named {@code optimistic-gittins}
   */
  public static BanditPolicy optimisticGittins() {
    return new BanditPolicy(OptimisticGittins.NAME, setting -> new OptimisticGittins());
  }

  /**
   * Thompson sampling by agent and type of task, where types share what they say of the agent.
   *
   * <p>Hong, Kveton, Zaheer, Ghavamzadeh, "Hierarchical Bayesian Bandits" (2022), and Wan and
   * others, "Metadata-based Multi-Task Bandits with Bayesian Hierarchical Models" (2021): an
   * agent's success rate at a type is Beta(20 m, 20 (1 - m)), its own mean m is learned over all
   * types from a flat prior. Differs: the posterior over m, and the one at a type over all m, are
   * taken for beta distributions of the right mean and variance. The papers' bounds are on regret
   * averaged over the prior, order sqrt(T) for each type and less the closer types are. Take it for
   * a few strongly different types with thousands of tasks; in short runs {@link
   * #adaptiveThompson()} is ahead.
   *
   * <p>Keeps the 2 million pairs of agent and type asked for last; older types are judged by m.
   *
   * @return the policy, named {@code hierarchical-thompson}
   */
  public static BanditPolicy hierarchicalThompson() {
    return new BanditPolicy(
        HierarchicalThompson.NAME, setting -> new HierarchicalThompson(setting.random()));
  }

  /**
   * Thompson sampling of a linear model by agent: a constant, the type of task, the payload's
   * length.
   *
   * <p>Agrawal and Goyal, "Thompson Sampling for Contextual Bandits with Linear Payoffs" (2013):
   * the weights' posterior is that of ridge regression, prior and noise of deviation .5, one
   * rank-one update an outcome. 18 features: 1, one of 16 buckets for the type (types in order of
   * appearance, modulo 16), and the length's logarithm. The paper's bound, order d^1.5 sqrt(T),
   * needs rewards that are linear and a wider posterior than this. It is fragile: rewards are coins
   * and not normal, an agent's length and type are learned apart from all others', and types that
   * meet in a bucket are confused. Take it only where tasks differ by a few types and by length,
   * and compare it with {@link #adaptiveThompson()} first. Takes 1.6 kB an agent with outcomes.
   *
   * @return the policy, named {@code lin-thompson}
   */
  public static BanditPolicy linThompson() {
    return new BanditPolicy(LinThompson.NAME, setting -> new LinThompson(setting.random()));
  }

  /**
   * The highest .7 declared + .3 measured; of equals the one with the fewest decisions.
   *
   * <p>Declared is the mean level the agent declares in what the task requires, measured the share
   * of its outcomes that were successes; either is .5 while there is none. This never stops
   * trusting declarations: where they are wrong, the wrong agent is taken for ever and regret is
   * linear in T, as it may be where they are right, because nothing is explored. Deterministic.
   * Take it only where a rule demands that very sum; {@link #adaptiveThompson()} begins with
   * declared levels too, and believes them as far as they prove true.
   *
   * @return the policy, named {@code weighted}
   */
  public static BanditPolicy weighted() {
    return new BanditPolicy(Weighted.NAME, setting -> new Weighted());
  }

  /**
   * Whoever was chosen longest ago; newcomers first.
   *
   * <p>Learns nothing, so regret is linear. Deterministic. Take it to compare with, or to gather
   * the same number of outcomes of everybody.
   *
   * @return the policy, named {@code round-robin}
   */
  public static BanditPolicy roundRobin() {
    return new BanditPolicy(PlainPolicies.ROUND_ROBIN, setting -> new PlainPolicies.RoundRobin());
  }

  /**
   * Whoever has the largest share of its slots free, queued tasks taken off; of equals the one with
   * the fewest decisions.
   *
   * <p>Learns nothing, so regret is linear. Deterministic. Take it where agents are equally good
   * and only waiting counts.
   *
   * @return the policy, named {@code least-loaded}
   */
  public static BanditPolicy leastLoaded() {
    return new BanditPolicy(PlainPolicies.LEAST_LOADED, setting -> new PlainPolicies.LeastLoaded());
  }

  /**
   * Any candidate with the same chance.
   *
   * <p>Learns nothing, so regret is linear. Take it for data that favours nobody, which off-policy
   * evaluation reads best.
   *
   * @return the policy, named {@code uniform}
   */
  public static BanditPolicy uniform() {
    return new BanditPolicy(
        PlainPolicies.UNIFORM, setting -> new PlainPolicies.Uniform(setting.random()));
  }

  /**
   * The first candidate of a list; those that are not on it come after all that are, in registry
   * order.
   *
   * <p>Learns nothing, so regret is linear unless the list is right. Deterministic. Take it to pin
   * the choice, to have a fixed order of fallbacks, or to compare with the best agent known.
   *
   * @param agents ids, best first; one named twice counts where it is first, none is allowed
   * @return the policy, named {@code fixed-ranking}
   */
  public static BanditPolicy fixedRanking(List<String> agents) {
    List<String> ranking = List.copyOf(agents);
    return new BanditPolicy(
        PlainPolicies.FIXED_RANKING, setting -> new PlainPolicies.FixedRanking(ranking));
  }

  /**
   * The policy of a name, with its default constants, for settings read from text.
   *
   * @param name one of {@link #names()}
   * @return the policy; {@code default} is {@link #adaptiveThompson()}
   * @throws IllegalArgumentException if no policy has that name, with all names in the message
   */
  public static BanditPolicy named(String name) {
    Supplier<BanditPolicy> known = BY_NAME.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          "no policy is named '"
              + name
              + "'; take one of "
              + names()
              + ", or call BanditPolicy.restarting or fixedRanking, which need an argument");
    }
    return known.get();
  }

  /**
   * The names of all policies that need no argument, and {@code default}.
   *
   * @return names for {@link #named(String)}, sorted
   */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
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
