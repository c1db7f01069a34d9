/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.caws.Caws;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;

/** A working spec of ordinary size, its policy, and a report that keeps to both. */
final class BenchSpec {
  static final String SPEC_ID = "BENCH-1";

  private static final String SPEC =
      """
      id: BENCH-1
      title: Rename the parser's entry point
      risk_tier: 2
      mode: refactor
      blast_radius:
        modules: [parser]
        data_migration: false
      operational_rollback_slo: 10m
      scope:
        in: [src/parser/]
        out: [src/parser/generated/]
      invariants:
        - Every caller still compiles
      acceptance:
        - id: A1
          given: a caller of the old name
          when: it is compiled
          then: it uses the new one
      non_functional:
        performance: [no slower than before]
      contracts:
        - type: openapi
          path: docs/parser.yaml
      """;

  private static final String POLICY =
      """
      version: 1
      risk_tiers:
        '1': {max_files: 5, max_loc: 100}
        '2': {max_files: 10, max_loc: 300}
        '3': {max_files: 20, max_loc: 800}
      edit_rules:
        min_approvers_for_budget_raise: 2
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
        tests-pass: {enabled: true, mode: block}
      """;

  private BenchSpec() {}

  static Caws.Builder caws() {
    return Caws.builder().policy(POLICY).spec(SPEC);
  }

  static WorkReport report() {
    return new WorkReport(
        "renamed",
        List.of(
            new FileChange("src/parser/Parser.java", 12, 9),
            new FileChange("src/parser/Main.java", 2, 2)),
        List.of(Evidence.of("tests_pass", true, "120 of 120")),
        new Usage(1_200, 400, 0.01, Duration.ZERO));
  }
}
