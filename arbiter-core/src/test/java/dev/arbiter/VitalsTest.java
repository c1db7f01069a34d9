/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.HealthReport.Component;
import dev.arbiter.HealthReport.Level;
import dev.arbiter.Vitals.Counters;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent;
import dev.arbiter.agent.RegisteredAgent.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a report of health says of each part, and for how long errors count. */
class VitalsTest {
  private static final Instant NOON = Instant.parse("2026-06-01T12:00:00Z");
  private static final long SECOND = 1_000_000_000L;
  private static final Counters NO_ERRORS = new Counters(0, 0, 0, 0, 0);
  private static final Breaker TWO =
      new Breaker(2, 1, Duration.ofSeconds(5), Duration.ofSeconds(30), 1);

  private final FakeTime time = new FakeTime();
  private final List<RegisteredAgent> agents = new ArrayList<>();
  private final Map<String, Duration> silent = new LinkedHashMap<>();
  private final List<Fuse> listeners = new ArrayList<>();
  private @Nullable Fuse constitution;
  private String storeAway = "";
  private boolean queueIsFull;
  private int waiting;
  private int abandoned;

  private record Known(AgentProfile profile, Status status, Optional<Instant> availableAt)
      implements RegisteredAgent {
    Known(String id, Status status) {
      this(AgentProfile.of(id), status, Optional.empty());
    }

    @Override
    public int active() {
      return 0;
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

  VitalsTest() {
    agents.add(new Known("ada", Status.AVAILABLE));
  }

  private HealthReport report(Vitals vitals, Counters counters) {
    Arbiter.Stats stats = new Arbiter.Stats(waiting, 0, abandoned, 0, 0, 0, 0);
    return vitals.report(
        new Vitals.State(
            counters,
            stats,
            queueIsFull,
            Duration.ZERO,
            storeAway,
            agents,
            constitution,
            listeners,
            silent,
            NOON));
  }

  private HealthReport report() {
    return report(new Vitals(NO_ERRORS, 0), NO_ERRORS);
  }

  private static Component part(HealthReport report, String name) {
    return report.components().stream()
        .filter(part -> part.name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private Component registry() {
    return part(report(), "agent_registry");
  }

  private Fuse fuse(String name) {
    return new Fuse(name, TWO, time.sources().nanoTime());
  }

  private static void blow(Fuse fuse) {
    for (int i = 0; i < 2; i++) {
      assertThat(fuse.enter()).isTrue();
      fuse.leave(0, new IllegalStateException("down"));
    }
  }

  @Test
  void without_a_fault_every_part_is_healthy_and_has_nothing_to_say() {
    HealthReport report = report();

    assertThat(report.at()).isEqualTo(NOON);
    assertThat(report.components())
        .extracting(Component::name)
        .containsExactly(
            "task_orchestrator",
            "store",
            "agent_registry",
            "task_router",
            "caws_validator",
            "performance_tracker");
    assertThat(report.components())
        .allMatch(part -> part.level() == Level.HEALTHY && part.detail().isEmpty());
  }

  @ParameterizedTest
  @CsvSource({
    "3, 0, 0, 0, 0, task_orchestrator, 3 times the executor took no work",
    "0, 4, 0, 0, 0, store, 4 batches were not kept",
    "0, 0, 5, 0, 0, task_router, 5 outcomes were not learned",
    "0, 0, 0, 6, 0, caws_validator, 6 calls of the constitution failed",
    "0, 0, 0, 0, 7, performance_tracker, 7 calls of listeners failed",
  })
  void errors_of_a_part_since_the_beginning_degrade_that_part_alone(
      long executor, long store, long router, long rules, long ears, String name, String said) {
    Counters before = new Counters(10, 20, 30, 40, 50);
    Counters now = new Counters(10 + executor, 20 + store, 30 + router, 40 + rules, 50 + ears);
    HealthReport report = report(new Vitals(before, 0), now);

    assertThat(part(report, name).level()).isEqualTo(Level.DEGRADED);
    assertThat(part(report, name).detail()).startsWith(said).endsWith("within the last minutes");
    assertThat(report.components())
        .filteredOn(part -> !part.name().equals(name))
        .allMatch(part -> part.level() == Level.HEALTHY);
  }

  @Test
  void a_look_is_due_a_minute_after_the_last_one() {
    long begin = Long.MAX_VALUE - 30 * SECOND; // the nano clock may run over
    Vitals vitals = new Vitals(NO_ERRORS, begin);
    assertThat(vitals.isDue(begin + 60 * SECOND - 1)).isFalse();
    assertThat(vitals.isDue(begin + 60 * SECOND)).isTrue();

    vitals.look(NO_ERRORS, begin + 60 * SECOND);

    assertThat(vitals.isDue(begin + 120 * SECOND - 1)).isFalse();
    assertThat(vitals.isDue(begin + 120 * SECOND)).isTrue();
  }

  @Test
  void a_look_before_its_time_forgets_nothing() {
    Vitals vitals = new Vitals(NO_ERRORS, 0);
    Counters one = new Counters(0, 1, 0, 0, 0);
    for (int i = 1; i < 60; i++) {
      vitals.look(one, i * SECOND);
    }

    assertThat(part(report(vitals, one), "store").level()).isEqualTo(Level.DEGRADED);
  }

  /** Looks come at most 10 seconds late here. */
  @Test
  void an_error_counts_for_one_to_two_minutes() {
    long seed = 11;
    SplittableRandom random = new SplittableRandom(seed);
    Vitals vitals = new Vitals(NO_ERRORS, 0);
    List<Long> errors = new ArrayList<>();
    long now = 0;
    for (int step = 0; step < 5_000; step++) {
      now += random.nextLong(1, 10 * SECOND);
      if (random.nextInt(20) == 0) {
        errors.add(now);
      }
      Counters counters = new Counters(0, errors.size(), 0, 0, 0);
      long at = now;
      if (vitals.isDue(now)) {
        vitals.look(counters, now);
      }
      String said = part(report(vitals, counters), "store").detail();
      long counted = said.isEmpty() ? 0 : Long.parseLong(said.substring(0, said.indexOf(' ')));

      assertThat(counted)
          .as("seed %d, step %d", seed, step)
          .isBetween(
              errors.stream().filter(error -> at - error < 60 * SECOND).count(),
              errors.stream().filter(error -> at - error < 140 * SECOND).count());
    }
  }

  @Test
  void a_full_queue_is_told_before_calls_that_hang_and_those_before_the_executor() {
    Vitals vitals = new Vitals(NO_ERRORS, 0);
    Counters errors = new Counters(1, 0, 0, 0, 0);
    queueIsFull = true;
    waiting = 12;
    abandoned = 3;
    assertThat(part(report(vitals, errors), "task_orchestrator"))
        .isEqualTo(
            new Component(
                "task_orchestrator",
                Level.DEGRADED,
                "the queue is full: 12 tasks wait for a place"));
    queueIsFull = false;
    assertThat(part(report(vitals, errors), "task_orchestrator"))
        .isEqualTo(
            new Component(
                "task_orchestrator",
                Level.DEGRADED,
                "3 calls of agents outlive their attempts and hold slots"));
    abandoned = 0;
    assertThat(part(report(vitals, errors), "task_orchestrator").detail())
        .contains("executor took no work");
  }

  @Test
  void a_store_that_is_away_is_unhealthy_and_says_why() {
    storeAway = "disk full";

    assertThat(part(report(new Vitals(NO_ERRORS, 0), new Counters(0, 9, 0, 0, 0)), "store"))
        .isEqualTo(new Component("store", Level.UNHEALTHY, "disk full"));
  }

  @Test
  void without_an_agent_that_takes_work_the_registry_is_unhealthy() {
    agents.clear();
    assertThat(registry())
        .isEqualTo(new Component("agent_registry", Level.UNHEALTHY, "no agent takes work"));
    agents.add(new Known("ada", Status.OFFLINE));
    agents.add(new Known("bob", Status.EJECTED));
    assertThat(registry())
        .isEqualTo(
            new Component(
                "agent_registry", Level.UNHEALTHY, "no agent takes work: 'bob' is EJECTED"));
  }

  @ParameterizedTest
  @EnumSource(Status.class)
  void an_agent_that_is_out_on_purpose_is_no_fault_while_another_works(Status status) {
    agents.add(new Known("bob", status));
    boolean isFault = status == Status.LIMITED || status == Status.EJECTED;

    assertThat(registry())
        .isEqualTo(
            isFault
                ? new Component("agent_registry", Level.DEGRADED, "'bob' is " + status)
                : new Component("agent_registry", Level.HEALTHY, ""));
  }

  @Test
  void agents_that_come_back_are_named_with_the_time_and_silent_ones_with_how_long() {
    Instant end = NOON.plusSeconds(90);
    agents.add(new Known(AgentProfile.of("bob"), Status.LIMITED, Optional.of(end)));
    agents.add(new Known("cleo", Status.EJECTED));
    silent.put("dora", Duration.ofMinutes(2));

    assertThat(registry())
        .isEqualTo(
            new Component(
                "agent_registry",
                Level.DEGRADED,
                "'bob' is LIMITED until "
                    + end
                    + ", 'cleo' is EJECTED, 'dora' has not reported for PT2M"));
  }

  @Test
  void a_busy_agent_that_goes_silent_degrades_the_registry() {
    agents.clear();
    agents.add(new Known("ada", Status.BUSY));
    silent.put("ada", Duration.ofSeconds(95));

    assertThat(registry())
        .isEqualTo(
            new Component("agent_registry", Level.DEGRADED, "'ada' has not reported for PT1M35S"));
  }

  @Test
  void a_constitution_is_unhealthy_while_its_breaker_is_open_and_degraded_while_it_is_tried() {
    Fuse fuse = fuse("the constitution");
    constitution = fuse;
    assertThat(part(report(), "caws_validator").level()).isEqualTo(Level.HEALTHY);
    blow(fuse);
    assertThat(part(report(), "caws_validator"))
        .isEqualTo(
            new Component(
                "caws_validator",
                Level.UNHEALTHY,
                "the constitution failed too often, and its breaker is open"));

    time.advance(Duration.ofSeconds(30).plusMillis(1));

    assertThat(part(report(), "caws_validator"))
        .isEqualTo(
            new Component(
                "caws_validator",
                Level.DEGRADED,
                "the constitution failed too often, and is tried again"));
    assertThat(fuse.enter()).isTrue();
    fuse.leave(time.sources().nanoTime().getAsLong(), null);
    assertThat(part(report(), "caws_validator").level()).isEqualTo(Level.HEALTHY);
  }

  @Test
  void a_closed_breaker_of_the_constitution_hides_no_error() {
    constitution = fuse("the constitution");

    assertThat(
            part(report(new Vitals(NO_ERRORS, 0), new Counters(0, 0, 0, 1, 0)), "caws_validator")
                .detail())
        .contains("1 calls of the constitution failed");
  }

  @Test
  void listeners_whose_breakers_are_open_are_named_with_what_they_missed() {
    Fuse deaf = fuse("listener Deaf");
    Fuse well = fuse("listener Well");
    Fuse slow = fuse("listener Slow");
    listeners.addAll(List.of(deaf, well, slow));
    blow(deaf);
    blow(slow);
    assertThat(deaf.enter()).isFalse();
    assertThat(deaf.enter()).isFalse();

    Component said = part(report(), "performance_tracker");

    assertThat(said.level()).isEqualTo(Level.DEGRADED);
    assertThat(said.detail())
        .isEqualTo(
            "listener Deaf failed too often, and its breaker is open (2 events were skipped so"
                + " far); listener Slow failed too often, and its breaker is open (0 events were"
                + " skipped so far)");
  }

  @Test
  void what_was_reported_does_not_change() {
    HealthReport report = report();

    assertThatThrownBy(() -> report.components().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }
}
