/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.VerdictVerifier.VerificationResult;
import dev.arbiter.internal.Digests;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Question;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.Terms;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * A genuine verdict is refused for any other result: whichever component of task, report, verdict
 * or attempt differs. The components are found by reflection, so a new one must be bound too.
 */
class BindingTest {
  private static final List<SpecRef> SPECS = List.of(SpecRef.text(SPEC), SpecRef.id("FEAT-001"));

  private final VerdictVerifier verifier = VerdictVerifier.of(key().publicKey());
  private final Caws caws =
      Caws.builder()
          .policy(Fixtures.POLICY)
          .spec(SPEC)
          .waiver(Fixtures.WAIVER)
          .sources(Fixtures.sources())
          .key(key())
          .build();

  private static Task task(SpecRef spec) {
    return new Task(
        "T-1",
        "fix",
        "acme",
        4,
        Set.of("java", "sql"),
        spec,
        "mend it",
        Optional.of(Duration.ofMinutes(9)),
        "once",
        Terms.none()
            .withNotBefore(Instant.EPOCH)
            .withApproval(
                new Question("May it?", "this", List.of("lead", "owner"), Duration.ofHours(1)))
            .withBudget(TaskBudget.ofCost(2).withTokens(9).withCalls(3))
            .withAttemptLimit(Duration.ofMinutes(3))
            .withBestOf(2),
        "trace-7");
  }

  private static WorkReport report(int lines) {
    return new WorkReport(
        "done",
        List.of(new FileChange("src/Main.java", lines, 2), new FileChange("src/B.java", 1, 0)),
        List.of(
            Evidence.of("tests_pass", true, "12 of 12"),
            new Evidence("god_object", false, 91.5, "one")),
        new Usage(10, 20, 0.25, Duration.ofSeconds(3)),
        Optional.of(
            new WorkReport.Pending(Question.of("Which?").showing("these").to("lead"), "token")));
  }

  private TaskResult.Completed judged(Task task, int attempt, int lines) {
    Admission.Admitted admitted = (Admission.Admitted) caws.admit(task);
    WorkReport report = report(lines);
    Verdict verdict =
        caws.judge(
            new Assignment(task, "ada", attempt, admitted.specDigest(), Duration.ofMinutes(1)),
            report);
    return new TaskResult.Completed(task, "ada", attempt, report, verdict);
  }

  @Test
  void a_verdict_fits_no_result_that_differs_anywhere() {
    for (SpecRef spec : SPECS) {
      for (int lines : new int[] {10, 400}) { // approved, waived
        TaskResult.Completed own = judged(task(spec), 2, lines);
        assertThat(verifier.verify(own).isGenuine()).isTrue();

        Map<String, TaskResult.Completed> others = Mutations.of(own);

        assertThat(others).hasSizeGreaterThan(100);
        others.forEach(this::assertRefused);
      }
    }
  }

  /** UTF-8 has no form for half a pair, so all halves would look alike. */
  @Test
  void texts_that_utf_8_cannot_tell_apart_are_told_apart() {
    Set<String> digests = new HashSet<>();
    String longest = "x".repeat(4095);
    List<String> texts =
        List.of(
            "\ud800",
            "\ud801",
            "\udfff",
            "\ufffd",
            "?",
            "\ud83d\ude00",
            "\\ud800",
            longest + "\ud83d\ude00",
            longest + "\ud83d",
            longest + "\ude00",
            longest);
    for (String text : texts) {
      digests.add(
          Digests.named(digest(WorkReport.of(text)))
              + Digests.named(new WorkDigest().of(List.of(new FileChange("src/" + text, 1, 0)))));
    }

    assertThat(digests).hasSize(texts.size());
  }

  @Test
  void a_denial_does_not_complete_a_task() {
    TaskResult.Completed denied = judged(task(SPECS.get(0)), 1, 4000);

    assertThat(verifier.verify(denied.verdict()).isGenuine()).isTrue();
    assertThat(((VerificationResult.Refused) verifier.verify(denied)).reason()).contains("denies");
  }

  private static byte[] digest(WorkReport report) {
    return new WorkDigest().of(report, new byte[32]);
  }

  private void assertRefused(String path, TaskResult.Completed other) {
    assertThat(verifier.verify(other)).as(path).isInstanceOf(VerificationResult.Refused.class);
  }
}
