/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Samples.POLICY;
import static dev.arbiter.caws.Samples.SPEC;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A report of changes, as an agent may hand it in. */
class ReportFuzz {
  private static final Caws CAWS =
      Caws.builder()
          .policy(POLICY)
          .sources(new Sources(() -> Samples.NOW, () -> 0, new SplittableRandom(1)))
          .key(Samples.KEY)
          .sealInBatches(1_000_000_000)
          .build();

  @FuzzTest(maxDuration = "60s")
  void a_report_is_judged_and_its_document_is_read_back(FuzzedDataProvider data) {
    Task task = Task.builder("fix").id("T-1").spec(SpecRef.text(SPEC)).build();
    Assignment assignment =
        new Assignment(task, "ada", 1, CAWS.specDigest(task), Duration.ofMinutes(1));
    List<FileChange> changes = new ArrayList<>();
    for (int i = data.consumeInt(0, 20); i > 0; i--) {
      String path = data.consumeString(60);
      changes.add(new FileChange(path.isEmpty() ? "src/A" : path, data.consumeInt(0, 400), 0));
    }
    Evidence evidence = Evidence.of("tests_pass", data.consumeBoolean(), data.consumeString(60));
    WorkReport report =
        new WorkReport(data.consumeString(60), changes, List.of(evidence), Usage.none());

    Verdict verdict = CAWS.judge(assignment, report);

    Samples.assertFit(verdict.findings());
    assertThat(verdict.passed() || !verdict.findings().isEmpty()).isTrue();
    SealedVerdict sealed = SealedVerdict.read(verdict.seal().document()).orElseThrow();
    assertThat(sealed.passed()).isEqualTo(verdict.passed());
  }
}
