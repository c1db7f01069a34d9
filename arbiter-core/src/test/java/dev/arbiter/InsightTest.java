/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.insight.AgentInsights;
import dev.arbiter.insight.AgentInsights.Figures;
import dev.arbiter.insight.AgentInsights.Relationship;
import dev.arbiter.insight.AgentInsights.Trend;
import dev.arbiter.insight.Rating;
import dev.arbiter.insight.Recommendation;
import dev.arbiter.insight.Recommendation.Kind;
import dev.arbiter.spi.Constitution;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an arbiter makes of outcomes, ratings, violations and health. */
class InsightTest {
  private final WaitingWorld world = new WaitingWorld();
  private int number;

  private Agent failing(int... which) {
    List<Integer> bad = new ArrayList<>();
    for (int one : which) {
      bad.add(one);
    }
    int[] calls = {0};
    return work -> {
      world.time.advance(Duration.ofSeconds(2));
      if (bad.contains(calls[0]++)) {
        throw new IllegalStateException("down");
      }
      return WorkReport.of("done").withUsage(new Usage(10, 10, .5, Duration.ZERO));
    };
  }

  private TaskResult run(Arbiter arbiter, String type, String... capabilities) throws Exception {
    Task task = Task.builder(type).id("T-" + number++).requires(capabilities).build();
    return arbiter.submit(task).await(SOON);
  }

  private static AgentInsights of(Arbiter arbiter, String agent) {
    return arbiter.insight().of(agent).orElseThrow();
  }

  private static List<Recommendation> of(Arbiter arbiter, Kind kind) {
    return arbiter.insight().recommendations().stream().filter(one -> one.kind() == kind).toList();
  }

  @Test
  void has_the_figures_of_each_agent_and_type() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().fallbacks(0).agent(AgentProfile.of("ada"), failing(7, 8)).build()) {
      for (int i = 0; i < 9; i++) {
        run(arbiter, i % 3 == 0 ? "fix" : "test");
      }

      Figures figures = of(arbiter, "ada").performance();
      assertThat(figures.attempts()).isEqualTo(9);
      assertThat(figures.successRate()).isEqualTo(7 / 9.0);
      assertThat(figures.latency()).isEqualTo(Duration.ofSeconds(2));
      assertThat(figures.cost()).isEqualTo(.5 * 7 / 9);
      assertThat(figures.trend()).isEqualTo(Trend.DECLINING);
      assertThat(of(arbiter, "ada").capabilities()).containsOnlyKeys("fix", "test");
      assertThat(of(arbiter, "ada").capabilities().get("fix"))
          .matches(fix -> fix.attempts() == 3 && fix.successRate() == 1);

      world.pass(Duration.ofHours(25));
      assertThat(of(arbiter, "ada").performance().attempts()).as("after a day").isZero();
    }
  }

  @Test
  void an_agent_that_fails_twice_of_five_is_recommended_for_a_look() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().fallbacks(0).agent(AgentProfile.of("ada"), failing(2, 4)).build()) {
      for (int i = 0; i < 4; i++) {
        run(arbiter, "fix");
      }
      assertThat(arbiter.insight().recommendations()).as("four are too few").isEmpty();

      run(arbiter, "fix");

      Recommendation look = of(arbiter, Kind.AGENT).get(0);
      assertThat(look.subject()).isEqualTo("ada");
      assertThat(look.evidence()).contains("2 of 5 attempts failed, 2 of the last five");
      assertThat(look.evidence()).contains("most often: AGENT_ERROR");
      assertThat(look.confidence()).isBetween(.9, 1.0);
      assertThat(of(arbiter, "ada").recommendations()).containsExactly(look);
    }
  }

  @Test
  void an_agent_that_never_failed_is_not_worse_for_having_done_less() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(AgentProfile.of("ada", "a"), failing())
            .agent(AgentProfile.of("bob", "b"), failing())
            .build()) {
      for (int i = 0; i < 60; i++) {
        run(arbiter, "fix", i < 55 ? "a" : "b");
      }

      assertThat(of(arbiter, Kind.ROUTING)).isEmpty();
    }
  }

  @Test
  void the_better_agent_for_a_type_is_recommended_with_its_figures() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .agent(AgentProfile.of("ada", "a"), failing(0, 1, 2, 3, 4, 5, 6, 7))
            .agent(AgentProfile.of("bob", "b"), failing(3))
            .build()) {
      for (int i = 0; i < 10; i++) {
        run(arbiter, "fix", "a");
        run(arbiter, "fix", "b");
      }

      Recommendation routing = of(arbiter, Kind.ROUTING).get(0);
      assertThat(routing.text()).isEqualTo("give tasks of type 'fix' to 'bob' rather than 'ada'");
      assertThat(routing.evidence())
          .containsExactly("'bob' succeeded at 9 of 10", "'ada' succeeded at 2 of 10");
      assertThat(routing.confidence()).isGreaterThan(.95).isLessThanOrEqualTo(1);
      assertThat(of(arbiter, "bob").recommendations()).contains(routing);
    }
  }

  @Test
  void an_agent_that_helps_out_has_a_relationship() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .router(new ToFirst())
            .agent(AgentProfile.of("ada"), failing(0, 1))
            .agent(AgentProfile.of("bob"), failing(1))
            .build()) {
      for (int i = 0; i < 3; i++) {
        run(arbiter, "fix");
      }

      assertThat(of(arbiter, "bob").relationships())
          .containsExactly(new Relationship("ada", 2, .5));
      assertThat(of(arbiter, "ada").relationships()).isEmpty();
    }
  }

  private static final class ToFirst implements dev.arbiter.spi.Router {
    private final dev.arbiter.spi.Router inner = dev.arbiter.spi.Router.leastLoaded();

    @Override
    public dev.arbiter.task.RoutingDecision route(dev.arbiter.spi.RoutingRequest request) {
      return inner.route(
          new dev.arbiter.spi.RoutingRequest(
              request.task(),
              request.candidates().subList(0, 1),
              request.performance(),
              request.failed(),
              request.exclusions()));
    }
  }

  @Test
  void a_rule_that_denies_several_agents_is_a_matter_of_policy() throws Exception {
    Constitution strict =
        new StubConstitution() {
          @Override
          public Verdict judge(dev.arbiter.agent.Assignment assignment, WorkReport report) {
            return new Verdict.Denied(
                List.of(Finding.error("gate.coverage", "", "too low")), Seal.none());
          }
        };
    try (Arbiter arbiter =
        Arbiter.builder()
            .constitution(strict)
            .sources(world.time.sources())
            .scheduler(world.scheduler)
            .executor(Runnable::run)
            .agent(AgentProfile.of("ada"), failing())
            .agent(AgentProfile.of("bob"), failing())
            .build()) {
      for (int i = 0; i < 4; i++) {
        run(arbiter, "fix");
      }

      Recommendation policy = of(arbiter, Kind.POLICY).get(0);
      assertThat(policy.subject()).isEqualTo("gate.coverage");
      assertThat(policy.evidence()).containsExactly("it denied 8 of 8 works, of 2 agents");
      assertThat(of(arbiter, "ada").performance().violationRate()).isEqualTo(1);
    }
  }

  @Test
  void people_rate_completed_work_once_each() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().fallbacks(0).agent(AgentProfile.of("ada"), failing(1)).build()) {
      run(arbiter, "fix");
      run(arbiter, "fix");
      Task waits = Task.builder("fix").id("T-9").approval(Question.of("?").within(SOON)).build();
      arbiter.submit(waits);

      arbiter.rate(new Rating("default", "T-0", "eve", 2));
      arbiter.rate(new Rating("default", "T-0", "bob", 1));
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-0", "eve", 5)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("'eve' has rated task 'T-0'");
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-0", "ada", 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("its own work");
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-1", "eve", 5)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-9", "eve", 5)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("WAITING");
      assertThatThrownBy(() -> arbiter.rate(new Rating("other", "T-0", "eve", 5)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unknown");
      for (int stars : new int[] {0, 6, -1}) {
        assertThatThrownBy(() -> new Rating("default", "T-0", "eve", stars))
            .isInstanceOf(IllegalArgumentException.class);
      }

      assertThat(of(arbiter, "ada").performance().ratings()).isEqualTo(2);
      assertThat(of(arbiter, "ada").performance().rating()).isEqualTo(1.5);
      assertThat(of(arbiter, Kind.AGENT)).as("two ratings are too few").isEmpty();
      arbiter.rate(new Rating("default", "T-0", "cleo", 1));
      assertThat(of(arbiter, Kind.AGENT).get(0).evidence()).contains("3 people rated it 1.3 of 5");
    }
  }

  @Test
  void new_work_under_an_old_id_can_be_rated_by_the_same_person() throws Exception {
    try (Arbiter arbiter =
        world.arbiter().fallbacks(0).agent(AgentProfile.of("ada"), failing(1)).build()) {
      run(arbiter, "fix");
      arbiter.rate(new Rating("default", "T-0", "eve", 2));
      number = 0;
      run(arbiter, "fix");
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-0", "eve", 4)))
          .as("no new work was completed")
          .hasMessageContaining("has rated");
      number = 0;
      run(arbiter, "fix");

      arbiter.rate(new Rating("default", "T-0", "eve", 4));

      assertThat(of(arbiter, "ada").performance().ratings()).isEqualTo(2);
      assertThatThrownBy(() -> arbiter.rate(new Rating("default", "T-0", "eve", 4)))
          .hasMessageContaining("has rated");
    }
  }

  @Test
  void only_the_host_applies_what_is_sure_and_at_most_each_five_minutes() throws Exception {
    List<Recommendation> offered = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .applyInsight(
                sure -> {
                  offered.add(sure);
                  return offered.size() == 2;
                })
            .agent(AgentProfile.of("ada"), failing(0, 1, 2))
            .build()) {
      for (int i = 0; i < 5; i++) {
        run(arbiter, "fix");
      }
      world.pass(Duration.ofSeconds(40));
      assertThat(offered).hasSize(1).allMatch(one -> one.confidence() >= .8);
      world.pass(Duration.ofMinutes(4));
      assertThat(offered).hasSize(1);
      assertThat(arbiter.insight().applied()).isEmpty();

      world.pass(Duration.ofMinutes(1));

      assertThat(offered).hasSize(2);
      assertThat(arbiter.insight().applied()).containsExactly(offered.get(1));
    }
  }

  @Test
  void a_host_that_throws_has_not_applied_it_and_is_offered_the_next() throws Exception {
    List<String> offered = new ArrayList<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .fallbacks(0)
            .applyInsight(
                sure -> {
                  offered.add(sure.subject());
                  if (offered.size() == 1) {
                    throw new IllegalStateException("not today");
                  }
                  return true;
                })
            .agent(AgentProfile.of("ada", "a"), failing(0, 1, 2, 3, 4))
            .agent(AgentProfile.of("bob", "b"), failing(0, 1, 2, 3, 4))
            .build()) {
      for (int i = 0; i < 5; i++) {
        run(arbiter, "fix", "a");
        run(arbiter, "test", "b");
      }

      world.pass(Duration.ofSeconds(30));

      assertThat(offered).contains("ada", "bob");
      assertThat(arbiter.insight().applied())
          .extracting(Recommendation::subject)
          .containsExactlyElementsOf(offered.subList(1, offered.size()));
      assertThat(run(arbiter, "fix", "a")).isInstanceOf(TaskResult.Completed.class);
    }
  }

  @Test
  void tasks_that_wait_for_slots_again_and_again_speak_for_more_of_them() {
    java.util.concurrent.CompletableFuture<WorkReport> stuck =
        new java.util.concurrent.CompletableFuture<>();
    try (Arbiter arbiter =
        world
            .arbiter()
            .asyncAgent(AgentProfile.builder("ada").capacity(1).build(), work -> stuck)
            .build()) {
      arbiter.submit(Task.builder("fix").build());
      arbiter.submit(Task.builder("fix").build());
      for (int i = 0; i < 4; i++) {
        world.pass(Duration.ofSeconds(30));
      }
      assertThat(of(arbiter, Kind.RESOURCE)).isEmpty();

      world.pass(Duration.ofSeconds(30));

      Recommendation more = of(arbiter, Kind.RESOURCE).get(0);
      assertThat(more.subject()).isEqualTo("ada");
      assertThat(more.evidence().get(0)).contains("1 slots are taken").contains("5 of 5 looks");
      stuck.complete(WorkReport.of("done"));
      for (int i = 0; i < 6; i++) {
        world.pass(Duration.ofSeconds(30));
      }
      assertThat(of(arbiter, Kind.RESOURCE)).isEmpty();
    }
  }

  @Test
  void it_goes_on_after_a_restart() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter first =
        world.arbiter(disk).fallbacks(0).agent(AgentProfile.of("ada"), failing(2, 4)).build()) {
      for (int i = 0; i < 5; i++) {
        run(first, "fix");
      }
      first.rate(new Rating("default", "T-0", "eve", 4));
      assertThatThrownBy(() -> first.rate(new Rating("default", "T-2", "eve", 4)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("FAILED");
    }
    disk.keepsTheLast = true;
    try (Arbiter second =
        world.arbiter(disk.cut()).agent(AgentProfile.of("ada"), failing()).build()) {
      assertThat(of(second, "ada").performance().attempts()).isEqualTo(5);
      assertThat(of(second, Kind.AGENT)).hasSize(1);
      assertThatThrownBy(() -> second.rate(new Rating("default", "T-0", "eve", 4)))
          .isInstanceOf(IllegalStateException.class);
      second.rate(new Rating("default", "T-1", "eve", 4));
      assertThat(of(second, "ada").performance().ratings()).isEqualTo(2);
    }
  }
}
