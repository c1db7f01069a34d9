/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.routing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.routing.internal.record.AgentIndex;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgentIndexTest {
  private final List<Integer> forgotten = new ArrayList<>();
  private final AgentIndex agentIndex = new AgentIndex(16, forgotten::add);

  @Test
  void gives_an_agent_the_same_row_whatever_its_number() {
    int row = agentIndex.row(FakeAgent.of("a", 3), 1);

    assertThat(agentIndex.row(FakeAgent.of("a", 9), 2)).isEqualTo(row);
    assertThat(agentIndex.row(FakeAgent.of("a", -1), 3)).isEqualTo(row);
    assertThat(agentIndex.row(FakeAgent.of("a", Integer.MAX_VALUE), 4)).isEqualTo(row);
    assertThat(agentIndex.size()).isEqualTo(1);
  }

  @Test
  void gives_a_number_that_passed_to_another_agent_another_row() {
    int row = agentIndex.row(FakeAgent.of("a", 3), 1);

    assertThat(agentIndex.row(FakeAgent.of("b", 3), 2)).isNotEqualTo(row);
    assertThat(agentIndex.isRowOf(row, "a")).isTrue();
  }

  @Test
  void forgets_who_was_seen_longest_ago_when_full() {
    for (int i = 0; i < 16; i++) {
      agentIndex.row(FakeAgent.of("a" + i, i), i);
    }
    agentIndex.row(FakeAgent.of("a0", 0), 20);

    int row = agentIndex.row(FakeAgent.of("new", 16), 21);

    assertThat(agentIndex.find("a0")).isZero();
    assertThat(agentIndex.find("a1")).isEqualTo(-1);
    assertThat(forgotten).contains(row).contains(1);
    assertThat(agentIndex.size()).isEqualTo(16);
  }

  @Test
  void forgets_no_more_than_a_few_of_those_seen_at_one_moment() {
    for (int i = 0; i < 16; i++) {
      agentIndex.row("a" + i, i < 5 ? 2 : 1);
    }
    agentIndex.seen(7, 0);

    agentIndex.row("new", 3);

    assertThat(forgotten).hasSize(2).contains(7);
    assertThat(agentIndex.find("a0")).isZero();
    assertThat(agentIndex.size()).isEqualTo(16);
  }

  @Test
  void gives_one_request_all_the_rows_it_needs() {
    for (int i = 0; i < 100; i++) {
      agentIndex.row(FakeAgent.of("a" + i, i), 5);
    }

    assertThat(agentIndex.size()).isEqualTo(100);
    assertThat(forgotten).isEmpty();
  }

  @Test
  void stays_within_its_cap_however_many_agents_come_and_go() {
    for (int i = 0; i < 10_000; i++) {
      agentIndex.row(FakeAgent.of("a" + i, i % 20), i);
    }

    assertThat(agentIndex.size()).isEqualTo(16);
  }

  @Test
  void keeps_who_is_on_a_list_in_use() {
    CandidateSet.Cache candidateSets = new CandidateSet.Cache(agentIndex);
    List<RegisteredAgent> regulars = FakeAgent.several(8);
    Task task = Simulation.TASK;

    for (int i = 0; i < 200; i++) {
      CandidateSet candidates = candidateSets.of(regulars, task, true, 2 * i + 1);
      assertThat(agentIndex.isRowOf(candidates.rows[3], "a3")).isTrue();
      candidateSets.of(List.of(FakeAgent.of("passer-by-" + i, 50)), task, true, 2 * i + 2);
    }

    assertThat(forgotten).hasSizeGreaterThan(100);
    assertThat(agentIndex.find("a3")).isEqualTo(3);
  }

  @Test
  void looks_an_immutable_list_up_once() {
    CandidateSet.Cache candidateSets = new CandidateSet.Cache(agentIndex);
    List<RegisteredAgent> agents = FakeAgent.several(3);

    CandidateSet first = candidateSets.of(agents, Simulation.TASK, true, 1);

    assertThat(candidateSets.of(agents, Simulation.TASK, true, 2)).isSameAs(first);
    Task other = Task.builder("other").requires("x").build();
    assertThat(candidateSets.of(agents, other, true, 3)).isNotSameAs(first);
  }
}
