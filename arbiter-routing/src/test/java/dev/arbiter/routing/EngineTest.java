/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.agent.Agent;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The router at its place in the engine. */
class EngineTest {
  @Test
  void the_engine_comes_to_give_tasks_to_the_agent_that_solves_them() throws Exception {
    BanditRouter router = BanditRouter.create(Sources.system(1));
    Agent able = assignment -> WorkReport.of("done");
    Agent unable =
        assignment -> {
          throw new IllegalStateException("cannot");
        };
    int solvedAtOnce = 0;

    try (Arbiter arbiter =
        Arbiter.builder()
            .agent(AgentProfile.of("unable", "java"), unable)
            .agent(AgentProfile.of("able", "java"), able)
            .router(router)
            .fallbacks(1)
            .withoutConstitution()
            .executor(Runnable::run)
            .build()) {
      for (int i = 0; i < 200; i++) {
        Task task = Task.builder("refactor").requires("java").build();
        TaskResult result = arbiter.submit(task).await(Duration.ofMinutes(1));
        assertThat(result).isInstanceOf(TaskResult.Completed.class);
        solvedAtOnce += ((TaskResult.Completed) result).attempts() == 1 ? 1 : 0;
      }
    }

    assertThat(solvedAtOnce).isGreaterThan(180);
    assertThat(router.outstandingDecisions()).isZero();
    assertThat(router.ignoredOutcomes()).isZero();
  }
}
