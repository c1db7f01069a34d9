/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.spi.Router;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentRegistryTest {
  private final Deque<CompletableFuture<WorkReport>> working = new ArrayDeque<>();
  private final Recorder recorder = new Recorder();
  private final Arbiter arbiter =
      Arbiter.builder()
          .withoutConstitution()
          .executor(Runnable::run)
          .scheduler(new ManualScheduler())
          .listener(recorder)
          .closeLimit(Duration.ZERO)
          .build();

  @AfterEach
  void close() {
    arbiter.close();
  }

  private void register(AgentProfile profile) {
    arbiter
        .agents()
        .registerAsync(
            profile,
            assignment -> {
              CompletableFuture<WorkReport> report = new CompletableFuture<>();
              working.add(report);
              return report;
            });
  }

  private TaskHandle submit(String id) {
    return arbiter.submit(Task.builder("fix").id(id).build());
  }

  private RegisteredAgent agent(String id) {
    return arbiter.agents().find(id).orElseThrow();
  }

  @Test
  void finds_candidates_by_all_their_capabilities_in_order_of_registration() {
    register(AgentProfile.of("ada", "java", "sql"));
    register(AgentProfile.of("bob", "java"));
    register(AgentProfile.of("cyd", "sql", "java"));

    assertThat(ids(Set.of("java"))).containsExactly("ada", "bob", "cyd");
    assertThat(ids(Set.of("java", "sql"))).containsExactly("ada", "cyd");
    assertThat(ids(Set.of("cobol"))).isEmpty();
    assertThat(ids(Set.of())).hasSize(3);
  }

  @Test
  void answers_the_same_question_among_10_000_agents_with_the_same_list() {
    for (int i = 0; i < 10_000; i++) {
      register(AgentProfile.of("agent-" + i, "c" + i % 4, "d" + i % 7));
    }

    List<RegisteredAgent> first = arbiter.agents().candidates(Set.of("c1", "d2"));

    assertThat(first).hasSize(357);
    assertThat(first).allMatch(a -> a.profile().capabilities().keySet().equals(Set.of("c1", "d2")));
    assertThat(arbiter.agents().candidates(Set.of("d2", "c1"))).isSameAs(first);
  }

  @Test
  void a_list_once_taken_does_not_change() {
    register(AgentProfile.of("ada", "java"));
    List<RegisteredAgent> before = arbiter.agents().all();

    register(AgentProfile.of("bob", "java"));
    arbiter.agents().setStatus("ada", Status.OFFLINE);

    assertThat(before).extracting(RegisteredAgent::id).containsExactly("ada");
    assertThat(before.get(0).status()).isEqualTo(Status.AVAILABLE);
  }

  @Test
  void only_available_and_busy_agents_are_candidates() {
    for (Status status : Status.values()) {
      register(AgentProfile.of(status.name(), "java"));
      arbiter.agents().setStatus(status.name(), status);
    }

    assertThat(ids(Set.of("java"))).containsExactly("AVAILABLE", "BUSY");
  }

  @Test
  void a_task_beyond_capacity_waits_in_line_and_begins_when_a_slot_is_free() {
    register(AgentProfile.builder("ada").capacity(1).build());
    TaskHandle first = submit("T-1");
    TaskHandle second = submit("T-2");

    assertThat(second.state()).isEqualTo(TaskState.ROUTED);
    assertThat(agent("ada").active()).isEqualTo(1);
    assertThat(agent("ada").queued()).isEqualTo(1);
    assertThat(agent("ada").status()).isEqualTo(Status.BUSY);
    working.removeFirst().complete(WorkReport.of("done"));

    assertThat(first.state()).isEqualTo(TaskState.COMPLETED);
    assertThat(second.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(agent("ada").queued()).isZero();
  }

  @Test
  void a_larger_capacity_begins_what_waits() {
    register(AgentProfile.builder("ada").capacity(1).build());
    submit("T-1");
    TaskHandle second = submit("T-2");

    arbiter.agents().update(AgentProfile.builder("ada").capacity(2).build());

    assertThat(second.state()).isEqualTo(TaskState.EXECUTING);
  }

  @Test
  void what_waits_for_an_agent_that_goes_away_goes_to_another() {
    register(AgentProfile.builder("ada").capacity(1).build());
    submit("T-1");
    TaskHandle second = submit("T-2");
    register(AgentProfile.of("bob"));

    arbiter.agents().setStatus("ada", Status.OFFLINE);

    assertThat(second.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(agent("bob").active()).isEqualTo(1);
    assertThat(agent("ada").active()).isEqualTo(1);
  }

  @Test
  void a_task_cancelled_in_line_is_passed_over() {
    register(AgentProfile.builder("ada").capacity(1).build());
    submit("T-1");
    TaskHandle second = submit("T-2");
    TaskHandle third = submit("T-3");

    assertThat(second.cancel("changed my mind")).isTrue();
    working.removeFirst().complete(WorkReport.of("done"));

    assertThat(second.state()).isEqualTo(TaskState.CANCELLED);
    assertThat(third.state()).isEqualTo(TaskState.EXECUTING);
  }

  @Test
  void a_draining_agent_finishes_its_line_and_takes_nothing_new() throws Exception {
    register(AgentProfile.builder("ada").capacity(1).build());
    submit("T-1");
    TaskHandle second = submit("T-2");

    arbiter.agents().setStatus("ada", Status.DRAINING);
    working.removeFirst().complete(WorkReport.of("done"));

    assertThat(second.state()).isEqualTo(TaskState.EXECUTING);
    assertThat(submit("T-3").state()).isEqualTo(TaskState.FAILED);
  }

  @Test
  void a_retired_agent_is_gone_and_its_number_is_given_on() {
    register(AgentProfile.of("ada"));
    register(AgentProfile.of("bob"));
    arbiter.agents().retire("ada");
    register(AgentProfile.of("cyd"));

    assertThat(arbiter.agents().find("ada")).isEmpty();
    assertThat(agent("cyd").number()).isZero();
    assertThatThrownBy(() -> arbiter.agents().retire("ada"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("no agent 'ada' is registered; 2 others are");
  }

  @Test
  void agents_that_are_registered_have_numbers_of_their_own() {
    for (int i = 0; i < 5; i++) {
      register(AgentProfile.of("agent-" + i));
    }

    assertThat(arbiter.agents().all())
        .extracting(RegisteredAgent::number)
        .containsExactlyInAnyOrder(0, 1, 2, 3, 4);
  }

  @Test
  @SuppressWarnings("NullAway")
  void an_agent_without_code_or_profile_is_refused_by_name() {
    assertThatThrownBy(() -> arbiter.agents().registerAsync(AgentProfile.of("ada"), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("agent 'ada' must not be null");
    assertThatThrownBy(() -> arbiter.agents().register(null, work -> WorkReport.of("ada")))
        .hasMessage("an agent needs a profile; give AgentProfile.of(id)");
    assertThat(arbiter.agents().all()).isEmpty();
  }

  @Test
  void an_agent_that_is_registered_again_begins_anew() {
    register(AgentProfile.of("ada"));
    arbiter.agents().limit("ada", Instant.now().plus(Duration.ofHours(1)));
    arbiter.agents().retire("ada");
    recorder.events.clear();

    register(AgentProfile.of("ada"));

    assertThat(recorder.events).singleElement().isInstanceOf(AgentEvent.Registered.class);
    assertThat(agent("ada").status()).isEqualTo(Status.AVAILABLE);
    assertThat(agent("ada").availableAt()).isEmpty();
  }

  @Test
  void every_change_is_an_event() {
    register(AgentProfile.of("ada"));
    arbiter.agents().setStatus("ada", Status.MAINTENANCE);
    arbiter.agents().update(AgentProfile.of("ada", "java"));
    arbiter.agents().retire("ada");

    assertThat(recorder.events)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Registered", "StatusChanged", "Updated", "Retired");
    assertThat(((AgentEvent.StatusChanged) recorder.events.get(1)).before())
        .isEqualTo(Status.AVAILABLE);
  }

  @Test
  void the_least_loaded_router_looks_at_the_share_of_capacity() {
    register(AgentProfile.builder("small").capacity(1).build());
    register(AgentProfile.builder("large").capacity(4).build());
    submit("T-1");
    submit("T-2");
    submit("T-3");

    assertThat(agent("small").active()).isEqualTo(1);
    assertThat(agent("large").active()).isEqualTo(2);
    assertThat(Router.leastLoaded()).isNotNull();
  }

  @Test
  void a_profile_out_of_range_is_refused_by_name() {
    assertThatThrownBy(() -> AgentProfile.of("a\nb"))
        .hasMessage(
            "agent.id must be 1 to 256 printable characters without a blank at either end,"
                + " got 'a\\u000ab'");
    assertThatThrownBy(() -> AgentProfile.builder("a").capability("java", 1.5).build())
        .hasMessageContaining("level of capability 'java'");
    assertThatThrownBy(() -> AgentProfile.builder("a").capability("java", Double.NaN).build())
        .hasMessageContaining("must be in [0,1], got NaN");
    assertThatThrownBy(() -> AgentProfile.builder("a").capacity(0).build())
        .hasMessage("agent.capacity must be at least 1, got 0");
  }

  private List<String> ids(Set<String> capabilities) {
    return arbiter.agents().candidates(capabilities).stream().map(RegisteredAgent::id).toList();
  }
}
