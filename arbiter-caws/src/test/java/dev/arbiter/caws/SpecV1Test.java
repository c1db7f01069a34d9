/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.SPEC_V1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected rule ids are those the CAWS kernel 12.0.0 gave for the same texts. */
class SpecV1Test {
  private static List<String> errors(String spec) {
    return SpecValidator.at(NOW).dialect(Dialect.V1).build().validate(spec).findings().stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .map(Finding::ruleId)
        .toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "risk_tier: 2|risk_tier: T2|spec.schema.risk_tier.type_rejected"
            + " spec.schema.risk_tier.out_of_range",
        "risk_tier: 2|risk_tier: 2.5|spec.schema.risk_tier.type_rejected"
            + " spec.schema.risk_tier.out_of_range",
        "risk_tier: 2|risk_tier: 0|spec.schema.risk_tier.out_of_range",
        "risk_tier: 2|risk_tier: 1|spec.semantic.tier1.observability_required"
            + " spec.semantic.tier1.rollback_required",
        "id: FEAT-001|id: feat-1|spec.schema.id.pattern_violation",
        "id: FEAT-001|id: ''|spec.schema.violation spec.schema.id.pattern_violation",
        "id: FEAT-001|id: 5|spec.schema.violation",
        "mode: feature|mode: development|spec.schema.mode.development_removed",
        "mode: feature|mode: 7|spec.schema.violation spec.schema.mode.development_removed",
        "state: active|state: closed|spec.semantic.closed.resolution_required",
        "in: [src/, docs/*.md]|in: []|spec.schema.scope.in_empty",
        "in: [src/, docs/*.md]|in: [src/generated/a]|spec.semantic.scope.overbroad_out",
        "out: [src/generated/]|out: [src/*]|spec.schema.scope.out_glob_forbidden",
        "out: [src/generated/]|out: [5]|spec.schema.violation spec.schema.scope.out_glob_forbidden",
        "out: [src/generated/]|exclude: [x]|spec.schema.forbidden_field.scope_exclude",
        "given: a file with unsorted imports|given: ''|spec.schema.violation",
        "data_migration: false|data_migration: no|spec.schema.violation",
        "title: Sort the imports|title: 5|spec.schema.violation",
        "title: Sort|worktree: a b\\ntitle: Sort|spec.schema.violation",
        "title: Sort|created_at: 2026-01-01\\ntitle: Sort|spec.schema.violation",
        "title: Sort|blockers: [{waiting_on: x}]\\ntitle: Sort|spec.schema.violation",
        "title: Sort|supersedes: FEAT-001\\ntitle: Sort|spec.semantic.supersedes.self_reference",
        "title: Sort|experimental_mode: {enabled: false, rationale: x, expires_at:"
            + " 2027-01-01T00:00:00Z}\\n"
            + "title: Sort|spec.semantic.experimental_mode.tier_restricted",
        "title: Sort|evidence: [{criterion_id: A9, status: pass, recorded_at:"
            + " 2026-01-01T00:00:00Z}]\\n"
            + "title: Sort|spec.semantic.evidence.criterion_id_unknown",
        "title: Sort|evidence: [{criterion_id: A1, status: waived, recorded_at:"
            + " 2026-01-01T00:00:00Z}]\\n"
            + "title: Sort|spec.semantic.evidence.waiver_reason_required",
        "title: Sort|successors: [{target_spec_id: FEAT-2, disposition: declined}]\\n"
            + "title: Sort|spec.semantic.successor.declined_rationale_required",
        "title: Sort|successors: [{target_spec_id: FEAT-2, disposition: absorbed}]\\n"
            + "title: Sort|spec.semantic.successor.absorbed_by_required",
        "title: Sort|successors: [{target_spec_id: FEAT-2, disposition: absorbed, absorbed_by:"
            + " FEAT-2}]\\n"
            + "title: Sort|spec.semantic.successor.absorbed_by_equals_target",
        "title: Sort|successors: [{target_spec_id: FEAT-001, disposition: required}]\\n"
            + "title: Sort|spec.semantic.successor.self_reference",
        "title: Sort|successors: [{target_spec_id: A-2, disposition: required}, {target_spec_id:"
            + " A-2, disposition: required}]\\n"
            + "title: Sort|spec.semantic.successor.duplicate_target"
      })
  void a_broken_rule_has_the_kernels_id(String from, String to, String rules) {
    assertThat(SPEC_V1).contains(from);

    assertThat(errors(SPEC_V1.replace(from, to.replace("\\n", "\n"))))
        .containsExactlyInAnyOrder(rules.split(" ", -1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "owner: me",
        "created_at: '2026-01-01 00:00:00+01'",
        "updated_at: 2026-01-01t00:00:00.5z",
        "supersedes: FEAT-002",
        "rollback: []",
        "observability: [x]",
        "blockers: [{reason: x, since: '2026-01-01T00:00:00+0100'}]",
        "successors: [{target_spec_id: FEAT-2, disposition: declined, rationale: late}]"
      })
  void what_the_kernel_accepts_is_accepted(String field) {
    assertThat(errors(SPEC_V1 + field + "\n")).isEmpty();
  }

  @Test
  void the_rollback_time_may_be_left_out_and_be_odd_with_a_warning() {
    assertThat(errors(SPEC_V1.replace("operational_rollback_slo: 5m\n", ""))).isEmpty();
    assertThat(
            SpecValidator.at(NOW)
                .build()
                .validate(SPEC_V1.replace("slo: 5m", "slo: soon"))
                .findings())
        .extracting(Finding::ruleId)
        .containsExactly("spec.semantic.rollback_slo.no_duration");
  }

  @Test
  void an_experiment_ends_however_its_moment_is_written() {
    String tier3 = SPEC_V1.replace("risk_tier: 2", "risk_tier: 3");
    for (String past : List.of("2026-01-01 00:00:00+01", "2026-01-01t00:00:00z")) {
      String mode =
          "experimental_mode: {enabled: true, rationale: x, expires_at: '" + past + "'}\n";
      assertThat(
              SpecValidator.at(NOW)
                  .policy(Fixtures.POLICY)
                  .changes(ChangeSet.none())
                  .build()
                  .validate(tier3 + mode)
                  .findings())
          .extracting(Finding::ruleId)
          .contains("spec.semantic.experimental_mode.expired");
    }
  }

  @Test
  void meaning_is_looked_at_only_when_the_shape_holds() {
    String both = SPEC_V1.replace("risk_tier: 2", "risk_tier: 1") + "surprise: 1\n";

    assertThat(errors(both)).containsExactly("spec.schema.violation");
  }

  @Test
  void a_breach_in_a_list_is_told_with_its_index_and_line() {
    Finding finding =
        SpecValidator.at(NOW)
            .build()
            .validate(SPEC_V1.replace("then: the imports are sorted", "then: 5"))
            .findings()
            .get(0);

    assertThat(finding.place()).isEqualTo("/acceptance/0/then");
    assertThat(SPEC_V1.split("\n", -1)[finding.line() - 1]).contains("then:");
  }
}
