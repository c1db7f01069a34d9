/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** See {@link BanditPolicy#adaptiveThompson()}. */
final class AdaptiveThompson implements Learner {
  /*
   * Names of the formulas: S, N successes and outcomes of an agent; s, n the same for one task
   * type; m0 the population's mean; o what the type adds for everybody; d what it adds for this
   * agent. An outcome is first compared with what was expected of it, then added.
   */
  static final String NAME = "adaptive-thompson";
  private static final double PRIOR = Population.STRENGTH;
  private static final double TYPE_SHRINKAGE = 20;
  private static final double FORCED = 0.01;
  private static final double SHARPENING_TASKS = 50;
  private static final double FALLBACK_WEIGHT = 0.5;

  private final BetaSampler sampler;
  private final RandomGenerator random;
  private final long horizon;
  private final AgentStatistics agents = new AgentStatistics();
  private final Arms arms = new Arms(agents);
  private final TaskTypes types = new TaskTypes();
  private final Fallbacks fallbacks = new Fallbacks();
  private long decisions;
  private long alarms;
  private int turn;

  AdaptiveThompson(RandomGenerator random, long horizon) {
    this.random = random;
    this.sampler = new BetaSampler(random);
    this.horizon = horizon;
  }

  @Override
  public BanditDecision choose(RoutingRequest request, long id) {
    ThompsonDecision failed = lastOwn(request.failed());
    return failed != null ? fallBack(request, id, failed) : draw(request, id);
  }

  @Override
  public long alarms() {
    return alarms;
  }

  private ThompsonDecision draw(RoutingRequest request, long id) {
    List<RegisteredAgent> candidates = request.candidates();
    arms.makeRoom(candidates);
    int count = candidates.size();
    int type = types.number(request.task().type());
    double sharpening = sharpening(count);
    double m0 = agents.population();
    double offset = types.offset(type);
    double[] scores = new double[count];
    double[] posteriors = new double[count * Posteriors.WIDTH];
    int[] rows = new int[count];
    for (int i = 0; i < count; i++) {
      RegisteredAgent candidate = candidates.get(i);
      rows[i] = arms.row(candidate, id);
      int at = i * Posteriors.WIDTH;
      describe(candidate, request, rows[i], type, m0, offset, sharpening, posteriors, at);
      int part = posteriors[at + 6] > 0 && random.nextDouble() < posteriors[at + 6] ? at + 3 : at;
      scores[i] = sampler.draw(posteriors[part], posteriors[part + 1]) + posteriors[part + 2];
    }
    decisions++;
    double forcedChance = alarms > 0 && count > 1 ? FORCED : 0;
    boolean forced = forcedChance > 0 && random.nextDouble() < forcedChance;
    int inTurn = turn % count;
    if (forced) {
      turn++;
    }
    int chosen = forced ? inTurn : BanditDecision.best(scores);
    return new ThompsonDecision(
        this,
        id,
        candidates,
        scores,
        chosen,
        type,
        rows,
        posteriors,
        forcedChance,
        inTurn,
        forced,
        null);
  }

  /* Fills in the distribution of one candidate's score: two Betas and the chance of the second. */
  private void describe(
      RegisteredAgent candidate,
      RoutingRequest request,
      int row,
      int type,
      double m0,
      double offset,
      double sharpening,
      double[] posteriors,
      int at) {
    double evidence = sharpening * agents.successes[row];
    double against = sharpening * (agents.outcomes[row] - agents.successes[row]);
    double wait = agents.waitPrice(row, candidate);
    posteriors[at] = PRIOR * m0 + evidence;
    posteriors[at + 1] = PRIOR * (1 - m0) + against;
    posteriors[at + 2] = deviation(row, type, m0, offset, 0) - wait;
    double declared = Declarations.level(candidate.profile(), request.task());
    if (Double.isNaN(declared)) {
      return;
    }
    double mean = Declarations.mean(candidate.profile());
    double prior = PRIOR + Declarations.STRENGTH;
    double center = (PRIOR * m0 + Declarations.STRENGTH * mean) / prior;
    posteriors[at + 3] = prior * center + evidence;
    posteriors[at + 4] = prior * (1 - center) + against;
    posteriors[at + 5] =
        deviation(row, type, m0, offset, TYPE_SHRINKAGE * (declared - mean)) - wait;
    posteriors[at + 6] = agents.trust(row);
  }

  /* d of the formulas, with what a declaration adds to its numerator. */
  private double deviation(int row, int type, double m0, double offset, double declared) {
    double n = agents.outcomesOf(row, type);
    double s = agents.successesOf(row, type);
    double expected = clip(agents.mean(row, m0) + offset);
    return (s - n * expected + declared) / (n + TYPE_SHRINKAGE);
  }

  private double sharpening(int candidates) {
    double first = Math.max(1, 3 * Math.pow(candidates / 9.0, 0.7));
    double fading = 1 + (first - 1) / (1 + decisions / (SHARPENING_TASKS * candidates));
    if (horizon == 0) {
      return fading;
    }
    double left = Math.max(0.05, 1 - decisions / (double) horizon);
    return Math.min(4 * first, fading / left);
  }

  private @Nullable ThompsonDecision lastOwn(List<RoutingDecision> failed) {
    if (failed.isEmpty()) {
      return null;
    }
    RoutingDecision last = failed.get(failed.size() - 1);
    return last instanceof ThompsonDecision own && own.learner() == this ? own : null;
  }

  private ThompsonDecision fallBack(RoutingRequest request, long id, ThompsonDecision failed) {
    Set<String> present = new HashSet<>();
    request.candidates().forEach(candidate -> present.add(candidate.id()));
    double[] scores = failed.scores().clone();
    int best = -1;
    for (int i = 0; i < scores.length; i++) {
      if (!present.contains(failed.considered().get(i).id())) {
        scores[i] = Double.NEGATIVE_INFINITY;
      } else if (best < 0 || scores[i] > scores[best]) {
        best = i;
      }
    }
    if (best < 0) {
      return draw(request, id);
    }
    return new ThompsonDecision(
        this,
        id,
        failed.considered(),
        scores,
        best,
        failed.type(),
        failed.rows(),
        failed.posteriors(),
        0,
        -1,
        false,
        failed);
  }

  @Override
  public void learn(BanditDecision decision, Outcome outcome) {
    ThompsonDecision made = (ThompsonDecision) decision;
    int row = made.row();
    if (!arms.holds(row, made.agent())) {
      return;
    }
    agents.addTime(row, outcome.time().toNanos() / 1e9);
    ThompsonDecision before = made.before();
    if (before == null) {
      learnFirst(made, row, outcome);
    } else {
      learnFallback(made, before, row, outcome.reward());
    }
  }

  private void learnFirst(ThompsonDecision made, int row, Outcome outcome) {
    int type = made.type();
    double reward = outcome.reward();
    double m0 = agents.population();
    double declared =
        Declarations.level(made.considered().get(made.chosen()).profile(), outcome.task());
    if (!Double.isNaN(declared)) {
      double flat =
          agents.smoothedMean(row)
              + types.offset(type)
              + deviation(row, type, m0, types.offset(type), 0);
      agents.judgeDeclaration(row, type, declared, flat, reward);
    }
    types.add(type, reward, agents.smoothedMean(row), 1);
    agents.addOutcome(row, type, reward);
    if (agents.changed(row, reward)) {
      alarms++;
    }
  }

  /* The second agent sees the tasks the first one failed at: what it did is set into proportion. */
  private void learnFallback(
      ThompsonDecision made, ThompsonDecision before, int row, double reward) {
    int type = made.type();
    double m0 = agents.population();
    double estimate = clip(agents.mean(row, m0) + deviation(row, type, m0, types.offset(type), 0));
    double corrected = reward / Math.max(0.2, fallbacks.ratio(before.agent()));
    fallbacks.add(before.agent(), reward, estimate);
    types.add(type, FALLBACK_WEIGHT * corrected, FALLBACK_WEIGHT * estimate, FALLBACK_WEIGHT);
    agents.addCorrected(row, type, FALLBACK_WEIGHT * corrected, FALLBACK_WEIGHT);
  }

  private static double clip(double value) {
    return Math.max(0, Math.min(1, value));
  }
}
