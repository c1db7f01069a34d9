/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static dev.arbiter.WaitingWorld.SOON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.HealthReport.Level;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.event.HealthEvent;
import dev.arbiter.event.HealthEvent.Action;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;

/** Agents that stop to report, and what is done about it. */
class HealingTest {
  private static final AgentProfile ADA = AgentProfile.builder("ada").capacity(1).build();
  private static final AgentProfile BOB = AgentProfile.of("bob");
  private static final Duration BEAT = Duration.ofSeconds(30);

  private final WaitingWorld world = new WaitingWorld();
  private final List<HealthEvent> events = new ArrayList<>();
  private final List<String> restarted = new ArrayList<>();

  private ArbiterBuilder arbiter() {
    return world
        .arbiter()
        .listener(
            event -> {
              if (event instanceof HealthEvent health) {
                events.add(health);
              }
            });
  }

  private ArbiterBuilder both() {
    return arbiter()
        .agent(ADA, work -> WorkReport.of("ada"))
        .agent(BOB, work -> WorkReport.of("bob"));
  }

  private static Status status(Arbiter arbiter, String agent) {
    return arbiter.agents().find(agent).orElseThrow().status();
  }

  private List<Action> actions() {
    return events.stream().map(HealthEvent::action).toList();
  }

  @Test
  void an_agent_that_stops_to_report_is_isolated_and_its_next_beat_brings_it_back() {
    try (Arbiter arbiter = both().build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(BEAT.multipliedBy(3).minusSeconds(2));
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);

      world.pass(Duration.ofSeconds(4));

      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      assertThat(arbiter.health().level()).isEqualTo(Level.DEGRADED);
      assertThat(arbiter.health().summary()).contains("'ada' has not reported for PT1M3");
      assertThat(events).singleElement().matches(event -> event.action() == Action.ISOLATE);
      assertThat(events.get(0).component()).isEqualTo("ada");
      assertThat(events.get(0).succeeded()).isTrue();

      arbiter.agents().heartbeat("ada");

      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(arbiter.agents().find("ada").orElseThrow().freeSlots()).isEqualTo(1);
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void an_agent_that_never_reported_is_not_watched() {
    try (Arbiter arbiter = both().build()) {
      world.pass(Duration.ofDays(1));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(events).isEmpty();
      assertThatThrownBy(() -> arbiter.agents().heartbeat("eve"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("no agent 'eve'");
    }
  }

  @Test
  void the_last_agent_is_not_isolated_and_that_is_said_once() throws Exception {
    try (Arbiter arbiter = arbiter().agent(ADA, work -> WorkReport.of("ada")).build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofHours(1));

      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(events).singleElement().matches(event -> !event.succeeded());
      assertThat(arbiter.health().level()).isEqualTo(Level.DEGRADED);
      assertThat(arbiter.submit(Task.builder("fix").build()).await(SOON).state())
          .isEqualTo(TaskState.COMPLETED);
      assertThat(arbiter.health().level()).as("a call that ended").isEqualTo(Level.HEALTHY);
    }
  }

  @Test
  void the_last_agent_is_isolated_when_another_one_comes() {
    try (Arbiter arbiter = arbiter().agent(ADA, work -> WorkReport.of("ada")).build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofHours(1));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);

      arbiter.agents().register(BOB, work -> WorkReport.of("bob"));
      world.pass(Duration.ofSeconds(2));

      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      assertThat(events).extracting(HealthEvent::succeeded).containsExactly(false, true);
    }
  }

  private static final class Calls {
    private final List<CompletableFuture<WorkReport>> reports = new ArrayList<>();

    private CompletableFuture<WorkReport> next() {
      reports.add(new CompletableFuture<>());
      return reports.get(reports.size() - 1);
    }
  }

  /** Ada has room for three; Bob is always at work, so that tasks go to Ada as well. */
  private Arbiter threeAtOnce(Calls calls) {
    return arbiter()
        .attemptLimit(Duration.ofSeconds(10))
        .asyncAgent(AgentProfile.builder("ada").capacity(3).build(), work -> calls.next())
        .asyncAgent(
            AgentProfile.builder("bob").capacity(1).attemptLimit(Duration.ofDays(1)).build(),
            work -> new CompletableFuture<>())
        .fallbacks(0)
        .build();
  }

  private void isolateAndLetItTryAgain(Arbiter arbiter) {
    arbiter.agents().heartbeat("ada");
    world.pass(Duration.ofSeconds(95));
    assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
    world.pass(Duration.ofSeconds(31));
    assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
    for (int i = 0; i < 10; i++) {
      TaskHandle unused = arbiter.submit(Task.builder("fix").build());
    }
  }

  @Test
  void a_time_out_on_trial_isolates_a_dead_agent_again() {
    Calls calls = new Calls();
    try (Arbiter arbiter = threeAtOnce(calls)) {
      isolateAndLetItTryAgain(arbiter);
      assertThat(calls.reports).hasSize(1);

      world.pass(Duration.ofSeconds(11));

      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      assertThat(arbiter.health().summary()).contains("'ada' has not reported");
      world.pass(Duration.ofSeconds(32));
      assertThat(status(arbiter, "ada")).as("twice as long").isEqualTo(Status.EJECTED);
    }
  }

  @Test
  void an_error_is_no_beat_and_the_trial_goes_on() {
    Calls calls = new Calls();
    try (Arbiter arbiter = threeAtOnce(calls)) {
      isolateAndLetItTryAgain(arbiter);

      calls.reports.get(0).completeExceptionally(new IllegalStateException("from its proxy"));

      assertThat(calls.reports).as("one at a time").hasSize(2);
      calls.reports.get(1).complete(WorkReport.of("ada"));
      assertThat(calls.reports).as("all of its slots").hasSize(5);
    }
  }

  @Test
  void a_beat_ends_the_trial() {
    Calls calls = new Calls();
    try (Arbiter arbiter = threeAtOnce(calls)) {
      isolateAndLetItTryAgain(arbiter);

      arbiter.agents().heartbeat("ada");

      assertThat(calls.reports).hasSize(3);
      assertThat(arbiter.health().summary()).doesNotContain("has not reported");
    }
  }

  @Test
  void tasks_that_wait_for_it_go_to_others() throws Exception {
    CompletableFuture<WorkReport> stuck = new CompletableFuture<>();
    try (Arbiter arbiter = arbiter().asyncAgent(ADA, work -> stuck).build()) {
      TaskHandle first = arbiter.submit(Task.builder("fix").build());
      TaskHandle second = arbiter.submit(Task.builder("fix").build());
      arbiter.agents().register(BOB, work -> WorkReport.of("bob"));
      arbiter.agents().heartbeat("ada");
      assertThat(second.state()).isEqualTo(TaskState.ROUTED);

      world.pass(Duration.ofMinutes(2));

      assertThat(second.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
      assertThat(first.state()).isEqualTo(TaskState.EXECUTING);
      assertThat(actions()).containsExactly(Action.ISOLATE, Action.SWITCH_OVER);
      assertThat(events.get(1).detail()).startsWith("1 tasks");
      stuck.complete(WorkReport.of("late"));
      assertThat(first.await(SOON).state()).isEqualTo(TaskState.COMPLETED);
    }
  }

  @Test
  void the_host_restarts_it_at_most_three_times() {
    Recovery policy =
        Recovery.standard()
            .withRestart(
                agent -> {
                  restarted.add(agent);
                  if (restarted.size() == 2) {
                    throw new IOException("no such container");
                  }
                });
    try (Arbiter arbiter = both().recovery(policy).build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofSeconds(95));
      assertThat(actions()).containsExactly(Action.ISOLATE, Action.RESTART);

      for (int i = 0; i < 100; i++) {
        world.pass(Duration.ofMinutes(1));
      }

      assertThat(restarted).containsExactly("ada", "ada", "ada");
      assertThat(events.stream().filter(event -> event.action() == Action.RESTART))
          .extracting(HealthEvent::succeeded)
          .containsExactly(true, false, true);
      assertThat(events.get(events.size() - 2).detail()).contains("no such container");
    }
  }

  @Test
  void a_beat_that_comes_before_the_isolation_prevents_it() {
    Queue<Runnable> offered = new ArrayDeque<>();
    try (Arbiter arbiter =
        both()
            .executor(offered::add)
            .recovery(Recovery.standard().withRestart(agent -> restarted.add(agent)))
            .build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofSeconds(95));
      assertThat(arbiter.health().summary()).contains("'ada' has not reported");

      arbiter.agents().heartbeat("ada");
      while (!offered.isEmpty()) {
        offered.remove().run();
      }

      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
      assertThat(events).isEmpty();
      assertThat(restarted).isEmpty();
    }
  }

  /** A sweep comes at each step of the beat. */
  @Test
  void a_sweep_during_the_first_beat_takes_no_agent_for_silent() {
    Sources own = world.time.sources();
    boolean[] beats = {false};
    LongSupplier nanoTime =
        () -> {
          if (beats[0]) {
            beats[0] = false;
            world.pass(Duration.ofSeconds(2));
            beats[0] = true;
          }
          return own.nanoTime().getAsLong();
        };
    try (Arbiter arbiter =
        both().sources(new Sources(own.clock(), nanoTime, own.random())).build()) {
      world.pass(Duration.ofHours(1));
      beats[0] = true;
      arbiter.agents().heartbeat("ada");
      beats[0] = false;

      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(events).isEmpty();
    }
  }

  /** Ada is down and takes one task after each ejection. */
  @Test
  void an_agent_that_keeps_failing_is_restarted_at_most_three_times_until_it_works()
      throws Exception {
    boolean[] works = {false};
    try (Arbiter arbiter =
        arbiter()
            .retries(RetryPolicy.none())
            .recovery(Recovery.standard().withRestart(agent -> restarted.add(agent)))
            .agent(
                ADA,
                work -> {
                  if (works[0]) {
                    return WorkReport.of("ada");
                  }
                  throw new ConnectException("down");
                })
            .agent(BOB, work -> WorkReport.of("bob"))
            .build()) {
      submitEachHour(arbiter, 50);
      assertThat(restarted).hasSize(3);

      works[0] = true;
      submitEachHour(arbiter, 5);
      works[0] = false;
      submitEachHour(arbiter, 50);

      assertThat(restarted).hasSize(6);
    }
  }

  private void submitEachHour(Arbiter arbiter, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      TaskResult unused = arbiter.submit(Task.builder("fix").build()).await(SOON);
      world.pass(Duration.ofHours(1));
    }
  }

  @Test
  void an_agent_is_not_restarted_while_it_is_restarted() throws Exception {
    Arbiter[] own = new Arbiter[1];
    List<Integer> during = new ArrayList<>();
    Recovery policy =
        Recovery.standard()
            .withRestart(
                agent -> {
                  restarted.add(agent);
                  if (restarted.size() == 1) {
                    own[0].agents().setStatus("ada", Status.AVAILABLE);
                    submitEachHour(own[0], 20);
                    during.add(restarted.size());
                  }
                });
    try (Arbiter arbiter =
        arbiter()
            .retries(RetryPolicy.none())
            .recovery(policy)
            .agent(
                ADA,
                work -> {
                  throw new ConnectException("down");
                })
            .agent(BOB, work -> WorkReport.of("bob"))
            .build()) {
      own[0] = arbiter;
      submitEachHour(arbiter, 20);

      assertThat(during).containsExactly(1);
      assertThat(restarted).hasSize(3);
    }
  }

  @Test
  void a_restart_that_helps_is_the_last() {
    try (Arbiter arbiter =
        both().recovery(Recovery.standard().withRestart(agent -> restarted.add(agent))).build()) {
      arbiter.agents().heartbeat("ada");
      world.pass(Duration.ofSeconds(95));
      arbiter.agents().heartbeat("ada");
      for (int i = 0; i < 20; i++) {
        world.pass(Duration.ofSeconds(30));
        arbiter.agents().heartbeat("ada");
      }
      assertThat(restarted).containsExactly("ada");
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
    }
  }

  @Test
  void an_agent_out_of_service_may_be_silent() {
    try (Arbiter arbiter = both().build()) {
      arbiter.agents().heartbeat("ada");
      arbiter.agents().setStatus("ada", Status.MAINTENANCE);
      world.pass(Duration.ofHours(1));
      assertThat(events).isEmpty();
      arbiter.agents().heartbeat("ada");
      assertThat(status(arbiter, "ada")).isEqualTo(Status.MAINTENANCE);
      arbiter.agents().retire("ada");
      world.pass(Duration.ofHours(1));
      assertThat(events).isEmpty();
    }
  }

  @Test
  void the_time_of_an_agent_begins_when_it_is_back_in_service() {
    try (Arbiter arbiter =
        both().recovery(Recovery.standard().withRestart(agent -> restarted.add(agent))).build()) {
      arbiter.agents().heartbeat("ada");
      arbiter.agents().setStatus("ada", Status.MAINTENANCE);
      passInSteps(Duration.ofHours(1));
      arbiter.agents().setStatus("ada", Status.AVAILABLE);
      passInSteps(Duration.ofSeconds(80));
      arbiter.agents().limit("ada", world.now().plus(Duration.ofHours(1)));
      passInSteps(Duration.ofHours(1).plusSeconds(80));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      assertThat(events).isEmpty();

      passInSteps(Duration.ofSeconds(20));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      assertThat(restarted).containsExactly("ada");
    }
  }

  @Test
  void a_dead_agent_that_meets_its_rate_again_and_again_is_isolated() {
    try (Arbiter arbiter = both().build()) {
      arbiter.agents().heartbeat("ada");
      for (int i = 0; i < 10; i++) {
        arbiter.agents().limit("ada", world.now().plusSeconds(8));
        passInSteps(Duration.ofSeconds(10));
      }
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
    }
  }

  /** A host that puts a silent agent back into service has looked at it. */
  @Test
  void a_silent_agent_that_the_host_put_back_is_isolated_again() {
    try (Arbiter arbiter = both().build()) {
      arbiter.agents().heartbeat("ada");
      passInSteps(Duration.ofSeconds(100));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      arbiter.agents().setStatus("ada", Status.AVAILABLE);
      assertThat(arbiter.health().level()).isEqualTo(Level.HEALTHY);
      passInSteps(Duration.ofSeconds(80));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      passInSteps(Duration.ofSeconds(20));
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
    }
  }

  private void passInSteps(Duration duration) {
    for (long i = 0; i < duration.toSeconds(); i++) {
      world.pass(Duration.ofSeconds(1));
    }
  }

  /** By default only failures count that are not about the task. */
  @Test
  void an_agent_that_cannot_be_reached_is_ejected_by_default_and_one_that_errs_is_not()
      throws Exception {
    FailureCause[] cause = {FailureCause.AGENT_ERROR};
    try (Arbiter arbiter =
        arbiter()
            .retries(RetryPolicy.none())
            .recovery(Recovery.standard().withRestart(agent -> restarted.add(agent)))
            .agent(
                ADA,
                work -> {
                  throw new AgentException("down", Usage.none()).failure(cause[0]);
                })
            .agent(BOB, work -> WorkReport.of("bob"))
            .build()) {
      for (int i = 0; i < 20; i++) {
        arbiter.submit(Task.builder("fix").build()).await(SOON);
      }
      assertThat(status(arbiter, "ada")).isEqualTo(Status.AVAILABLE);
      cause[0] = FailureCause.CONNECTIVITY;
      for (int i = 0; i < 20; i++) {
        arbiter.submit(Task.builder("fix").build()).await(SOON);
      }
      assertThat(status(arbiter, "ada")).isEqualTo(Status.EJECTED);
      assertThat(actions()).containsExactly(Action.ISOLATE, Action.RESTART);
      assertThat(events.get(0).detail()).contains("CONNECTIVITY");
      assertThat(restarted).containsExactly("ada");
    }
  }

  @Test
  void tasks_that_a_full_queue_refuses_are_one_event_each_half_minute() {
    CompletableFuture<WorkReport> stuck = new CompletableFuture<>();
    try (Arbiter arbiter =
        arbiter().queueCapacity(0).concurrency(1).asyncAgent(ADA, work -> stuck).build()) {
      arbiter.submit(Task.builder("fix").build());
      for (int i = 0; i < 5; i++) {
        assertThatThrownBy(() -> arbiter.submit(Task.builder("fix").build()))
            .isInstanceOf(ArbiterException.class);
      }
      world.pass(Duration.ofSeconds(10));
      world.pass(Duration.ofSeconds(10));

      assertThat(events).singleElement().matches(event -> event.action() == Action.SHED);
      assertThat(events.get(0).detail()).startsWith("5 tasks");
      stuck.complete(WorkReport.of("done"));
    }
  }
}
