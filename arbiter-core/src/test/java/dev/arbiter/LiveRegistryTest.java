/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.LiveRegistry.Registration;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.AgentEvent;
import dev.arbiter.event.AgentEvent.StatusChanged;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.internal.record.KeptDecision;
import dev.arbiter.internal.record.KeptStep;
import dev.arbiter.spi.PerformanceView;
import dev.arbiter.spi.RoutingRequest;
import dev.arbiter.spi.Sources;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The registry as the engine sees it: who may work, until when one may not, and who hears of it.
 */
class LiveRegistryTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final Task JAVA = Task.builder("fix").id("T-1").requires("java").build();
  private static final Task ANY = Task.builder("fix").id("T-2").build();

  private final AtomicReference<Instant> clock = new AtomicReference<>(NOON);
  private final AtomicLong nanos = new AtomicLong(7);
  private final Sources sources = new Sources(clock::get, nanos::get, new SplittableRandom(1));
  private final Recorder heard = new Recorder();
  private final List<Change> kept = new ArrayList<>();
  private final Tenure tenure = new Tenure(nanos::get);
  private final Publisher publisher =
      new Publisher(tenure, true, List.of(heard), Breaker.none(), nanos::get);
  private final Crew crew = new Crew(Runnable::run, nanos::get);
  private final LiveRegistry registry = registry(Ejection.standard());
  private int opened;

  LiveRegistryTest() {
    tenure.begin(
        new Store.Shard() {
          @Override
          public long epoch() {
            return 1;
          }

          @Override
          public CompletionStage<@Nullable Void> append(List<Change> batch, Store.Level level) {
            batch.stream().filter(c -> c.kind() == Change.Kind.STATE).forEach(kept::add);
            return CompletableFuture.completedFuture(null);
          }
        });
  }

  private LiveRegistry registry(Ejection ejection) {
    LiveRegistry made = new LiveRegistry(sources, ejection, publisher, crew);
    made.whenOpened(id -> opened++);
    return made;
  }

  private void add(String id, String... capabilities) {
    AgentProfile.Builder profile = AgentProfile.builder(id).capacity(2);
    for (String capability : capabilities) {
      profile.capability(capability);
    }
    registry.register(profile.build(), assignment -> WorkReport.of("done"));
  }

  private Registration agent(String id) {
    return (Registration) registry.find(id).orElseThrow();
  }

  private Status status(String id) {
    return agent(id).status();
  }

  private void pass(Duration time) {
    clock.updateAndGet(now -> now.plus(time));
    nanos.addAndGet(time.toNanos());
    registry.look();
  }

  private static List<RoutingDecision> failed(String... agents) {
    List<RoutingDecision> decisions = new ArrayList<>();
    for (String agent : agents) {
      decisions.add(new KeptDecision(decisions.size(), agent, "test"));
    }
    return decisions;
  }

  private static List<String> ids(List<RegisteredAgent> agents) {
    return agents.stream().map(RegisteredAgent::id).toList();
  }

  private List<String> candidates(Task task, String... failed) {
    return ids(registry.candidates(task, failed(failed)));
  }

  private RoutingRequest request(Task task, String... failed) {
    return registry.request(task, failed(failed), PerformanceView.empty());
  }

  private void fails(String id, int times) {
    for (int i = 0; i < times; i++) {
      registry.callEnded(agent(id), FailureCause.AGENT_ERROR, nanos.get());
    }
  }

  private StatusChanged lastChange() {
    return (StatusChanged) heard.events.get(heard.events.size() - 1);
  }

  @Test
  void an_agent_that_nobody_registered_is_refused_by_name_whatever_is_done() {
    add("ada");
    List<Runnable> all =
        List.of(
            () -> registry.update(AgentProfile.of("bob")),
            () -> registry.setStatus("bob", Status.OFFLINE),
            () -> registry.limit("bob", NOON),
            () -> registry.heartbeat("bob"),
            () -> registry.retire("bob"));
    for (Runnable each : all) {
      assertThatThrownBy(each::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("no agent 'bob' is registered; 1 others are");
    }
    assertThat(registry.find("bob")).isEmpty();
    assertThat(registry.isWatched("bob")).isFalse();
    assertThat(registry.isLimited("bob")).isFalse();
    assertThat(registry.comesBack("bob")).isFalse();
    assertThat(registry.isIdempotent("bob")).isFalse();
    assertThat(registry.taking("bob", ANY)).isNull();
    assertThat(registry.isolate("bob", "why")).isFalse();
    registry.takeBack("bob");
    registry.limited("bob", NOON.plusSeconds(1));
    assertThat(heard.events).hasSize(1);
  }

  @Test
  void an_id_is_registered_once_and_again_only_after_it_was_retired() {
    add("ada");
    assertThatThrownBy(() -> add("ada"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("agent 'ada' is registered already");
    registry.retire("ada");
    add("ada");

    assertThat(ids(registry.all())).containsExactly("ada");
  }

  @Test
  void every_change_is_told_with_its_time_and_what_was_before() {
    add("ada");
    pass(Duration.ofSeconds(1));
    registry.setStatus("ada", Status.DRAINING);
    pass(Duration.ofSeconds(1));
    registry.setStatus("ada", Status.AVAILABLE);
    registry.limit("ada", NOON.plusSeconds(60));
    registry.retire("ada");

    long begin = 7;
    long second = 1_000_000_000L;
    assertThat(heard.events)
        .containsExactly(
            new AgentEvent.Registered(NOON, begin, AgentProfile.builder("ada").capacity(2).build()),
            new StatusChanged(
                NOON.plusSeconds(1), begin + second, "ada", Status.AVAILABLE, Status.DRAINING),
            new StatusChanged(
                NOON.plusSeconds(2), begin + 2 * second, "ada", Status.DRAINING, Status.AVAILABLE),
            new StatusChanged(
                NOON.plusSeconds(2),
                begin + 2 * second,
                "ada",
                Status.AVAILABLE,
                Status.LIMITED,
                Optional.of(NOON.plusSeconds(60))),
            new AgentEvent.Retired(NOON.plusSeconds(2), begin + 2 * second, "ada"));
  }

  @Test
  void whoever_waits_for_agents_hears_of_each_change_that_may_free_one() {
    add("ada");
    assertThat(opened).isEqualTo(1);
    registry.update(AgentProfile.builder("ada").capacity(9).build());
    assertThat(opened).isEqualTo(2);
    registry.setStatus("ada", Status.OFFLINE);
    assertThat(opened).isEqualTo(2);
    registry.setStatus("ada", Status.BUSY);
    assertThat(opened).isEqualTo(3);
    registry.retire("ada");
    assertThat(opened).isEqualTo(3);
  }

  @Test
  void an_agent_that_is_out_of_service_is_kept_until_it_is_back_or_retired() {
    add("ada");
    registry.setStatus("ada", Status.MAINTENANCE);
    registry.setStatus("ada", Status.AVAILABLE);
    registry.setStatus("ada", Status.OFFLINE);
    registry.retire("ada");

    assertThat(kept).extracting(Change::key).containsOnly("Aada").hasSize(4);
    assertThat(kept)
        .extracting(change -> change.value() == null ? "" : stateOf(change))
        .containsExactly("MAINTENANCE", "", "OFFLINE", "");
  }

  private static String stateOf(Change change) {
    return KeptValue.AgentChanged.read(Objects.requireNonNull(change.value()).bytes()).state();
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void a_limit_changes_only_an_agent_that_takes_work(Status before) {
    add("ada");
    registry.setStatus("ada", before);

    registry.limit("ada", NOON.plusSeconds(60));

    assertThat(status("ada")).isEqualTo(before.takesWork() ? Status.LIMITED : before);
    assertThat(registry.comesBack("ada")).isEqualTo(before.takesWork());
    assertThat(agent("ada").availableAt().isPresent()).isEqualTo(before.takesWork());
  }

  @Test
  void the_later_of_two_limits_counts() {
    add("ada");
    registry.limit("ada", NOON.plusSeconds(60));
    registry.limit("ada", NOON.plusSeconds(60));
    registry.limit("ada", NOON.plusSeconds(30));
    assertThat(heard.events).hasSize(2);
    registry.limit("ada", NOON.plusSeconds(90));
    assertThat(agent("ada").availableAt()).contains(NOON.plusSeconds(90));
    assertThat(lastChange().before()).isEqualTo(Status.LIMITED);

    pass(Duration.ofSeconds(60));
    assertThat(status("ada")).isEqualTo(Status.LIMITED);
    pass(Duration.ofSeconds(30));
    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    assertThat(registry.comesBack("ada")).isFalse();
  }

  @Test
  void each_limit_ends_at_its_own_time() {
    for (String id : List.of("ada", "bob", "cleo")) {
      add(id);
    }
    registry.limit("bob", NOON.plusSeconds(20));
    registry.limit("ada", NOON.plusSeconds(10));
    registry.limit("cleo", NOON.plusSeconds(30));
    int told = heard.events.size();

    pass(Duration.ofSeconds(10).minusNanos(1));
    assertThat(heard.events).hasSize(told);
    pass(Duration.ofNanos(1));
    assertThat(candidates(ANY)).containsExactly("ada");
    pass(Duration.ofSeconds(10));
    assertThat(candidates(ANY)).containsExactly("ada", "bob");
    pass(Duration.ofSeconds(10));
    assertThat(candidates(ANY)).containsExactly("ada", "bob", "cleo");
    assertThat(heard.events).hasSize(told + 3);
    assertThat(lastChange().until()).isEmpty();
  }

  @Test
  void a_limit_ends_by_the_clock_that_comes_first_to_its_end() {
    add("ada");
    add("bob");
    registry.limit("ada", NOON.plusSeconds(60));
    clock.set(NOON.minusSeconds(3_600));
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    registry.look();
    assertThat(status("ada")).as("the wall clock was set back").isEqualTo(Status.AVAILABLE);

    registry.limit("bob", sources.clock().instant().plusSeconds(60));
    clock.set(NOON);
    registry.look();
    assertThat(status("bob")).as("the machine slept").isEqualTo(Status.AVAILABLE);
  }

  @Test
  void the_host_ends_a_limit_with_another_status() {
    add("ada");
    registry.limit("ada", NOON.plusSeconds(60));
    registry.setStatus("ada", Status.OFFLINE);
    assertThat(agent("ada").availableAt()).isEmpty();

    pass(Duration.ofSeconds(60));

    assertThat(status("ada")).isEqualTo(Status.OFFLINE);
  }

  @Test
  void candidates_are_those_that_take_work_and_have_not_failed_at_the_task() {
    add("ada", "java");
    add("bob", "java", "rust");
    add("cleo", "rust");
    assertThat(candidates(JAVA)).containsExactly("ada", "bob");
    assertThat(candidates(JAVA, "ada")).containsExactly("bob");
    assertThat(candidates(JAVA, "bob", "ada")).isEmpty();
    assertThat(candidates(ANY, "cleo")).containsExactly("ada", "bob");
    registry.setStatus("ada", Status.DRAINING);
    assertThat(candidates(JAVA)).containsExactly("bob");
  }

  @Test
  void an_agent_whose_calls_all_hang_is_no_candidate_until_one_returns() {
    add("ada");
    add("bob");
    Slots slots = agent("ada").slots();
    for (int i = 0; i < 2; i++) {
      assertThat(candidates(ANY)).containsExactly("ada", "bob");
      slots.abandon();
      List<Slots.Seat> unused = slots.hang();
    }
    assertThat(registry.abandoned()).isEqualTo(2);
    assertThat(candidates(ANY)).containsExactly("bob");
    assertThat(candidates(ANY, "bob")).isEmpty();
    assertThat(registry.taking("ada", ANY)).isNull();
    assertThat(registry.candidate("ada", request(ANY))).isNull();

    slots.abandonedReturned(true);

    assertThat(registry.abandoned()).isEqualTo(1);
    assertThat(candidates(ANY)).containsExactly("ada", "bob");
    assertThat(registry.taking("ada", ANY)).isNotNull();
  }

  @Test
  void a_decision_holds_for_an_agent_that_may_still_do_the_task() {
    add("ada", "java");
    add("bob", "java");
    add("cleo");
    RoutingRequest request = request(JAVA, "bob");

    assertThat(registry.candidate("ada", request)).isEqualTo(agent("ada"));
    assertThat(registry.candidate("bob", request)).as("it failed").isNull();
    assertThat(registry.candidate("cleo", request)).as("it lacks java").isNull();
    assertThat(registry.candidate("dora", request)).as("it is unknown").isNull();
    registry.setStatus("ada", Status.OFFLINE);
    assertThat(registry.candidate("ada", request)).as("it went away").isNull();
  }

  @Test
  void an_agent_with_a_limit_may_be_chosen_only_where_all_have_one() {
    add("ada", "java");
    registry.limit("ada", NOON.plusSeconds(60));

    assertThat(registry.candidate("ada", request(JAVA))).isNull();
    RoutingRequest limited = registry.limitedRequest(JAVA, List.of(), PerformanceView.empty());
    assertThat(registry.candidate("ada", limited)).isEqualTo(agent("ada"));
    assertThat(registry.taking("ada", JAVA)).isNull();
  }

  @Test
  void an_agent_is_taking_a_task_if_it_works_and_can_do_it() {
    add("ada", "java");
    assertThat(registry.taking("ada", JAVA)).isEqualTo(agent("ada"));
    registry.setStatus("ada", Status.BUSY);
    assertThat(registry.taking("ada", JAVA)).isEqualTo(agent("ada"));
    registry.setStatus("ada", Status.DRAINING);
    assertThat(registry.taking("ada", JAVA)).isNull();
    registry.setStatus("ada", Status.AVAILABLE);
    registry.update(AgentProfile.of("ada", "rust"));
    assertThat(registry.taking("ada", JAVA)).isNull();
  }

  @Test
  void another_agent_is_there_if_it_may_work_now_or_after_its_limit() {
    add("ada", "java");
    add("bob", "java");
    add("cleo");
    assertThat(registry.hasOther(JAVA, failed())).isTrue();
    assertThat(registry.hasOther(JAVA, failed("ada"))).isTrue();
    assertThat(registry.hasOther(JAVA, failed("ada", "bob"))).isFalse();
    registry.setStatus("bob", Status.OFFLINE);
    assertThat(registry.hasOther(JAVA, failed("ada"))).isFalse();
    registry.setStatus("bob", Status.AVAILABLE);
    registry.limit("bob", NOON.plusSeconds(60));
    assertThat(registry.hasOther(JAVA, failed("ada"))).isTrue();
    assertThat(registry.hasOther(JAVA, failed("ada", "bob"))).isFalse();
    registry.limit("cleo", NOON.plusSeconds(30));
    registry.setStatus("bob", Status.OFFLINE);
    assertThat(registry.hasOther(JAVA, failed("ada"))).as("cleo lacks java").isFalse();
  }

  @Test
  void a_task_waits_for_the_limit_that_ends_first() {
    add("ada");
    add("bob");
    add("cleo");
    add("dora");
    registry.limit("ada", NOON.plusSeconds(60));
    registry.limit("bob", NOON.plusSeconds(30));
    registry.limit("cleo", NOON.plusSeconds(90));
    RoutingRequest request = registry.limitedRequest(ANY, failed("bob"), PerformanceView.empty());
    assertThat(ids(request.candidates())).containsExactly("ada", "cleo");
    assertThat(LiveRegistry.quota(agent("cleo"), request))
        .isEqualTo(new WaitReason.Quota("ada", NOON.plusSeconds(60)));
    assertThat(LiveRegistry.quota(agent("bob"), request))
        .isEqualTo(new WaitReason.Quota("bob", NOON.plusSeconds(30)));
    assertThat(LiveRegistry.quota(agent("dora"), request))
        .as("its limit has ended meanwhile")
        .isEqualTo(new WaitReason.Quota("ada", NOON.plusSeconds(60)));
  }

  @Test
  void that_no_agent_can_run_a_task_is_told_with_the_counts_that_show_why() {
    Task both = Task.builder("fix").id("T-9").requires("java", "rust").build();
    add("ada", "java");
    add("bob", "java", "rust");
    add("cleo");
    assertThat(registry.explainNone(ANY, List.of()))
        .isEqualTo(
            "no agent can run task 'T-2' (type fix): 3 registered; register one or relax"
                + " Task.capabilities");
    registry.setStatus("bob", Status.OFFLINE);
    assertThat(registry.explainNone(both, failed("cleo", "ada")))
        .startsWith("no agent can run task 'T-9' (type fix): 3 registered, 1 not taking work, ")
        .contains("1 with capability 'java'")
        .contains("0 with capability 'rust'")
        .endsWith(", already tried: cleo, ada; register one or relax Task.capabilities");
  }

  @Test
  void an_agent_that_fails_in_a_row_is_ejected_and_comes_back_on_trial() {
    add("ada", "java");
    add("bob", "java");
    fails("ada", 4);
    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    fails("ada", 1);
    assertThat(status("ada")).isEqualTo(Status.EJECTED);
    assertThat(agent("ada").availableAt()).contains(NOON.plusSeconds(30));
    assertThat(registry.isWatched("ada")).isTrue();

    pass(Duration.ofSeconds(30));

    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    assertThat(agent("ada").streak().isProbing()).isTrue();
    fails("ada", 1);
    assertThat(status("ada")).isEqualTo(Status.EJECTED);
    assertThat(agent("ada").availableAt()).contains(NOON.plusSeconds(90));
  }

  @Test
  void an_agent_on_trial_has_one_slot_until_a_call_succeeds() {
    add("ada");
    add("bob");
    fails("ada", 5);
    pass(Duration.ofSeconds(30));
    assertThat(agent("ada").freeSlots()).isEqualTo(2);
    Slots.Seat seat = seat("ada");
    assertThat(agent("ada").active()).as("it looks full").isEqualTo(2);
    assertThat(status("ada")).isEqualTo(Status.BUSY);
    assertThat(seat("ada").state()).isEqualTo(Slots.Seat.State.WAITING);
    int before = opened;

    registry.callEnded(agent("ada"), null, nanos.get());

    assertThat(opened).isEqualTo(before + 1);
    assertThat(seat.state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(agent("ada").slots().active()).isEqualTo(2);
  }

  @SuppressWarnings("NullAway") // nobody drives the run
  private Slots.Seat seat(String id) {
    TaskRun run = new TaskRun(null, ANY, NOON, 0);
    assertThat(run.post(new News.Stop())).isTrue(); // so that it is claimed, and nobody drives it
    return agent(id).slots().request(run, agent(id));
  }

  @Test
  void the_last_agent_with_a_capability_is_not_ejected_and_that_is_told_once() {
    add("ada", "java", "rust");
    add("bob", "java");
    registry.healedBy(new Healing(Recovery.standard(), registry, publisher, crew, sources));
    fails("ada", 9);
    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    assertThat(heard.events).filteredOn(HealthEvent.class::isInstance).hasSize(1);
    HealthEvent told = (HealthEvent) heard.events.get(heard.events.size() - 1);
    assertThat(told.succeeded()).isFalse();
    assertThat(told.detail())
        .isEqualTo(
            "its calls failed: AGENT_ERROR; it stays, because no other has its capabilities");

    add("cleo", "rust");
    fails("ada", 1);

    assertThat(status("ada")).isEqualTo(Status.EJECTED);
  }

  @Test
  void an_agent_that_is_out_of_service_or_on_trial_takes_no_place() {
    add("ada");
    add("bob");
    registry.setStatus("bob", Status.DRAINING);
    fails("ada", 9);
    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    registry.setStatus("bob", Status.AVAILABLE);
    fails("bob", 5);
    assertThat(status("bob")).isEqualTo(Status.EJECTED);
    pass(Duration.ofSeconds(30));
    fails("ada", 1);
    assertThat(status("ada")).as("bob is on trial").isEqualTo(Status.AVAILABLE);
  }

  @Test
  void an_agent_that_was_registered_anew_does_not_pay_for_the_one_before() {
    add("ada");
    add("bob");
    Registration before = agent("ada");
    registry.retire("ada");
    add("ada");
    for (int i = 0; i < 9; i++) {
      registry.callEnded(before, FailureCause.AGENT_ERROR, nanos.get());
    }

    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
  }

  @Test
  void where_nobody_is_ejected_failures_change_nothing() {
    LiveRegistry patient = registry(Ejection.none());
    patient.register(AgentProfile.of("ada"), assignment -> WorkReport.of("done"));
    patient.register(AgentProfile.of("bob"), assignment -> WorkReport.of("done"));
    Registration ada = (Registration) patient.find("ada").orElseThrow();
    for (int i = 0; i < 1_000; i++) {
      patient.callEnded(ada, FailureCause.CONNECTIVITY, nanos.get());
    }

    assertThat(patient.find("ada").orElseThrow().status()).isEqualTo(Status.AVAILABLE);
    assertThat(patient.isolate("ada", "it is silent")).as("silence is another thing").isTrue();
  }

  @Test
  void an_agent_is_isolated_unless_others_need_it_and_is_taken_back() {
    add("ada");
    add("bob");
    assertThat(registry.isolate("ada", "silent")).isTrue();
    assertThat(status("ada")).isEqualTo(Status.EJECTED);
    assertThat(registry.isolate("ada", "silent")).as("it is out already").isTrue();
    assertThat(registry.isolate("bob", "silent")).as("it is the last").isFalse();
    registry.takeBack("ada");
    assertThat(status("ada")).isEqualTo(Status.AVAILABLE);
    assertThat(agent("ada").streak().isProbing()).isFalse();
    assertThat(agent("ada").availableAt()).isEmpty();
    int told = heard.events.size();
    registry.takeBack("ada");
    registry.takeBack("bob");
    assertThat(heard.events).hasSize(told);
  }

  @Test
  void an_agent_on_trial_that_is_taken_back_has_all_of_its_slots() {
    add("ada");
    add("bob");
    assertThat(registry.isolate("ada", "silent")).isTrue();
    pass(Duration.ofSeconds(30));
    assertThat(agent("ada").streak().isProbing()).isTrue();
    registry.takeBack("ada");

    assertThat(agent("ada").streak().isProbing()).isFalse();
    assertThat(seat("ada").state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(seat("ada").state()).isEqualTo(Slots.Seat.State.HELD);
    assertThat(heard.events.get(heard.events.size() - 1)).isInstanceOf(AgentEvent.Updated.class);
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void an_agent_is_watched_while_it_should_work(Status status) {
    add("ada");
    registry.setStatus("ada", status);

    assertThat(registry.isWatched("ada")).isEqualTo(status.takesWork() || status == Status.EJECTED);
    assertThat(registry.isLimited("ada")).isEqualTo(status == Status.LIMITED);
  }

  @Test
  void an_agent_that_declares_itself_busy_has_no_free_slot() {
    add("ada");
    registry.setStatus("ada", Status.BUSY);

    assertThat(agent("ada").active()).isEqualTo(2);
    assertThat(agent("ada").freeSlots()).isZero();
    assertThat(candidates(ANY)).containsExactly("ada");
  }

  @Test
  void agents_that_a_store_keeps_out_of_service_are_so_once_they_are_registered() {
    Instant end = NOON.plusSeconds(60);
    registry.restore(
        Map.of(
            "ada", step("ada", "MAINTENANCE", ""),
            "bob", step("bob", "LIMITED", end.toString()),
            "cleo", step("cleo", "EJECTED", end.toString()),
            "dora", step("dora", "DRAINING", "damaged record")));
    for (String id : List.of("ada", "bob", "cleo", "dora", "eve")) {
      add(id);
    }
    assertThat(registry.all())
        .extracting(RegisteredAgent::status)
        .containsExactly(
            Status.MAINTENANCE, Status.LIMITED, Status.EJECTED, Status.DRAINING, Status.AVAILABLE);
    assertThat(heard.events)
        .contains(
            new StatusChanged(
                NOON, 7, "ada", Status.AVAILABLE, Status.MAINTENANCE, Optional.empty()),
            new StatusChanged(NOON, 7, "bob", Status.AVAILABLE, Status.LIMITED, Optional.of(end)));

    pass(Duration.ofSeconds(60));

    assertThat(candidates(ANY)).containsExactly("bob", "cleo", "eve");
    assertThat(agent("cleo").streak().isProbing()).isTrue();
    assertThat(agent("bob").streak().isProbing()).isFalse();
  }

  private static KeptStep step(String agent, String state, String detail) {
    return KeptStep.of("StatusChanged", NOON.minusSeconds(9), state, 0, agent, detail);
  }

  @Test
  void a_status_or_an_end_that_nobody_knows_is_of_a_newer_arbiter() {
    assertThatThrownBy(() -> registry.restore(Map.of("ada", step("ada", "SLEEPING", ""))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("agent 'ada' has the status 'SLEEPING' of a newer Arbiter");
    assertThatThrownBy(() -> registry.restore(Map.of("ada", step("ada", "LIMITED", "soon"))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("agent 'ada'");
  }

  @Test
  void a_store_that_is_back_gets_what_it_does_not_know_and_nothing_else() {
    for (String id : List.of("ada", "bob", "cleo")) {
      add(id);
    }
    registry.setStatus("ada", Status.OFFLINE);
    registry.limit("bob", NOON.plusSeconds(60));
    registry.setStatus("cleo", Status.MAINTENANCE);
    kept.clear();

    registry.keepAll(
        Map.of(
            "ada", step("ada", "OFFLINE", ""),
            "bob", step("bob", "LIMITED", NOON.plusSeconds(30).toString()),
            "dora", step("dora", "OFFLINE", "")));

    assertThat(kept).extracting(Change::key).containsExactlyInAnyOrder("Abob", "Acleo", "Adora");
    assertThat(kept)
        .filteredOn(change -> change.key().equals("Adora"))
        .allMatch(change -> change.value() == null);
  }

  @Test
  void an_agent_that_throws_throws_to_its_caller_and_one_that_works_reports() throws Exception {
    add("ada");
    registry.register(
        AgentProfile.of("bob"),
        assignment -> {
          throw new IOException("down");
        });
    Assignment work = new Assignment(ANY, "ada", 1, "sha256:0", Duration.ofMinutes(1));

    assertThat(agent("ada").agent().start(work).toCompletableFuture().join().output())
        .isEqualTo("done");
    assertThatThrownBy(() -> agent("bob").agent().start(work))
        .isInstanceOf(IOException.class)
        .hasMessage("down");
  }

  /* The registry with a real watch over its agents. */
  private Healing healing(Recovery policy) {
    Healing healing = new Healing(policy, registry, publisher, crew, sources);
    registry.healedBy(healing);
    return healing;
  }

  private List<String> actions() {
    return heard.events.stream()
        .filter(HealthEvent.class::isInstance)
        .map(HealthEvent.class::cast)
        .map(event -> event.action() + " " + event.component() + " " + event.succeeded())
        .toList();
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void an_agent_without_a_profile_or_without_code_is_refused_at_the_call() {
    assertThatThrownBy(() -> registry.register(null, assignment -> WorkReport.of("done")))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("an agent needs a profile");
    assertThatThrownBy(() -> registry.register(AgentProfile.of("ada"), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("agent 'ada' must not be null");
    assertThatThrownBy(() -> registry.registerAsync(null, assignment -> new CompletableFuture<>()))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("an agent needs a profile");
    assertThatThrownBy(() -> registry.registerAsync(AgentProfile.of("ada"), null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("agent 'ada' must not be null");
    assertThat(registry.all()).isEmpty();
  }

  @Test
  void numbers_are_small_and_those_of_retired_agents_are_given_on_in_turn() {
    for (String id : List.of("ada", "bob", "cleo")) {
      add(id);
    }
    assertThat(registry.all()).extracting(RegisteredAgent::number).containsExactly(0, 1, 2);
    registry.retire("bob");
    registry.retire("ada");
    for (String id : List.of("dora", "eve", "finn")) {
      add(id);
    }

    assertThat(registry.all()).extracting(RegisteredAgent::number).containsExactly(2, 1, 0, 3);
  }

  @Test
  void the_next_look_is_due_at_the_first_end_by_either_clock() {
    add("ada");
    add("bob");
    registry.limit("ada", NOON.plusSeconds(60));
    clock.set(NOON.minusSeconds(1_000));
    registry.limit("bob", NOON.minusSeconds(900));
    nanos.addAndGet(Duration.ofSeconds(60).toNanos());
    registry.look();
    assertThat(candidates(ANY)).as("by the nano clock").containsExactly("ada");

    clock.set(NOON.minusSeconds(900));
    registry.look();
    assertThat(candidates(ANY)).as("by the wall clock").containsExactly("ada", "bob");
  }

  @Test
  void a_limit_that_ends_earlier_by_the_nano_clock_alone_is_seen() {
    add("ada");
    add("bob");
    registry.limit("ada", NOON.plusSeconds(100));
    clock.set(NOON.plusSeconds(95));
    registry.limit("bob", NOON.plusSeconds(103));
    clock.set(NOON);
    nanos.addAndGet(Duration.ofSeconds(8).toNanos());

    registry.look();

    assertThat(candidates(ANY)).containsExactly("bob");
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void a_task_gets_a_slot_waits_for_one_or_is_sent_away_as_the_status_says(Status status) {
    add("ada");
    registry.setStatus("ada", status);
    Slots.Seat.State expected =
        switch (status) {
          case AVAILABLE, DRAINING -> Slots.Seat.State.HELD;
          case BUSY -> Slots.Seat.State.WAITING;
          default -> Slots.Seat.State.GONE;
        };

    assertThat(seat("ada").state()).isEqualTo(expected);
    assertThat(agent("ada").queued()).isEqualTo(status == Status.BUSY ? 1 : 0);
  }

  @Test
  void a_usage_limit_that_an_agent_met_is_one() {
    add("ada");
    registry.limited("ada", NOON.plusSeconds(60));

    assertThat(agent("ada").availableAt()).contains(NOON.plusSeconds(60));
    assertThat(registry.comesBack("ada")).isTrue();
  }

  @Test
  void an_agent_is_idempotent_if_it_declares_that() {
    add("ada");
    registry.register(
        AgentProfile.builder("bob").idempotent().build(), assignment -> WorkReport.of("done"));

    assertThat(registry.isIdempotent("ada")).isFalse();
    assertThat(registry.isIdempotent("bob")).isTrue();
  }

  @Test
  void an_agent_that_is_ejected_is_told_with_the_reason_and_the_time() {
    Healing unused = healing(Recovery.standard());
    add("ada");
    add("bob");
    fails("ada", 5);

    HealthEvent told =
        (HealthEvent)
            heard.events.stream().filter(HealthEvent.class::isInstance).findFirst().orElseThrow();
    assertThat(actions()).containsExactly("ISOLATE ada true");
    assertThat(told.detail())
        .isEqualTo("its calls failed: AGENT_ERROR; it gets no task until " + NOON.plusSeconds(30));
  }

  @Test
  void an_agent_that_is_ejected_for_its_failures_is_restarted_and_one_that_stays_is_not() {
    List<String> restarted = new ArrayList<>();
    Healing unused = healing(Recovery.standard().withRestart(restarted::add));
    add("ada");
    fails("ada", 9);
    assertThat(restarted).isEmpty();
    add("bob");
    fails("ada", 1);

    assertThat(restarted).containsExactly("ada");
  }

  @Test
  void a_call_that_succeeds_is_a_sign_of_life() {
    Healing healing = healing(Recovery.standard());
    add("ada");
    registry.heartbeat("ada");
    pass(Duration.ofSeconds(60));
    registry.callEnded(agent("ada"), null, nanos.get());
    pass(Duration.ofSeconds(60));
    healing.look();
    assertThat(healing.silent()).isEmpty();
    registry.callEnded(agent("ada"), FailureCause.AGENT_ERROR, nanos.get());
    pass(Duration.ofSeconds(30));
    healing.look();

    assertThat(healing.silent()).as("a failure is none").containsOnlyKeys("ada");
  }

  @Test
  void a_silent_agent_is_new_to_the_watch_once_the_host_has_looked_at_it() {
    Healing healing = healing(Recovery.standard());
    add("ada");
    registry.heartbeat("ada");
    pass(Duration.ofSeconds(90));
    healing.look();
    assertThat(healing.silent()).containsOnlyKeys("ada");

    registry.setStatus("ada", Status.AVAILABLE);

    assertThat(healing.silent()).isEmpty();
  }

  @Test
  void an_agent_that_is_retired_is_not_missed() {
    Healing healing = healing(Recovery.standard());
    add("ada");
    registry.heartbeat("ada");
    pass(Duration.ofSeconds(90));
    healing.look();
    registry.retire("ada");
    assertThat(healing.silent()).isEmpty();
    add("ada");
    pass(Duration.ofSeconds(90));
    healing.look();

    assertThat(healing.silent()).as("its next one has not reported yet").isEmpty();
  }

  @Test
  void an_agent_that_is_back_is_told_and_kept() {
    add("ada");
    add("bob");
    assertThat(registry.isolate("ada", "silent")).isTrue();
    kept.clear();

    registry.takeBack("ada");

    assertThat(lastChange())
        .isEqualTo(new StatusChanged(NOON, 7, "ada", Status.EJECTED, Status.AVAILABLE));
    assertThat(kept).singleElement().extracting(Change::value).isNull();
  }

  /** By default only failures count that are not about the task. */
  @Test
  void a_failure_that_does_not_count_shows_that_an_agent_is_there_unless_it_is_silent() {
    LiveRegistry outages = registry(Ejection.outages());
    Healing healing = new Healing(Recovery.standard(), outages, publisher, crew, sources);
    outages.healedBy(healing);
    for (String id : List.of("ada", "bob")) {
      outages.register(AgentProfile.of(id), assignment -> WorkReport.of("done"));
    }
    outages.heartbeat("ada");
    assertThat(outages.isolate("ada", "silent")).isTrue();
    clock.updateAndGet(now -> now.plusSeconds(30));
    nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    outages.look();
    Registration ada = (Registration) outages.find("ada").orElseThrow();
    assertThat(ada.streak().isProbing()).isTrue();
    outages.callEnded(ada, FailureCause.AGENT_ERROR, nanos.get());

    assertThat(ada.streak().isProbing()).as("it erred, so it is there").isFalse();
  }
}
