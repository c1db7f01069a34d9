/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.SPEC_V1;
import static dev.arbiter.caws.Fixtures.admit;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.internal.Sanitizer;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of observed behaviour: wherever a tool let something pass, this refuses. */
class SpecRulesTest {
  private static final String TIER_1 =
      SPEC.replace("risk_tier: 2", "risk_tier: 1")
          + "observability:\n  logs: [sorted files]\nrollback: [revert the commit]\n";

  private static String without(String spec, String field) {
    StringBuilder kept = new StringBuilder();
    boolean inside = false;
    for (String line : spec.split("\n", -1)) {
      boolean top = !line.isEmpty() && line.charAt(0) != ' ' && line.charAt(0) != '-';
      inside = top ? line.startsWith(field + ":") : inside;
      kept.append(inside ? "" : line + "\n");
    }
    return kept.toString();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "id",
        "title",
        "risk_tier",
        "mode",
        "blast_radius",
        "operational_rollback_slo",
        "scope",
        "invariants",
        "acceptance",
        "non_functional",
        "contracts"
      })
  void each_required_field_is_missed_by_name(String field) {
    Admission admission = admit(without(SPEC, field));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(admission.findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.place()).isEqualTo("/" + field);
              assertThat(finding.message()).contains("'" + field + "'").contains("add it");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "'\"1\"', spec.schema.risk_tier.type_rejected",
    "T1, spec.schema.risk_tier.type_rejected",
    "T2, spec.schema.risk_tier.type_rejected",
    "2.5, spec.schema.risk_tier.type_rejected",
    "true, spec.schema.risk_tier.type_rejected",
    "[2], spec.schema.risk_tier.type_rejected",
    "0x2, spec.schema.risk_tier.type_rejected",
    "02, spec.schema.risk_tier.type_rejected",
    "5, spec.schema.risk_tier.out_of_range",
    "0, spec.schema.risk_tier.out_of_range",
    "-1, spec.schema.risk_tier.out_of_range",
    "1e3, spec.schema.risk_tier.out_of_range"
  })
  void a_risk_tier_is_the_whole_number_1_2_or_3(String tier, String rule) {
    Admission admission = admit(SPEC.replace("risk_tier: 2", "risk_tier: " + tier));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).contains(rule);
  }

  @Test
  void a_tier_written_2_0_is_whole_as_json_schema_has_it() {
    assertThat(admit(SPEC.replace("risk_tier: 2", "risk_tier: 2.0")))
        .isInstanceOf(Admission.Admitted.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "feat-1",
        "FEAT",
        "FEAT-",
        "-1",
        "1-1",
        "FEAT--1",
        "FEAT-1-",
        "FEAT_1",
        "FEAT-1 x"
      })
  void an_id_of_another_form_is_refused(String id) {
    assertThat(rules(admit(SPEC.replace("FEAT-001", "'" + id + "'"))))
        .containsExactly("spec.schema.id.pattern_violation");
  }

  @ParameterizedTest
  @ValueSource(strings = {"P03-IMPL-01", "A-1", "FEAT-31a", "CAWS-HOOK-001-SCOPE-01"})
  void ids_in_use_are_accepted(String id) {
    assertThat(admit(SPEC.replace("FEAT-001", id))).isInstanceOf(Admission.Admitted.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "in: [src/, docs/*.md]|in: []|spec.schema.scope.in_empty",
        "in: [src/, docs/*.md]|include: [src/]|spec.schema.forbidden_field.scope_include",
        "out: [src/generated/]|out: ['src/*']|spec.schema.scope.out_glob_forbidden",
        "contracts:\\n"
            + "  - type: openapi\\n"
            + "    path: docs/api.yaml|contracts: []|spec.semantic.tier2.contracts_required",
        "title: Sort|status: closed\\ntitle: Sort|spec.semantic.lifecycle.not_active",
        "title: Sort|status: completed\\ntitle: Sort|spec.semantic.lifecycle.not_active",
        "title: Sort|waiver_ids: [WV-1]\\ntitle: Sort|spec.schema.violation"
      })
  void a_broken_rule_is_named(String from, String to, String rule) {
    String good = from.replace("\\n", "\n");
    assertThat(SPEC).contains(good);

    Admission admission = admit(SPEC.replace(good, to.replace("\\n", "\n")));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).contains(rule);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "mode: feature|mode: development|spec.schema.mode.development_removed",
        "mode: feature|mode: docs|spec.schema.mode.development_removed",
        "out: [src/generated/]|out: [src/]|spec.semantic.scope.exact_conflict",
        "in: [src/, docs/*.md]|in: [src/generated/a/]|spec.semantic.scope.overbroad_out",
        "in: [src/, docs/*.md]|in: [../other/]|spec.schema.violation",
        "in: [src/, docs/*.md]|in: [/etc/]|spec.schema.violation",
        "in: [src/, docs/*.md]|in: ['src\\**']|spec.schema.violation",
        "operational_rollback_slo: 5m|operational_rollback_slo: soon|spec.schema.violation",
        "invariants:\\n  - The build stays green|invariants: []|spec.schema.violation",
        "- id: A1|- id: B1|spec.schema.violation",
        "- id: A1|- id: A|spec.schema.violation",
        "given: a file with unsorted imports|given: '  '|spec.schema.violation",
        "when: the formatter runs|when:|spec.schema.violation",
        "then: the imports are sorted|then: 5|spec.schema.violation",
        "title: Sort the imports|title: [a]|spec.schema.violation",
        "modules: [imports]|modules: []|spec.schema.violation",
        "title: Sort|status: nonsense\\ntitle: Sort|spec.schema.violation"
      })
  void what_the_legacy_tools_only_warned_of_is_a_warning(String from, String to, String rule) {
    String good = from.replace("\\n", "\n");
    assertThat(SPEC).contains(good);

    Admission admission = admit(SPEC.replace(good, to.replace("\\n", "\n")));

    assertThat(admission).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admission)).contains(rule);
  }

  @Test
  void acceptance_criteria_must_have_ids_of_their_own() {
    String twice =
        SPEC.replace(
            "non_functional:", "  - {id: A1, given: a, when: b, then: c}\nnon_functional:");

    assertThat(admit(twice).findings())
        .singleElement()
        .satisfies(
            finding -> {
              assertThat(finding.place()).isEqualTo("/acceptance/1/id");
              assertThat(finding.message()).contains("used twice");
              assertThat(finding.line()).isEqualTo(19);
            });
  }

  @Test
  void an_empty_acceptance_list_and_its_old_name_are_refused_in_v1() {
    String empty = without(SPEC, "acceptance") + "acceptance: []\n";
    String renamed = SPEC.replace("acceptance:", "acceptance_criteria:");

    assertThat(admit(empty)).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(empty))).containsExactly("spec.schema.violation");
    assertThat(admit(renamed)).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(renamed)))
        .containsExactly("spec.schema.forbidden_field.acceptance_criteria");
    assertThat(admit(SPEC_V1.replace("acceptance:", "acceptance_criteria:")))
        .isInstanceOf(Admission.Refused.class);
  }

  @Test
  void contracts_bind_tiers_1_and_2_and_in_v1_no_chore() {
    String none = without(SPEC, "contracts") + "contracts: []\n";
    String chore = none.replace("mode: feature", "mode: chore");

    assertThat(rules(admit(none))).containsExactly("spec.semantic.tier2.contracts_required");
    assertThat(rules(admit(chore))).containsExactly("spec.semantic.tier2.contracts_required");
    assertThat(
            admit(
                without(SPEC_V1, "contracts").replace("mode: feature", "mode: chore")
                    + "contracts: []\n"))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(admit(none.replace("risk_tier: 2", "risk_tier: 3")))
        .isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(without(TIER_1, "contracts") + "contracts: []\n")))
        .containsExactly("spec.semantic.tier1.contracts_required");
  }

  @Test
  void tier_1_needs_observability_rollback_and_security_that_say_something() {
    assertThat(admit(TIER_1)).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(SPEC.replace("risk_tier: 2", "risk_tier: 1"))))
        .containsExactly(
            "spec.semantic.tier1.observability_required", "spec.semantic.tier1.rollback_required");
    assertThat(rules(admit(TIER_1.replace("logs: [sorted files]", "logs: []"))))
        .containsExactly("spec.semantic.tier1.observability_required");
    assertThat(rules(admit(TIER_1.replace("security: [no new permissions]", "a11y: []"))))
        .containsExactly("spec.semantic.tier1.security_required");
  }

  @Test
  void experimental_mode_is_for_tier_3_and_ends() {
    String mode = "experimental_mode: {enabled: true, rationale: try, expires_at: '2026-06-02'}\n";
    String tier3 = SPEC.replace("risk_tier: 2", "risk_tier: 3");

    assertThat(admit(tier3 + mode)).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(SPEC + mode)))
        .containsExactly("spec.semantic.experimental_mode.tier_restricted");
    assertThat(rules(admit(tier3 + mode.replace("06-02", "06-01"))))
        .containsExactly("spec.semantic.experimental_mode.expired");
  }

  @Test
  void a_spec_never_raises_its_own_budget() {
    String greedy = "change_budget: {max_files: 100, max_loc: 5000}\n";
    Caws caws = caws().build();
    var assignment = Fixtures.assignment(caws, task(SPEC + greedy), "ada");

    assertThat(rules(caws.admit(task(SPEC + greedy))))
        .containsExactly("spec.schema.forbidden_field.change_budget");
    assertThat(caws.judge(assignment, Fixtures.reportOf(16, 544)).passed()).isFalse();
    assertThat(admit(SPEC_V1 + greedy)).isInstanceOf(Admission.Refused.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "state: active|state: draft|spec.semantic.lifecycle.not_active",
        "state: active|state: closed\\nresolution: completed|spec.semantic.lifecycle.not_active",
        "state: active|state: archived|spec.semantic.closed.resolution_required",
        "state: active|state: open|spec.schema.violation",
        "state: active|state:|spec.schema.violation",
        "state: active|state: active\\n"
            + "resolution: completed|spec.semantic.resolution.requires_closure",
        "state: active|state: active\\nstatus: active|spec.schema.forbidden_field.status",
        "state: active|state: active\\nsurprise: 1|spec.schema.violation",
        "state: active|state: active\\nwaiver_ids: [WV-0001]|spec.schema.violation",
        "type: behavior|type: openapi|spec.schema.violation",
        "name: imports, |''|spec.schema.violation",
        "security: [no new permissions]|a11y: [none]|spec.schema.violation"
      })
  void a_spec_with_a_lifecycle_is_held_to_the_strict_schema(String from, String to, String rule) {
    assertThat(SPEC_V1).contains(from);

    Admission admission = admit(SPEC_V1.replace(from, to.replace("\\n", "\n").replace("''", "")));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).contains(rule);
  }

  @Test
  void json_is_read_as_well() {
    String json =
        """
        {"id":"FEAT-001","title":"t","risk_tier":3,"mode":"fix","blast_radius":{"modules":["m"]},
         "operational_rollback_slo":"5m","scope":{"in":["src"]},"invariants":["i"],
         "acceptance":[{"id":"A1","given":"g","when":"w","then":"t"}],
         "non_functional":{},"contracts":[]}
        """;

    assertThat(admit(json)).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(admit(json.replace("\"risk_tier\":3", "\"risk_tier\":\"3\""))))
        .containsExactly("spec.schema.risk_tier.type_rejected");
  }

  @Test
  void findings_are_one_printable_line_each() {
    String nasty = SPEC.replace("mode: feature", "mode: \"a\\nb\\u202e\\x1b[31m\\u2028\"");

    for (Finding finding : admit(nasty).findings()) {
      assertThat(finding.message().chars())
          .allMatch(c -> Sanitizer.isPrintable((char) c.intValue()));
    }
  }
}
