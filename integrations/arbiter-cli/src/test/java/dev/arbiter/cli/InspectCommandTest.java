/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectCommandTest {
  private static final String SPEC =
      """
      id: FEAT-001
      title: Sort the imports
      risk_tier: 3
      mode: chore
      blast_radius: {modules: [imports], data_migration: false}
      operational_rollback_slo: 5m
      scope: {in: [src/], out: []}
      invariants: [The build stays green]
      acceptance: [{id: A1, given: a file, when: it is sorted, then: it is sorted}]
      non_functional: {}
      contracts: []
      """;
  private static final String POLICY =
      """
      version: 1
      risk_tiers:
        '3': {max_files: 20, max_loc: 800}
      gates:
        budget_limit: {enabled: true, mode: block}
        spec_completeness: {enabled: true, mode: block}
        scope_boundary: {enabled: true, mode: block}
      """;

  @TempDir Path folder;

  private void judge(Caws caws, int lines) {
    Task task = Task.builder("chore").id("T-" + lines).spec(SpecRef.text(SPEC)).build();
    String digest = ((Admission.Admitted) caws.admit(task)).specDigest();
    List<FileChange> changes = List.of(new FileChange("src/Main.java", lines, 0));
    caws.judge(
        new Assignment(task, "ada", 2, digest, Duration.ofMinutes(1)),
        new WorkReport("done", changes, List.of(), Usage.none()));
  }

  @Test
  void a_verdict_is_shown_with_its_clauses_and_figures() {
    try (Caws caws =
        Caws.builder()
            .policy(POLICY)
            .key(SigningKey.fromSeed(new byte[32]))
            .sealInBatches(10)
            .logTo(folder)
            .build()) {
      judge(caws, 400);
      judge(caws, 900);
    }

    List<String> lines = Run.of("log", "inspect", "--log", folder).out().lines().toList();

    assertThat(lines).hasSize(2);
    assertThat(lines.get(0))
        .endsWith(
            " approved spec=FEAT-001 task=T-400 agent=ada attempt=2 score=100 budget=50%"
                + " clauses=CAWS:4.1,CAWS:6.2,CAWS:6.3");
    assertThat(lines.get(1)).contains(" denied ", "attempt=2 score=80 budget=112% clauses=");
    assertThat(Run.of("log", "inspect", "-v", "--log", folder).out())
        .contains("    CAWS:4.1  failed   budget_limit at policy#/risk_tiers\n")
        .contains("    CAWS:4.1  error    policy.budget.lines_exceeded at /risk_tiers/3\n")
        .contains("    budget used 112 %, score 80, gates passed 66 %");
  }
}
