/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import dev.arbiter.internal.Require;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Asks agents one after the other, the best first, and stops when another answer is not worth its
 * price.
 *
 * <p>After each answer there is a probability that the leading answer is right. A run stops once
 * its odds are above a limit. The limit is the one that would have earned most in the outcomes that
 * the ballot remembers: right answers, less the price of the calls. A share of the runs asks all,
 * so that those outcomes are not only of hard tasks.
 *
 * <p>Thread-safe; a {@link Run} belongs to one task. What is learned by the {@link Ballot} is taken
 * up when its outcomes have grown by a tenth, at the next {@link #run}, which then computes for
 * some 100 ms.
 */
public final class Sequential {
  /** The price of a call unless another is given: half a hundredth of a right answer. */
  public static final double DEFAULT_PRICE = .005;

  private static final int MOST_AGENTS = 8;
  private static final double FIRST_ODDS = Math.log(4); // a probability of .8
  private static final double FIRST_OUTCOMES = 30;
  private static final double HIGHEST = 5;
  private static final double LOWEST = -.8;
  private static final double REPLAN_AFTER = .1;
  private static final int ENOUGH = 30;

  private final Ballot ballot;
  private final List<String> agents;
  private final double price;
  private final double share;
  private final SplittableRandom random;
  private Plan plan;

  /* What was known, the order, the weights after each number of agents, and where to stop. */
  private record Plan(
      PollMemory known, List<String> order, List<Weights> weights, double limit, long learned) {}

  private Sequential(Builder builder) {
    ballot = builder.ballot;
    agents = builder.agents;
    price = builder.price;
    share = builder.share;
    random = new SplittableRandom(builder.seed);
    plan = planned();
  }

  /**
   * {@return a builder with defaults for everything else}
   *
   * @param ballot its outcomes give order, weights and limit
   * @param agents ids, at least one; of more than eight, the best eight are asked
   * @throws IllegalArgumentException if there is no agent, or the rule of the ballot counts heads:
   *     a sequence decides by weights
   */
  public static Builder builder(Ballot ballot, List<String> agents) {
    return new Builder(ballot, agents);
  }

  /**
   * Starts with a task.
   *
   * @param type the type of the task
   * @return nothing is asked yet
   */
  public Run run(String type) {
    synchronized (this) {
      return run(type, random.nextDouble() < share);
    }
  }

  /* Whether all are asked is drawn by the caller, for tests and replays. */
  synchronized Run run(String type, boolean all) {
    long fresh = ballot.learned() - plan.learned;
    if (fresh > 0 && fresh >= REPLAN_AFTER * plan.known.size()) {
      plan = planned();
    }
    return new Run(plan, type, all);
  }

  /** {@return the agents, in the order in which they are asked} */
  public synchronized List<String> order() {
    return plan.order;
  }

  /** {@return the probability at which a run stops} */
  public synchronized double limit() {
    return plan.limit;
  }

  private Plan planned() {
    long learned = ballot.learned();
    PollMemory known = ballot.remembered();
    List<String> all = bestFirst(known);
    List<String> order = all.subList(0, Math.min(MOST_AGENTS, all.size()));
    List<Weights> weights = new ArrayList<>();
    for (int asked = 1; asked <= order.size(); asked++) {
      List<String> first = order.subList(0, asked);
      weights.add(ballot.weightsAmong(known, first));
    }
    List<Poll> whole = ballot.pollsAmong(known, order);
    double count = whole.size();
    double odds =
        (count * odds(whole, weights) + FIRST_OUTCOMES * FIRST_ODDS) / (count + FIRST_OUTCOMES);
    return new Plan(known, List.copyOf(order), weights, probability(odds), learned);
  }

  /* By outcomes of tasks that all of them got: later agents get more of the hard ones. */
  private List<String> bestFirst(PollMemory known) {
    List<String> order = ballot.bestFirst(agents);
    List<Poll> fair = ballot.pollsAmong(known, order);
    if (fair.size() < ENOUGH) {
      return order;
    }
    int[] right = new int[order.size()];
    for (Poll poll : fair) {
      for (int i = 0; i < right.length; i++) {
        right[i] += poll.right() >= 0 && poll.groups()[i] == poll.right() ? 1 : 0;
      }
    }
    return IntStream.range(0, right.length)
        .boxed()
        .sorted(Comparator.comparingInt((Integer i) -> -right[i]))
        .map(order::get)
        .toList();
  }

  private static double probability(double odds) {
    return 1 / (1 + Math.exp(-odds));
  }

  /** The limit that earns most in these polls, as log-odds; of equal ones the highest. */
  private double odds(List<Poll> polls, List<Weights> weights) {
    double best = FIRST_ODDS;
    double most = Double.NEGATIVE_INFINITY;
    double[][] sure = new double[polls.size()][weights.size()];
    boolean[][] right = new boolean[polls.size()][weights.size()];
    for (int i = 0; i < sure.length; i++) {
      for (int asked = 1; asked <= weights.size(); asked++) {
        Poll poll = polls.get(i);
        double[] chances = chances(poll, asked, weights.get(asked - 1));
        int winner = argmax(chances, poll.count());
        sure[i][asked - 1] = winner < 0 ? 0 : chances[winner];
        right[i][asked - 1] = winner >= 0 && winner == poll.right();
      }
    }
    for (double odds = HIGHEST; odds > LOWEST; odds -= .1) {
      double limit = probability(odds);
      double earned = 0;
      for (int i = 0; i < sure.length; i++) {
        int asked = 0;
        while (asked < weights.size() - 1 && sure[i][asked] < limit) {
          asked++;
        }
        earned += (right[i][asked] ? 1 : 0) - price * (asked + 1);
      }
      if (earned > most + 1e-9) {
        most = earned;
        best = odds;
      }
    }
    return best;
  }

  private double[] chances(Poll poll, int asked, Weights weights) {
    double[] scores = new double[poll.count() + 1];
    boolean[] given = new boolean[poll.count()];
    Arrays.fill(given, !ballot.options().isEmpty());
    for (int i = 0; i < asked; i++) {
      if (poll.groups()[i] >= 0) {
        scores[poll.groups()[i]] += weights.of(poll.type(), i);
        given[poll.groups()[i]] = true;
      }
    }
    for (int group = 0; group < given.length; group++) {
      scores[group] = given[group] ? scores[group] : Double.NEGATIVE_INFINITY;
    }
    scores[poll.count()] =
        ballot.options().isEmpty() ? weights.none(poll.type()) : Double.NEGATIVE_INFINITY;
    Weights.softmax(scores, scores.length);
    return scores;
  }

  private static int argmax(double[] values, int count) {
    int best = -1;
    for (int i = 0; i < count; i++) {
      if (values[i] > 0 && (best < 0 || values[i] > values[best])) {
        best = i;
      }
    }
    return best;
  }

  /** One task: who is asked next, and what is decided. Not thread-safe. */
  public final class Run {
    private final Plan plan;
    private final String type;
    private final boolean all;
    private final List<Reply> replies = new ArrayList<>();
    private Tally tally;

    private Run(Plan plan, String type, boolean all) {
      this.plan = plan;
      this.type = type;
      this.all = all;
      this.tally = decided();
    }

    /** {@return the agent to ask next; empty if no more answer is worth its price} */
    public Optional<String> next() {
      boolean sure = !all && !replies.isEmpty() && tally.confidence() >= plan.limit;
      return sure || replies.size() >= plan.order.size()
          ? Optional.empty()
          : Optional.of(plan.order.get(replies.size()));
    }

    /**
     * Takes the reply of the agent that was next.
     *
     * @param reply may be an abstention
     * @throws IllegalArgumentException if it is of another agent
     */
    public void add(Reply reply) {
      int at = replies.size();
      Require.that(
          at < plan.order.size() && plan.order.get(at).equals(reply.agent()),
          "the reply of '%s' is not the next; see Run.next()",
          reply.agent());
      replies.add(reply);
      tally = decided();
    }

    /** {@return the number of agents that were asked} */
    public int calls() {
      return replies.size();
    }

    /** {@return the replies so far, in their order} */
    public List<Reply> replies() {
      return List.copyOf(replies);
    }

    /** {@return the decision by what was answered so far; the ballot can learn from it} */
    public Tally tally() {
      return tally;
    }

    private Tally decided() {
      if (replies.isEmpty()) {
        return ballot.decide(type, replies);
      }
      Map<String, Integer> rows = new HashMap<>();
      replies.forEach(reply -> rows.put(reply.agent(), rows.size()));
      Reply[] sorted = replies.toArray(new Reply[0]);
      Arrays.sort(sorted, Comparator.comparing(Reply::agent));
      int[] groups = ballot.equivalence().groups(sorted, ballot.options());
      Votes votes = Votes.of(type, sorted, groups, ballot.options());
      Weights weights = plan.weights.get(replies.size() - 1);
      int typeRow = plan.known.type(type);
      double[] each = new double[votes.size()];
      for (int i = 0; i < each.length; i++) {
        each[i] = weights.of(typeRow, rows.getOrDefault(votes.agent(i), -1));
      }
      double none = ballot.options().isEmpty() ? weights.none(typeRow) : Double.NaN;
      return Tally.weigh(votes, each, none).after(plan.known.size());
    }
  }

  /** Builds a {@link Sequential}; not thread-safe. */
  public static final class Builder {
    private final Ballot ballot;
    private final List<String> agents;
    private double price = DEFAULT_PRICE;
    private double share = .05;
    private long seed = 1;

    private Builder(Ballot ballot, List<String> agents) {
      Require.that(!agents.isEmpty(), "sequential.agents must name one agent at least, got none");
      ballot.requireWeights("a sequence");
      this.ballot = ballot;
      this.agents = List.copyOf(agents);
    }

    /**
     * Sets the price of a call, default {@value Sequential#DEFAULT_PRICE}.
     *
     * @param ofRightAnswer share of the value of a right answer, from 0 to 1
     */
    public Builder price(double ofRightAnswer) {
      Require.that(
          ofRightAnswer >= 0 && ofRightAnswer <= 1,
          "sequential.price must be in [0, 1], got %s",
          ofRightAnswer);
      price = ofRightAnswer;
      return this;
    }

    /**
     * Sets the share of runs that ask all agents, default .05.
     *
     * @param runs from 0 to 1; with 0 the records of later agents are of hard tasks only
     */
    public Builder askAll(double runs) {
      Require.that(runs >= 0 && runs <= 1, "sequential.askAll must be in [0, 1], got %s", runs);
      share = runs;
      return this;
    }

    /**
     * Sets the seed by which those runs are drawn, default 1.
     *
     * @param number any
     */
    public Builder seed(long number) {
      seed = number;
      return this;
    }

    /** {@return the sequence} */
    public Sequential build() {
      return new Sequential(this);
    }
  }
}
