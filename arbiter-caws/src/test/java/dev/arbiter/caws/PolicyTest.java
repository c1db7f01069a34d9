/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.internal.project.Policy;
import dev.arbiter.caws.internal.project.PolicyReader;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PolicyTest {
  private static final String TOO_BROAD = "policy.schema.non_governed_zones.too_broad";

  private static Caws under(String policy) {
    return Caws.builder().policy(policy).sources(Fixtures.sources()).sealHashedOnly().build();
  }

  private static final String TIERS =
      """
      {"1": {"min_branch": 0.9, "max_files": 5, "max_loc": 100, "requires_contracts": true},
       "2": {"min_mutation": 0.5, "max_files": 10, "max_loc": 300, "requires_contracts": true,
             "allowed_modes": ["feature", "fix"], "a11y_required": true,
             "perf_budget_required": false, "requires_golden_frame_tests": true},
       "3": {"max_files": 20, "max_loc": 800, "requires_contracts": false}}
      """;

  @Test
  void without_a_policy_nothing_is_admitted() {
    Caws none = Caws.builder().sources(Fixtures.sources()).build();
    Caws gone = Caws.builder().policy(Path.of("no-such-policy.yaml")).build();

    assertThat(rules(none.admit(task(SPEC)))).containsExactly("policy.schema.missing");
    assertThat(rules(gone.admit(task(SPEC)))).containsExactly("policy.schema.missing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "max_loc: 100}\\n"
            + "  '2': {max_files: 10, max_loc: 300}|max_loc: 100}|policy.schema.tier.missing",
        "max_files: 10, max_loc: 300|max_files: 10|policy.schema.violation",
        "max_files: 10, max_loc: 300|max_files: '10', max_loc: 300|policy.schema.violation",
        "max_files: 10, max_loc: 300|max_files: -1, max_loc: 300|policy.schema.violation",
        "max_files: 10, max_loc: 300|max_files: 1e12, max_loc: 300|policy.schema.violation",
        "max_files: 10, max_loc: 300|max_files: 4, max_loc:"
            + " 300|policy.semantic.risk_tiers.non_monotonic_files",
        "max_files: 10, max_loc: 300|max_files: 10, max_loc:"
            + " 99|policy.semantic.risk_tiers.non_monotonic_loc",
        "300}\\n  '3': {|300}\\n  tier_3: {|policy.schema.violation",
        "risk_tiers:|tiers:|policy.schema.violation",
        "gates:|checks:|policy.schema.violation",
        "mode: warn|mode: maybe|policy.schema.gates.unknown_mode",
        "mode: warn|mode: 5|policy.schema.violation",
        "enabled: true, mode: warn|enabled: yes|policy.schema.violation",
        "god_object: {enabled: true, mode: warn}|god_object: block|policy.schema.violation",
        "god_object: {enabled: true, mode: warn}|god_object:|policy.schema.violation",
        "god_object: {|tests_pass: {|policy.schema.violation",
        "version: 1|non_governed_zones: ['**']|policy.schema.non_governed_zones.too_broad",
        "version: 1|root_passthrough: [a/b]|policy.schema.root_passthrough.contains_slash",
        "min_approvers_for_budget_raise: 2|min_approvers_for_budget_raise:"
            + " 0|policy.schema.violation",
        "min_approvers_for_budget_raise: 2|min_approvers_for_budget_raise:"
            + " two|policy.schema.violation"
      })
  void a_policy_with_a_hole_admits_nothing(String from, String to, String rule) {
    String good = from.replace("\\n", "\n");
    assertThat(POLICY).contains(good);

    Admission admission = under(POLICY.replace(good, to.replace("\\n", "\n"))).admit(task(SPEC));

    assertThat(admission).isInstanceOf(Admission.Refused.class);
    assertThat(rules(admission)).contains(rule);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "**, true",
        "*, true",
        "**/*, true",
        "., true",
        "./, true",
        "./**, true",
        "/**, true",
        "/, true",
        "**/, true",
        "**/**, true",
        "*/*, true",
        "**/?*, true",
        "\"{**,x}\", true",
        "\"{x,{y,**}}\", true",
        "./*/**/., true",
        "docs, false",
        "**/docs, false",
        "docs/**, false",
        "*.md, false",
        "**/.*, false",
        "???, false",
        "{**}, false"
      })
  void a_zone_that_exempts_everything_is_refused(String zone, boolean refused) {
    String policy = POLICY + "non_governed_zones: ['" + zone + "']\n";

    assertThat(rules(under(policy).admit(task(SPEC))).contains(TOO_BROAD)).isEqualTo(refused);
    assertThat(under(policy).admit(task(SPEC)).findings().isEmpty()).isEqualTo(!refused);
  }

  @Test
  void an_unknown_shape_is_refused_naming_the_key_it_lacks() {
    Admission nested = under("policy: {tiers: {tier_1: {max_files: 1}}}").admit(task(SPEC));
    Admission noGates = under(POLICY.substring(0, POLICY.indexOf("gates:"))).admit(task(SPEC));
    Admission emptyGates =
        under(POLICY.substring(0, POLICY.indexOf("gates:")) + "gates: {}\n").admit(task(SPEC));

    assertThat(nested.findings().get(0).message()).contains("'risk_tiers' is missing");
    assertThat(noGates.findings().get(0).message()).contains("'gates' is missing");
    assertThat(emptyGates).isInstanceOf(Admission.Refused.class);
  }

  @Test
  void a_tier_the_policy_lacks_refuses_only_specs_of_that_tier() {
    Caws caws = under(POLICY.replace("  '1': {max_files: 5, max_loc: 100}\n", ""));

    assertThat(caws.admit(task(SPEC))).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void kernel_gates_run_even_when_the_policy_forgets_them() {
    String bare = POLICY.substring(0, POLICY.indexOf("gates:")) + "gates: {tests_pass: {}}\n";

    assertThat(judge(under(bare), reportOf(11, 1)).passed()).isFalse();
    assertThat(judge(under(bare), Fixtures.report(new FileChange("x/y", 1, 0))).passed()).isFalse();
  }

  @Test
  void a_kernel_gate_that_does_not_block_is_said_with_every_admission() {
    Caws caws =
        under(
            POLICY.replace(
                "budget_limit: {enabled: true, mode: block}", "budget_limit: {mode: warn}"));

    Admission admission = caws.admit(task(SPEC));
    Verdict over = judge(caws, reportOf(11, 10));

    assertThat(rules(admission)).containsExactly("policy.semantic.gates.critical_not_blocking");
    assertThat(over).isInstanceOf(Verdict.Approved.class);
    assertThat(rules(over.findings())).contains("policy.budget.files_exceeded");
    assertThat(over.quality()).isEqualTo(0.8);
  }

  @Test
  void a_gate_that_is_off_is_skipped_whatever_the_report_says() {
    Caws caws = under(POLICY.replace("tests-pass: {enabled: true", "tests-pass: {enabled: false"));
    WorkReport failing = goodReport().withEvidence(Evidence.of("tests_pass", false, "red"));

    Verdict verdict = judge(caws, failing);

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.seal().document())
        .contains("\"gate\":\"tests_pass\",\"mode\":\"skip\",\"state\":\"skipped\"}");
  }

  @Test
  void approvers_may_be_asked_for_in_either_section() {
    Policy legacy = requireNonNull(PolicyReader.read(POLICY).policy());
    String moved = POLICY.replace("edit_rules:", "waivers:").replace("raise: 2", "raise: 3");
    Policy v1 = requireNonNull(PolicyReader.read(moved).policy());

    assertThat(legacy.raiseApprovers()).isEqualTo(2);
    assertThat(v1.raiseApprovers()).isEqualTo(3);
  }

  @Test
  void a_tier_policy_turns_what_it_requires_into_blocking_gates() {
    Caws caws = under(TIERS);

    Verdict bare = judge(caws, goodReport());
    Verdict proven =
        judge(
            caws,
            goodReport()
                .withEvidence(
                    Evidence.of("coverage-threshold", true, "91 %"),
                    Evidence.of("mutation_threshold", true, "60 %"),
                    Evidence.of("a11y", true, "clean"),
                    Evidence.of("golden_frame_tests", true, "same")));

    assertThat(bare).isInstanceOf(Verdict.Denied.class);
    assertThat(bare.findings()).hasSize(4);
    assertThat(proven).isInstanceOf(Verdict.Approved.class);
  }

  @Test
  void a_tier_policy_says_which_modes_a_tier_allows() {
    Admission chore = under(TIERS).admit(task(SPEC.replace("mode: feature", "mode: chore")));
    Admission falling =
        under(TIERS.replace("\"max_files\": 20", "\"max_files\": 2")).admit(task(SPEC));

    assertThat(rules(chore)).containsExactly("policy.semantic.mode_not_allowed");
    assertThat(rules(falling)).contains("policy.semantic.risk_tiers.non_monotonic_files");
    assertThat(List.of(chore, falling)).allMatch(a -> a instanceof Admission.Refused);
  }
}
