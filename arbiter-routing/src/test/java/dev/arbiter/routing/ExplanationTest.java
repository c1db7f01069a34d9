/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Explanation;
import dev.arbiter.task.Explanation.Candidate;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.Explanation.Motive;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.RoutingDecision.Scored;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a decision says of itself, as data. */
class ExplanationTest {
  private static final double ROUNDING = 1e-4;

  static List<String> policies() {
    return BanditPolicy.names();
  }

  private static void assertPartsAddUp(RoutingDecision decision) {
    for (Candidate candidate : decision.explanation().candidates()) {
      Map<String, Double> parts = candidate.parts();
      if (!parts.isEmpty() && Double.isFinite(candidate.score())) {
        double sum = parts.values().stream().mapToDouble(part -> part).sum();
        assertThat(sum)
            .as("%s: %s", candidate, decision)
            .isCloseTo(candidate.score(), within(ROUNDING));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void of_every_policy_data_and_sentence_agree(String policy) {
    BanditRouter router = Simulation.router(BanditPolicy.named(policy), 3);
    RoutingRequest request = Simulation.request(Simulation.TASK, FakeAgent.several(4));
    SplittableRandom luck = new SplittableRandom(5);
    Set<Motive> motives = new HashSet<>();

    for (int i = 0; i < 300; i++) {
      RoutingDecision decision = router.route(request);
      Explanation explanation = decision.explanation();
      motives.add(explanation.motive());
      assertThat(decision.reason())
          .startsWith(
              switch (explanation.motive()) {
                case EXPLOIT -> "exploits ";
                case EXPLORE -> "explores";
                default -> "takes ";
              });
      assertThat(explanation.candidates())
          .extracting(candidate -> new Scored(candidate.agent(), candidate.score()))
          .isEqualTo(decision.candidates());
      assertThat(explanation.excluded()).isEmpty();
      assertPartsAddUp(decision);
      boolean success = luck.nextDouble() < (decision.agent().equals("a2") ? .9 : .3);
      router.learn(Simulation.outcome(decision, Simulation.TASK, success));
    }

    assertThat(motives)
        .isIn(Set.of(Motive.RULE), Set.of(Motive.EXPLOIT, Motive.EXPLORE), Set.of(Motive.EXPLOIT));
  }

  @Test
  void a_score_of_the_default_has_all_its_parts() {
    BanditRouter router =
        BanditRouter.builder()
            .sources(Sources.system(1))
            .valueOfSuccess(1)
            .pricePerSecond(.01)
            .build();
    FakeAgent busy =
        new FakeAgent(
            AgentProfile.builder("busy")
                .capability("java", .9)
                .capability("go", .2)
                .price(.2)
                .build(),
            0);
    FakeAgent free = new FakeAgent(AgentProfile.of("free", "java"), 1);
    Task task = Task.builder("fix").id("T").requires("java").build();
    Task other = Task.builder("read").id("U").requires("java").build();
    List<RegisteredAgent> agents = List.of(busy, free);
    for (int i = 0; i < 12; i++) {
      Task next = i % 2 == 0 ? task : other;
      RoutingDecision decision = router.route(Simulation.request(next, agents));
      Outcome.Kind kind = i % 2 == 0 ? Outcome.Kind.SUCCESS : Outcome.Kind.FAILURE;
      router.learn(
          new Outcome(decision, next, 1, kind, i % 2 == 0 ? 1 : 0, .1, Duration.ofSeconds(5)));
    }
    busy.active = 50;
    busy.queued = 20;

    RoutingDecision decision = router.route(Simulation.request(task, agents));

    assertThat(decision.explanation().candidates().get(0).parts())
        .containsOnlyKeys(
            "record", "type of task", "declared level", "luck of the draw", "cost", "wait")
        .allSatisfy(
            (name, part) -> {
              if (name.equals("cost") || name.equals("wait")) {
                assertThat(part).isNegative();
              }
            });
    assertPartsAddUp(decision);
  }

  @Test
  void a_fallback_says_so_and_so_does_the_only_candidate() {
    BanditRouter router = Simulation.router(BanditPolicy.adaptiveThompson(), 1);
    List<RegisteredAgent> agents = FakeAgent.several(3);
    RoutingDecision first = router.route(Simulation.request(Simulation.TASK, agents));
    List<RegisteredAgent> rest = Simulation.without(agents, List.of(first.agent()));
    RoutingRequest again =
        new RoutingRequest(Simulation.TASK, rest, PerformanceView.empty(), List.of(first));
    RoutingDecision alone = router.route(Simulation.request(Simulation.TASK, FakeAgent.several(1)));

    assertThat(router.route(again).explanation().motive()).isEqualTo(Motive.FALLBACK);
    assertThat(alone.explanation().motive()).isEqualTo(Motive.ONLY_CANDIDATE);
  }

  @Test
  void who_was_sick_or_too_dear_is_named_with_the_reason() {
    BanditRouter router =
        BanditRouter.builder()
            .sources(Sources.system(1))
            .health(agent -> !agent.id().equals("sick"))
            .spendingLimit(1, 100)
            .build();
    List<RegisteredAgent> agents = new ArrayList<>();
    for (String id : List.of("sick", "dear", "cheap", "cheaper")) {
      double price = id.equals("dear") ? 30 : .001;
      agents.add(new FakeAgent(AgentProfile.builder(id).price(price).build(), agents.size()));
    }

    Explanation explanation =
        router.route(Simulation.request(Simulation.TASK, List.copyOf(agents))).explanation();

    assertThat(explanation.excluded())
        .containsExactly(
            new Excluded("sick", "is not healthy"),
            new Excluded("dear", "may cost more than the spending limit has left for it"));
    assertThat(explanation.candidates())
        .extracting(Candidate::agent)
        .containsExactly("cheap", "cheaper");
  }

  @Test
  void in_the_engine_everybody_registered_is_compared_or_excluded_with_a_reason() throws Exception {
    List<RoutingDecision> decisions = new ArrayList<>();
    Agent unable =
        assignment -> {
          throw new IllegalStateException("cannot");
        };
    Agent able = assignment -> WorkReport.of("done");
    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("unable", "java"), unable)
            .agent(AgentProfile.of("able", "java"), able)
            .agent(AgentProfile.of("away", "java"), able)
            .agent(AgentProfile.of("cook", "cooking"), able)
            .router(
                BanditRouter.builder()
                    .policy(BanditPolicy.fixedRanking(List.of("unable", "able")))
                    .build())
            .fallbacks(1)
            .listener(
                event -> {
                  if (event instanceof TaskEvent.Routed routed) {
                    decisions.add(routed.decision());
                  }
                })
            .withoutConstitution()
            .executor(Runnable::run)
            .build()) {
      arbiter.agents().setStatus("away", Status.MAINTENANCE);
      arbiter.submit(Task.builder("fix").requires("java").build()).await(Duration.ofMinutes(1));
    }

    assertThat(decisions).hasSize(2);
    Explanation fallback = decisions.get(1).explanation();
    assertThat(fallback.motive()).isEqualTo(Motive.ONLY_CANDIDATE);
    assertThat(fallback.excluded())
        .containsExactly(
            new Excluded("unable", "failed at this task before"),
            new Excluded("away", "takes no work, it is maintenance"),
            new Excluded("cook", "lacks capability 'java'"));
    assertThat(fallback.candidates()).extracting(Candidate::agent).containsExactly("able");
  }
}
