/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.SPEC_V1;
import static dev.arbiter.caws.Fixtures.WAIVER;
import static dev.arbiter.caws.Fixtures.admit;
import static dev.arbiter.caws.Fixtures.assignment;
import static dev.arbiter.caws.Fixtures.caws;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.judge;
import static dev.arbiter.caws.Fixtures.report;
import static dev.arbiter.caws.Fixtures.reportOf;
import static dev.arbiter.caws.Fixtures.rules;
import static dev.arbiter.caws.Fixtures.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.Assignment;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Admission;
import dev.arbiter.task.Finding.Severity;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CawsTest {
  private final Path folder;

  CawsTest(@TempDir Path folder) {
    this.folder = folder;
  }

  private Path project() throws IOException {
    Path caws = Files.createDirectories(folder.resolve(".caws"));
    Files.createDirectories(caws.resolve("specs"));
    Files.createDirectories(caws.resolve("waivers"));
    Files.writeString(caws.resolve("policy.yaml"), POLICY);
    Files.writeString(caws.resolve("specs/FEAT-001.yaml"), SPEC);
    return caws;
  }

  private static Task named(String id) {
    return Task.of("refactoring", id).withId("T-1");
  }

  @Test
  void a_good_spec_of_either_dialect_is_admitted_without_findings() {
    Admission legacy = admit(SPEC);
    Admission v1 = admit(SPEC_V1);

    assertThat(legacy).isInstanceOf(Admission.Admitted.class);
    assertThat(legacy.findings()).isEmpty();
    assertThat(v1).isInstanceOf(Admission.Admitted.class);
    assertThat(v1.findings()).isEmpty();
  }

  @Test
  void work_within_scope_budget_and_gates_is_approved_with_full_quality() {
    Verdict verdict = judge(caws().build(), goodReport());

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
    assertThat(verdict.quality()).isEqualTo(1);
    assertThat(verdict.findings()).isEmpty();
  }

  @Test
  void a_task_without_a_spec_is_refused() {
    Admission admission = caws().build().admit(Task.builder("fix").build());

    assertThat(rules(admission)).containsExactly("spec.reference.none");
  }

  @Test
  void a_spec_that_has_no_id_because_it_cannot_be_read_is_named() throws Exception {
    Path specs = Files.createDirectory(folder.resolve("unreadable"));
    Files.writeString(specs.resolve("FEAT-001.yaml"), SPEC + "\n\t- x\n");

    for (Caws caws :
        List.of(
            caws().spec("").build(),
            caws().spec(SPEC + SPEC).build(),
            caws().specs(specs).build())) {
      Admission.Refused refused = (Admission.Refused) caws.admit(named("FEAT-404"));

      assertThat(refused.findings().get(0).message())
          .startsWith("there is no spec 'FEAT-404'; add it to .caws/specs; '")
          .contains("' has no id that can be read: ")
          .containsPattern("'spec 1'|'FEAT-001'");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // the mistake that is tested
  void the_check_of_a_gate_is_there() {
    assertThatThrownBy(() -> Caws.builder().gate("tests_pass", null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("the check of gate 'tests_pass' must not be null");
  }

  @Test
  void a_spec_nobody_knows_is_refused() {
    Admission admission = caws().spec(SPEC).build().admit(named("FEAT-999"));

    assertThat(rules(admission)).containsExactly("spec.reference.unknown");
  }

  @Test
  void two_specs_with_one_id_are_refused_unless_they_are_the_same() {
    Caws same = caws().spec(SPEC).spec(SPEC).build();
    Caws different = caws().spec(SPEC).spec(SPEC + "\n# more\n").build();

    assertThat(same.admit(named("FEAT-001"))).isInstanceOf(Admission.Admitted.class);
    assertThat(rules(different.admit(named("FEAT-001"))))
        .containsExactly("spec.reference.ambiguous");
  }

  @Test
  void a_project_folder_is_read_with_its_policy_specs_and_waivers() throws IOException {
    Path caws = project();
    Files.writeString(caws.resolve("working-spec.yaml"), SPEC.replace("FEAT-001", "FEAT-002"));
    Files.writeString(caws.resolve("waivers/WV-0001.yaml"), WAIVER);
    Caws loaded =
        Caws.builder().project(folder).sources(Fixtures.sources()).sealHashedOnly().build();

    Verdict over = loaded.judge(assignment(loaded, named("FEAT-001"), "ada"), reportOf(12, 400));

    assertThat(over).isInstanceOf(Verdict.Waived.class);
    assertThat(loaded.admit(named("FEAT-002"))).isInstanceOf(Admission.Admitted.class);
  }

  @Test
  void loading_what_is_no_folder_says_so() {
    assertThatThrownBy(() -> Caws.load(folder.resolve("nothing")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no folder");
  }

  @Test
  void a_spec_that_changes_on_disk_changes_the_digest_and_voids_the_approval() throws IOException {
    Path spec = project().resolve("specs/FEAT-001.yaml");
    Caws caws = Caws.builder().project(folder).sources(Fixtures.sources()).build();
    Assignment assignment = assignment(caws, named("FEAT-001"), "ada");
    assertThat(caws.specDigest(named("FEAT-001"))).isEqualTo(assignment.specDigest());

    Files.writeString(spec, SPEC.replace("src/, docs", "src/, doqs")); // the same length

    assertThat(caws.specDigest(named("FEAT-001"))).isNotEqualTo(assignment.specDigest());
  }

  @Test
  void work_is_judged_under_the_spec_as_it_was_admitted() throws IOException {
    Path spec = project().resolve("specs/FEAT-001.yaml");
    Caws caws = Caws.builder().project(folder).sources(Fixtures.sources()).sealHashedOnly().build();
    Assignment assignment = assignment(caws, named("FEAT-001"), "ada");
    WorkReport outside = report(new FileChange("other/Main.java", 1, 0));

    Files.writeString(spec, SPEC.replace("src/,", "other/,"));

    assertThat(caws.judge(assignment, goodReport())).isInstanceOf(Verdict.Approved.class);
    assertThat(caws.judge(assignment, outside)).isInstanceOf(Verdict.Denied.class);
  }

  /** The text is the task's own; only the policy file changes, and nobody else is admitted. */
  @Test
  void work_is_judged_under_the_policy_as_it_was_admitted() throws IOException {
    Path policy = project().resolve("policy.yaml");
    AtomicLong nanos = new AtomicLong();
    Sources sources = new Sources(() -> NOW, nanos::get, new SplittableRandom(1));
    Caws caws = Caws.builder().project(folder).sources(sources).sealHashedOnly().build();
    Assignment assignment = assignment(caws, task(SPEC), "ada");

    Files.writeString(
        policy, POLICY.replace("max_loc: 100", "max_loc: 4").replace("max_loc: 300", "max_loc: 5"));
    nanos.addAndGet(Duration.ofMillis(101).toNanos());

    assertThat(caws.judge(assignment, goodReport())).isInstanceOf(Verdict.Approved.class);
    assertThat(caws.judge(assignment, goodReport())).isInstanceOf(Verdict.Approved.class);
    assertThat(judge(caws, goodReport())).isInstanceOf(Verdict.Denied.class);
    assertThat(caws.judge(assignment, goodReport())).isInstanceOf(Verdict.Approved.class);
  }

  /** 4 threads admit and judge 500 times each while the policy changes every 2 ms. */
  @Test
  @Tag("many")
  void a_policy_that_changes_meanwhile_disturbs_no_judgement() throws Exception {
    Path policy = project().resolve("policy.yaml");
    AtomicLong nanos = new AtomicLong();
    Sources sources = new Sources(() -> NOW, nanos::get, new SplittableRandom(1));
    Caws caws = Caws.builder().project(folder).sources(sources).sealHashedOnly().build();
    Callable<Long> job =
        () ->
            IntStream.range(0, 500)
                .filter(i -> judge(caws, goodReport()) instanceof Verdict.Approved)
                .count();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Long>> approved =
          Stream.generate(() -> job).limit(4).map(threads::submit).toList();
      for (int limit = 301; !approved.stream().allMatch(Future::isDone); limit++) {
        Path fresh = folder.resolve("policy.new");
        Files.writeString(fresh, POLICY.replace("max_loc: 300", "max_loc: " + (limit % 500 + 200)));
        Files.move(fresh, policy, StandardCopyOption.ATOMIC_MOVE);
        nanos.addAndGet(Duration.ofMillis(101).toNanos());
        Thread.sleep(2);
      }
      for (Future<Long> thread : approved) {
        assertThat(thread.get()).isEqualTo(500);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void a_deleted_spec_refuses_and_has_no_digest() throws IOException {
    Path spec = project().resolve("specs/FEAT-001.yaml");
    Caws caws = Caws.builder().project(folder).sources(Fixtures.sources()).build();

    Files.delete(spec);

    assertThat(rules(caws.admit(named("FEAT-001")))).containsExactly("spec.reference.file_missing");
    assertThat(caws.specDigest(named("FEAT-001"))).isEmpty();
  }

  @Test
  void a_spec_file_that_takes_another_id_is_refused() throws IOException {
    Path spec = project().resolve("specs/FEAT-001.yaml");
    Caws caws = Caws.builder().project(folder).sources(Fixtures.sources()).build();

    Files.writeString(spec, SPEC.replace("FEAT-001", "FEAT-002"));

    assertThat(rules(caws.admit(named("FEAT-001")))).containsExactly("spec.reference.id_mismatch");
  }

  @Test
  void a_waiver_revoked_on_disk_stops_counting_at_the_next_look() throws IOException {
    Path waiver = project().resolve("waivers/WV-0001.yaml");
    Files.writeString(waiver, WAIVER);
    AtomicLong nanos = new AtomicLong();
    Sources sources = new Sources(() -> NOW, nanos::get, new SplittableRandom(1));
    Caws caws = Caws.builder().project(folder).sources(sources).sealHashedOnly().build();
    Assignment assignment = assignment(caws, named("FEAT-001"), "ada");
    assertThat(caws.judge(assignment, reportOf(12, 10))).isInstanceOf(Verdict.Waived.class);

    Files.writeString(waiver, WAIVER.replace("status: active", "status: revoked"));
    nanos.addAndGet(Duration.ofMillis(101).toNanos());

    assertThat(caws.judge(assignment, reportOf(12, 10))).isInstanceOf(Verdict.Denied.class);
    assertThat(caws.specDigest(named("FEAT-001"))).isNotEqualTo(assignment.specDigest());
  }

  @Test
  void a_digest_that_was_never_admitted_is_denied() {
    Caws caws = caws().build();
    Assignment forged = new Assignment(task(SPEC), "ada", 1, "sha256:00", Duration.ofMinutes(1));

    Verdict verdict = caws.judge(forged, goodReport());

    assertThat(rules(verdict.findings())).containsExactly("spec.reference.not_admitted");
    assertThat(verdict.isExcused()).isTrue();
  }

  @Test
  void a_digest_borrowed_from_another_spec_is_denied() {
    Caws caws = caws().build();
    String wide = SPEC.replace("src/, docs/*.md", "'**'").replace("FEAT-001", "FEAT-002");
    Assignment borrowed = assignment(caws, task(wide), "ada");
    Assignment mixed =
        new Assignment(task(SPEC), "ada", 1, borrowed.specDigest(), Duration.ofMinutes(1));

    assertThat(caws.judge(mixed, goodReport())).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void another_instance_with_the_same_rules_judges_without_having_admitted() {
    Assignment assignment = assignment(caws().build(), task(SPEC), "ada");

    Verdict verdict = caws().build().judge(assignment, goodReport());

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
  }

  @Test
  void budgets_are_kept_to_the_file_and_to_the_line() {
    Caws caws = caws().build();

    assertThat(judge(caws, reportOf(10, 300)).passed()).isTrue();
    assertThat(rules(judge(caws, reportOf(11, 300)).findings()))
        .contains("policy.budget.files_exceeded");
    assertThat(rules(judge(caws, reportOf(10, 301)).findings()))
        .contains("policy.budget.lines_exceeded");
  }

  @Test
  void a_file_reported_twice_counts_once_and_its_lines_twice() {
    FileChange[] changes = new FileChange[11];
    for (int i = 0; i < 11; i++) {
      changes[i] = new FileChange(i < 9 ? "src/F" + i : i == 9 ? "src/./F0" : "src//F0", 10, 0);
    }

    Verdict verdict = judge(caws().build(), report(changes));

    assertThat(verdict.passed()).isTrue();
    assertThat(verdict.seal().document()).contains("\"used\":{\"files\":9,\"lines\":110}");
  }

  @Test
  void lines_do_not_overflow() {
    FileChange huge = new FileChange("src/A", Integer.MAX_VALUE, Integer.MAX_VALUE);

    Verdict verdict = judge(caws().build(), report(huge));

    assertThat(rules(verdict.findings())).contains("policy.budget.lines_exceeded");
  }

  @Test
  void a_budget_nearly_spent_is_a_warning() {
    Verdict verdict = judge(caws().build(), reportOf(9, 250));

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
    assertThat(rules(verdict.findings()))
        .containsExactly("policy.budget.files_nearly_spent", "policy.budget.lines_nearly_spent");
    assertThat(verdict.findings().get(0).message()).contains("over 90 %");
  }

  @Test
  void a_blocking_gate_without_evidence_or_checker_denies() {
    WorkReport bare =
        new WorkReport("done", List.of(new FileChange("src/A", 1, 0)), List.of(), Usage.none());

    Verdict verdict = judge(caws().build(), bare);

    assertThat(rules(verdict.findings()))
        .containsExactly("policy.gate.missing_evidence", "policy.gate.missing_evidence");
    assertThat(verdict.findings().get(0).severity()).isEqualTo(Severity.ERROR);
    assertThat(verdict.findings().get(1).severity()).isEqualTo(Severity.WARNING);
  }

  @Test
  void evidence_that_failed_wins_over_evidence_that_passed() {
    WorkReport both = goodReport().withEvidence(Evidence.of("tests-pass", false, "3 failed"));

    Verdict verdict = judge(caws().build(), both);

    assertThat(verdict).isInstanceOf(Verdict.Denied.class);
    assertThat(verdict.findings().get(0).message()).contains("3 failed");
  }

  @Test
  void evidence_that_failed_is_found_among_many() {
    WorkReport many = goodReport().withEvidence(Evidence.of("tests-pass", false, "3 failed"));
    for (int i = 0; i < 40; i++) {
      many = many.withEvidence(Evidence.of("tests_pass", true, "fine"));
    }

    assertThat(judge(caws().build(), many)).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void a_registered_checker_decides_without_evidence_and_against_it() {
    WorkReport bare =
        new WorkReport("done", List.of(new FileChange("src/A", 1, 0)), List.of(), Usage.none());
    Caws passes = caws().gate("tests_pass", (a, r) -> QualityGate.Result.pass("ran them")).build();
    Caws fails = caws().gate("tests-pass", (a, r) -> QualityGate.Result.fail("2 red")).build();

    assertThat(judge(passes, bare).passed()).isTrue();
    assertThat(judge(fails, goodReport()).findings().get(0).message()).contains("2 red");
  }

  @Test
  void a_checker_that_throws_or_returns_nothing_fails() {
    Caws throwing =
        caws()
            .gate(
                "tests_pass",
                (a, r) -> {
                  throw new IllegalStateException("no compiler");
                })
            .build();
    Caws overflowing = caws().gate("tests_pass", (a, r) -> endless(0)).build();

    assertThat(judge(throwing, goodReport()).findings().get(0).message()).contains("no compiler");
    assertThat(judge(overflowing, goodReport())).isInstanceOf(Verdict.Denied.class);
  }

  private static QualityGate.Result endless(int depth) {
    if (depth == Integer.MAX_VALUE) {
      return QualityGate.Result.pass("the stack has no end");
    }
    QualityGate.Result deeper = endless(depth + 1);
    return deeper.passed() ? deeper : QualityGate.Result.fail("depth " + depth);
  }

  @Test
  void a_checker_the_policy_does_not_name_blocks_all_the_same() {
    Caws caws = caws().gate("licence", (a, r) -> QualityGate.Result.fail("GPL found")).build();

    assertThat(judge(caws, goodReport())).isInstanceOf(Verdict.Denied.class);
  }

  @Test
  void a_warning_gate_that_fails_lowers_the_quality_and_denies_nothing() {
    WorkReport report = goodReport().withEvidence(Evidence.of("god_object", false, "2100 lines"));

    Verdict verdict = judge(caws().build(), report);

    assertThat(verdict).isInstanceOf(Verdict.Approved.class);
    assertThat(verdict.quality()).isEqualTo(0.8);
    assertThat(rules(verdict.findings())).containsExactly("policy.gate.failed");
  }

  @Test
  void kernel_gates_cannot_be_replaced_nor_a_checker_registered_twice() {
    Caws.Builder builder = caws().gate("licence", (a, r) -> QualityGate.Result.pass(""));

    assertThatThrownBy(() -> builder.gate("budget-limit", (a, r) -> QualityGate.Result.pass("")))
        .hasMessageContaining("decided by Caws itself");
    assertThatThrownBy(() -> builder.gate("licence", (a, r) -> QualityGate.Result.pass("")))
        .hasMessageContaining("has a checker already");
  }

  @Test
  void findings_come_errors_first() {
    WorkReport report =
        reportOf(11, 250).withEvidence(Evidence.of("god_object", false, "2100 lines"));

    Verdict verdict = judge(caws().build(), report);

    assertThat(verdict.findings())
        .isSortedAccordingTo((a, b) -> a.severity().compareTo(b.severity()))
        .hasSizeGreaterThan(1);
  }

  @Test
  void a_text_spec_and_the_same_spec_by_id_are_admitted_under_one_digest() {
    Caws caws = caws().spec(SPEC).build();

    assertThat(caws.specDigest(named("FEAT-001"))).isEqualTo(caws.specDigest(task(SPEC)));
    assertThat(caws.specDigest(Task.builder("x").spec(SpecRef.text("{")).build())).isEmpty();
  }
}
