/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.SPEC_V1;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.rules;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.SpecValidator.Validation.Amount;
import dev.arbiter.caws.SpecValidator.Validation.Outcome;
import dev.arbiter.caws.SpecValidator.Validation.Skipped;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpecValidatorTest {
  private static Validation spec(String text) {
    return SpecValidator.at(NOW).build().validate(text);
  }

  private static SpecValidator.Builder policy() {
    return SpecValidator.at(NOW).policy(POLICY);
  }

  private static ChangeSet changed(int files, int lines) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < files; i++) {
      text.append(i == 0 ? lines : 0).append("\t0\tsrc/F").append(i).append(".java\n");
    }
    return ChangeSet.ofNumstat(text.toString());
  }

  @Test
  void a_good_spec_is_allowed_in_either_dialect() {
    assertThat(spec(SPEC).outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(spec(SPEC).dialect()).isEqualTo(Dialect.LEGACY);
    assertThat(spec(SPEC_V1).outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(spec(SPEC_V1).dialect()).isEqualTo(Dialect.V1);
    assertThat(spec(SPEC_V1).spec()).isEqualTo("FEAT-001");
  }

  @Test
  void the_dialect_can_be_given() {
    Validation strict = SpecValidator.at(NOW).dialect(Dialect.V1).build().validate(SPEC);

    assertThat(strict.outcome()).isEqualTo(Outcome.DENIED);
    assertThat(strict.findings()).extracting(Finding::place).contains("/lifecycle_state");
    assertThat(SpecValidator.at(NOW).dialect(Dialect.LEGACY).build().validate(SPEC_V1).outcome())
        .isEqualTo(Outcome.ALLOWED);
  }

  @Test
  void a_finding_names_pointer_line_and_remedy() {
    Validation found = spec(SPEC_V1 + "change_budget: {max_files: 9}\n");

    Finding finding = found.findings().get(0);
    assertThat(finding.ruleId()).isEqualTo("spec.schema.forbidden_field.change_budget");
    assertThat(finding.place()).isEqualTo("/change_budget");
    assertThat(finding.line()).isEqualTo(SPEC_V1.split("\n", -1).length);
    assertThat(finding.message()).contains("remove it");
  }

  @Test
  void a_text_that_is_no_document_is_unusable() {
    assertThat(spec("a: [").outcome()).isEqualTo(Outcome.UNUSABLE);
    assertThat(spec("").outcome()).isEqualTo(Outcome.UNUSABLE);
    assertThat(spec("x: &a 1\ny: *a\n").findings().get(0).line()).isEqualTo(2);
    assertThat(SpecValidator.at(NOW).policy("- a").build().validate(SPEC).outcome())
        .isEqualTo(Outcome.UNUSABLE);
    assertThat(policy().waiver("w", "{").build().validate(SPEC).outcome())
        .isEqualTo(Outcome.UNUSABLE);
  }

  @Test
  void a_closed_spec_is_valid_and_nothing_runs_under_it() {
    String closed = SPEC_V1.replace("state: active", "state: closed\nresolution: completed");

    assertThat(spec(closed).outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(spec(closed).findings()).extracting(Finding::severity).containsOnly(Severity.INFO);
    assertThat(policy().changes(ChangeSet.none()).build().validate(closed).outcome())
        .isEqualTo(Outcome.DENIED);
  }

  @Test
  void changes_without_a_policy_are_denied() {
    Validation found = SpecValidator.at(NOW).changes(changed(1, 1)).build().validate(SPEC);

    assertThat(found.outcome()).isEqualTo(Outcome.DENIED);
    assertThat(rules(found.findings())).containsExactly("policy.schema.missing");
  }

  @Test
  void the_budget_is_that_of_the_tier() {
    Validation kept = policy().changes(changed(7, 200)).build().validate(SPEC);
    Validation over = policy().changes(changed(16, 544)).build().validate(SPEC);

    assertThat(kept.outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(kept.budget().limit()).contains(new Amount(10, 300));
    assertThat(kept.budget().used()).contains(new Amount(7, 200));
    assertThat(over.outcome()).isEqualTo(Outcome.DENIED);
    assertThat(rules(over.findings()))
        .containsExactly("policy.budget.files_exceeded", "policy.budget.lines_exceeded");
    assertThat(over.findings()).extracting(Finding::line).containsOnly(4);
  }

  @ParameterizedTest
  @CsvSource({"79, 0", "80, 80", "90, 90", "95, 95", "100, 95"})
  void a_budget_nearly_spent_is_warned_of(int percent, int step) {
    Validation found = policy().changes(changed(1, percent * 3)).build().validate(SPEC);

    assertThat(found.outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(found.findings().toString()).contains(step == 0 ? "[]" : "over " + step + " %");
  }

  @Test
  void waivers_raise_the_limit_and_the_same_one_only_once() {
    Validation found =
        policy()
            .waiver("a", WAIVER)
            .waiver("b", WAIVER)
            .waiver("c", WAIVER.replace("WV-0001", "WV-0002").replace("FEAT-001", "FEAT-002"))
            .waiver("d", WAIVER.replace("WV-0001", "WV-0003").replace("2026-07-01", "2026-06-01"))
            .waiver(
                "e",
                WAIVER.replace("WV-0001", "WV-0004").replace("status: active", "status: proposed"))
            .waiver(
                "f", WAIVER.replace("WV-0001", "WV-0005").replace("max_files: 5", "max_files: -5"))
            .waiver(
                "g", WAIVER.replace("WV-0001", "WV-0006").replace("budget_limit", "security_scan"))
            .waiver(
                "h", WAIVER.replace("WV-0001", "WV-0007").replace("handle: alan", "handle: grace"))
            .changes(changed(15, 500))
            .build()
            .validate(SPEC);

    assertThat(found.outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(found.budget().limit()).contains(new Amount(15, 500));
    assertThat(found.budget().waiversApplied()).containsExactly("WV-0001");
    assertThat(found.budget().waiversSkipped())
        .containsExactly(
            new Skipped("WV-0001", "duplicate_id"),
            new Skipped("WV-0002", "other_spec"),
            new Skipped("WV-0003", "expired"),
            new Skipped("WV-0004", "status_not_active"),
            new Skipped("WV-0005", "negative_delta"),
            new Skipped("WV-0006", "gate_not_covered"),
            new Skipped("WV-0007", "insufficient_approvers"));
  }

  @Test
  void an_expiry_counts_to_the_nanosecond() {
    SpecValidator.Builder before =
        SpecValidator.at(NOW.plusNanos(-1)).policy(POLICY).changes(changed(15, 1));
    String waiver = WAIVER.replace("'2026-07-01T00:00:00Z'", "'" + NOW + "'");

    assertThat(before.waiver("w", waiver).build().validate(SPEC).outcome())
        .isEqualTo(Outcome.ALLOWED);
    for (int nanos : Arrays.asList(0, 1)) {
      SpecValidator late =
          SpecValidator.at(NOW.plusNanos(nanos))
              .policy(POLICY)
              .changes(changed(15, 1))
              .waiver("w", waiver)
              .build();
      assertThat(late.validate(SPEC).outcome()).isEqualTo(Outcome.DENIED);
    }
  }

  @Test
  void a_path_out_of_scope_is_denied_unless_a_waiver_lifts_scope() {
    ChangeSet outside = ChangeSet.ofNumstat("1\t0\tother/A.java\n");
    String waiver = WAIVER.replace("[budget_limit]", "[scope_boundary]");
    String moved = "1\t0\t\0src/generated/x\0src/x\0";

    assertThat(rules(policy().changes(outside).build().validate(SPEC).findings()))
        .containsExactly("scope.reject.scope_in_miss");
    assertThat(policy().changes(outside).waiver("w", waiver).build().validate(SPEC).outcome())
        .isEqualTo(Outcome.ALLOWED);
    assertThat(
            rules(policy().changes(ChangeSet.ofNumstat(moved)).build().validate(SPEC).findings()))
        .containsExactly("scope.reject.scope_out");
    assertThat(
            policy()
                .changes(ChangeSet.ofNumstat("1\t0\t.caws/policy.yaml\n"))
                .waiver("w", waiver)
                .build()
                .validate(SPEC)
                .outcome())
        .isEqualTo(Outcome.DENIED);
  }

  @Test
  void a_waiver_with_no_uses_left_does_not_count() {
    String none = WAIVER + "constraints: {max_uses: 0}\n";

    Validation found = policy().waiver("w", none).changes(changed(15, 1)).build().validate(SPEC);

    assertThat(found.budget().waiversSkipped())
        .containsExactly(new Skipped("WV-0001", "max_uses_reached"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "max_loc: 100}|max_loc: 100, label: x}|policy.schema.tier.label_forbidden",
        "version: 1|version: 2|policy.schema.violation",
        "god_object|tests_pass|policy.schema.gates.unknown",
        "mode: warn|mode: loud|policy.schema.gates.unknown_mode",
        "  '3': {max_files: 20, max_loc: 800}||policy.schema.violation",
        "max_files: 20|max_files: 9|policy.semantic.risk_tiers.non_monotonic_files",
        "waivers:|surprise: 1\\nwaivers:|policy.schema.violation",
        "waivers:|non_governed_zones: ['**']\\nwaivers:|policy.schema.non_governed_zones.too_broad",
        "waivers:|root_passthrough: [a/b]\\nwaivers:|policy.schema.root_passthrough.contains_slash",
        "  scope_boundary: {enabled: true, mode: block}||policy.schema.gates.missing_required"
      })
  void a_policy_v1_is_held_to_its_schema(String from, String to, String rule) {
    String good =
        POLICY
            .replace("edit_rules:", "waivers:")
            .replace("  tests-pass: {enabled: true, mode: block}\n", "");
    SpecValidator.Builder strict = SpecValidator.at(NOW).dialect(Dialect.V1);
    String bad = good.replace(from, to == null ? "" : to.replace("\\n", "\n"));

    assertThat(good).contains(from);
    assertThat(strict.policy(good).build().validate(SPEC_V1).findings()).isEmpty();
    Validation found = strict.policy(bad).build().validate(SPEC_V1);
    assertThat(found.outcome()).isEqualTo(Outcome.DENIED);
    assertThat(rules(found.findings())).contains(rule);
    assertThat(found.findings()).allSatisfy(f -> assertThat(f.line()).isPositive());
  }

  @Test
  void a_gate_that_policy_v1_does_not_have_is_not_to_be_removed() {
    Validation found = policy().build().validate(SPEC_V1);

    assertThat(found.outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(found.findings())
        .filteredOn(finding -> finding.ruleId().equals("policy.schema.gates.unknown"))
        .singleElement()
        .extracting(Finding::message)
        .asString()
        .startsWith("'gates/tests-pass' is no gate of policy.v1, so other tools may refuse it");
  }

  @Test
  @Tag("many")
  void damaged_texts_are_answered_and_never_thrown() {
    SplittableRandom random = new SplittableRandom(11);
    String marks = "[]{}:,-\n '\"&*!#|>%@0x9~\u20ac";
    for (int i = 0; i < 5000; i++) {
      String[] texts = {i % 2 == 0 ? SPEC : SPEC_V1, POLICY, WAIVER};
      int which = random.nextInt(3);
      StringBuilder damaged = new StringBuilder(texts[which]);
      for (int j = 0; j < 3; j++) {
        char mark = marks.charAt(random.nextInt(marks.length()));
        damaged.setCharAt(random.nextInt(damaged.length()), mark);
      }
      texts[which] = damaged.toString();
      Validation found =
          SpecValidator.at(NOW)
              .policy(texts[1])
              .waiver("w", texts[2])
              .changes(changed(3, 30))
              .build()
              .validate(texts[0]);
      boolean errors =
          found.findings().stream().anyMatch(finding -> finding.severity() == Severity.ERROR);
      assertThat(errors).isEqualTo(found.outcome() != Outcome.ALLOWED);
    }
  }

  @Test
  void an_older_policy_beside_a_v1_spec_is_read_with_warnings() {
    Validation found = policy().build().validate(SPEC_V1);

    assertThat(found.outcome()).isEqualTo(Outcome.ALLOWED);
    assertThat(rules(found.findings())).contains("policy.schema.edit_rules.approvers_misplaced");
  }
}
