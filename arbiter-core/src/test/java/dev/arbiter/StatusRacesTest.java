/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * The host changes an agent while the engine changes its status. The engine asks the clock of the
 * host without its lock, so the clock is where the other change comes between.
 */
class StatusRacesTest {
  private static final AgentProfile ADA = AgentProfile.builder("ada").capacity(1).build();
  private static final AgentProfile BOB = AgentProfile.of("bob");
  private static final Task TASK = Task.builder("fix").build();

  private final WaitingWorld world = new WaitingWorld();
  private Runnable between = () -> {};
  private Object registry = this;
  private boolean armed;

  private Instant now() {
    if (armed && !Thread.holdsLock(registry)) {
      armed = false;
      between.run();
    }
    return world.now();
  }

  private ArbiterBuilder arbiter() {
    Sources own = world.time.sources();
    return world.arbiter().sources(new Sources(this::now, own.nanoTime(), own.random()));
  }

  private Arbiter both() {
    return arbiter()
        .agent(ADA, work -> WorkReport.of("ada"))
        .agent(BOB, work -> WorkReport.of("bob"))
        .build();
  }

  private void comesBetween(Arbiter arbiter, Runnable change) {
    registry = arbiter.agents();
    between = change;
    armed = true;
  }

  private static Status status(Arbiter arbiter, String agent) {
    return arbiter.agents().find(agent).orElseThrow().status();
  }

  @Test
  void a_usage_limit_does_not_overwrite_what_the_host_has_set() {
    try (Arbiter arbiter = both()) {
      comesBetween(arbiter, () -> arbiter.agents().setStatus("ada", Status.OFFLINE));
      arbiter.agents().limit("ada", world.now().plusSeconds(10));

      assertThat(status(arbiter, "ada")).isEqualTo(Status.OFFLINE);
      world.pass(Duration.ofSeconds(20));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.OFFLINE);
    }
  }

  @Test
  void an_ejection_does_not_overwrite_what_the_host_has_set() {
    try (Arbiter arbiter = both()) {
      LiveRegistry agents = (LiveRegistry) arbiter.agents();
      comesBetween(arbiter, () -> agents.setStatus("ada", Status.OFFLINE));
      agents.isolate("ada", "it is silent");

      assertThat(status(arbiter, "ada")).isEqualTo(Status.OFFLINE);
      world.pass(Duration.ofHours(1));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.OFFLINE);
    }
  }

  @Test
  void an_agent_retired_while_limits_end_leaves_the_others_theirs() throws Exception {
    try (Arbiter arbiter = both()) {
      Instant end = world.now().plusSeconds(10);
      arbiter.agents().limit("ada", end);
      arbiter.agents().limit("bob", end);
      TaskHandle waits = arbiter.submit(TASK);
      world.time.advance(Duration.ofSeconds(20));
      comesBetween(arbiter, () -> comesBetween(arbiter, () -> arbiter.agents().retire("ada")));
      ((LiveRegistry) arbiter.agents()).look();

      assertThat(status(arbiter, "bob")).isEqualTo(Status.AVAILABLE);
      world.pass(Duration.ofSeconds(2));
      assertThat(waits.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  /** The end of a call is such a sign of life: its report must count all the same. */
  @Test
  void a_sign_of_life_of_an_agent_that_is_retired_meanwhile_is_no_error() {
    try (Arbiter arbiter = both()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofSeconds(95));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      comesBetween(arbiter, () -> arbiter.agents().retire("ada"));

      ((LiveRegistry) arbiter.agents()).alive("ada");

      assertThat(arbiter.agents().find("ada")).isEmpty();
    }
  }

  @Test
  void a_beat_that_comes_while_a_silent_agent_is_isolated_brings_it_back() {
    try (Arbiter arbiter = both()) {
      arbiter.agents().heartbeat("ada");
      comesBetween(arbiter, () -> beatIfSilent(arbiter));

      world.pass(Duration.ofSeconds(95));

      assertThat(armed).isFalse();
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      world.pass(Duration.ofSeconds(10));
      assertThat(arbiter.health().level()).isEqualTo(HealthReport.Level.HEALTHY);
    }
  }

  private void beatIfSilent(Arbiter arbiter) {
    if (arbiter.health().summary().contains("'ada' has not reported")) {
      arbiter.agents().heartbeat("ada");
    } else {
      armed = true;
    }
  }

  @Test
  void an_agent_that_is_taken_back_stays_out_if_the_host_took_it_out() {
    try (Arbiter arbiter = both()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofSeconds(95));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      comesBetween(arbiter, () -> arbiter.agents().setStatus("ada", Status.MAINTENANCE));

      arbiter.agents().heartbeat("ada");

      assertThat(status(arbiter, "ada")).isEqualTo(Status.MAINTENANCE);
    }
  }
}
