/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a profile claims, and what follows from it for a registered agent. */
class RegisteredAgentTest {
  private record Loaded(AgentProfile profile, int active) implements RegisteredAgent {
    @Override
    public Status status() {
      return Status.AVAILABLE;
    }

    @Override
    public int queued() {
      return 0;
    }

    @Override
    public int number() {
      return 0;
    }
  }

  private static RegisteredAgent loaded(int capacity, int active) {
    return new Loaded(AgentProfile.builder("ada").capacity(capacity).build(), active);
  }

  @Test
  void free_slots_are_those_without_a_task_and_never_fewer_than_none() {
    assertThat(loaded(3, 0).freeSlots()).isEqualTo(3);
    assertThat(loaded(3, 2).freeSlots()).isEqualTo(1);
    assertThat(loaded(3, 3).freeSlots()).isZero();
    assertThat(loaded(3, 5).freeSlots()).as("after its capacity was lowered").isZero();
  }

  @Test
  void an_agent_has_the_id_of_its_profile_and_no_end_of_a_limit_by_default() {
    assertThat(loaded(1, 0).id()).isEqualTo("ada");
    assertThat(loaded(1, 0).availableAt()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void only_an_agent_in_service_takes_work(Status status) {
    assertThat(status.takesWork())
        .isEqualTo(EnumSet.of(Status.AVAILABLE, Status.BUSY).contains(status));
  }

  @Test
  void a_profile_without_words_has_defaults() {
    assertThat(AgentProfile.of("ada"))
        .isEqualTo(new AgentProfile("ada", Map.of(), 10, OptionalDouble.empty(), false));
    assertThat(AgentProfile.of("ada").attemptLimit()).isEmpty();
  }

  @Test
  void a_capability_has_a_level_or_none() {
    AgentProfile profile =
        AgentProfile.builder("ada").capability("java", .5).capability("sql").build();

    assertThat(profile.capabilities())
        .isEqualTo(Map.of("java", OptionalDouble.of(.5), "sql", OptionalDouble.empty()));
    assertThat(AgentProfile.of("ada", "java", "sql").capabilities())
        .isEqualTo(Map.of("java", OptionalDouble.empty(), "sql", OptionalDouble.empty()));
  }

  @Test
  void a_profile_keeps_nothing_its_maker_can_change() {
    Map<String, OptionalDouble> capabilities = new HashMap<>();
    capabilities.put("java", OptionalDouble.empty());
    AgentProfile profile =
        new AgentProfile("ada", capabilities, 1, OptionalDouble.of(2), true, Optional.empty());

    capabilities.put("root", OptionalDouble.empty());

    assertThat(profile.capabilities()).containsOnlyKeys("java");
  }

  @Test
  void the_figures_of_a_profile_are_within_their_ranges() {
    assertThat(AgentProfile.builder("ada").capacity(1).build().capacity()).isEqualTo(1);
    assertThatThrownBy(() -> AgentProfile.builder("ada").capacity(0).build())
        .hasMessage("agent.capacity must be at least 1, got 0");
    assertThatThrownBy(() -> AgentProfile.builder("ada").capability("java", 1.1).build())
        .hasMessage("level of capability 'java' of agent must be in [0,1], got 1.1");
    assertThatThrownBy(() -> AgentProfile.builder("ada").capability("java", Double.NaN).build())
        .hasMessageContaining("got NaN");
    assertThatThrownBy(() -> AgentProfile.builder("ada").price(Double.POSITIVE_INFINITY).build())
        .hasMessageContaining("agent.price must be >= 0");
    assertThatThrownBy(() -> AgentProfile.builder("ada").price(Double.NaN).build())
        .hasMessageContaining("agent.price must be >= 0");
    assertThat(AgentProfile.builder("ada").attemptLimit(Duration.ofNanos(1)).build().attemptLimit())
        .contains(Duration.ofNanos(1));
  }
}
