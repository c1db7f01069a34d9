/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Draws every candidate's score from what is known of it, and takes the highest. */
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

  /** Draws a candidate's score and keeps it, and what it was drawn from, under its place. */
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

  /** After a failure, who has drawn already keeps its draw. */
  @Override
  public BanditDecision choose(
      long id, RoutingRequest request, CandidateSet candidates, int category) {
    begin(request, category);
    ThompsonDecision failed = lastFailed(request.failed());
    Draws draws = draws(candidates.size());
    if (failed == null) {
      drawAll(draws, candidates);
    } else {
      drawRest(draws, candidates, failed);
    }
    return ThompsonDecision.best(id, name, candidates.agents, draws, draws.best(), failed);
  }

  private @Nullable ThompsonDecision lastFailed(List<RoutingDecision> failed) {
    if (failed.isEmpty()) {
      return null;
    }
    RoutingDecision last = failed.get(failed.size() - 1);
    return last instanceof ThompsonDecision d && d.policy().equals(name) ? d : null;
  }

  private void drawAll(Draws draws, CandidateSet candidates) {
    for (int i = 0; i < candidates.size(); i++) {
      draw(draws, i, candidates.rows[i]);
    }
  }

  private void drawRest(Draws draws, CandidateSet candidates, ThompsonDecision failed) {
    Map<String, Integer> places = new HashMap<>();
    for (int i = 0; i < failed.agents.length; i++) {
      places.put(failed.agents[i].id(), i);
    }
    for (int i = 0; i < candidates.size(); i++) {
      Integer place = places.get(candidates.agents[i].id());
      if (place == null) {
        draw(draws, i, candidates.rows[i]);
      } else {
        draws.copy(i, failed.draws(), place);
      }
    }
  }
}
