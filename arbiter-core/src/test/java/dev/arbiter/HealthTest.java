/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Store;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What an arbiter says about its own parts. */
class HealthTest {
  private static final Task TASK = Task.builder("fix").build();

  private final WaitingWorld world = new WaitingWorld();

  private static Component part(Arbiter arbiter, String name) {
    HealthReport report = arbiter.health();
    Component part =
        report.components().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
    assertThat(report.level()).isGreaterThanOrEqualTo(part.level());
    assertThat(part.detail().isEmpty()).isEqualTo(part.level() == Level.HEALTHY);
    if (part.level() != Level.HEALTHY) {
      assertThat(report.summary()).contains(name).contains(part.detail());
    }
    return part;
  }

  @Test
  void an_arbiter_at_rest_is_healthy() {
    try (Arbiter arbiter =
        world.arbiter().agent(AgentProfile.of("ada"), work -> WorkReport.of("done")).build()) {
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
      assertThat(arbiter.health().components())
          .extracting(Component::name)
          .containsExactly(
              "task_orchestrator",
              "store",
              "agent_registry",
              "task_router",
              "caws_validator",
              "performance_tracker");
      assertThat(arbiter.health().summary()).isEqualTo("HEALTHY");
    }
  }

  @Test
  void errors_count_for_some_minutes() throws Exception {
    Router forgetful =
        new Router() {
          private final Router inner = Router.leastLoaded();

          @Override
          public RoutingDecision route(RoutingRequest request) {
            return inner.route(request);
          }

          @Override
          public void learn(Outcome outcome) {
            throw new IllegalStateException("full");
          }
        };
    try (Arbiter arbiter =
        world
            .arbiter()
            .router(forgetful)
            .listener(
                event -> {
                  throw new IllegalStateException("deaf");
                })
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("done"))
            .build()) {
      world.pass(Duration.ofMinutes(3));
      assertThat(arbiter.submit(TASK).await(SOON).state()).isEqualTo(TaskState.COMPLETED);

      assertThat(part(arbiter, "task_router").level()).isEqualTo(Level.DEGRADED);
      assertThat(part(arbiter, "performance_tracker").level()).isEqualTo(Level.DEGRADED);
      world.pass(Duration.ofMinutes(1));
      assertThat(part(arbiter, "task_router").level()).isEqualTo(Level.DEGRADED);
      world.pass(Duration.ofMinutes(3));
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void agents_that_are_out_by_themselves_degrade_and_none_left_is_unhealthy() {
    try (Arbiter arbiter =
        world
            .arbiter()
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("done"))
            .agent(AgentProfile.of("bob"), work -> WorkReport.of("done"))
            .build()) {
      arbiter.agents().setStatus("ada", Status.MAINTENANCE);
      assertThat(arbiter.health().level()).as("on purpose").isEqualTo(Level.HEALTHY);
      arbiter.agents().setStatus("ada", Status.AVAILABLE);
      arbiter.agents().limit("ada", world.now().plusSeconds(60));
      assertThat(part(arbiter, "agent_registry").level()).isEqualTo(Level.DEGRADED);
      assertThat(part(arbiter, "agent_registry").detail()).contains("'ada' is LIMITED until");
      arbiter.agents().setStatus("bob", Status.OFFLINE);
      assertThat(part(arbiter, "agent_registry").level()).isEqualTo(Level.UNHEALTHY);
      world.pass(Duration.ofSeconds(61));
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void a_store_that_is_away_is_unhealthy_until_it_is_back() throws Exception {
    ListStorage disk = new ListStorage();
    try (Arbiter arbiter =
        world
            .arbiter()
            .store(Store.of(disk))
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("done"))
            .build()) {
      disk.full = true;
      CompletableFuture<TaskHandle> refused = arbiter.submitAsync(TASK).toCompletableFuture();
      WaitingWorld.until(refused::isDone);
      assertThat(part(arbiter, "store").level()).isEqualTo(Level.UNHEALTHY);
      assertThat(part(arbiter, "store").detail()).contains("disk full");

      disk.full = false;
      WaitingWorld.until(() -> part(arbiter, "store").level() != Level.UNHEALTHY);
      assertThat(part(arbiter, "store").level()).isEqualTo(Level.DEGRADED);
      world.pass(Duration.ofMinutes(4));
      assertThat(part(arbiter, "store").level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void a_full_queue_and_calls_that_hang_degrade_the_engine() throws Exception {
    try (Arbiter arbiter =
        world
            .arbiter()
            .concurrency(1)
            .queueCapacity(0)
            .asyncAgent(AgentProfile.of("ada"), work -> new CompletableFuture<>())
            .build()) {
      TaskHandle handle = arbiter.submit(TASK);
      assertThat(part(arbiter, "task_orchestrator").detail()).contains("full");
      assertThat(handle.cancel("enough")).isTrue();
      assertThat(part(arbiter, "task_orchestrator").level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void a_constitution_that_fails_is_seen() throws Exception {
    StubConstitution failing =
        new StubConstitution() {
          @Override
          public Verdict judge(Assignment assignment, WorkReport report) {
            throw new IllegalStateException("no rules today");
          }
        };
    try (Arbiter arbiter =
        world
            .arbiter()
            .constitution(failing)
            .agent(AgentProfile.of("ada"), work -> WorkReport.of("done"))
            .build()) {
      assertThat(part(arbiter, "caws_validator").level()).isEqualTo(Level.HEALTHY);
      assertThat(arbiter.submit(TASK).await(SOON).state()).isEqualTo(TaskState.FAILED);
      assertThat(part(arbiter, "caws_validator").level()).isEqualTo(Level.DEGRADED);
    }
  }
}
