/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.waiver.WaiverLedger.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The last value that is taken, and the first that is not. */
class WaiverLimitsTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final AtomicReference<Instant> now = new AtomicReference<>(NOW);
  private final WaiverLedger ledger =
      WaiverLedger.create(new Limits(1, 3, DAY), now::get, step -> {});

  private static WaiverEntry.Proposal proposal(String id, List<String> gates) {
    return new WaiverEntry.Proposal(
        id, "FEAT-001", gates, 1, 1, "because", "grace", NOW.plusSeconds(60), -1);
  }

  private static WaiverEntry.Proposal sized(long files, long lines, String reason, long uses) {
    return new WaiverEntry.Proposal(
        "WV-1", "FEAT-001", List.of("g"), files, lines, reason, "grace", NOW.plusSeconds(60), uses);
  }

  private static String problem(WaiverEntry.Proposal proposal) {
    return proposal.problem(NOW, DAY);
  }

  private static String refusal(WaiverLedger.StepResult result) {
    return result instanceof WaiverLedger.StepResult.Refused refused ? refused.reason() : "";
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "A", "Z", "0", "9", "-", "WV-1a"})
  void letters_digits_and_hyphens_are_an_id(String id) {
    assertThat(problem(proposal(id, List.of("g")))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "`", "{", "@", "[", "/", ":", ",", ".", "_", "a b", "\u00e9"})
  void anything_else_is_none(String id) {
    assertThat(problem(proposal(id, List.of("g")))).isEqualTo("malformed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "z", "0", "9", "_", "A-b"})
  void a_gate_is_named_as_it_is_compared(String gate) {
    assertThat(problem(proposal("WV-1", List.of(gate)))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "`", "{", "/", ":", "*", "a.b", "a b", "\u00e9"})
  void a_gate_that_could_mean_several_is_refused(String gate) {
    assertThat(problem(proposal("WV-1", List.of(gate)))).isEqualTo("malformed");
  }

  @Test
  void every_length_and_number_has_its_limit() {
    assertThat(problem(proposal("a".repeat(64), List.of("g")))).isEmpty();
    assertThat(problem(proposal("a".repeat(65), List.of("g")))).isEqualTo("malformed");
    assertThat(problem(proposal("a", List.of("g".repeat(100))))).isEmpty();
    assertThat(problem(proposal("a", List.of("g".repeat(101))))).isEqualTo("malformed");
    assertThat(problem(proposal("a", gates(10)))).isEmpty();
    assertThat(problem(proposal("a", gates(11)))).isEqualTo("malformed");
    assertThat(problem(proposal("a", List.of()))).isEqualTo("malformed");
    assertThat(problem(sized(0, 0, "x", 1))).isEmpty();
    assertThat(problem(sized(1_000_000, 1_000_000, "x".repeat(1_000), -1))).isEmpty();
    for (WaiverEntry.Proposal wrong :
        List.of(
            sized(-1, 0, "x", 1),
            sized(0, -1, "x", 1),
            sized(1_000_001, 0, "x", 1),
            sized(0, 1_000_001, "x", 1),
            sized(0, 0, " ", 1),
            sized(0, 0, "x".repeat(1_001), 1),
            sized(0, 0, "x", 0))) {
      assertThat(problem(wrong)).as("%s", wrong).isEqualTo("malformed");
    }
  }

  private static List<String> gates(int count) {
    return IntStream.range(0, count).mapToObj(i -> "g" + i).toList();
  }

  @Test
  void a_waiver_runs_for_as_long_as_the_limit_and_not_a_nanosecond_more() {
    WaiverEntry.Proposal longest =
        new WaiverEntry.Proposal(
            "a", "FEAT-001", List.of("g"), 1, 1, "x", "grace", NOW.plus(DAY), -1);

    assertThat(problem(longest)).isEmpty();
    assertThat(longest.problem(NOW.minusNanos(1), DAY)).isEqualTo("too_long");
    assertThat(longest.problem(NOW.plus(DAY).minusNanos(1), DAY)).isEmpty();
    assertThat(longest.problem(NOW.plus(DAY), DAY)).isEqualTo("already_over");
  }

  @Test
  void what_was_proposed_too_early_or_too_late_is_not_activated() {
    now.set(NOW);
    assertThat(ledger.propose(proposal("late", List.of("g"))).isDone()).isTrue();
    assertThat(ledger.approve("late", "alan").isDone()).isTrue();
    now.set(NOW.plusSeconds(60));
    assertThat(refusal(ledger.activate("late", "alan"))).isEqualTo("already_over");
    assertThat(refusal(ledger.use("late", "ada", "T-1"))).isEqualTo("not_active");

    now.set(NOW);
    assertThat(ledger.propose(proposal("early", List.of("h"))).isDone()).isTrue();
    assertThat(ledger.approve("early", "alan").isDone()).isTrue();
    now.set(NOW.minus(DAY));
    assertThat(refusal(ledger.activate("early", "alan"))).isEqualTo("too_long");
    assertThat(ledger.activate("early", "alan").isDone()).isFalse();
    now.set(NOW.plusSeconds(60).minus(DAY));
    assertThat(ledger.activate("early", "alan").isDone()).isTrue();
  }

  @Test
  void an_extension_ends_exactly_at_the_limit() {
    WaiverLedger fresh = WaiverLedger.create(new Limits(1, 1, DAY), now::get, step -> {});
    assertThat(fresh.propose(proposal("a", List.of("g"))).isDone()).isTrue();
    assertThat(fresh.approve("a", "alan").isDone()).isTrue();
    assertThat(fresh.activate("a", "alan").isDone()).isTrue();

    assertThat(refusal(fresh.extend("a", "grace", NOW.plusSeconds(60)))).isEqualTo("not_later");
    assertThat(refusal(fresh.extend("a", "grace", NOW.plus(DAY).plusNanos(1))))
        .isEqualTo("too_long");
    assertThat(fresh.extend("a", "grace", NOW.plus(DAY)).isDone()).isTrue();
  }

  @Test
  void uses_are_counted_one_by_one_and_without_a_limit_for_ever() {
    assertThat(ledger.propose(proposal("a", List.of("g"))).isDone()).isTrue();
    assertThat(ledger.approve("a", "alan").isDone()).isTrue();
    assertThat(ledger.activate("a", "alan").isDone()).isTrue();
    for (int i = 1; i <= 20; i++) {
      assertThat(ledger.use("a", "ada", "T-" + i).isDone()).isTrue();
      assertThat(ledger.find("a").orElseThrow().uses()).isEqualTo(i);
    }
    WaiverEntry entry = ledger.find("a").orElseThrow();
    assertThat(entry.covers("g")).isTrue();
    assertThat(entry.covers("h")).isFalse();
    assertThat(entry.document()).doesNotContain("max_uses");
  }

  @Test
  void a_limit_of_one_use_is_one_use_and_is_written_out() {
    assertThat(ledger.propose(sized(1, 1, "x", 1)).isDone()).isTrue();
    assertThat(ledger.approve("WV-1", "alan").isDone()).isTrue();
    assertThat(ledger.activate("WV-1", "alan").isDone()).isTrue();

    assertThat(ledger.use("WV-1", "ada", "T-1").isDone()).isTrue();
    assertThat(refusal(ledger.use("WV-1", "ada", "T-2"))).isEqualTo("used_up");
    assertThat(ledger.find("WV-1").orElseThrow().document()).contains("\"max_uses\":1");
  }

  @Test
  void sixty_four_approvers_and_ten_thousand_waivers_are_the_most() {
    assertThat(ledger.propose(proposal("WV-0", List.of("g"))).isDone()).isTrue();
    for (int i = 0; i < 64; i++) {
      assertThat(ledger.approve("WV-0", "p" + i).isDone()).isTrue();
    }
    assertThat(refusal(ledger.approve("WV-0", "p64"))).isEqualTo("too_many_approvers");
    for (int i = 1; i < 10_000; i++) {
      if (!ledger.propose(proposal("WV-" + i, List.of("g"))).isDone()) {
        assertThat(i).as("refused too early").isEqualTo(10_000);
      }
    }
    assertThat(refusal(ledger.propose(proposal("WV-10000", List.of("g")))))
        .isEqualTo("ledger_full");
    assertThat(refusal(ledger.propose(proposal("WV-0", List.of("g"))))).isEqualTo("duplicate_id");
  }

  @Test
  void limits_are_positive() {
    assertThat(new Limits(1, 1, Duration.ofNanos(1)).approvers()).isEqualTo(1);
    for (Supplier<Limits> wrong :
        List.<Supplier<Limits>>of(
            () -> new Limits(0, 1, DAY),
            () -> new Limits(1, 0, DAY),
            () -> new Limits(1, 1, Duration.ZERO),
            () -> new Limits(1, 1, DAY.negated()))) {
      assertThat(catching(wrong)).contains("must be positive");
    }
  }

  private static String catching(Supplier<Limits> wrong) {
    try {
      return wrong.get().toString();
    } catch (IllegalArgumentException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** Whatever was done, another thread is let in. */
  @Test
  void no_step_leaves_the_ledger_locked() throws Exception {
    List<Runnable> steps =
        List.of(
            () -> ledger.propose(proposal("a", List.of("g"))),
            () -> ledger.propose(proposal("a", List.of("g"))),
            () -> ledger.conflicts(proposal("b", List.of("g"))),
            () -> ledger.approve("a", "alan"),
            () -> ledger.approve("nobody", "alan"),
            ledger::active,
            ledger::expire,
            () -> ledger.find("a"));
    for (Runnable step : steps) {
      step.run();
      CompletableFuture<Boolean> other =
          CompletableFuture.supplyAsync(() -> ledger.find("a").isPresent());
      assertThat(other.get(30, TimeUnit.SECONDS)).isTrue();
    }
  }
}
