/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A project as tests see it: one good spec, one good policy, one good waiver, a clock that stands.
 */
public final class Fixtures {
  public static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

  public static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 2
      mode: feature
      blast_radius:
        modules: [imports]
        data_migration: false
      operational_rollback_slo: 5m
      scope:
        in: [src/, docs/*.md]
        out: [src/generated/]
      invariants:
        - The build stays green
      acceptance:
        - id: A1
          given: a file with unsorted imports
          when: the formatter runs
          then: the imports are sorted
      non_functional:
        security: [no new permissions]
      contracts:
        - type: openapi
          path: docs/api.yaml
      """;

  public static final String SPEC_V1 =
      SPEC.replace("mode: feature\n", "mode: feature\nlifecycle_state: active\n")
          .replace("- type: openapi\n    path: docs/api.yaml", "- {name: imports, type: behavior}");

  public static final String POLICY =
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
        god_object: {enabled: true, mode: warn}
      """;

  public static final String WAIVER =
      """
      id: WV-0001
      applies_to: FEAT-001
      gates: [budget_limit]
      delta: {max_files: 5, max_loc: 200}
      reason_code: architectural_refactor
      created_at: '2026-05-20T00:00:00Z'
      expires_at: '2026-07-01T00:00:00Z'
      approvers:
        - {handle: grace, approved_at: '2026-05-21T00:00:00Z'}
        - {handle: alan, approved_at: '2026-05-22T00:00:00Z'}
      status: active
      """;

  private static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);

  private Fixtures() {}

  public static Sources sources() {
    return sourcesAt(NOW);
  }

  public static Sources sourcesAt(Instant now) {
    return new Sources(() -> now, () -> 0, new SplittableRandom(1));
  }

  public static SigningKey key() {
    return KEY;
  }

  /** Policy and time given, nothing signed. */
  public static Caws.Builder caws() {
    return Caws.builder().policy(POLICY).sources(sources()).key(key()).sealHashedOnly();
  }

  public static Task task(String spec) {
    return Task.builder("refactoring").id("T-1").spec(SpecRef.text(spec)).build();
  }

  public static Admission admit(String spec) {
    return caws().build().admit(task(spec));
  }

  public static Assignment assignment(Caws caws, Task task, String agent) {
    if (caws.admit(task) instanceof Admission.Admitted admitted) {
      return new Assignment(task, agent, 1, admitted.specDigest(), Duration.ofMinutes(1));
    }
    throw new IllegalStateException("refused: " + caws.admit(task).findings());
  }

  public static Verdict judge(Caws caws, WorkReport report) {
    return caws.judge(assignment(caws, task(SPEC), "ada"), report);
  }

  /** One file of a few lines, with evidence for the one gate that blocks. */
  public static WorkReport goodReport() {
    return report(new FileChange("src/Main.java", 10, 2));
  }

  public static WorkReport report(FileChange... changes) {
    List<Evidence> evidence =
        List.of(
            Evidence.of("tests_pass", true, "12 of 12"), Evidence.of("god_object", true, "none"));
    return new WorkReport("done", List.of(changes), evidence, Usage.none());
  }

  /** So many files in scope with so many lines in all. */
  public static WorkReport reportOf(int files, int lines) {
    List<FileChange> changes = new ArrayList<>();
    for (int i = 0; i < files; i++) {
      changes.add(new FileChange("src/F" + i + ".java", i == 0 ? lines : 0, 0));
    }
    return report(changes.toArray(FileChange[]::new));
  }

  public static List<String> rules(List<Finding> findings) {
    return findings.stream().map(Finding::ruleId).toList();
  }

  public static List<String> rules(Admission admission) {
    return rules(admission.findings());
  }
}
