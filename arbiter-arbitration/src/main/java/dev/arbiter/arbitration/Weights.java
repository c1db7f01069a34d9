/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.arbitration;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Weights of votes, learned from polls. Immutable.
 *
 * <p>The probability that an answer is right is a softmax over the given answers, each with the sum
 * of its voters' weights, and over "none of them".
 *
 * @param global weight of each agent over all types; NaN if it is in no poll
 * @param byType weights at each type; null where there is no poll of it
 * @param none for all types, then for each type, the score of "none of them"
 * @param unknown weight of an agent in no poll
 * @param leader the agent that alone decides, -1 for none
 * @param leaderShare its share of right answers
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, and never changed
record Weights(
    double[] global,
    double @Nullable [][] byType,
    double[] none,
    double unknown,
    int leader,
    double leaderShare) {
  /*
   * Two steps. First a prior for all agents from their records alone: log-odds of the share of right
   * answers, shrunk to the mean of all by as much as the records differ no more than chance would
   * (empirical Bayes), then raised to a power and scaled. Power and scale are those that explain the
   * polls, averaged by their likelihood. A power of 1 is the classical vote; a high one trusts the
   * best alone. Then a softmax regression around that prior, with a ridge as strong as some ten polls;
   * and the same for each type around the weights for all types. With few polls the prior decides,
   * with some 300 the regression. Log-odds alone below 300 polls were worse.
   *
   * The floor. A clear leader, whose interval lies above all others', decides alone if it beats the
   * weights on polls that were held back from both (five parts), by more than a standard error. One
   * lucky record among equals is no leader: with narrower intervals three equal models lost .2 points.
   */
  private static final double RIDGE = 10;
  private static final double[] POWERS = {1, 2, 4};
  private static final double[] NONES = {-2, -1, 0, 1, 2};
  private static final int SCALES = 14;
  private static final double LEAST_SCALE = .05;
  private static final double MOST_SCALE = 6;
  private static final double MOST_LOG_ODDS = 4;
  private static final double Z_CLEAR = 1.28;
  private static final int PARTS = 5;
  private static final int STEPS = 30;
  private static final double LONGEST_STEP = 2;
  private static final double PRECISION = 1e-5;

  /**
   * Polls, and what is known beside them.
   *
   * @param polls the oldest first
   * @param agents number of agents
   * @param types number of types
   * @param closed whether the right answer is always among the numbered ones
   * @param extraRight right answers of each agent that are known from elsewhere
   * @param extraAsked and how many answers
   */
  record Evidence(
      List<Poll> polls,
      int agents,
      int types,
      boolean closed,
      double[] extraRight,
      double[] extraAsked) {

    private Evidence with(List<Poll> some) {
      return new Evidence(some, agents, types, closed, extraRight, extraAsked);
    }
  }

  static Weights learn(Evidence known) {
    Weights all = fit(known);
    int leader = clearLeader(known);
    return leader >= 0 && loses(known) ? all.under(leader, share(known, leader)) : all;
  }

  private Weights under(int newLeader, double share) {
    return new Weights(global, byType, none, unknown, newLeader, share);
  }

  /** The weights without the floor, of which no agent decides alone. */
  static Weights fit(Evidence known) {
    Prior prior = Prior.of(known);
    double[] all = regression(known.polls, known.closed, prior.weights);
    double[][] byType = new double[known.types][];
    double[] none = new double[known.types + 1];
    int last = known.agents;
    none[0] = all[last];
    for (int type = 0; type < known.types; type++) {
      int of = type;
      List<Poll> some = known.polls.stream().filter(poll -> poll.type() == of).toList();
      byType[type] = some.isEmpty() ? null : regression(some, known.closed, all);
      none[type + 1] = byType[type] == null ? all[last] : byType[type][last];
    }
    boolean[] seen = new boolean[known.agents];
    known.polls.forEach(poll -> Arrays.stream(poll.agents()).forEach(agent -> seen[agent] = true));
    for (int i = 0; i < known.agents; i++) {
      all[i] = seen[i] || known.extraAsked[i] > 0 ? all[i] : Double.NaN;
    }
    return new Weights(all, byType, none, prior.unknown, -1, 0);
  }

  /** The weight of an agent at a type, both as numbers; negative if unknown. */
  double of(int type, int agent) {
    if (agent < 0 || agent >= global.length || Double.isNaN(global[agent])) {
      return unknown;
    }
    double[] own = type < 0 || byType == null || type >= byType.length ? null : byType[type];
    return own == null ? global[agent] : own[agent];
  }

  double none(int type) {
    return none[type + 1 < none.length ? type + 1 : 0];
  }

  /* Whether the best agent beats the weights by more than a standard error of the difference. */
  private static boolean loses(Evidence known) {
    int[] less = new int[PARTS];
    int[] changed = new int[PARTS];
    IntStream.range(0, PARTS)
        .forEach(
            part -> {
              List<Poll> rest = part(known.polls, part, false);
              Weights weights = fit(known.with(rest));
              int leader = best(known.with(rest));
              for (Poll poll : part(known.polls, part, true)) {
                boolean led = poll.right() >= 0 && poll.group(leader) == poll.right();
                boolean voted = poll.right() >= 0 && weights.winner(poll) == poll.right();
                less[part] += (led ? 1 : 0) - (voted ? 1 : 0);
                changed[part] += led == voted ? 0 : 1;
              }
            });
    return Arrays.stream(less).sum() > Math.sqrt(Arrays.stream(changed).sum() + 1);
  }

  private static List<Poll> part(List<Poll> polls, int part, boolean in) {
    return IntStream.range(0, polls.size())
        .filter(i -> i % PARTS == part == in)
        .mapToObj(polls::get)
        .toList();
  }

  /** The number of the answer with the highest score, -1 if nobody answered. */
  int winner(Poll poll) {
    double[] scores = new double[poll.count()];
    boolean[] given = new boolean[poll.count()];
    for (int i = 0; i < poll.agents().length; i++) {
      int group = poll.groups()[i];
      if (group >= 0) {
        scores[group] += of(poll.type(), poll.agents()[i]);
        given[group] = true;
      }
    }
    int winner = -1;
    for (int group = 0; group < scores.length; group++) {
      if (given[group] && (winner < 0 || scores[group] > scores[winner])) {
        winner = group;
      }
    }
    return winner;
  }

  /* Asked and right, an abstention is not right. */
  private static double[][] records(Evidence known) {
    double[][] records = {known.extraRight.clone(), known.extraAsked.clone()};
    for (Poll poll : known.polls) {
      for (int i = 0; i < poll.agents().length; i++) {
        boolean right = poll.right() >= 0 && poll.groups()[i] == poll.right();
        records[0][poll.agents()[i]] += right ? 1 : 0;
        records[1][poll.agents()[i]]++;
      }
    }
    return records;
  }

  private static double share(Evidence known, int agent) {
    double[][] records = records(known);
    return (records[0][agent] + 1) / (records[1][agent] + 2);
  }

  private static int best(Evidence known) {
    double[][] records = records(known);
    int best = -1;
    for (int i = 0; i < known.agents; i++) {
      if (records[1][i] > 0
          && (best < 0 || low(records, i, Z_CLEAR) > low(records, best, Z_CLEAR))) {
        best = i;
      }
    }
    return best;
  }

  private static double low(double[][] records, int agent, double z) {
    return Standing.low(records[0][agent], records[1][agent], z);
  }

  private static int clearLeader(Evidence known) {
    double[][] records = records(known);
    int best = best(known);
    int others = 0;
    for (int i = 0; best >= 0 && i < known.agents; i++) {
      if (i != best && records[1][i] > 0) {
        others++;
        if (Standing.high(records[0][i], records[1][i], Z_CLEAR) >= low(records, best, Z_CLEAR)) {
          return -1;
        }
      }
    }
    return others == 0 ? -1 : best;
  }

  /**
   * The weights that explain the polls best, held to a prior by a ridge: Newton's method. The last
   * weight is the score of "none of them".
   */
  private static double[] regression(List<Poll> polls, boolean closed, double[] prior) {
    double[] all = prior.clone();
    int[] used =
        IntStream.concat(
                polls.stream()
                    .flatMapToInt(poll -> Arrays.stream(poll.agents()))
                    .distinct()
                    .sorted(),
                IntStream.of(prior.length - 1))
            .toArray();
    int[] places = new int[prior.length];
    for (int i = 0; i < used.length; i++) {
      places[used[i]] = i;
    }
    double[] weights =
        dense(
            polls.stream().map(poll -> poll.withAgents(places)).toList(),
            closed,
            Arrays.stream(used).mapToDouble(i -> prior[i]).toArray());
    for (int i = 0; i < used.length; i++) {
      all[used[i]] = weights[i];
    }
    return all;
  }

  private static double[] dense(List<Poll> polls, boolean closed, double[] prior) {
    int size = prior.length;
    double[] weights = prior.clone();
    for (int step = 0; step < STEPS; step++) {
      double[][] curvature = new double[size][size];
      double[] slope = new double[size];
      for (int i = 0; i < size; i++) {
        curvature[i][i] = RIDGE;
        slope[i] = RIDGE * (prior[i] - weights[i]);
      }
      for (Poll poll : polls) {
        add(poll, closed, weights, slope, curvature);
      }
      Cholesky.solve(curvature, slope);
      double longest = Arrays.stream(slope).map(Math::abs).max().orElse(0);
      double share = longest > LONGEST_STEP ? LONGEST_STEP / longest : 1;
      for (int i = 0; i < size; i++) {
        weights[i] += share * slope[i];
      }
      if (longest < PRECISION) {
        break;
      }
    }
    return weights;
  }

  private static void add(
      Poll poll, boolean closed, double[] weights, double[] slope, double[][] curvature) {
    if (closed && poll.right() < 0) {
      return;
    }
    int none = weights.length - 1;
    double[] odds = new double[poll.count() + 1];
    int[] agents = poll.agents();
    byte[] groups = poll.groups();
    odds[poll.count()] = weights[none];
    for (int i = 0; i < agents.length; i++) {
      if (groups[i] >= 0) {
        odds[groups[i]] += weights[agents[i]];
      }
    }
    softmax(odds, closed ? poll.count() : poll.count() + 1);
    double without = closed ? 0 : odds[poll.count()];
    slope[none] += closed ? 0 : (poll.right() < 0 ? 1 : 0) - without;
    curvature[none][none] += without * (1 - without);
    for (int i = 0; i < agents.length; i++) {
      if (groups[i] < 0) {
        continue;
      }
      double p = odds[groups[i]];
      double[] row = curvature[agents[i]];
      slope[agents[i]] += (groups[i] == poll.right() ? 1 : 0) - p;
      for (int j = 0; j < agents.length; j++) {
        if (groups[j] >= 0) {
          row[agents[j]] += (groups[i] == groups[j] ? p : 0) - p * odds[groups[j]];
        }
      }
      row[none] -= p * without;
      curvature[none][agents[i]] -= p * without;
    }
  }

  /** Makes probabilities of the first scores. */
  static void softmax(double[] scores, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, scores[i]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      scores[i] = Math.exp(scores[i] - most);
      sum += scores[i];
    }
    for (int i = 0; i < count; i++) {
      scores[i] /= sum;
    }
  }

  /** Weights from the records alone; the last one is the score of "none of them". */
  private record Prior(double[] weights, double unknown) {

    static Prior of(Evidence known) {
      double[] answered = known.extraAsked.clone();
      double[] right = known.extraRight.clone();
      count(known.polls, answered, right);
      double asked = Arrays.stream(answered).sum();
      double mean = (Arrays.stream(right).sum() + 1) / (asked + 2);
      double strength = strength(answered, right, mean);
      double chance = known.closed ? 0 : Math.log(agreementOfWrong(known.polls));
      double[] logOdds = new double[known.agents + 1];
      for (int i = 0; i < known.agents; i++) {
        double share = (right[i] + strength * mean) / (answered[i] + strength);
        logOdds[i] = logOdds(share, chance);
      }
      logOdds[known.agents] = logOdds(mean, chance); // of an agent in no poll
      return average(known, logOdds);
    }

    private static double logOdds(double share, double chance) {
      double bounded = Math.min(.98, Math.max(.02, share));
      double odds = Math.log(bounded / (1 - bounded)) - chance;
      return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, odds));
    }

    private static void count(List<Poll> polls, double[] answered, double[] right) {
      for (Poll poll : polls) {
        for (int i = 0; i < poll.agents().length; i++) {
          if (poll.groups()[i] >= 0) {
            answered[poll.agents()[i]]++;
            right[poll.agents()[i]] += poll.groups()[i] == poll.right() ? 1 : 0;
          }
        }
      }
    }

    /* How many answers of the mean agent count in each record: many if the records are alike. */
    private static double strength(double[] answered, double[] right, double mean) {
      double[] shares =
          IntStream.range(0, answered.length)
              .filter(i -> answered[i] > 0)
              .mapToDouble(i -> right[i] / answered[i])
              .toArray();
      if (shares.length < 2) {
        return 20;
      }
      double middle = Arrays.stream(shares).average().orElse(mean);
      double spread =
          Arrays.stream(shares).map(share -> (share - middle) * (share - middle)).sum()
              / (shares.length - 1);
      double luck =
          IntStream.range(0, answered.length)
              .filter(i -> answered[i] > 0)
              .mapToDouble(
                  i -> {
                    double share = (right[i] + mean) / (answered[i] + 1);
                    return share * (1 - share) / answered[i];
                  })
              .average()
              .orElse(0);
      double real = spread - luck;
      return real <= 0 ? 200 : Math.min(200, Math.max(2, mean * (1 - mean) / real - 1));
    }

    /* The share of pairs of wrong answers that are the same: one over the wrong options to be had. */
    private static double agreementOfWrong(List<Poll> polls) {
      double pairs = 2;
      double same = 1;
      for (Poll poll : polls) {
        int[] votes = new int[poll.count()];
        int wrong = 0;
        for (byte group : poll.groups()) {
          if (group >= 0 && group != poll.right()) {
            votes[group]++;
            wrong++;
          }
        }
        pairs += wrong * (wrong - 1) / 2.0;
        for (int each : votes) {
          same += each * (each - 1) / 2.0;
        }
      }
      return same / pairs;
    }

    private static Prior average(Evidence known, double[] logOdds) {
      double[] nones = known.closed ? new double[1] : NONES;
      int cases = POWERS.length * SCALES * nones.length;
      double[][] weights = new double[cases][];
      double[] likelihood = new double[cases];
      int at = 0;
      for (double power : POWERS) {
        double[] shape = shape(logOdds, power);
        double[][] scores =
            known.polls.stream().map(poll -> scores(poll, shape)).toArray(double[][]::new);
        for (int scale = 0; scale < SCALES; scale++) {
          double factor = LEAST_SCALE * Math.pow(MOST_SCALE / LEAST_SCALE, scale / (SCALES - 1.0));
          double[] sums = likelihoods(known, scores, factor, nones);
          for (int none = 0; none < nones.length; none++) {
            weights[at] = scaled(shape, factor, nones[none]);
            likelihood[at++] = sums[none];
          }
        }
      }
      softmax(likelihood, cases);
      double[] mean = new double[logOdds.length + 1];
      for (int i = 0; i < cases; i++) {
        for (int j = 0; j < mean.length; j++) {
          mean[j] += likelihood[i] * weights[i][j];
        }
      }
      double[] own = Arrays.copyOf(mean, logOdds.length);
      own[logOdds.length - 1] = mean[logOdds.length];
      return new Prior(own, mean[logOdds.length - 1]);
    }

    private static double[] shape(double[] logOdds, double power) {
      double[] shape = new double[logOdds.length];
      double most = 1e-9;
      for (int i = 0; i < shape.length; i++) {
        shape[i] = Math.signum(logOdds[i]) * Math.pow(Math.abs(logOdds[i]), power);
        most = Math.max(most, Math.abs(shape[i]));
      }
      for (int i = 0; i < shape.length; i++) {
        shape[i] /= most;
      }
      return shape;
    }

    private static double[] scaled(double[] shape, double factor, double none) {
      double[] scaled = Arrays.copyOf(shape, shape.length + 1);
      for (int i = 0; i < shape.length; i++) {
        scaled[i] *= factor;
      }
      scaled[shape.length] = none;
      return scaled;
    }

    private static double[] scores(Poll poll, double[] shape) {
      double[] scores = new double[poll.count()];
      for (int i = 0; i < poll.agents().length; i++) {
        if (poll.groups()[i] >= 0) {
          scores[poll.groups()[i]] += shape[poll.agents()[i]];
        }
      }
      return scores;
    }

    /* The logarithm of the likelihood of all polls, for each score of "none of them". */
    private static double[] likelihoods(
        Evidence known, double[][] scores, double factor, double[] nones) {
      double[] sums = new double[nones.length];
      double[] others = Arrays.stream(nones).map(Math::exp).toArray();
      for (int i = 0; i < scores.length; i++) {
        int right = known.polls.get(i).right();
        if (known.closed && right < 0) {
          continue;
        }
        double all = 0;
        for (double score : scores[i]) {
          all += Math.exp(factor * score);
        }
        for (int none = 0; none < nones.length; none++) {
          double other = known.closed ? 0 : others[none];
          double of = right < 0 ? nones[none] : factor * scores[i][right];
          sums[none] += of - Math.log(all + other);
        }
      }
      return sums;
    }
  }
}
