/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.example.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.AdditionalAnswers.delegatesTo;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.verifyNoMoreInteractions;

import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.routing.evaluation.ReplayEvaluator;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.RoutingDecision;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The calls to the router inside are the promise here, so it is a mock round a real router. */
class EngineRouterTest {
  private static final int TASKS = 20;

  private final RecordedTrials recorded = new OutcomeFile(null, false, "").read(false);

  private static Router router() {
    BanditRouter real =
        BanditRouter.builder()
            .policy(BanditPolicy.named("round-robin"))
            .sources(Sources.system(1))
            .build();
    return mock(Router.class, delegatesTo(real));
  }

  private double solved(Router router, int fallbacks) {
    return ReplayEvaluator.builder(recorded.matrix())
        .runs(1)
        .draws(TASKS)
        .fallbacks(fallbacks)
        .build()
        .evaluate(seed -> new EngineRouter(recorded, router, fallbacks, seed))
        .firstChoice()
        .value();
  }

  @Test
  void the_router_inside_decides_and_learns_once_for_each_task() {
    Router router = router();

    solved(router, 0);

    verify(router, times(TASKS)).route(any());
    verify(router, times(TASKS)).learn(any());
    verifyNoMoreInteractions(router);
  }

  @Test
  void it_decides_once_more_for_each_failed_first_choice_and_never_after_a_success() {
    Router router = router();

    int failed = TASKS - (int) Math.round(TASKS * solved(router, 1));

    verify(router, times(TASKS + failed)).route(any());
    verify(router, times(TASKS + failed)).learn(any());
    verifyNoMoreInteractions(router);
  }

  /** 600 steps over 400 recorded tasks: at least 200 come again. */
  @Test
  void a_router_never_sees_that_a_task_comes_again() {
    Set<String> ids = new HashSet<>();
    Set<Set<String>> capabilities = new HashSet<>();
    Router first =
        new Router() {
          private final Router real = BanditRouter.create(Sources.system(1));

          @Override
          public RoutingDecision route(RoutingRequest request) {
            ids.add(request.task().id());
            capabilities.add(request.task().capabilities());
            return real.route(request);
          }
        };

    ReplayEvaluator.builder(recorded.matrix())
        .runs(1)
        .draws(600)
        .build()
        .evaluate(seed -> new EngineRouter(recorded, first, 0, seed));

    assertThat(ids).hasSize(600);
    assertThat(capabilities).hasSizeLessThan(64);
  }
}
