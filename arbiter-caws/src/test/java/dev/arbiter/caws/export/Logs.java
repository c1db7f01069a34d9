/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws.export;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.Caws;
import dev.arbiter.caws.provenance.LogFolder;
import dev.arbiter.caws.provenance.LogVerification;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;

/** Logs of real verdicts, approved and denied in turn, some with names that need escapes. */
final class Logs {
  static final SigningKey KEY = SigningKey.fromSeed(new byte[32]);
  static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");

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

  private Logs() {}

  static Caws.Builder caws() {
    return Caws.builder()
        .policy(POLICY)
        .sources(new Sources(() -> NOW, () -> 0, new SplittableRandom(1)))
        .key(KEY)
        .origin("example.com/log");
  }

  static Verdict judge(Caws caws, int number) {
    Task task =
        Task.builder("chore").id("T-" + number + "\u00e9\"").spec(SpecRef.text(SPEC)).build();
    if (caws.admit(task) instanceof Admission.Admitted admitted) {
      Assignment assignment =
          new Assignment(task, "ada", 1, admitted.specDigest(), Duration.ofMinutes(1));
      int lines = number % 2 == 0 ? 10 : 900;
      List<FileChange> changes = List.of(new FileChange("src/Main.java", lines, 0));
      return caws.judge(assignment, new WorkReport("done", changes, List.of(), Usage.none()));
    }
    throw new IllegalStateException("refused: " + caws.admit(task).findings());
  }

  /** A log of so many verdicts in a folder, all covered by its checkpoint. */
  static void fill(Path log, int verdicts) {
    try (Caws caws = caws().sealInBatches(1000).logTo(log).build()) {
      for (int i = 0; i < verdicts; i++) {
        judge(caws, i);
      }
    }
  }

  static void export(Path log, Path out, SigningKey key) throws IOException {
    try (LogFolder read = LogFolder.read(log, key.publicKey())) {
      EvidenceFolder.write(read, key, out);
    }
  }

  static LogVerification verify(Path folder) throws IOException {
    return EvidenceFolder.verify(folder, KEY.publicKey(), List.of());
  }
}
