/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.LiveRegistry.Registration;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.task.Explanation.Excluded;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The registry at one moment: answers by capability, and why an agent is no candidate. */
class RegistrySnapshotTest {
  private static final Task JAVA = Task.builder("fix").requires("java").build();

  private static Registration agent(String id, Status status, String... capabilities) {
    AgentProfile.Builder profile = AgentProfile.builder(id);
    for (String capability : capabilities) {
      profile.capability(capability);
    }
    return new Registration(
        profile.build(),
        status,
        0,
        assignment -> new CompletableFuture<>(),
        new Slots(1, new AtomicInteger()),
        new Streak(Ejection.none()),
        null);
  }

  private static Registration works(String id, String... capabilities) {
    return agent(id, Status.AVAILABLE, capabilities);
  }

  private static RegistrySnapshot of(Registration... agents) {
    return new RegistrySnapshot(List.of(agents));
  }

  private static RegistrySnapshot after(RegistrySnapshot before, Registration change) {
    return Objects.requireNonNull(before.with(change));
  }

  private static List<String> ids(List<RegisteredAgent> agents) {
    return agents.stream().map(RegisteredAgent::id).toList();
  }

  private static List<String> ids(RegistrySnapshot snapshot, String... capabilities) {
    return ids(snapshot.candidates(Set.of(capabilities)));
  }

  private static List<RoutingDecision> decisions(String... agents) {
    List<RoutingDecision> all = new ArrayList<>();
    for (String agent : agents) {
      all.add(new KeptDecision(all.size(), agent, "test"));
    }
    return all;
  }

  @Test
  void candidates_take_work_and_have_all_capabilities_in_order_of_registration() {
    RegistrySnapshot snapshot =
        of(
            works("cleo", "java", "rust"),
            agent("dora", Status.OFFLINE, "java", "rust"),
            works("ada", "java"),
            agent("bob", Status.BUSY, "java", "rust"),
            works("eve"));

    assertThat(ids(snapshot)).containsExactly("cleo", "ada", "bob", "eve");
    assertThat(ids(snapshot, "java")).containsExactly("cleo", "ada", "bob");
    assertThat(ids(snapshot, "rust", "java")).containsExactly("cleo", "bob");
    assertThat(ids(snapshot, "cobol")).isEmpty();
    assertThat(ids(snapshot, "java", "cobol")).isEmpty();
    assertThat(ids(snapshot.all())).containsExactly("cleo", "dora", "ada", "bob", "eve");
  }

  @Test
  void an_agent_is_found_by_its_id_whatever_its_status() {
    Registration away = agent("ada", Status.EJECTED);
    RegistrySnapshot snapshot = of(works("bob"), away);

    assertThat(snapshot.find("ada")).isSameAs(away);
    assertThat(snapshot.find("cleo")).isNull();
  }

  @Test
  void the_same_question_has_the_same_answer_and_nobody_can_change_it() {
    RegistrySnapshot snapshot = of(works("ada", "java"), works("bob"));
    List<RegisteredAgent> answer = snapshot.candidates(Set.of("java"));

    assertThat(snapshot.candidates(Set.of("java"))).isSameAs(answer);
    assertThatThrownBy(answer::clear).isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> snapshot.all().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void a_change_of_what_an_agent_may_do_needs_another_snapshot() {
    RegistrySnapshot snapshot = of(works("ada", "java"), works("bob"));

    assertThat(snapshot.with(works("cleo"))).as("a new agent").isNull();
    assertThat(snapshot.with(works("ada", "rust"))).as("other capabilities").isNull();
    assertThat(snapshot.with(works("ada"))).as("fewer capabilities").isNull();
    assertThat(snapshot.with(agent("ada", Status.OFFLINE, "java"))).as("it goes away").isNull();
    assertThat(snapshot.with(agent("ada", Status.BUSY, "java"))).as("it is busy").isNotNull();
    assertThat(of(agent("ada", Status.OFFLINE)).with(agent("ada", Status.DRAINING)))
        .as("it stays away")
        .isNotNull();
  }

  @Test
  void after_a_change_of_one_agent_each_answer_has_the_new_one_in_its_place() {
    RegistrySnapshot before =
        of(works("ada", "java"), works("bob", "rust"), works("cleo", "java", "rust"));
    List<RegisteredAgent> java = before.candidates(Set.of("java"));
    List<RegisteredAgent> rust = before.candidates(Set.of("rust"));
    Registration cleo = agent("cleo", Status.BUSY, "java", "rust");

    RegistrySnapshot after = after(before, cleo);

    assertThat(ids(after, "java")).containsExactly("ada", "cleo");
    assertThat(after.candidates(Set.of("java")).get(1)).isSameAs(cleo);
    assertThat(ids(after, "rust")).containsExactly("bob", "cleo");
    assertThat(after.candidates(Set.of("rust")).get(1)).isSameAs(cleo);
    assertThat(after.candidates(Set.of()).get(2)).isSameAs(cleo);
    assertThat(after.find("cleo")).isSameAs(cleo);
    assertThat(java.get(1)).as("the answer of before").isNotSameAs(cleo);
    assertThat(rust.get(1)).isNotSameAs(cleo);
    assertThat(before.find("cleo")).isNotSameAs(cleo);
  }

  @Test
  void an_answer_that_a_change_does_not_concern_is_the_same_list() {
    RegistrySnapshot before = of(works("ada", "java"), works("bob", "rust"));
    List<RegisteredAgent> java = before.candidates(Set.of("java"));

    RegistrySnapshot after = after(before, agent("bob", Status.BUSY, "rust"));

    assertThat(after.candidates(Set.of("java"))).isSameAs(java);
  }

  /** So an update costs the answers that are in use, and not all that ever were. */
  @Test
  void an_answer_that_nobody_asks_for_is_carried_over_one_change_only() {
    RegistrySnapshot first = of(works("ada", "java"), works("bob", "java"));
    List<RegisteredAgent> unusedToo = first.candidates(Set.of("java"));
    RegistrySnapshot second = after(first, agent("ada", Status.BUSY, "java"));
    RegistrySnapshot third = after(second, works("ada", "java"));
    RegistrySnapshot fourth = after(third, agent("ada", Status.BUSY, "java"));

    assertThat(ids(fourth, "java")).containsExactly("ada", "bob");
    assertThat(fourth.candidates(Set.of("java")).get(0)).isSameAs(fourth.find("ada"));
  }

  @Test
  void questions_without_end_are_answered_rightly_too() {
    RegistrySnapshot snapshot = of(works("ada", "java"), works("bob"));
    for (int i = 0; i < 5_000; i++) {
      assertThat(ids(snapshot, "java", "c" + i)).isEmpty();
    }
    List<RegisteredAgent> late = snapshot.candidates(Set.of("java"));

    assertThat(ids(late)).containsExactly("ada");
    assertThat(snapshot.candidates(Set.of("java"))).as("it is not cached").isNotSameAs(late);
    assertThat(snapshot.candidates(Set.of("java"))).isEqualTo(late);
  }

  @Test
  void random_changes_agree_with_a_snapshot_that_is_made_anew() {
    long seed = 13;
    SplittableRandom random = new SplittableRandom(seed);
    List<Set<String>> wanted = List.of(Set.of(), Set.of("a"), Set.of("b"), Set.of("a", "b"));
    List<Registration> agents = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      boolean hasA = random.nextBoolean();
      boolean hasB = random.nextBoolean();
      List<String> has = new ArrayList<>();
      if (hasA) {
        has.add("a");
      }
      if (hasB) {
        has.add("b");
      }
      agents.add(works("agent" + i, has.toArray(String[]::new)));
    }
    RegistrySnapshot snapshot = new RegistrySnapshot(agents);
    for (int step = 0; step < 3_000; step++) {
      int place = random.nextInt(agents.size());
      Registration old = agents.get(place);
      Status status = random.nextBoolean() ? Status.BUSY : Status.AVAILABLE;
      agents.set(place, old.with(status, null));
      snapshot = after(snapshot, agents.get(place));
      Set<String> question = wanted.get(random.nextInt(wanted.size()));

      List<RegisteredAgent> answer = snapshot.candidates(question);

      List<RegisteredAgent> expected = new RegistrySnapshot(agents).candidates(question);
      assertThat(answer).as("seed %d, step %d", seed, step).hasSameSizeAs(expected);
      for (int i = 0; i < answer.size(); i++) {
        assertThat(answer.get(i)).as("seed %d, step %d", seed, step).isSameAs(expected.get(i));
      }
    }
  }

  @Test
  void each_agent_that_is_no_candidate_is_named_with_the_first_reason_that_holds() {
    RegistrySnapshot snapshot =
        of(
            works("ada", "java"),
            works("bob", "java"),
            works("cleo", "java"),
            agent("dora", Status.MAINTENANCE, "java"),
            works("eve", "rust"),
            works("finn", "java"),
            agent("gus", Status.LIMITED));
    RoutingRequest request =
        new RoutingRequest(
            JAVA,
            List.of(Objects.requireNonNull(snapshot.find("ada"))),
            PerformanceView.empty(),
            decisions("bob", "gus"),
            decisions("cleo", "bob"),
            snapshot);

    assertThat(snapshot.of(request))
        .containsExactly(
            new Excluded("bob", "failed at this task before"),
            new Excluded("cleo", "works at this task already"),
            new Excluded("dora", "takes no work, it is maintenance"),
            new Excluded("eve", "lacks capability 'java'"),
            new Excluded("finn", "does not end its abandoned work"),
            new Excluded("gus", "failed at this task before"));
  }

  @Test
  void of_several_capabilities_that_an_agent_lacks_the_first_by_name_is_told() {
    RegistrySnapshot snapshot = of(works("ada"), works("bob", "java", "rust"));
    RoutingRequest request =
        new RoutingRequest(
            Task.builder("fix").requires("rust", "java").build(),
            List.of(Objects.requireNonNull(snapshot.find("bob"))),
            PerformanceView.empty(),
            List.of(),
            snapshot);

    assertThat(snapshot.of(request))
        .containsExactly(new Excluded("ada", "lacks capability 'java'"));
  }
}
