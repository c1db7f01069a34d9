/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.caws.SpecValidator.Validation;
import dev.arbiter.caws.change.ChangeSet;
import dev.arbiter.caws.spec.Dialect;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Finding.Severity;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The expected places are those of CAWS 10.2.0 for the same texts, unless it failed open. */
class LegacySpecTest {
  private static List<Finding> errors(String spec) {
    return SpecValidator.at(NOW).dialect(Dialect.LEGACY).build().validate(spec).findings().stream()
        .filter(finding -> finding.severity() == Severity.ERROR)
        .toList();
  }

  private static String change(String from, String to) {
    assertThat(SPEC).contains(from);
    return SPEC.replace(from, to.replace("\\n", "\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "id: FEAT-001|id: feat-1|/id",
        "risk_tier: 2|risk_tier: 5|/risk_tier",
        "risk_tier: 2|risk_tier: 0|/risk_tier",
        "mode: feature|mode: ''|/mode",
        "title: Sort the imports|title: ''|/title",
        "out: [src/generated/]|out: ['*.md']|/scope/out",
        "in: [src/, docs/*.md]|in: []|/scope/in",
        "in: [src/, docs/*.md]|include: [src/]|/scope/in",
        "title: Sort|waiver_ids: x\\ntitle: Sort|/waiver_ids",
        "title: Sort|waiver_ids: [WV-1]\\ntitle: Sort|/waiver_ids",
        "title: Sort|rollback: revert\\ntitle: Sort|/rollback",
        "title: Sort|rollback: [5]\\ntitle: Sort|/rollback"
      })
  void an_error_stands_where_the_legacy_tool_has_it(String from, String to, String place) {
    assertThat(errors(change(from, to))).extracting(Finding::place).containsOnly(place);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "risk_tier: 2|risk_tier: T2",
        "risk_tier: 2|risk_tier: '1'",
        "risk_tier: 2|risk_tier: 2.5",
        "contracts:\n  - type: openapi\n    path: docs/api.yaml|contracts: {type: openapi}",
        "title: Sort|experimental_mode: {enabled: true, rationale: x, expires_at: 2027-01-01}\n"
            + "title: Sort"
      })
  void what_the_legacy_tool_let_pass_is_refused_and_told(String change) {
    String[] parts = change.split("\\|", -1);

    assertThat(errors(change(parts[0], parts[1])))
        .singleElement()
        .satisfies(finding -> assertThat(finding.message()).contains("let this pass"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "title: Sort|surprise: 1\\ntitle: Sort",
        "title: Sort|change_budget: {max_files: 900}\\ntitle: Sort",
        "title: Sort|experimental_mode: {enabled: false}\\ntitle: Sort",
        "non_functional:\\n  security: [no new permissions]|non_functional: []",
        "modules: [imports]|modules: []",
        "in: [src/, docs/*.md]|in: [a sentence that names no path]",
        "out: [src/generated/]|out: [Breaking changes of anything]",
        "out: [src/generated/]|notes: x"
      })
  void what_the_legacy_tool_accepts_is_accepted(String from, String to) {
    assertThat(errors(change(from.replace("\\n", "\n"), to))).isEmpty();
  }

  @Test
  void a_backslash_in_scope_out_shuts_out_what_it_means() {
    Validation found =
        SpecValidator.at(NOW)
            .policy(Fixtures.POLICY)
            .changes(ChangeSet.ofNumstat("1\t0\tsrc/generated/A.java\n"))
            .build()
            .validate(change("out: [src/generated/]", "out: ['src\\generated']"));

    assertThat(found.findings()).extracting(Finding::ruleId).contains("scope.reject.scope_out");
  }
}
