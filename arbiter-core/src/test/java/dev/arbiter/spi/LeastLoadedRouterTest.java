/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.spi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.spi.RoutingRequest.Exclusions;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.RoutingDecision.Scored;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The router without a memory. */
class LeastLoadedRouterTest {
  private static final Task TASK = Task.builder("fix").id("T-1").build();

  private final Router router = Router.leastLoaded();

  private record Loaded(AgentProfile profile, int active, int queued) implements RegisteredAgent {
    @Override
    public Status status() {
      return Status.AVAILABLE;
    }

    @Override
    public int number() {
      return 0;
    }
  }

  private static RegisteredAgent agent(String id, int capacity, int active, int queued) {
    return new Loaded(AgentProfile.builder(id).capacity(capacity).build(), active, queued);
  }

  private static RoutingRequest request(RegisteredAgent... agents) {
    return new RoutingRequest(TASK, List.of(agents), PerformanceView.empty(), List.of());
  }

  private String chosen(RegisteredAgent... agents) {
    return router.route(request(agents)).agent();
  }

  @Test
  void the_agent_with_the_least_of_its_capacity_taken_is_chosen() {
    assertThat(chosen(agent("ada", 2, 1, 0), agent("bob", 4, 1, 0))).isEqualTo("bob");
    assertThat(chosen(agent("ada", 4, 1, 0), agent("bob", 2, 1, 0))).isEqualTo("ada");
    assertThat(chosen(agent("ada", 2, 1, 0), agent("bob", 2, 0, 0))).isEqualTo("bob");
  }

  @Test
  void tasks_that_wait_for_an_agent_count_as_those_at_work() {
    assertThat(chosen(agent("ada", 1, 1, 2), agent("bob", 1, 1, 1))).isEqualTo("bob");
    assertThat(chosen(agent("ada", 1, 1, 1), agent("bob", 1, 2, 0))).isEqualTo("ada");
  }

  @Test
  void of_agents_that_are_loaded_alike_the_first_is_chosen() {
    assertThat(chosen(agent("ada", 1, 0, 0), agent("bob", 9, 0, 0))).isEqualTo("ada");
    assertThat(chosen(agent("ada", 2, 1, 0), agent("bob", 4, 2, 0))).isEqualTo("ada");
  }

  /** 1,000 crowds of up to eight agents, against the definition. */
  @Test
  void no_candidate_has_less_of_its_capacity_taken_than_the_one_that_is_chosen() {
    SplittableRandom random = new SplittableRandom(19);
    for (int i = 0; i < 1_000; i++) {
      List<RegisteredAgent> agents = new ArrayList<>();
      for (int j = random.nextInt(8); j >= 0; j--) {
        int capacity = 1 + random.nextInt(4);
        agents.add(agent("a" + j, capacity, random.nextInt(capacity + 1), random.nextInt(3)));
      }
      RoutingDecision decision = router.route(request(agents.toArray(new RegisteredAgent[0])));

      List<Scored> scored = decision.candidates();
      double best = scored.stream().mapToDouble(Scored::score).max().orElseThrow();
      Scored first = scored.stream().filter(one -> one.score() == best).findFirst().orElseThrow();
      assertThat(decision.agent()).as("crowd %s", i).isEqualTo(first.agent());
    }
  }

  @Test
  void a_decision_says_what_was_compared() {
    RoutingDecision decision =
        router.route(request(agent("ada", 2, 1, 1), agent("bob", 4, 1, 1), agent("cyd", 1, 1, 0)));

    assertThat(decision.policy()).isEqualTo("least-loaded");
    assertThat(decision.probability()).isEqualTo(1);
    assertThat(decision.reason()).isEqualTo("least loaded of 3: 50 % of its capacity taken");
    assertThat(decision.candidates())
        .containsExactly(new Scored("ada", -1), new Scored("bob", -.5), new Scored("cyd", -1));
    assertThat(decision)
        .hasToString("least-loaded chose bob: least loaded of 3: 50 % of its capacity taken");
  }

  @Test
  void each_decision_has_its_own_id() {
    RoutingRequest request = request(agent("ada", 1, 0, 0));

    assertThat(router.route(request).id()).isNotEqualTo(router.route(request).id());
  }

  @Test
  void an_explanation_names_who_was_left_out() {
    Excluded away = new Excluded("bob", "is away");
    RoutingRequest request =
        new RoutingRequest(
            TASK,
            List.of(agent("ada", 1, 0, 0)),
            PerformanceView.empty(),
            List.of(),
            asked -> List.of(away));

    assertThat(router.route(request).explanation().excluded()).containsExactly(away);
    assertThat(router.route(request).explanation().motive()).isEqualTo(Motive.ONLY_CANDIDATE);
    assertThat(router.route(request(agent("ada", 1, 0, 0))).explanation().excluded()).isEmpty();
  }

  @Test
  void earlier_decisions_are_those_that_failed_and_then_those_at_work() {
    RoutingDecision failed = router.route(request(agent("ada", 1, 0, 0)));
    RoutingDecision working = router.route(request(agent("bob", 1, 0, 0)));
    RoutingRequest alone =
        new RoutingRequest(TASK, List.of(), PerformanceView.empty(), List.of(failed));
    RoutingRequest joined =
        new RoutingRequest(
            TASK,
            List.of(),
            PerformanceView.empty(),
            List.of(failed),
            List.of(working),
            Exclusions.NONE);

    assertThat(alone.earlier()).containsExactly(failed);
    assertThat(alone.working()).isEmpty();
    assertThat(joined.earlier()).containsExactly(failed, working);
  }

  @Test
  void as_many_agents_work_at_once_as_the_task_says() {
    RoutingRequest three =
        new RoutingRequest(
            Task.builder("fix").bestOf(3).build(), List.of(), PerformanceView.empty(), List.of());

    assertThat(router.agentsAtOnce(three)).isEqualTo(3);
    assertThat(router.agentsAtOnce(request())).isEqualTo(1);
  }
}
