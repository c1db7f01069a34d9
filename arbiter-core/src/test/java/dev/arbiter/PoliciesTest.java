/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.arbiter.RateLimit.Over;
import dev.arbiter.TenantBudget.AtLimit;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult.FailureCause;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The values that a host gives to a builder: their ranges, and what the ready-made ones are. */
class PoliciesTest {
  private static final Duration NANO = Duration.ofNanos(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration YEAR = Duration.ofDays(365);
  private static final TaskBudget ONE = TaskBudget.ofCost(1);
  private static final Recovery RECOVERY = Recovery.standard();

  private static RetryPolicy retries(int most, Duration base, Duration longest, double ratio) {
    return new RetryPolicy(most, base, longest, ratio, 0);
  }

  private static Recovery recovery(Duration beat, int missed, int restarts) {
    return new Recovery(beat, missed, Optional.empty(), restarts);
  }

  private static Arguments at(String limit, ThrowingCallable makes) {
    return arguments(limit, makes);
  }

  private static Stream<Arguments> limits() {
    return Stream.of(
        at("rate.most 1", () -> RateLimit.of(1, SECOND)),
        at("rate.most 1,000,000", () -> RateLimit.of(1_000_000, SECOND)),
        at("rate.per 1 ms", () -> RateLimit.of(1, Duration.ofMillis(1))),
        at("rate.per a day", () -> RateLimit.of(1, Duration.ofDays(1))),
        at("no retry", () -> retries(0, SECOND, SECOND, 0)),
        at("one retry for each call", () -> retries(1, SECOND, SECOND, 1)),
        at("shortest pause", () -> retries(1, NANO, NANO, 0)),
        at("longest pause", () -> retries(1, YEAR, YEAR, 0)),
        at("hedging after 1 ns", () -> new Hedging(NANO, .5)),
        at("hedging after a year", () -> new Hedging(YEAR, .5)),
        at("no hedge", () -> new Hedging(SECOND, 0)),
        at("a hedge for each call", () -> new Hedging(SECOND, 1)),
        at("breaker.calls 2", () -> new Breaker(2, 1, SECOND, SECOND, 1)),
        at("breaker.calls 10,000", () -> new Breaker(10_000, 1, SECOND, SECOND, 1)),
        at("breaker.share above 0", () -> new Breaker(2, Double.MIN_VALUE, SECOND, SECOND, 1)),
        at("breaker.probes 1,000", () -> new Breaker(2, 1, SECOND, SECOND, 1_000)),
        at("breaker.slow 1 ns", () -> new Breaker(2, 1, NANO, SECOND, 1)),
        at("breaker.slow a year", () -> new Breaker(2, 1, YEAR, SECOND, 1)),
        at("breaker.pause 1 ns", () -> new Breaker(2, 1, SECOND, NANO, 1)),
        at("breaker.pause a year", () -> new Breaker(2, 1, SECOND, YEAR, 1)),
        at("one failure ejects", () -> new Ejection(1, NANO, NANO)),
        at("ejection for a year", () -> new Ejection(1, YEAR, YEAR)),
        at("beat of 1 ns", () -> recovery(NANO, 1, 1)),
        at("beat of a day", () -> recovery(Duration.ofDays(1), 1, 1)),
        at("budget of a second", () -> TenantBudget.per(SECOND, ONE)),
        at("budget of 10 years", () -> TenantBudget.per(Duration.ofDays(3_653), ONE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("limits")
  void a_value_at_the_limit_of_its_range_is_taken(String limit, ThrowingCallable makes) {
    assertThatCode(makes).as(limit).doesNotThrowAnyException();
  }

  private static Arguments beyond(String message, ThrowingCallable makes) {
    return arguments(message, makes);
  }

  private static Stream<Arguments> wrong() {
    Duration moreThanAYear = YEAR.plus(NANO);
    Duration moreThanADay = Duration.ofDays(1).plus(NANO);
    return Stream.of(
        beyond("rate.most must be 1 to 1000000, got 0", () -> RateLimit.of(0, SECOND)),
        beyond(
            "rate.most must be 1 to 1000000, got 1000001", () -> RateLimit.of(1_000_001, SECOND)),
        beyond("rate.per must be 1 millisecond to a day", () -> RateLimit.of(1, NANO)),
        beyond("rate.per must be 1 millisecond to a day", () -> RateLimit.of(1, moreThanADay)),
        beyond("retries must be at least 0, got -1", () -> retries(-1, SECOND, SECOND, 0)),
        beyond(
            "the base of pauses must be positive, got PT0S",
            () -> retries(1, Duration.ZERO, SECOND, 0)),
        beyond(
            "the longest pause must be at least PT1S, got PT0.000000001S",
            () -> retries(1, SECOND, NANO, 0)),
        beyond(
            "the longest pause must be at most a year", () -> retries(1, SECOND, moreThanAYear, 0)),
        beyond(
            "the ratio of retries must be 0 to 1, got -0.1", () -> retries(1, SECOND, SECOND, -.1)),
        beyond(
            "the ratio of retries must be 0 to 1, got 1.1", () -> retries(1, SECOND, SECOND, 1.1)),
        beyond(
            "the burst of retries must be at least 0, got -1",
            () -> new RetryPolicy(1, SECOND, SECOND, 0, -1)),
        beyond(
            "after more than nothing and at most a year, got PT0S",
            () -> Hedging.after(Duration.ZERO)),
        beyond("after more than nothing and at most a year", () -> Hedging.after(moreThanAYear)),
        beyond(
            "the extra calls of hedging must be 0 to 1, got -0.1", () -> new Hedging(SECOND, -.1)),
        beyond(
            "the extra calls of hedging must be 0 to 1, got 1.1", () -> new Hedging(SECOND, 1.1)),
        beyond(
            "the extra calls of hedging must be 0 to 1, got NaN",
            () -> new Hedging(SECOND, Double.NaN)),
        beyond(
            "breaker.calls must be 2 to 10000, got 1", () -> new Breaker(1, 1, SECOND, SECOND, 1)),
        beyond(
            "breaker.calls must be 2 to 10000, got 10001",
            () -> new Breaker(10_001, 1, SECOND, SECOND, 1)),
        beyond(
            "breaker.share must be above 0 and at most 1, got 0.0",
            () -> new Breaker(2, 0, SECOND, SECOND, 1)),
        beyond(
            "breaker.share must be above 0 and at most 1, got 1.1",
            () -> new Breaker(2, 1.1, SECOND, SECOND, 1)),
        beyond(
            "breaker.probes must be 1 to 1000, got 0", () -> new Breaker(2, 1, SECOND, SECOND, 0)),
        beyond(
            "breaker.probes must be 1 to 1000, got 1001",
            () -> new Breaker(2, 1, SECOND, SECOND, 1_001)),
        beyond("breaker.slow must be above 0", () -> new Breaker(2, 1, Duration.ZERO, SECOND, 1)),
        beyond(
            "breaker.slow must be above 0 and at most a year",
            () -> new Breaker(2, 1, moreThanAYear, SECOND, 1)),
        beyond("breaker.pause must be above 0", () -> new Breaker(2, 1, SECOND, Duration.ZERO, 1)),
        beyond(
            "breaker.pause must be above 0 and at most a year",
            () -> new Breaker(2, 1, SECOND, moreThanAYear, 1)),
        beyond("failures must be at least 1, got 0", () -> new Ejection(0, SECOND, SECOND)),
        beyond(
            "the base of pauses must be positive, got PT0S",
            () -> new Ejection(1, Duration.ZERO, SECOND)),
        beyond(
            "the longest pause must be at least PT1S, got PT0.000000001S",
            () -> new Ejection(1, SECOND, NANO)),
        beyond(
            "the longest pause must be at most a year",
            () -> new Ejection(1, SECOND, moreThanAYear)),
        beyond(
            "the beat must be positive and at most a day, got PT0S",
            () -> RECOVERY.withBeat(Duration.ZERO)),
        beyond(
            "the beat must be positive and at most a day", () -> RECOVERY.withBeat(moreThanADay)),
        beyond("missed beats must be at least 1, got 0", () -> recovery(SECOND, 0, 1)),
        beyond("restarts must be at least 1, got 0", () -> recovery(SECOND, 1, 0)),
        beyond(
            "a budget of a tenant needs a limit, got none",
            () -> TenantBudget.per(SECOND, TaskBudget.none())),
        beyond(
            "must be 1 second to 10 years, got PT0.999999999S",
            () -> TenantBudget.per(SECOND.minus(NANO), ONE)),
        beyond(
            "must be 1 second to 10 years",
            () -> TenantBudget.per(Duration.ofDays(3_653).plus(NANO), ONE)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrong")
  void a_value_beyond_its_range_is_refused_with_the_range(String message, ThrowingCallable makes) {
    assertThatThrownBy(makes)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void a_rate_lets_tasks_wait_unless_it_is_one_that_refuses() {
    RateLimit rate = RateLimit.of(20, Duration.ofMinutes(1));

    assertThat(rate).isEqualTo(new RateLimit(20, Duration.ofMinutes(1), Over.WAIT));
    assertThat(rate.refusing()).isEqualTo(new RateLimit(20, Duration.ofMinutes(1), Over.REFUSE));
    assertThat(rate.refusing().refusing()).isEqualTo(rate.refusing());
    assertThat(rate).hasToString("20 in PT1M").asString().isEqualTo(rate.refusing().toString());
  }

  @Test
  void the_ready_made_policies_are_as_documented() {
    assertThat(RetryPolicy.standard())
        .isEqualTo(new RetryPolicy(2, Duration.ofMillis(500), Duration.ofSeconds(30), .1, 10));
    assertThat(RetryPolicy.none().most()).isZero();
    assertThat(Hedging.after(SECOND)).isEqualTo(new Hedging(SECOND, .05));
    assertThat(Breaker.standard())
        .isEqualTo(new Breaker(20, .5, Duration.ofSeconds(5), Duration.ofSeconds(30), 3));
    assertThat(RECOVERY).isEqualTo(new Recovery(Duration.ofSeconds(30), 3, Optional.empty(), 3));
    assertThat(Ejection.standard())
        .isEqualTo(new Ejection(5, Duration.ofSeconds(30), Duration.ofMinutes(5)));
    assertThat(Ejection.outages())
        .isEqualTo(
            new Ejection(
                5, Duration.ofSeconds(30), Duration.ofMinutes(5), Ejection.outages().causes()));
  }

  @Test
  void a_policy_of_nothing_is_off_and_any_other_is_on() {
    assertThat(Breaker.none().isOn()).isFalse();
    assertThat(Breaker.standard().isOn()).isTrue();
    assertThat(Hedging.none().isOn()).isFalse();
    assertThat(new Hedging(SECOND, Double.MIN_VALUE).isOn()).isTrue();
    assertThat(Ejection.none().isOn()).isFalse();
    assertThat(new Ejection(Integer.MAX_VALUE - 1, SECOND, SECOND).isOn()).isTrue();
    assertThat(new Retries(RetryPolicy.none(), 1).isOn()).isFalse();
    assertThat(new Retries(retries(1, SECOND, SECOND, 0), 1).isOn()).isTrue();
  }

  @Test
  void an_ejection_counts_its_own_causes_only() {
    assertThat(Ejection.outages().causes())
        .isEqualTo(
            EnumSet.of(
                FailureCause.CONNECTIVITY, FailureCause.RESOURCE, FailureCause.AUTHORIZATION));
    assertThat(Ejection.standard().causes())
        .containsAll(Ejection.outages().causes())
        .contains(FailureCause.AGENT_ERROR, FailureCause.AGENT_TIMEOUT)
        .hasSize(5);
    for (FailureCause cause : FailureCause.values()) {
      Ejection only = new Ejection(1, SECOND, SECOND, Set.of(cause));
      for (FailureCause other : FailureCause.values()) {
        assertThat(only.counts(other)).isEqualTo(other == cause);
      }
    }
  }

  @Test
  void the_causes_of_an_ejection_do_not_change_afterwards() {
    Set<FailureCause> causes = new HashSet<>(Set.of(FailureCause.RESOURCE));
    Ejection ejection = new Ejection(1, SECOND, SECOND, causes);
    causes.add(FailureCause.AGENT_ERROR);

    assertThat(ejection.counts(FailureCause.AGENT_ERROR)).isFalse();
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_recovery_is_changed_part_by_part() {
    Recovery.Restart callback = agent -> {};
    Recovery other = RECOVERY.withBeat(SECOND).withRestart(callback);

    assertThat(other).isEqualTo(new Recovery(SECOND, 3, Optional.of(callback), 3));
    assertThat(RECOVERY.withRestart(callback).beat()).isEqualTo(RECOVERY.beat());
    assertThatThrownBy(() -> new Recovery(SECOND, 1, null, 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("give Optional.empty()");
  }

  @Test
  void a_budget_of_a_tenant_is_changed_part_by_part() {
    Instant begin = Instant.parse("2026-06-01T06:00:00Z");
    TenantBudget budget = TenantBudget.per(SECOND, ONE);

    assertThat(budget).isEqualTo(new TenantBudget(ONE, SECOND, Instant.EPOCH, AtLimit.WAIT));
    assertThat(budget.from(begin).atLimit(AtLimit.ASK))
        .isEqualTo(new TenantBudget(ONE, SECOND, begin, AtLimit.ASK));
    assertThat(budget.atLimit(AtLimit.FAIL).from(begin))
        .isEqualTo(new TenantBudget(ONE, SECOND, begin, AtLimit.FAIL));
  }
}
