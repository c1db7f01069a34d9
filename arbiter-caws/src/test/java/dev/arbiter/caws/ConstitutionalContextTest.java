/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.SealedVerdict.ClauseCitation;
import dev.arbiter.caws.SealedVerdict.ConstitutionalContext;
import dev.arbiter.caws.SealedVerdict.GovernanceMetrics;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.trace.TaskSpans;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConstitutionalContextTest {
  private static final Finding FINDING = Finding.error("r", "", "m");

  private static ConstitutionalContext context(Verdict verdict) {
    return SealedVerdict.of(verdict).orElseThrow().context();
  }

  private static GovernanceMetrics metrics(Verdict verdict) {
    return context(verdict).governanceMetrics().orElseThrow();
  }

  @Test
  void every_gate_cites_its_clause_and_where_it_stands() {
    Verdict verdict = judge(caws().build(), goodReport());

    assertThat(context(verdict).clauseCitations())
        .containsExactlyInAnyOrder(
            new ClauseCitation("CAWS:4.1", "passed", "budget_limit", "policy#/risk_tiers"),
            new ClauseCitation("CAWS:6.2", "passed", "spec_completeness", "spec#"),
            new ClauseCitation("CAWS:6.3", "passed", "scope_boundary", "spec#/scope"),
            new ClauseCitation("CAWS:6.1", "passed", "tests_pass", "policy#/gates/tests_pass"),
            new ClauseCitation("CAWS:6.1", "passed", "god_object", "policy#/gates/god_object"));
    assertThat(metrics(verdict)).isEqualTo(new GovernanceMetrics(0, 100, 100, 100, 100, 10, 0, 0));
  }

  @Test
  void a_trace_shows_each_gate_by_its_name() {
    assertThat(SealedVerdict.gates(judge(caws().build(), goodReport())))
        .hasSize(5)
        .contains(new TaskSpans.Gate("tests_pass", true, "passed"));
    assertThat(SealedVerdict.gates(judge(caws().build(), reportOf(12, 400))))
        .hasSize(5)
        .contains(new TaskSpans.Gate("budget_limit", false, "failed"));
    assertThat(SealedVerdict.gates(judge(caws().waiver(WAIVER).build(), reportOf(12, 400))))
        .contains(new TaskSpans.Gate("budget_limit", true, "waived"));
    assertThat(SealedVerdict.gates(new Verdict.Denied(List.of(FINDING), Seal.none()))).isEmpty();
  }

  @Test
  void findings_cite_theirs_after_the_gates() {
    Verdict verdict = judge(caws().build(), reportOf(12, 400));

    assertThat(verdict.findings()).hasSize(2);
    assertThat(context(verdict).clauseCitations())
        .endsWith(
            new ClauseCitation(
                "CAWS:4.1", "error", "policy.budget.files_exceeded", "/risk_tiers/2"),
            new ClauseCitation(
                "CAWS:4.1", "error", "policy.budget.lines_exceeded", "/risk_tiers/2"));
    assertThat(metrics(verdict)).isEqualTo(new GovernanceMetrics(0, 80, 75, 100, 60, 133, 0, 0));
  }

  @Test
  void a_waiver_shows_in_the_figures() {
    Verdict verdict = judge(caws().waiver(WAIVER).build(), reportOf(12, 400));

    assertThat(verdict).isInstanceOf(Verdict.Waived.class);
    assertThat(context(verdict).clauseCitations())
        .contains(new ClauseCitation("CAWS:4.1", "waived", "budget_limit", "policy#/risk_tiers"));
    assertThat(metrics(verdict)).isEqualTo(new GovernanceMetrics(20, 80, 100, 100, 60, 80, 0, 0));
  }

  @Test
  void missing_evidence_and_a_host_gate_show_too() {
    WorkReport bare =
        new WorkReport(
            "done", List.of(), List.of(Evidence.of("tests_pass", true, "")), Usage.none());
    Verdict verdict =
        judge(caws().gate("licence", (a, r) -> QualityGate.Result.fail("no header")).build(), bare);

    assertThat(context(verdict).clauseCitations())
        .contains(
            new ClauseCitation("CAWS:6.5", "failed", "licence", "host#/gates/licence"),
            new ClauseCitation("CAWS:6.1", "missing", "god_object", "policy#/gates/god_object"));
    assertThat(metrics(verdict).evidenceCompleteness()).isEqualTo(83);
    assertThat(metrics(verdict).gateIntegrity()).isEqualTo(80);
    assertThat(metrics(verdict).budgetUsed()).isZero();
  }

  @Test
  void constitutional_rules_are_counted_and_cited() {
    Verdict verdict = judge(caws().rules(ConstitutionalRules.defaults()).build(), goodReport());

    assertThat(context(verdict).clauseCitations())
        .anyMatch(c -> c.clauseId().equals("CAWS:8.2") && c.evidence().startsWith("constitution#"));
    assertThat(metrics(verdict).rulesEvaluated()).isEqualTo(12);
    assertThat(metrics(verdict).rulesViolated()).isEqualTo((int) violated(verdict));
  }

  private static long violated(Verdict verdict) {
    return context(verdict).clauseCitations().stream()
        .filter(c -> c.clauseId().equals("CAWS:8.2") && c.decision().equals("failed"))
        .count();
  }

  @Test
  void work_that_cannot_be_judged_cites_the_authority_clause() {
    Caws caws = caws().build();
    Assignment borrowed =
        new Assignment(task(SPEC), "ada", 1, "none", java.time.Duration.ofMinutes(1));
    Verdict verdict = caws.judge(borrowed, goodReport());

    assertThat(context(verdict).clauseCitations())
        .containsExactly(
            new ClauseCitation("CAWS:8.1", "error", "spec.reference.not_admitted", ""));
    assertThat(SealedVerdict.read(verdict.seal().document()).orElseThrow().specDigest())
        .isEqualTo("none");
  }

  @Test
  void the_document_says_what_the_verdict_says() {
    Caws caws = caws().build();
    Assignment assignment = assignment(caws, task(SPEC), "ada");
    Verdict verdict = caws.judge(assignment, reportOf(12, 400));
    SealedVerdict sealed = SealedVerdict.read(verdict.seal().document()).orElseThrow();

    assertThat(sealed.attempt()).isEqualTo(1);
    assertThat(sealed.specDigest()).isEqualTo(assignment.specDigest());
    assertThat(sealed.changeDigest()).startsWith("sha256:").hasSize(71);
    assertThat(verdict.seal().document()).isEqualTo(verdict.seal().document());
    assertThat(Digests.named(verdict.seal().document())).isEqualTo(verdict.seal().digest());
  }

  @Test
  void a_verdict_without_a_seal_has_no_context() {
    Verdict unsealed = new Verdict.Approved(List.of(), 1, Seal.none());

    assertThat(SealedVerdict.of(unsealed)).isEmpty();
  }

  @Test
  void figures_that_cannot_be_are_refused() {
    assertThatThrownBy(() -> new GovernanceMetrics(0, 101, 100, 100, 100, 1, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("[0, 101, 100, 100, 100, 1, 0, 0]");
  }
}
