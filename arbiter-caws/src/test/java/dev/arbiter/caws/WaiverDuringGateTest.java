/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A waiver is looked at when it lifts, not when the gates begin; and the ledger's word is last. */
class WaiverDuringGateTest {
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(2, 9, Duration.ofDays(90));

  @TempDir Path folder;
  private Instant now = NOW;
  private Runnable meanwhile = () -> {};
  private final WaiverLedger ledger = WaiverLedger.create(LIMITS, () -> now, step -> {});

  /** The clock of the files stands, so that none is looked at again by itself. */
  private Caws.Builder caws() {
    return Caws.builder()
        .policy(POLICY)
        .sources(new Sources(() -> now, () -> 0, new SplittableRandom(1)))
        .sealHashedOnly()
        .gate(
            "tests_pass",
            (assignment, report) -> {
              meanwhile.run();
              return QualityGate.Result.pass("green");
            });
  }

  private static void assertSkipped(Verdict verdict, String reason) {
    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict.seal().document()).contains("\"reason\":\"" + reason + "\"");
  }

  private void activate(String id, Instant expires) {
    ledger.propose(
        new WaiverEntry.Proposal(
            id, "FEAT-001", List.of("budget_limit"), 5, 200, "why", "ed", expires, -1));
    ledger.approve(id, "grace");
    ledger.approve(id, "alan");
    assertThat(ledger.activate(id, "ed").isDone()).isTrue();
  }

  private void write(String name, String text) {
    try {
      Files.writeString(folder.resolve(name), text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void one_that_expires_while_a_gate_runs_does_not_lift() {
    Caws caws = caws().waiver(WAIVER).build();
    Instant last = Instant.parse("2026-07-01T00:00:00Z");
    meanwhile = () -> now = last.minusNanos(1);
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);

    now = NOW;
    meanwhile = () -> now = last;
    assertSkipped(judge(caws, reportOf(12, 400)), "expired");
  }

  @Test
  void one_that_had_expired_is_not_revived_by_a_clock_set_back() {
    Caws caws = caws().waiver(WAIVER).build();
    now = Instant.parse("2026-07-01T00:00:00Z");
    meanwhile = () -> now = NOW;

    assertSkipped(judge(caws, reportOf(12, 400)), "expired");
  }

  @Test
  void one_whose_file_is_revoked_or_removed_while_a_gate_runs_does_not_lift() throws Exception {
    write("w.yaml", WAIVER);
    Caws caws = caws().waivers(folder).build();
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);

    meanwhile = () -> write("w.yaml", WAIVER.replace("status: active", "status: revoked"));
    assertSkipped(judge(caws, reportOf(12, 400)), "changed_since_admission");

    write("w.yaml", WAIVER);
    Caws fresh = caws().waivers(folder).build();
    meanwhile =
        () -> {
          try {
            Files.delete(folder.resolve("w.yaml"));
          } catch (IOException e) {
            throw new AssertionError(e);
          }
        };
    assertSkipped(judge(fresh, reportOf(12, 400)), "changed_since_admission");
  }

  /** The admission cache knows the spec's digest, and active waivers alone are in it. */
  @Test
  void one_that_a_second_file_revokes_after_a_first_task_does_not_lift() {
    write("a.yaml", WAIVER);
    Caws caws = caws().waivers(folder).build();
    assertThat(judge(caws, reportOf(12, 400))).isInstanceOf(Verdict.Waived.class);

    write("b.yaml", WAIVER.replace("status: active", "status: revoked"));
    now = NOW.plusSeconds(60);

    assertSkipped(judge(caws, reportOf(12, 400)), "status_not_active");
    assertSkipped(judge(caws().waivers(folder).build(), reportOf(12, 400)), "status_not_active");
  }

  @Test
  void one_that_a_second_file_revokes_while_a_gate_runs_does_not_lift() {
    write("a.yaml", WAIVER);
    Caws caws = caws().waivers(folder).build();
    meanwhile = () -> write("b.yaml", WAIVER.replace("status: active", "status: revoked"));

    assertSkipped(judge(caws, reportOf(12, 400)), "status_not_active");
  }

  @Test
  void one_of_a_ledger_that_is_revoked_expires_or_is_used_up_meanwhile_does_not_lift() {
    activate("WV-1", NOW.plusSeconds(60));
    Caws caws = caws().waivers(ledger).build();
    meanwhile = () -> ledger.revoke("WV-1", "grace", "no");
    assertSkipped(judge(caws, reportOf(12, 400)), "changed_since_admission");

    activate("WV-2", NOW.plusSeconds(60));
    meanwhile = () -> now = NOW.plusSeconds(60);
    assertSkipped(judge(caws, reportOf(12, 400)), "expired");
  }

  /** The file says more than the ledger granted, or says it after the ledger ended it. */
  @Test
  void a_file_with_the_id_of_a_ledgers_waiver_does_not_count() {
    ledger.propose(
        new WaiverEntry.Proposal(
            "WV-0001",
            "FEAT-001",
            List.of("budget_limit"),
            1,
            1,
            "why",
            "ed",
            NOW.plusSeconds(60),
            -1));
    write("any.yaml", WAIVER);
    Caws caws = caws().waivers(folder).waivers(ledger).build();
    assertShadowed(caws); // proposed

    ledger.approve("WV-0001", "grace");
    ledger.approve("WV-0001", "alan");
    assertThat(ledger.activate("WV-0001", "ed").isDone()).isTrue();
    assertShadowed(caws); // active: it grants one file more, the file says five

    now = NOW.plusSeconds(60);
    ledger.expire();
    assertShadowed(caws);
  }

  private static void assertShadowed(Caws caws) {
    Verdict verdict = judge(caws, reportOf(12, 400));
    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(rules(verdict.findings())).contains("waiver.semantic.shadows_ledger");
    Admission admission = caws.admit(Fixtures.task(Fixtures.SPEC));
    assertThat(admission.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.ruleId()).isEqualTo("waiver.semantic.shadows_ledger");
              assertThat(finding.place()).isEqualTo("any.yaml");
              assertThat(finding.message()).contains("'WV-0001'").contains("does not count");
            });
  }

  @Test
  void the_ledgers_own_file_is_no_shadow() {
    activate("WV-1", NOW.plusSeconds(60));
    write("WV-1.json", ledger.find("WV-1").orElseThrow().document() + "\n");
    Caws caws = caws().waivers(folder).waivers(ledger).build();

    Verdict verdict = judge(caws, reportOf(12, 400));

    assertThat(verdict).isInstanceOf(Verdict.Waived.class);
    assertThat(rules(verdict.findings())).doesNotContain("waiver.semantic.shadows_ledger");
    assertThat(ledger.find("WV-1").orElseThrow().uses()).isEqualTo(1);
  }
}
