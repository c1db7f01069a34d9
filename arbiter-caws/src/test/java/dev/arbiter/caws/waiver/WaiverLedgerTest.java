/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.waiver;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.caws.Caws;
import dev.arbiter.caws.Fixtures;
import dev.arbiter.caws.waiver.WaiverEntry.Status;
import dev.arbiter.caws.waiver.WaiverLedger.Action;
import dev.arbiter.task.Verdict;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class WaiverLedgerTest {
  private static final Duration DAY = Duration.ofDays(1);

  private final List<WaiverLedger.Step> steps = new ArrayList<>();
  private Instant now = NOW;
  private final WaiverLedger ledger = ledger(new WaiverLedger.Limits(2, 2, DAY.multipliedBy(30)));

  private WaiverLedger ledger(WaiverLedger.Limits limits) {
    return WaiverLedger.create(limits, () -> now, steps::add);
  }

  private static WaiverEntry.Proposal proposal(String id, String spec, String gate, long maxUses) {
    return new WaiverEntry.Proposal(
        id,
        spec,
        List.of(gate),
        5,
        200,
        "a hotfix",
        "Ada",
        NOW.plus(DAY.multipliedBy(10)),
        maxUses);
  }

  private static WaiverEntry.Proposal proposal(String id) {
    return proposal(id, "FEAT-001", "budget_limit", -1);
  }

  private void active(WaiverEntry.Proposal proposal) {
    assertThat(ledger.propose(proposal).isDone()).isTrue();
    assertThat(ledger.approve(proposal.id(), "grace").isDone()).isTrue();
    assertThat(ledger.approve(proposal.id(), "alan").isDone()).isTrue();
    assertThat(ledger.activate(proposal.id(), "grace").isDone()).isTrue();
  }

  private static void assertRefused(WaiverLedger.StepResult result, String reason) {
    assertThat(result).isEqualTo(new WaiverLedger.StepResult.Refused(reason));
  }

  @Test
  void a_waiver_is_proposed_approved_activated_used_extended_and_revoked_step_by_step() {
    active(proposal("WV-1"));
    assertThat(ledger.use("WV-1", "bob", "T-1").isDone()).isTrue();
    assertThat(ledger.extend("WV-1", "ada", NOW.plus(DAY.multipliedBy(20))).isDone()).isTrue();
    assertThat(ledger.revoke("WV-1", "grace", "mended").isDone()).isTrue();

    assertThat(steps)
        .extracting(WaiverLedger.Step::action)
        .containsExactly(
            Action.PROPOSE,
            Action.APPROVE,
            Action.APPROVE,
            Action.ACTIVATE,
            Action.USE,
            Action.EXTEND,
            Action.REVOKE);
    assertThat(steps)
        .extracting(WaiverLedger.Step::number)
        .containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(ledger.find("WV-1").orElseThrow().status()).isEqualTo(Status.REVOKED);
  }

  @Test
  void approvers_are_distinct_people_and_not_the_proposer() {
    ledger.propose(proposal("WV-1"));

    assertRefused(ledger.approve("WV-1", "@ADA "), "self_approval");
    assertRefused(ledger.approve("WV-1", " "), "blank");
    assertRefused(ledger.approve("WV-2", "grace"), "unknown");
    assertThat(ledger.approve("WV-1", "grace").isDone()).isTrue();
    assertRefused(ledger.approve("WV-1", "@Grace"), "already_approved");
    assertRefused(ledger.activate("WV-1", "grace"), "insufficient_approvers");
    ledger.approve("WV-1", "alan");
    assertThat(ledger.activate("WV-1", "ada").isDone()).isTrue();
    assertRefused(ledger.activate("WV-1", "ada"), "not_open");
    assertRefused(ledger.approve("WV-1", "edsger"), "not_open");
  }

  @Test
  void no_spelling_makes_two_people_of_one() {
    ledger.propose(proposal("WV-1"));

    assertRefused(ledger.approve("WV-1", "@@ada"), "self_approval");
    assertRefused(ledger.approve("WV-1", "\u0430d\u0430"), "self_approval");
    assertThat(ledger.approve("WV-1", "\u00e9mile").isDone()).isTrue();
    assertRefused(ledger.approve("WV-1", "e\u034f\u0301mile"), "already_approved");
    assertRefused(ledger.approve("WV-1", "@ @ \u00c9mile"), "already_approved");
    assertRefused(ledger.approve("WV-1", "\u00e9mi1e"), "already_approved");
  }

  @Test
  void what_is_malformed_or_never_waived_is_not_proposed() {
    WaiverEntry.Proposal good = proposal("WV-1");
    for (WaiverEntry.Proposal bad :
        List.of(
            proposal("WV 1"),
            proposal(""),
            proposal("WV-1", "not a spec", "lint", -1),
            proposal("WV-1", "FEAT-001", "*", -1),
            proposal("WV-1", "FEAT-001", "", -1),
            proposal("WV-1", "FEAT-001", "lint", 0),
            new WaiverEntry.Proposal(
                "WV-1", "FEAT-001", List.of(), 0, 0, "r", "ada", good.expires(), 1),
            new WaiverEntry.Proposal(
                "WV-1", "FEAT-001", List.of("lint"), -1, 0, "r", "ada", good.expires(), 1),
            new WaiverEntry.Proposal(
                "WV-1", "FEAT-001", List.of("lint"), 0, 0, " ", "ada", good.expires(), 1),
            new WaiverEntry.Proposal(
                "WV-1", "FEAT-001", List.of("lint"), 0, 0, "r", "@", good.expires(), 1))) {
      assertRefused(ledger.propose(bad), "malformed");
    }
    assertRefused(
        ledger.propose(proposal("WV-1", "FEAT-001", "spec-completeness", -1)), "gate_never_waived");
    assertThat(ledger.propose(good).isDone()).isTrue();
    assertRefused(ledger.propose(good), "duplicate_id");
  }

  @Test
  void time_limits_are_exact() {
    Duration longest = DAY.multipliedBy(30);
    IntFunction<WaiverEntry.Proposal> until =
        nanos ->
            new WaiverEntry.Proposal(
                "WV-" + Math.abs(nanos),
                "FEAT-001",
                List.of("lint"),
                0,
                0,
                "r",
                "ada",
                NOW.plus(longest).plusNanos(nanos),
                1);
    assertRefused(ledger.propose(until.apply(1)), "too_long");
    assertThat(ledger.propose(until.apply(0)).isDone()).isTrue();
    assertRefused(
        ledger.propose(
            new WaiverEntry.Proposal(
                "WV-9", "FEAT-001", List.of("lint"), 0, 0, "r", "ada", NOW, 1)),
        "already_over");
  }

  @Test
  void it_counts_until_the_last_nanosecond_and_is_marked_then() {
    active(proposal("WV-1"));
    now = NOW.plus(DAY.multipliedBy(10)).minusNanos(1);
    assertThat(ledger.active()).hasSize(1);
    assertThat(ledger.expire()).isEmpty();

    now = now.plusNanos(1);

    assertThat(ledger.active()).isEmpty();
    assertRefused(ledger.use("WV-1", "bob", "T-1"), "not_active");
    assertRefused(ledger.extend("WV-1", "ada", now.plus(DAY)), "not_active");
    assertThat(ledger.expire()).containsExactly("WV-1");
    assertThat(ledger.expire()).isEmpty();
    assertRefused(ledger.revoke("WV-1", "ada", "late"), "not_open");
  }

  @Test
  void an_extension_needs_its_own_approvals_and_the_old_expiry_stands_until_then() {
    active(proposal("WV-1"));
    Instant later = NOW.plus(DAY.multipliedBy(20));
    assertRefused(ledger.extend("WV-1", "alan", NOW.plus(DAY)), "not_later");
    assertRefused(ledger.extend("WV-1", "alan", NOW.plus(DAY.multipliedBy(31))), "too_long");

    ledger.extend("WV-1", "alan", later);
    assertRefused(ledger.activate("WV-1", "grace"), "insufficient_approvers");
    assertRefused(ledger.approve("WV-1", "alan"), "self_approval");
    ledger.approve("WV-1", "grace");
    ledger.approve("WV-1", "edsger");
    assertThat(ledger.find("WV-1").orElseThrow().expires()).isBefore(later);
    assertThat(ledger.activate("WV-1", "grace").isDone()).isTrue();

    assertThat(ledger.find("WV-1").orElseThrow().expires()).isEqualTo(later);
  }

  @Test
  void an_extension_of_a_waiver_that_is_over_has_no_place_of_its_own() {
    active(proposal("WV-1"));
    active(proposal("WV-2", "FEAT-002", "budget_limit", -1));
    for (String id : List.of("WV-1", "WV-2")) {
      ledger.extend(id, "ada", NOW.plus(DAY.multipliedBy(20)));
      ledger.approve(id, "grace");
      ledger.approve(id, "alan");
    }
    now = NOW.plus(DAY.multipliedBy(10)); // both are over, and their gate is free
    for (int i = 3; i <= 4; i++) {
      WaiverEntry.Proposal other =
          new WaiverEntry.Proposal(
              "WV-" + i,
              i == 3 ? "FEAT-001" : "FEAT-003",
              List.of("budget_limit"),
              5,
              200,
              "a hotfix",
              "Ada",
              now.plus(DAY),
              -1);
      active(other);
    }

    assertRefused(ledger.activate("WV-1", "grace"), "conflict");
    assertRefused(ledger.activate("WV-2", "grace"), "too_many_for_gate");
    ledger.revoke("WV-4", "ada", "done");
    assertThat(ledger.activate("WV-2", "grace").isDone()).isTrue();
  }

  @Test
  void active_waivers_of_a_spec_do_not_overlap_and_a_gate_has_few() {
    active(proposal("WV-1"));
    assertThat(ledger.conflicts(proposal("WV-2"))).containsExactly("WV-1");
    ledger.propose(proposal("WV-2"));
    ledger.approve("WV-2", "grace");
    ledger.approve("WV-2", "alan");
    assertRefused(ledger.activate("WV-2", "grace"), "conflict");

    active(proposal("WV-3", "FEAT-002", "budget_limit", -1));
    ledger.propose(proposal("WV-4", "FEAT-003", "budget_limit", -1));
    ledger.approve("WV-4", "grace");
    ledger.approve("WV-4", "alan");
    assertRefused(ledger.activate("WV-4", "grace"), "too_many_for_gate");

    ledger.revoke("WV-1", "ada", "done");
    assertThat(ledger.activate("WV-2", "grace").isDone()).isTrue();
  }

  @Test
  void who_approved_cannot_use_it() {
    active(proposal("WV-1"));

    assertRefused(ledger.use("WV-1", "Grace", "T-1"), "approved_by_user");
    assertThat(ledger.use("WV-1", "bob", "T-1").isDone()).isTrue();
  }

  @Test
  void a_step_that_cannot_be_recorded_does_not_happen() {
    WaiverLedger broken =
        WaiverLedger.create(
            WaiverLedger.Limits.defaults(),
            () -> NOW,
            step -> {
              throw new IllegalStateException("disk full");
            });

    assertThatThrownBy(() -> broken.propose(proposal("WV-1"))).hasMessageContaining("disk full");
    assertThat(broken.find("WV-1")).isEmpty();
  }

  @Test
  void the_constitution_reads_an_active_waiver_and_refuses_any_other() {
    ledger.propose(proposal("WV-1"));
    String proposed = ledger.find("WV-1").orElseThrow().document();
    ledger.approve("WV-1", "grace");
    ledger.approve("WV-1", "alan");
    ledger.activate("WV-1", "grace");
    String counts = ledger.find("WV-1").orElseThrow().document();
    ledger.revoke("WV-1", "grace", "over");
    String revoked = ledger.find("WV-1").orElseThrow().document();

    assertThat(judge(Fixtures.caws().waiver(counts).build(), reportOf(12, 400)))
        .isInstanceOf(Verdict.Waived.class);
    for (String other : List.of(proposed, revoked)) {
      assertThat(judge(Fixtures.caws().waiver(other).build(), reportOf(12, 400)))
          .isInstanceOf(Verdict.Denied.class);
    }
  }

  @Test
  void a_constitution_takes_its_uses_from_the_ledger() {
    active(proposal("WV-1", "FEAT-001", "budget_limit", 2));
    Caws one = Fixtures.caws().waivers(ledger).build();
    Caws other = Fixtures.caws().waivers(ledger).build();

    assertThat(judge(one, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);
    assertThat(ledger.use("WV-1", "somebody", "by hand").isDone()).isTrue();

    assertThat(ledger.find("WV-1").orElseThrow().uses()).isEqualTo(2);
    assertThat(judge(one, reportOf(12, 400))).isInstanceOf(Verdict.Denied.class);
    assertThat(judge(other, reportOf(12, 400))).isInstanceOf(Verdict.Denied.class);
    assertThat(steps).extracting(WaiverLedger.Step::detail).contains("T-1", "by hand");
  }

  @Test
  void what_a_ledger_activates_or_revokes_counts_at_once() {
    Caws caws = Fixtures.caws().waivers(ledger).build();
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Denied.class);

    active(proposal("WV-1"));
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);

    ledger.revoke("WV-1", "grace", "over");
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Denied.class);
  }

  /** 64 threads at one waiver at the same moment, 100 rounds of each race; 1,000 when long. */
  @Test
  @Tag("many")
  void sixty_four_threads_approve_activate_and_use_once() throws Exception {
    assertExactlyOneWins(100);
  }

  @Test
  @Tag("long")
  void sixty_four_threads_approve_activate_and_use_once_in_1_000_rounds() throws Exception {
    assertExactlyOneWins(1_000);
  }

  private static void assertExactlyOneWins(int rounds) throws Exception {
    int threads = 64;
    WaiverLedger shared =
        WaiverLedger.create(
            new WaiverLedger.Limits(1, 1_000, DAY.multipliedBy(30)), () -> NOW, step -> {});
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    try {
      for (int round = 0; round < rounds; round++) {
        String id = "WV-" + round;
        shared.propose(proposal(id, "FEAT-" + round, "lint", 1));

        assertThat(race(pool, threads, i -> shared.approve(id, "grace"))).isEqualTo(1);
        assertThat(race(pool, threads, i -> shared.activate(id, "p" + i))).isEqualTo(1);
        assertThat(race(pool, threads, i -> shared.use(id, "agent" + i, "T-" + i))).isEqualTo(1);
        assertThat(shared.find(id).orElseThrow().uses()).isEqualTo(1);
      }
    } finally {
      pool.shutdownNow();
    }
  }

  private static long race(
      ExecutorService pool, int threads, IntFunction<WaiverLedger.StepResult> step)
      throws Exception {
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Callable<WaiverLedger.StepResult>> all = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      int number = i;
      all.add(
          () -> {
            start.await();
            return step.apply(number);
          });
    }
    long done = 0;
    for (Future<WaiverLedger.StepResult> result : pool.invokeAll(all)) {
      done += result.get().isDone() ? 1 : 0;
    }
    return done;
  }
}
