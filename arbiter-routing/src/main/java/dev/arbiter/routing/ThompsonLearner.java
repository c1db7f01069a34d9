/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.routing.internal.math.Sampler;
import dev.arbiter.spi.RoutingRequest;
import java.util.random.RandomGenerator;

/** Draws every candidate's score from the distribution of its record, and takes the highest. */
abstract class ThompsonLearner implements Learner {
  final RandomGenerator random;
  private final Sampler sampler;
  private final String name;

  ThompsonLearner(String name, RandomGenerator random) {
    this.name = name;
    this.random = random;
    this.sampler = new Sampler(random);
  }

  /** Computes what all candidates of a decision share. */
  void begin(RoutingRequest request, int category) {}

  /** Draws a candidate's score, and keeps score and distribution at its place. */
  abstract void draw(Draws draws, int place, int row);

  /** Room for as many draws. */
  Draws draws(int size) {
    return new Draws(size, false);
  }

  final void drawBeta(Draws draws, int place, double successes, double failures) {
    float alpha = (float) successes;
    float beta = (float) failures;
    draws.plain(place, alpha, beta, 0);
    draws.drawn(place, (float) sampler.beta(alpha, beta));
  }

  /**
   * After a failure, or beside agents at work, candidates keep the draws of the decision before.
   */
  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    begin(request, category);
    ThompsonDecision failed = ThompsonDecision.last(request.earlier(), name);
    Draws draws = draws(candidates.size());
    if (failed == null) {
      for (int i = 0; i < candidates.size(); i++) {
        draw(draws, i, candidates.rows[i]);
      }
    } else {
      redraw(draws, candidates, failed);
    }
    return new ThompsonDecision(id, name, candidates.listed, draws, draws.best(), failed);
  }

  private void redraw(Draws draws, CandidateSet candidates, ThompsonDecision failed) {
    int[] places = failed.placesOf(candidates);
    for (int i = 0; i < places.length; i++) {
      if (places[i] == ThompsonDecision.NONE) {
        draw(draws, i, candidates.rows[i]);
      } else {
        draws.copy(i, failed.draws(), places[i]);
      }
    }
  }
}
