/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Outcome;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Agents change while one of them is chosen: on another thread, or because the router is slow. */
class ChoosingTest {
  private final WaitingWorld world = new WaitingWorld();
  private final List<Outcome.Kind> outcomes = new ArrayList<>();
  private @Nullable Arbiter built;

  private Arbiter arbiter(Consumer<Arbiter> meanwhile) {
    Router changing =
        new Router() {
          private final Router inside = Router.leastLoaded();
          private boolean done;

          @Override
          public RoutingDecision route(RoutingRequest request) {
            RoutingDecision decision = inside.route(request);
            Arbiter own = built;
            if (!done && own != null) {
              done = true;
              meanwhile.accept(own);
            }
            return decision;
          }

          @Override
          public void learn(Outcome outcome) {
            outcomes.add(outcome.kind());
          }
        };
    Arbiter arbiter =
        world
            .arbiter()
            .router(changing)
            .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("ada"))
            .agent(AgentProfile.of("bob"), assignment -> WorkReport.of("bob"))
            .build();
    built = arbiter;
    return arbiter;
  }

  @Test
  void an_agent_that_goes_offline_while_it_is_chosen_is_not_called() throws Exception {
    try (Arbiter arbiter = arbiter(own -> own.agents().setStatus("ada", Status.OFFLINE))) {
      TaskResult result = arbiter.submit(Task.builder("fix").build()).await(SOON);
      assertThat(((TaskResult.Completed) result).agent()).isEqualTo("bob");
      assertThat(outcomes).containsExactly(Outcome.Kind.INFRASTRUCTURE, Outcome.Kind.SUCCESS);
    }
  }

  @Test
  void one_that_is_retired_while_it_is_chosen_is_not_called() throws Exception {
    try (Arbiter arbiter = arbiter(own -> own.agents().retire("ada"))) {
      TaskResult result = arbiter.submit(Task.builder("fix").build()).await(SOON);
      assertThat(((TaskResult.Completed) result).agent()).isEqualTo("bob");
    }
  }

  @Test
  void the_task_waits_if_the_last_one_reaches_its_limit_while_it_is_chosen() throws Exception {
    try (Arbiter arbiter =
        arbiter(
            own -> {
              own.agents().retire("bob");
              own.agents().limit("ada", world.now().plusSeconds(60));
            })) {
      TaskHandle handle = arbiter.submit(Task.builder("fix").build());
      assertThat(WaitingWorld.waitsFor(handle, WaitReason.Quota.class)).isTrue();
      world.pass(Duration.ofSeconds(61));
      assertThat(((TaskResult.Completed) handle.await(SOON)).agent()).isEqualTo("ada");
    }
  }
}
