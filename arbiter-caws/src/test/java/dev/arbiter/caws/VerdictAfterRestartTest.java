/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.caws;

import static dev.arbiter.caws.Fixtures.NOW;
import static dev.arbiter.caws.Fixtures.POLICY;
import static dev.arbiter.caws.Fixtures.SPEC;
import static dev.arbiter.caws.Fixtures.goodReport;
import static dev.arbiter.caws.Fixtures.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.agent.Assignment;
import dev.arbiter.caws.provenance.SigningKey;
import dev.arbiter.caws.rules.Condition;
import dev.arbiter.caws.rules.ConstitutionalRule;
import dev.arbiter.caws.rules.ConstitutionalRule.Phase;
import dev.arbiter.caws.rules.ConstitutionalRule.Principle;
import dev.arbiter.caws.rules.ConstitutionalRule.Remedy;
import dev.arbiter.caws.rules.ConstitutionalRule.RuleSeverity;
import dev.arbiter.caws.rules.ConstitutionalRules;
import dev.arbiter.caws.waiver.WaiverEntry;
import dev.arbiter.caws.waiver.WaiverFolder;
import dev.arbiter.caws.waiver.WaiverLedger;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A verdict that was sealed right before a crash is the verdict after it. A crash is a copy of the
 * folders as they are at that moment.
 */
class VerdictAfterRestartTest {
  private static final Instant ACCEPTED = NOW.minusSeconds(60);
  private static final WaiverLedger.Limits LIMITS =
      new WaiverLedger.Limits(2, 10, Duration.ofDays(60));

  @TempDir private Path dir;
  private Path log = Path.of("");
  private Path ledger = Path.of("");
  private int crashes;

  @BeforeEach
  void emptyFolders() throws IOException {
    log = Files.createDirectory(dir.resolve("log"));
    ledger = Files.createDirectory(dir.resolve("ledger"));
  }

  private Caws.Builder builder() {
    return Caws.builder()
        .policy(POLICY)
        .spec(SPEC)
        .sources(Fixtures.sources())
        .key(Fixtures.key())
        .sealInBatches(1)
        .logTo(log);
  }

  /** The folders are from now on those that a process leaves that dies at this moment. */
  private void crash() throws IOException {
    crashes++;
    log = copy(log);
    ledger = copy(ledger);
  }

  private Path copy(Path folder) throws IOException {
    Path copy = Files.createDirectory(dir.resolve(folder.getFileName() + "-" + crashes));
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> !f.toString().endsWith(".lock")).toList()) {
        Files.copy(file, copy.resolve(file.getFileName()));
      }
    }
    return copy;
  }

  private static Task task(String id) {
    return Task.builder("refactoring").id(id).spec(SpecRef.id("FEAT-001")).build();
  }

  private static Assignment assignment(Caws caws) {
    return Fixtures.assignment(caws, task("T-1"), "ada");
  }

  private static long size(Caws caws) {
    return caws.log().orElseThrow().size();
  }

  static Stream<WorkReport> reports() {
    return Stream.of(
        goodReport(),
        reportOf(9, 100),
        reportOf(20, 100),
        Fixtures.report(new FileChange("../a \"b\"\n\u00e9", 3, 1)),
        WorkReport.of("no evidence"));
  }

  @ParameterizedTest
  @MethodSource("reports")
  void the_verdict_of_before_is_the_answer(WorkReport report) throws IOException {
    try (Caws first = builder().build()) {
      Verdict sealed = first.judge(assignment(first), report);
      crash();
      try (Caws second = builder().sources(Fixtures.sourcesAt(NOW.plusSeconds(9))).build()) {
        Verdict again = second.judgeAgain(assignment(second), report, ACCEPTED);

        assertThat(again).isEqualTo(sealed);
        assertThat(again.seal().document()).isEqualTo(sealed.seal().document());
        assertThat(size(second)).isEqualTo(1);
        assertThat(second.log().orElseThrow().prove(again.seal())).isPresent();
      }
    }
  }

  /** The task was cancelled before its work was judged again. */
  @Test
  void a_verdict_of_before_is_withdrawn_when_its_task_ends_otherwise() throws IOException {
    try (Caws first = builder().build()) {
      Verdict sealed = first.judge(assignment(first), goodReport());
      assertThat(sealed.passed()).isTrue();
      crash();
      try (Caws second = builder().sources(Fixtures.sourcesAt(NOW.plusSeconds(9))).build()) {
        second.withdrawEarlier(assignment(second), goodReport(), ACCEPTED, "cancelled");
        second.withdrawEarlier(assignment(second), goodReport(), ACCEPTED, "cancelled");

        assertThat(second.log().orElseThrow().withdrawal(sealed.seal())).isPresent();
        assertThat(size(second)).isEqualTo(2);
      }
    }
  }

  @Test
  void what_was_never_recorded_or_denied_is_not_withdrawn() throws IOException {
    try (Caws first = builder().build()) {
      assertThat(first.judge(assignment(first), reportOf(20, 100)).passed()).isFalse();
      crash();
      try (Caws second = builder().sources(Fixtures.sourcesAt(NOW.plusSeconds(9))).build()) {
        second.withdrawEarlier(assignment(second), reportOf(20, 100), ACCEPTED, "cancelled");
        second.withdrawEarlier(assignment(second), goodReport(), ACCEPTED, "cancelled");

        assertThat(size(second)).isEqualTo(1);
      }
    }
  }

  @Test
  void a_verdict_with_a_signature_of_its_own_has_it_again() throws IOException {
    try (Caws first = signsEach().build()) {
      Verdict sealed = first.judge(assignment(first), goodReport());
      first.checkpoint();
      crash();
      try (Caws second = signsEach().build()) {
        Verdict again = second.judgeAgain(assignment(second), goodReport(), ACCEPTED);

        assertThat(again.seal()).isEqualTo(sealed.seal());
        assertThat(again.seal().signature()).isNotEmpty();
        assertThat(VerdictVerifier.of(second.publicKey()).verify(again).isGenuine()).isTrue();
      }
    }
  }

  private Caws.Builder signsEach() {
    return Caws.builder()
        .policy(POLICY)
        .spec(SPEC)
        .sources(Fixtures.sources())
        .key(Fixtures.key())
        .logTo(log);
  }

  @Test
  void a_key_that_was_rotated_since_signs_no_verdict_of_before() throws IOException {
    SigningKey next = SigningKey.generate();
    try (Caws first = signsEach().build()) {
      Verdict sealed = first.judge(assignment(first), goodReport());
      first.rotateKey(next);
      crash();
      try (Caws second = signsEach().key(next).build()) {
        Verdict again = second.judgeAgain(assignment(second), goodReport(), ACCEPTED);

        assertThat(again.seal().document()).isEqualTo(sealed.seal().document());
        assertThat(again.seal().signature()).isEmpty();
      }
    }
  }

  /** Each of these is other work, or a verdict that does not stand. */
  @Test
  void other_work_is_judged_anew() throws IOException {
    try (Caws first = builder().build()) {
      Assignment of = assignment(first);
      Verdict sealed = first.judge(of, goodReport());
      crash();
      try (Caws second = builder().sources(Fixtures.sourcesAt(NOW.plusSeconds(9))).build()) {
        WorkReport report = goodReport();
        List<Verdict> others =
            List.of(
                second.judge(of, report),
                second.judgeAgain(of, reportOf(1, 1), ACCEPTED),
                second.judgeAgain(of, report, NOW.plusSeconds(1)),
                second.judgeAgain(attempt(of, of.task(), "ada", 2), report, ACCEPTED),
                second.judgeAgain(attempt(of, of.task(), "bob", 1), report, ACCEPTED),
                second.judgeAgain(attempt(of, task("T-2"), "ada", 1), report, ACCEPTED));

        assertThat(size(second)).isEqualTo(1 + others.size());
        assertThat(others).doesNotContain(sealed);
        assertThat(second.judgeAgain(of, report, ACCEPTED)).isEqualTo(sealed);
      }
    }
  }

  private static Assignment attempt(Assignment like, Task task, String agent, int attempt) {
    return new Assignment(task, agent, attempt, like.specDigest(), like.timeLimit());
  }

  @Test
  void a_verdict_that_was_withdrawn_is_no_answer() throws IOException {
    try (Caws first = builder().build()) {
      Verdict sealed = first.judge(assignment(first), goodReport());
      first.withdraw(assignment(first), sealed, "the store did not keep the end");
      crash();
      try (Caws second = builder().sources(Fixtures.sourcesAt(NOW.plusSeconds(9))).build()) {
        Verdict again = second.judgeAgain(assignment(second), goodReport(), ACCEPTED);

        assertThat(again.seal().digest()).isNotEqualTo(sealed.seal().digest());
        assertThat(size(second)).isEqualTo(3);
        crash();
        try (Caws third = builder().build()) {
          assertThat(third.judgeAgain(assignment(third), goodReport(), ACCEPTED)).isEqualTo(again);
        }
      }
    }
  }

  @Test
  void a_file_that_was_changed_after_the_opening_is_not_believed() throws IOException {
    try (Caws first = builder().build()) {
      WorkReport bad = reportOf(20, 100);
      assertThat(first.judge(assignment(first), bad)).isInstanceOf(Verdict.Denied.class);
      crash();
      try (Caws second = builder().build()) {
        Path entries = log.resolve("verdicts.jsonl");
        String denied = Files.readString(entries);
        Files.writeString(
            entries, denied.replace("\"verdict\":\"denied\"", "\"verdict\":\"approved\""));

        Verdict again = second.judgeAgain(assignment(second), bad, ACCEPTED);

        assertThat(again).isInstanceOf(Verdict.Denied.class);
      }
    }
  }

  @Test
  void a_log_in_memory_knows_nothing_of_before() {
    try (Caws caws = Fixtures.caws().spec(SPEC).sealInBatches(1).build()) {
      caws.judge(assignment(caws), goodReport());
      caws.judgeAgain(assignment(caws), goodReport(), ACCEPTED);

      assertThat(size(caws)).isEqualTo(2);
    }
  }

  /* Uses of waivers. */

  private WaiverFolder waivers() throws IOException {
    return WaiverFolder.open(ledger, LIMITS, () -> NOW);
  }

  private void proposeOnce() throws IOException {
    proposeOnce("budget_limit");
  }

  private void proposeOnce(String gate) throws IOException {
    try (WaiverFolder kept = waivers()) {
      Instant expires = NOW.plus(Duration.ofDays(10));
      kept.ledger()
          .propose(
              new WaiverEntry.Proposal(
                  "WV-1", "FEAT-001", List.of(gate), 9, 900, "why", "eve", expires, 1));
      kept.ledger().approve("WV-1", "grace");
      kept.ledger().approve("WV-1", "alan");
      assertThat(kept.ledger().activate("WV-1", "grace").isDone()).isTrue();
    }
  }

  private static long uses(WaiverFolder kept) {
    return kept.ledger().find("WV-1").orElseThrow().uses();
  }

  @Test
  void a_use_of_a_recorded_verdict_is_not_taken_again() throws IOException {
    proposeOnce();
    WorkReport report = reportOf(15, 100);
    try (WaiverFolder before = waivers();
        Caws first = builder().waivers(before.ledger()).build()) {
      Verdict sealed = first.judge(assignment(first), report);
      assertThat(sealed).isInstanceOf(Verdict.Waived.class);
      crash();
      try (WaiverFolder after = waivers();
          Caws second = builder().waivers(after.ledger()).build()) {
        assertThat(second.judgeAgain(assignment(second), report, ACCEPTED)).isEqualTo(sealed);
        assertThat(uses(after)).isEqualTo(1);
        assertThat(size(second)).isEqualTo(1);
      }
    }
  }

  /** The ledger cuts and escapes what it keeps, so ids must differ in what is left. */
  @ParameterizedTest
  @MethodSource("pairsOfIds")
  void a_use_is_not_that_of_a_task_with_a_similar_id(String mine, String other) throws IOException {
    proposeOnce();
    WorkReport report = reportOf(15, 100);
    Path empty = copy(log);
    try (WaiverFolder before = waivers();
        Caws first = builder().waivers(before.ledger()).build()) {
      Assignment of = Fixtures.assignment(first, task(mine), "ada");
      assertThat(first.judge(of, report)).isInstanceOf(Verdict.Waived.class);
      crash();
      log = empty;
      try (WaiverFolder after = waivers();
          Caws second = builder().waivers(after.ledger()).build()) {
        Assignment similar = Fixtures.assignment(second, task(other), "ada");
        assertThat(second.judgeAgain(similar, report, ACCEPTED)).isInstanceOf(Verdict.Denied.class);
        assertThat(second.judgeAgain(of, report, ACCEPTED)).isInstanceOf(Verdict.Waived.class);
        assertThat(uses(after)).isEqualTo(1);
      }
    }
  }

  static Stream<Arguments> pairsOfIds() {
    return Stream.of(
        Arguments.of("x".repeat(200) + "1", "x".repeat(200) + "2"),
        Arguments.of("x".repeat(101), "x".repeat(102)));
  }

  /** The ledger has the use, and the process died before the log had the verdict. */
  @Test
  void a_use_without_a_recorded_verdict_is_that_of_the_same_attempt() throws IOException {
    proposeOnce();
    WorkReport report = reportOf(15, 100);
    Path empty = copy(log);
    try (WaiverFolder before = waivers();
        Caws first = builder().waivers(before.ledger()).build()) {
      assertThat(first.judge(assignment(first), report)).isInstanceOf(Verdict.Waived.class);
      crash();
      log = empty;
      try (WaiverFolder after = waivers();
          Caws second = builder().waivers(after.ledger()).build()) {
        Assignment of = assignment(second);
        assertThat(second.judge(of, report)).isInstanceOf(Verdict.Denied.class);
        assertThat(second.judgeAgain(of, report, NOW.plusSeconds(1)))
            .isInstanceOf(Verdict.Denied.class);
        assertThat(second.judgeAgain(attempt(of, of.task(), "ada", 2), report, ACCEPTED))
            .isInstanceOf(Verdict.Denied.class);
        assertThat(second.judgeAgain(of, report, ACCEPTED)).isInstanceOf(Verdict.Waived.class);
        assertThat(uses(after)).isEqualTo(1);
      }
    }
  }

  @Test
  void a_person_is_not_asked_about_a_rule_that_the_waiver_has_lifted_for_this_attempt()
      throws IOException {
    ConstitutionalRule quiet =
        new ConstitutionalRule(
            "be-quiet",
            Principle.SAFETY,
            RuleSeverity.HIGH,
            Remedy.ESCALATE,
            Phase.AFTER,
            List.of(Condition.matchesNowhere("report.output", "done")),
            "say less");
    ConstitutionalRules rules = ConstitutionalRules.of(List.of(quiet));
    proposeOnce("be-quiet");
    Path empty = copy(log);
    try (WaiverFolder before = waivers();
        Caws first = builder().rules(rules).waivers(before.ledger()).build()) {
      Assignment of = assignment(first);
      assertThat(first.asks(of, goodReport())).isEmpty();
      assertThat(first.judge(of, goodReport())).isInstanceOf(Verdict.Waived.class);
      crash();
      log = empty;
      try (WaiverFolder after = waivers();
          Caws second = builder().rules(rules).waivers(after.ledger()).build()) {
        Assignment again = assignment(second);
        assertThat(second.asks(again, goodReport())).isPresent();
        assertThat(second.asksAgain(again, goodReport(), NOW.plusSeconds(1))).isPresent();
        assertThat(second.asksAgain(again, goodReport(), ACCEPTED)).isEmpty();
        assertThat(second.judgeAgain(again, goodReport(), ACCEPTED))
            .isInstanceOf(Verdict.Waived.class);
      }
    }
  }
}
