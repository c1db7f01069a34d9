/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Motive;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** See {@link BanditPolicy#ucb1()} and {@link BanditPolicy#ucbAlpha(double)}. */
final class Ucb extends RecordIndex implements ScoreView.Source {
  static final String UCB1 = "ucb1";
  static final String ALPHA = "ucb-alpha";

  /** From here on a tournament costs less than a scan (RESULTS.md, routing). */
  static final int MANY = 8;

  private final double alpha;
  private double budget;

  Ucb(String name, double alpha) {
    super(name, "bound");
    this.alpha = alpha;
  }

  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    if (!candidates.recurs || candidates.size() < MANY) {
      return super.choose(id, request, candidates, category);
    }
    begin(candidates);
    KineticTournament tournament = tournament(candidates);
    int chosen = tournament.best(budget);
    ask(candidates.rows[chosen]);
    return new BoundDecision(
        id, this, candidates.listed, chosen, tournament.view.history(), budget);
  }

  private KineticTournament tournament(CandidateSet candidates) {
    KineticTournament known = candidates.tournament;
    if (known != null && known.isOf(this, candidates)) {
      return known;
    }
    KineticTournament made = new KineticTournament(this, candidates);
    candidates.tournament = made;
    return made;
  }

  @Override
  void begin(CandidateSet candidates) {
    budget = alpha / 2 * Math.log(Math.max(1, record.total()));
  }

  @Override
  double index(int row) {
    return bound(record.counts.rate(row), record.counts.outcomes(row), budget);
  }

  /** The upper confidence bound; infinite without an outcome. */
  static double bound(double rate, double count, double budget) {
    return count > 0 ? rate + Math.sqrt(budget / count) : Double.POSITIVE_INFINITY;
  }

  /** The parts whose sum is a bound. */
  static Map<String, Double> parts(double rate, double count, double budget) {
    return count > 0
        ? Map.of("record", rate, "doubt", Math.sqrt(budget / count))
        : Map.of("record", rate, "doubt", Double.POSITIVE_INFINITY);
  }

  @Override
  public void read(int row, double[] to, int at) {
    to[at] = record.counts.rate(row);
    to[at + 1] = record.counts.outcomes(row);
  }

  /** A decision for the highest upper confidence bound; computes bounds when asked for. */
  static final class BoundDecision extends BanditDecision {
    private final Ucb by;
    private final ScoreView.History history;
    private final int moment;
    private final double budget;

    /* All threads restore the same numbers, so there is no lock. */
    private volatile double @Nullable [] records;

    BoundDecision(
        long id,
        Ucb by,
        List<RegisteredAgent> agents,
        int chosen,
        ScoreView.History history,
        double budget) {
      super(id, by.name(), agents, chosen);
      this.by = by;
      this.history = history;
      this.moment = history.moment();
      this.budget = budget;
    }

    /** Rate and count of every candidate at decision time. */
    private double[] records() {
      double[] known = records;
      if (known == null) {
        known = history.at(moment);
        records = known;
      }
      return known;
    }

    @Override
    double score(int candidate) {
      double[] then = records();
      return Ucb.bound(then[2 * candidate], then[2 * candidate + 1], budget);
    }

    @Override
    Map<String, Double> parts(int candidate) {
      double[] then = records();
      return Ucb.parts(then[2 * candidate], then[2 * candidate + 1], budget);
    }

    @Override
    Motive motive() {
      return hasBestRecord() ? Motive.EXPLOIT : Motive.EXPLORE;
    }

    @Override
    double probability(int candidate) {
      return candidate == chosen ? 1 : 0;
    }

    @Override
    String why() {
      return by.why(hasBestRecord()) + agent() + " with " + number(score(chosen)) + second();
    }

    private boolean hasBestRecord() {
      double[] then = records();
      int best = 0;
      for (int i = 1; i < agents.size(); i++) {
        if (then[2 * i] > then[2 * best]) {
          best = i;
        }
      }
      return best == chosen;
    }
  }
}
