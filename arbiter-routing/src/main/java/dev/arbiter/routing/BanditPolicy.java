/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.internal.Require;
import dev.arbiter.routing.internal.record.Prices;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * A rule that chooses by what was learned from outcomes.
 *
 * <p>Immutable and safe to share: every {@link BanditRouter} learns on its own. A policy sees
 * rewards between 0 and 1, and never an agent's output. Below, t is the number of outcomes and T
 * the number of tasks; a policy that learns nothing has linear regret.
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

  /** The parts of a router that its policy may use. */
  record Setting(RandomGenerator random, long horizon, Prices prices, Spending spending) {}

  /**
   * The default, {@code adaptive-thompson}: Thompson sampling for few tasks, many agents and
   * changing ones.
   *
   * <p>Each candidate draws a success rate from a beta distribution of its record. The prior is the
   * mean of all agents, worth 8 outcomes. At first records count more than they are, and ever less
   * so; this exploits sooner. Three terms are added to the draw:
   *
   * <ul>
   *   <li>how much better the agent is at this type of task, shrunk as if 20 outcomes had shown no
   *       difference;
   *   <li>the cost of waiting for a slot, subtracted;
   *   <li>the cost in money, subtracted, if a success has a value.
   * </ul>
   *
   * <p>Declared levels are a second prior. It is used with the chance that the agent's declarations
   * proved true. A record fades by .9995 with each outcome, and begins anew when a test finds the
   * agent changed. For 2,500 outcomes after such a change, records fade by .998 and one decision in
   * a hundred goes to the next agent in turn. A fallback takes the next best of the draws that
   * chose the agent that failed. Its outcome counts half, corrected for the task being a hard one.
   *
   * <p>Cost: one read of the load and one draw a candidate, about 20 ns. From 64 candidates on most
   * draws are only bounded and never computed, if the same list recurs, no levels are declared and
   * neither money nor time is weighed: same probabilities, 9 ns a candidate with a record and 11
   * without. Such a decision shares its records with its neighbours instead of copying them; {@code
   * candidates()} computes its scores at the first call, in one or two microseconds a candidate.
   * This is kept ready for 32 types of task at once; for more, all candidates draw.
   *
   * <p>Sources: Chapelle and Li, "An Empirical Evaluation of Thompson Sampling" (2011); the change
   * test is Besson and Kaufmann, "The Generalized Likelihood Ratio Test meets klUCB" (2019).
   * Differs from both in the priors, the offsets and the sharpening.
   */
  public static BanditPolicy adaptiveThompson() {
    return adaptiveThompson(AdaptiveThompson.KEEP);
  }

  /**
   * The default with another rate of forgetting.
   *
   * @param keep the share of an agent's record that each of its outcomes leaves, above 0, at most
   *     1, and for a while after a change at most .998; with 1 nothing fades and the test for
   *     change is off, so that the sums of several routers add up to exactly those of one
   * @throws IllegalArgumentException if the number is outside its range
   */
  public static BanditPolicy adaptiveThompson(double keep) {
    requireShare("keep", keep);
    return new BanditPolicy(
        AdaptiveThompson.NAME, setting -> new AdaptiveThompson(setting, Math.max(1e-9, keep)));
  }

  /** {@link #epsilonGreedy(double, double)} with a first chance of .2 that decays by .995. */
  public static BanditPolicy epsilonGreedy() {
    return epsilonGreedy(.2, .995);
  }

  /**
   * {@code epsilon-greedy}: with a chance that decays to .01 any candidate, else the one with the
   * best mean reward.
   *
   * <p>A candidate without outcomes has mean 0, and chance breaks ties. The chance never ends, so a
   * newcomer is reached in the end. Good on average; may settle early on a poor agent, and notices
   * change late.
   *
   * @param epsilon the chance at the first decision, in [0,1]
   * @param decay the factor of the chance with each decision, in [0,1]
   * @throws IllegalArgumentException if a number is not in [0,1]
   */
  public static BanditPolicy epsilonGreedy(double epsilon, double decay) {
    requireShare("epsilon", epsilon);
    requireShare("decay", decay);
    return new BanditPolicy(
        EpsilonGreedy.NAME, setting -> new EpsilonGreedy(setting.random(), epsilon, decay));
  }

  /**
   * {@code ucb1}: the highest upper confidence bound, mean + sqrt(2 ln t / n); candidates without
   * outcomes first.
   *
   * <p>Auer, Cesa-Bianchi, Fischer, "Finite-time Analysis of the Multiarmed Bandit Problem",
   * Machine Learning 47 (2002), algorithm UCB1; t counts outcomes, not decisions. Deterministic. It
   * explores for much longer than a few thousand tasks are worth: take it for comparison.
   *
   * <p>Cost: from 8 candidates on whose list recurs, the logarithm of their number; else a scan.
   * Choices are the same to the last bit. After the former, {@code candidates()} computes the
   * bounds from the records at decision time.
   */
  public static BanditPolicy ucb1() {
    return new BanditPolicy(Ucb.UCB1, setting -> new Ucb(Ucb.UCB1, 4));
  }

  /** {@link #ucbAlpha(double)} with alpha 1. */
  public static BanditPolicy ucbAlpha() {
    return ucbAlpha(1);
  }

  /**
   * {@code ucb-alpha}: the highest mean + sqrt(alpha ln t / 2n); t counts all outcomes, n the
   * candidate's own.
   *
   * <p>Bubeck and Cesa-Bianchi, "Regret Analysis of Stochastic and Nonstochastic Multi-armed Bandit
   * Problems" (2012), section 2.2; {@link #ucb1()} is alpha 4. Regret grows like ln T, as proven
   * for alpha above 2; the usual 1 is below that and does far better in a few thousand tasks.
   * Deterministic. Take it if a choice must be checked with a pocket calculator. Costs the same as
   * {@link #ucb1()}.
   *
   * @param alpha how far the bound is above the mean, above 0, at most 100
   * @throws IllegalArgumentException if alpha is outside that range
   */
  public static BanditPolicy ucbAlpha(double alpha) {
    Require.that(alpha > 0 && alpha <= 100, "alpha must be above 0 and at most 100, got %s", alpha);
    return new BanditPolicy(Ucb.ALPHA, setting -> new Ucb(Ucb.ALPHA, alpha));
  }

  /**
   * {@code kl-ucb}: the highest success rate q that n outcomes of mean p do not rule out, n kl(p,q)
   * &lt;= ln t.
   *
   * <p>Garivier and Cappé, "The KL-UCB Algorithm for Bounded Stochastic Bandits and Beyond" (2011),
   * with the divergence kl of coins and without the paper's ln ln t term (c = 0), as it advises in
   * practice; t counts outcomes. With that term its regret meets the lower bound of Lai and Robbins
   * for successes and failures, and has a proven logarithmic bound for all rewards in [0,1].
   * Deterministic. Take it for long runs where every choice must be explained by a bound.
   */
  public static BanditPolicy klUcb() {
    return new BanditPolicy(KlUcb.NAME, setting -> new KlUcb());
  }

  /**
   * {@code imed}: the lowest n kl(p,best) + ln n, the price of one more look at an agent that seems
   * worse than the best.
   *
   * <p>Honda and Takemura, "Non-Asymptotic Analysis of a New Bandit Algorithm for Semi-bounded
   * Rewards" (2015), algorithm IMED, with the divergence of coins; no constants. The score is the
   * price with its sign turned. Its regret meets the lower bound of Lai and Robbins for successes
   * and failures. Deterministic, and needs neither t nor a root: take it for audits and tests.
   */
  public static BanditPolicy imed() {
    return new BanditPolicy(Imed.NAME, setting -> new Imed());
  }

  /**
   * {@code thompson}: draws each success rate from Beta(1 + successes, 1 + failures) and takes the
   * highest.
   *
   * <p>Thompson, "On the Likelihood that One Unknown Probability Exceeds Another" (1933), with the
   * flat prior. Its regret meets the lower bound of Lai and Robbins for successes and failures
   * (Kaufmann, Korda, Munos, "Thompson Sampling: An Asymptotically Optimal Finite-Time Analysis",
   * 2012), and late outcomes harm it little. Take it for few agents that do not change; with many,
   * {@link #adaptiveThompson()} settles sooner.
   */
  public static BanditPolicy thompson() {
    return new BanditPolicy(
        Thompson.NAME, setting -> new Thompson(Thompson.NAME, setting.random(), 1));
  }

  /** {@link #discountedThompson(double)} that keeps .98: a record is worth at most 50 outcomes. */
  public static BanditPolicy discountedThompson() {
    return discountedThompson(.98);
  }

  /**
   * {@code discounted-thompson}: Thompson sampling of records that fade with each outcome of their
   * agent.
   *
   * <p>After Raj and Kalyani, "Taming Non-stationary Bandits: A Bayesian Approach" (2017). Differs:
   * only the agent that had the outcome forgets. If all forget with every outcome, agents that were
   * not asked return to the prior and are asked again; among 9 to 24 agents this costs 1.5 to 2.6
   * times the regret. No bound on regret is known; among agents that never change it is linear,
   * because uncertainty never ends. Take it if agents change often and by degrees; if changes are
   * rare and large, take {@link #restarting(BanditPolicy)}.
   *
   * @param keep the share of its record an agent keeps with an outcome, in [0,1]; 1 keeps all
   * @throws IllegalArgumentException if the share is not in [0,1]
   */
  public static BanditPolicy discountedThompson(double keep) {
    requireShare("keep", keep);
    return new BanditPolicy(
        Thompson.DISCOUNTED, setting -> new Thompson(Thompson.DISCOUNTED, setting.random(), keep));
  }

  /**
   * {@code glr-} and the inner policy's name: another policy, which forgets an agent when a test
   * finds that its success rate changed.
   *
   * <p>Besson and Kaufmann, "The Generalized Likelihood Ratio Test meets klUCB" (2019), with local
   * restarts: n outcomes of mean m are split where s kl(m1,m) + (n - s) kl(m2,m) is highest, and
   * that is an alarm above ln(3 n^1.5 / .01). For 2,500 outcomes after an alarm, one decision in a
   * hundred goes to the next agent in turn, so that one that improved is found; {@code
   * probability()} includes that. Around {@link #klUcb()} and with constants fitted to T, regret is
   * of order sqrt(changes K T ln T). The fixed constants here and other policies have no such
   * proof, and the forced decisions cost a little after each alarm. Differs from the paper: the
   * test looks at blocks of five outcomes, at the last 200 blocks. Take it around any policy that
   * knows no change, if changes are rare and large.
   *
   * @param inner the policy that chooses; {@link #adaptiveThompson()} restarts by itself
   */
  public static BanditPolicy restarting(BanditPolicy inner) {
    String name = Restarting.PREFIX + inner.name;
    return new BanditPolicy(
        name, setting -> new Restarting(name, inner.start(setting), setting.random()));
  }

  /**
   * {@code optimistic-gittins}: the highest optimistic Gittins index, the sure reward that is as
   * good as the agent if one more look at it told everything.
   *
   * <p>Gutin and Farias, "Optimistic Gittins Indices" (2016), with one step of looking ahead: the
   * index l solves l = (1 - y) m + y E max(theta, l) with discount y = 1 - 1/(t + 20), where t
   * counts outcomes. Differs: theta is normal, of the mean and variance of a beta posterior whose
   * prior is the mean of all agents, worth 8 outcomes. With exact posteriors its regret meets the
   * lower bound of Lai and Robbins, constant included. Deterministic, so outcomes must come
   * promptly: while they are under way it asks the same agent again. Take it for few tasks at a
   * time.
   */
  public static BanditPolicy optimisticGittins() {
    return new BanditPolicy(OptimisticGittins.NAME, setting -> new OptimisticGittins());
  }

  /**
   * {@code hierarchical-thompson}: Thompson sampling by agent and type of task, where an agent's
   * types share their mean.
   *
   * <p>Hong, Kveton, Zaheer, Ghavamzadeh, "Hierarchical Bayesian Bandits" (2022), and Wan and
   * others, "Metadata-based Multi-Task Bandits with Bayesian Hierarchical Models" (2021): an
   * agent's success rate at a type is Beta(20 m, 20 (1 - m)); its own mean m is learned over all
   * types from a flat prior. Differs: the posterior over m, and the one at a type over all m, are
   * replaced by beta distributions of the right mean and variance. The papers' bounds are on regret
   * averaged over the prior, order sqrt(T) for each type and less the closer types are. Take it for
   * a few strongly different types with thousands of tasks; in short runs {@link
   * #adaptiveThompson()} is ahead.
   *
   * <p>Keeps the 2 million pairs of agent and type asked for last; older types are judged by m.
   */
  public static BanditPolicy hierarchicalThompson() {
    return new BanditPolicy(
        HierarchicalThompson.NAME, setting -> new HierarchicalThompson(setting.random()));
  }

  /**
   * {@code lin-thompson}: Thompson sampling of a linear model by agent: a constant, the type of
   * task, the payload's length.
   *
   * <p>Agrawal and Goyal, "Thompson Sampling for Contextual Bandits with Linear Payoffs" (2013):
   * the weights' posterior is that of ridge regression, prior and noise of deviation .5, one
   * rank-one update an outcome. 18 features: 1, one of 16 buckets for the type (types in order of
   * appearance, modulo 16), and the length's logarithm. The paper's bound, order d^1.5 sqrt(T),
   * needs rewards that are linear and a wider posterior than this. It is fragile: rewards are coins
   * and not normal, an agent's length and type are learned apart from all others', and types that
   * meet in a bucket are confused. Take it only if tasks differ by a few types and by length, and
   * compare it with {@link #adaptiveThompson()} first. Takes 1.6 kB an agent with outcomes.
   */
  public static BanditPolicy linThompson() {
    return new BanditPolicy(LinThompson.NAME, setting -> new LinThompson(setting.random()));
  }

  /**
   * {@code weighted}: the highest .7 declared + .3 measured; of equals the one with the fewest
   * decisions.
   *
   * <p>Declared is the mean level the agent declares in the task's required capabilities, measured
   * the share of its outcomes that were successes; either is .5 while there is none. Declarations
   * are trusted for ever: if they are wrong, the wrong agent is taken for ever and regret is linear
   * in T; it may be linear even if they are right, because nothing is explored. Deterministic. Take
   * it only if a rule demands that very sum; {@link #adaptiveThompson()} starts from declared
   * levels too, and believes them as far as they prove true.
   */
  public static BanditPolicy weighted() {
    return new BanditPolicy(Weighted.NAME, setting -> new Weighted());
  }

  /**
   * {@code round-robin}: the agent chosen longest ago; newcomers first.
   *
   * <p>Learns nothing. Deterministic. Take it for comparison, or for the same number of outcomes of
   * every agent.
   */
  public static BanditPolicy roundRobin() {
    return new BanditPolicy(PlainPolicies.ROUND_ROBIN, setting -> new PlainPolicies.RoundRobin());
  }

  /**
   * {@code least-loaded}: the agent with the largest share of its slots free, queued tasks
   * subtracted; of equals the one with the fewest decisions.
   *
   * <p>Learns nothing. Deterministic. Take it if agents are equally good and only waiting counts.
   */
  public static BanditPolicy leastLoaded() {
    return new BanditPolicy(PlainPolicies.LEAST_LOADED, setting -> new PlainPolicies.LeastLoaded());
  }

  /**
   * {@code uniform}: any candidate with the same chance.
   *
   * <p>Learns nothing. Take it for a log that favours no agent; off-policy evaluation reads it
   * best.
   */
  public static BanditPolicy uniform() {
    return new BanditPolicy(
        PlainPolicies.UNIFORM, setting -> new PlainPolicies.Uniform(setting.random()));
  }

  /**
   * {@code fixed-ranking}: the first candidate of a list; unlisted ones come after all listed, in
   * registry order.
   *
   * <p>Learns nothing; regret is linear unless the list is right. Deterministic. Take it to pin the
   * choice, for a fixed order of fallbacks, or to compare with the best agent known.
   *
   * @param agents ids, best first; a repeated one counts where it is first; may be empty
   */
  public static BanditPolicy fixedRanking(List<String> agents) {
    List<String> ranking = List.copyOf(agents);
    return new BanditPolicy(
        PlainPolicies.FIXED_RANKING, setting -> new PlainPolicies.FixedRanking(ranking));
  }

  /**
   * The policy of a name, with its default constants, for settings read from text.
   *
   * @param name one of {@link #names()}; {@code default} is {@link #adaptiveThompson()}
   * @throws IllegalArgumentException if no policy has that name; the message has all names
   */
  public static BanditPolicy named(String name) {
    Supplier<BanditPolicy> known = BY_NAME.get(name);
    if (known == null) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "no policy is named '%s'; take one of %s, or call BanditPolicy.restarting or"
                  + " fixedRanking, which need an argument",
              name,
              names()));
    }
    return known.get();
  }

  /** The names of all policies that need no argument, and {@code default}; sorted. */
  public static List<String> names() {
    return List.copyOf(BY_NAME.keySet());
  }

  /** The policy's name, as decisions carry it, such as {@code ucb1}. */
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
    Require.that(value >= 0 && value <= 1, "%s must be in [0,1], got %s", what, value);
  }
}
