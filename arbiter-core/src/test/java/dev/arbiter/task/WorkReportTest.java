/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Pending;
import dev.arbiter.task.WorkReport.Usage;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What an agent may report, and what a copy of a report keeps. */
class WorkReportTest {
  private static final FileChange CHANGE = new FileChange("a", 1, 2);
  private static final Evidence TESTS = Evidence.of("tests", true, "12 of 12");
  private static final Evidence COVERAGE = new Evidence("coverage", false, 71.5, "");
  private static final Usage USAGE = new Usage(10, 20, .5, Duration.ofSeconds(3));
  private static final Pending PENDING = new Pending(Question.of("Which?"), "token");
  private static final WorkReport FULL =
      new WorkReport("out", List.of(CHANGE), List.of(TESTS), USAGE, Optional.of(PENDING));

  private static BigInteger big(long number) {
    return BigInteger.valueOf(number);
  }

  @Test
  void a_plain_report_has_an_output_and_nothing_else() {
    assertThat(WorkReport.of("done"))
        .isEqualTo(new WorkReport("done", List.of(), List.of(), Usage.none(), Optional.empty()));
  }

  @Test
  void a_copy_changes_one_part() {
    FileChange measured = new FileChange("b", 3, 4);

    assertThat(FULL.withChanges(List.of(measured)))
        .isEqualTo(
            new WorkReport("out", List.of(measured), List.of(TESTS), USAGE, Optional.of(PENDING)));
    assertThat(FULL.withUsage(Usage.cost(9)))
        .isEqualTo(
            new WorkReport(
                "out", List.of(CHANGE), List.of(TESTS), Usage.cost(9), Optional.of(PENDING)));
    assertThat(FULL.withEvidence(COVERAGE))
        .isEqualTo(
            new WorkReport(
                "out", List.of(CHANGE), List.of(TESTS, COVERAGE), USAGE, Optional.of(PENDING)));
    assertThat(FULL.withEvidence()).isEqualTo(FULL);
  }

  @Test
  void a_report_that_waits_has_its_question_and_its_token() {
    WorkReport waiting = WorkReport.waiting(Question.of("Which?"), "token");

    assertThat(waiting.pending()).contains(PENDING);
    assertThat(waiting.output()).isEmpty();
    assertThat(waiting.changes()).isEmpty();
    assertThat(waiting.usage()).isEqualTo(Usage.none());
  }

  @Test
  void a_token_has_at_most_4096_characters() {
    Question which = Question.of("Which?");

    assertThat(WorkReport.waiting(which, "x".repeat(4_096)).pending()).isPresent();
    assertThatThrownBy(() -> WorkReport.waiting(which, "x".repeat(4_097)))
        .hasMessage("pending.resumeToken must have at most 4096 characters, got 4097");
  }

  @Test
  void a_report_keeps_nothing_its_agent_can_change() {
    List<FileChange> changes = new ArrayList<>(List.of(CHANGE));
    List<Evidence> evidence = new ArrayList<>(List.of(TESTS));
    WorkReport report = new WorkReport("out", changes, evidence, USAGE);

    changes.clear();
    evidence.clear();

    assertThat(report.changes()).containsExactly(CHANGE);
    assertThat(report.evidence()).containsExactly(TESTS);
    assertThat(report.pending()).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_part_that_is_missing_is_named() {
    assertThatThrownBy(() -> new WorkReport(null, List.of(), List.of(), USAGE))
        .hasMessageContaining("report.output");
    assertThatThrownBy(() -> new WorkReport("", null, List.of(), USAGE))
        .hasMessageContaining("report.changes");
    assertThatThrownBy(() -> new WorkReport("", List.of(), null, USAGE))
        .hasMessageContaining("report.evidence");
    assertThatThrownBy(() -> new WorkReport("", List.of(), List.of(), null))
        .hasMessageContaining("report.usage");
    assertThatThrownBy(() -> new WorkReport("", List.of(), List.of(), USAGE, null))
        .hasMessageContaining("report.pending");
  }

  @Test
  void a_change_has_a_path_and_no_negative_lines() {
    assertThat(new FileChange("a", 0, 0).lines()).isZero();
    assertThat(CHANGE.lines()).isEqualTo(3);
    assertThatThrownBy(() -> new FileChange("", 1, 1)).hasMessageContaining("change.path");
    assertThatThrownBy(() -> new FileChange("a", -1, 3))
        .hasMessage("change.added must not be negative, got -1");
    assertThatThrownBy(() -> new FileChange("a", 3, -2))
        .hasMessage("change.removed must not be negative, got -2");
  }

  @Test
  void evidence_without_a_figure_has_no_number() {
    assertThat(TESTS.value()).isNaN();
    assertThat(TESTS.passed()).isTrue();
    assertThat(TESTS.detail()).isEqualTo("12 of 12");
    assertThat(Evidence.of("lint", false, "").passed()).isFalse();
    assertThatThrownBy(() -> Evidence.of("", true, ""))
        .hasMessage("evidence.gate must not be empty");
  }

  @Test
  void usage_may_be_nothing_and_must_be_finite() {
    assertThat(new Usage(0, 0, 0, Duration.ZERO)).isEqualTo(Usage.none());
    assertThat(Usage.cost(2.5)).isEqualTo(new Usage(0, 0, 2.5, Duration.ZERO));
    assertThat(USAGE.tokens()).isEqualTo(30);
    assertThatThrownBy(() -> Usage.cost(Double.POSITIVE_INFINITY))
        .hasMessageContaining("usage.cost must be >= 0");
  }

  /** 5,000 pairs, small and huge, against numbers without an end. */
  @Test
  void sums_of_usage_are_those_of_numbers_without_an_end() {
    SplittableRandom random = new SplittableRandom(3);
    BigInteger most = big(Long.MAX_VALUE);
    for (int i = 0; i < 5_000; i++) {
      long a = random.nextLong() >>> (1 + random.nextInt(62));
      long b = random.nextLong() >>> (1 + random.nextInt(62));
      Usage sum =
          new Usage(a, b, 1, Duration.ofNanos(a)).plus(new Usage(b, a, 2, Duration.ofNanos(b)));

      long expected = big(a).add(big(b)).min(most).longValueExact();
      assertThat(sum.inputTokens()).as("%s and %s", a, b).isEqualTo(expected);
      assertThat(sum.outputTokens()).as("%s and %s", a, b).isEqualTo(expected);
      assertThat(sum.cost()).isEqualTo(3);
      assertThat(sum.time()).isEqualTo(Duration.ofNanos(a).plusNanos(b));
      assertThat(sum.plus(Usage.none())).isEqualTo(sum);
    }
  }
}
