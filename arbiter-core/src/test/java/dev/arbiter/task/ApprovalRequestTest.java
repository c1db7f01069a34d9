/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.Answer.Kind;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a person sees, for how long, and which decisions fit. */
class ApprovalRequestTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Question MAY = Question.of("May it?").within(Duration.ofHours(1));
  private static final Task TASK = Task.builder("fix").id("T-1").tenant("acme").build();
  private static final int LONGEST_SHOWN = 1 << 20;

  private static final Map<Point, Set<Kind>> FITS = new EnumMap<>(Point.class);

  static {
    FITS.put(Point.START, EnumSet.of(Kind.APPROVED, Kind.DENIED, Kind.EDITED));
    FITS.put(Point.RESULT, EnumSet.of(Kind.APPROVED, Kind.DENIED));
    FITS.put(Point.INPUT, EnumSet.of(Kind.APPROVED, Kind.DENIED, Kind.ANSWERED));
    FITS.put(Point.BUDGET, EnumSet.of(Kind.DENIED, Kind.RAISED));
    FITS.put(Point.TENANT_BUDGET, EnumSet.of(Kind.DENIED, Kind.RAISED));
  }

  private static ApprovalRequest at(Point point, Question question) {
    return ApprovalRequest.of(point, TASK, 2, "ada", question, List.of(), NOW);
  }

  private static ApprovalRequest about(WorkReport report) {
    return ApprovalRequest.result(TASK, 1, "ada", "sha256:1", MAY, report, NOW);
  }

  private static WorkReport with(FileChange change, Evidence evidence) {
    return new WorkReport("done", List.of(change), List.of(evidence), Usage.none());
  }

  @ParameterizedTest
  @EnumSource(Point.class)
  void a_point_takes_exactly_the_decisions_that_fit_it(Point point) {
    ApprovalRequest request = at(point, MAY);

    for (Kind kind : Kind.values()) {
      assertThat(request.takes(kind))
          .as("%s at %s", kind, point)
          .isEqualTo(FITS.getOrDefault(point, Set.of()).contains(kind));
    }
  }

  @Test
  void a_request_names_its_task_its_agent_and_its_times() {
    ApprovalRequest request = at(Point.INPUT, MAY);

    assertThat(request.task()).isEqualTo("T-1");
    assertThat(request.tenant()).isEqualTo("acme");
    assertThat(request.agent()).isEqualTo("ada");
    assertThat(request.attempt()).isEqualTo(2);
    assertThat(request.askedAt()).isEqualTo(NOW);
    assertThat(request.expiresAt()).isEqualTo(NOW.plus(Duration.ofHours(1)));
    assertThat(request.id()).matches("r-[0-9a-f]{26}");
    assertThat(request.digest()).matches("sha256:[0-9a-f]{64}");
  }

  @Test
  void each_point_has_an_id_of_its_own() {
    Set<String> ids = new HashSet<>();
    for (Point point : Point.values()) {
      ids.add(at(point, MAY).id());
    }
    ids.add(at(Point.INPUT, MAY.to("lead")).id());

    assertThat(ids).hasSize(Point.values().length + 1);
  }

  @Test
  void the_first_audience_is_asked_first() {
    assertThat(at(Point.START, MAY).audience()).as("whoever the host lets decide").isEmpty();
    assertThat(at(Point.START, MAY.to("lead", "deputy")).audience()).isEqualTo("lead");
  }

  @Test
  void the_next_audience_has_its_own_time_for_the_same_request() {
    ApprovalRequest first = at(Point.START, MAY.to("lead", "deputy"));
    Instant later = NOW.plus(Duration.ofHours(1));

    ApprovalRequest next = first.to("deputy", later);

    assertThat(next.audience()).isEqualTo("deputy");
    assertThat(next.askedAt()).isEqualTo(later);
    assertThat(next.expiresAt()).isEqualTo(later.plus(Duration.ofHours(1)));
    assertThat(next.to("lead", NOW)).isEqualTo(first);
  }

  @Test
  void a_time_beyond_the_calendar_never_ends() {
    Question patient = MAY.within(Duration.ofSeconds(Long.MAX_VALUE));

    assertThat(at(Point.START, patient).expiresAt()).isEqualTo(Instant.MAX);
    assertThat(at(Point.START, patient).to("lead", Instant.MAX).expiresAt()).isEqualTo(Instant.MAX);
  }

  @Test
  void the_output_and_the_changes_are_shown() {
    WorkReport report =
        new WorkReport(
            "done",
            List.of(new FileChange("a", 1, 2), new FileChange("b", 0, 30)),
            List.of(
                Evidence.of("moved_from", true, "old/b"), Evidence.of("tests", true, "12 of 12")),
            Usage.none());

    assertThat(about(report).question().shown()).isEqualTo("done\na +1 -2\nb +0 -30\nold/b moved");
  }

  @Test
  void a_question_that_shows_something_shows_only_that() {
    ApprovalRequest asked =
        ApprovalRequest.result(
            TASK, 1, "ada", "sha256:1", MAY.showing("look here"), WorkReport.of("done"), NOW);

    assertThat(asked.question().shown()).isEqualTo("look here");
  }

  /** Two long texts with the same beginning look the same, and are not the same. */
  @Test
  void what_is_shown_may_be_cut_but_the_digest_holds_for_the_whole() {
    String fits = "x".repeat(LONGEST_SHOWN);

    assertThat(about(WorkReport.of(fits)).question().shown()).isEqualTo(fits);
    assertThat(about(WorkReport.of(fits + "a")).question().shown()).isEqualTo(fits);
    assertThat(about(WorkReport.of(fits + "a")).digest())
        .isNotEqualTo(about(WorkReport.of(fits + "b")).digest());
  }

  @Test
  void a_decision_about_work_is_bound_to_each_figure_of_it() {
    FileChange change = new FileChange("a", 1, 2);
    Evidence evidence = new Evidence("tests", true, 1, "12 of 12");
    Set<String> digests = new HashSet<>();

    digests.add(about(with(change, evidence)).digest());
    digests.add(about(with(new FileChange("b", 1, 2), evidence)).digest());
    digests.add(about(with(new FileChange("a", 2, 2), evidence)).digest());
    digests.add(about(with(new FileChange("a", 1, 3), evidence)).digest());
    digests.add(about(with(change, new Evidence("lint", true, 1, "12 of 12"))).digest());
    digests.add(about(with(change, new Evidence("tests", false, 1, "12 of 12"))).digest());
    digests.add(about(with(change, new Evidence("tests", true, 2, "12 of 12"))).digest());
    digests.add(about(with(change, new Evidence("tests", true, 1, "13 of 13"))).digest());

    assertThat(digests).hasSize(8);
    assertThat(about(with(change, evidence)).digest()).isIn(digests);
  }

  @Test
  void only_a_denial_is_a_denial() {
    ApprovalRequest request = at(Point.START, MAY);
    for (Answer answer :
        List.of(
            Answer.approve("eve"), Answer.edit("eve", "else"), Answer.reply("eve", "the second"))) {
      assertThat(new Approval(request.id(), Point.START, "", answer, NOW).isDenial()).isFalse();
    }

    assertThat(
            new Approval(request.id(), Point.START, "", Answer.deny("eve", "no"), NOW).isDenial())
        .isTrue();
  }

  @Test
  void an_audience_is_asked_once() {
    assertThatThrownBy(() -> MAY.to("lead", "deputy", "lead"))
        .hasMessageContaining("question.audiences names 'lead' twice");
    assertThatThrownBy(() -> MAY.to(" lead")).hasMessageContaining("question.audience");
    assertThatThrownBy(() -> MAY.to("")).hasMessageContaining("question.audience");
    assertThat(MAY.to("lead").showing("a").audiences()).containsExactly("lead");
    assertThat(Question.of("May it?").time()).isEqualTo(Duration.ofDays(1));
  }

  @Test
  void only_a_raise_has_a_budget() {
    TaskBudget more = TaskBudget.ofCost(9);

    assertThat(Answer.raise("eve", more).kind()).isEqualTo(Kind.RAISED);
    assertThatThrownBy(() -> new Answer(Kind.RAISED, "eve", "", Optional.empty()))
        .hasMessageContaining("answer.budget belongs to RAISED");
    assertThatThrownBy(() -> new Answer(Kind.APPROVED, "eve", "", Optional.of(more)))
        .hasMessageContaining("got APPROVED");
    assertThatThrownBy(() -> Answer.approve(" eve")).hasMessageContaining("answer.by");
  }
}
