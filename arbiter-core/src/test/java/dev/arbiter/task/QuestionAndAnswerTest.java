/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a person may be asked and may answer, and what a decision is bound to. */
class QuestionAndAnswerTest {
  private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
  private static final Question MAY = Question.of("May it begin?");
  private static final Task TASK = Task.builder("fix").id("T-1").payload("Fix it").build();

  private static ApprovalRequest start(Task task, String digest, Question question) {
    return ApprovalRequest.start(task, digest, question, NOW);
  }

  private static ApprovalRequest result(int attempt, String agent, WorkReport report) {
    return ApprovalRequest.result(TASK, attempt, agent, "sha256:1", MAY, report, NOW);
  }

  @Test
  void a_question_has_a_text_of_limited_length() {
    assertThat(Question.of("x".repeat(4_000)).text()).hasSize(4_000);
    assertThatThrownBy(() -> Question.of("x".repeat(4_001))).hasMessageContaining("4001");
    assertThatThrownBy(() -> Question.of(" ")).hasMessageContaining("question.text");
    assertThat(MAY.showing("x".repeat(1 << 20)).shown()).hasSize(1 << 20);
    assertThatThrownBy(() -> MAY.showing("x".repeat((1 << 20) + 1)))
        .hasMessageContaining("question.shown");
    assertThat(MAY.within(Duration.ofNanos(1)).time()).isEqualTo(Duration.ofNanos(1));
    assertThatThrownBy(() -> MAY.within(Duration.ZERO))
        .hasMessage("question.time must be positive, got PT0S");
    assertThat(MAY.to("lead").within(Duration.ofHours(1)).audiences()).containsExactly("lead");
  }

  @Test
  void an_answer_has_what_its_kind_needs() {
    assertThat(Answer.approve("eve").kind()).isEqualTo(Answer.Kind.APPROVED);
    assertThat(Answer.deny("eve", "no").text()).isEqualTo("no");
    assertThat(Answer.edit("eve", "Fix that").kind()).isEqualTo(Answer.Kind.EDITED);
    assertThat(Answer.reply("eve", "x".repeat(1 << 20)).text()).hasSize(1 << 20);
    assertThat(Answer.raise("eve", TaskBudget.ofCost(9)).budget()).contains(TaskBudget.ofCost(9));

    assertThatThrownBy(() -> Answer.deny("eve", " "))
        .hasMessage("answer.text must not be empty for DENIED");
    assertThatThrownBy(() -> Answer.edit("eve", "")).hasMessageContaining("EDITED");
    assertThatThrownBy(() -> Answer.reply("eve", "")).hasMessageContaining("ANSWERED");
    assertThatThrownBy(() -> Answer.reply("eve", "x".repeat((1 << 20) + 1)))
        .hasMessageContaining("keep it elsewhere");
  }

  @Test
  void each_point_takes_its_kinds_of_answers() {
    ApprovalRequest start = start(TASK, "sha256:1", MAY);
    ApprovalRequest result = result(1, "ada", WorkReport.of("done"));

    assertThat(start.takes(Answer.Kind.EDITED)).isTrue();
    assertThat(start.takes(Answer.Kind.ANSWERED)).isFalse();
    assertThat(start.takes(Answer.Kind.RAISED)).isFalse();
    assertThat(result.takes(Answer.Kind.APPROVED)).isTrue();
    assertThat(result.takes(Answer.Kind.DENIED)).isTrue();
    assertThat(result.takes(Answer.Kind.EDITED)).isFalse();
    assertThat(result.point()).isEqualTo(Point.RESULT);
  }

  @Test
  void a_request_about_the_beginning_is_bound_to_all_that_is_shown() {
    ApprovalRequest one = start(TASK, "sha256:1", MAY);

    assertThat(one.question().shown()).isEqualTo("Fix it");
    assertThat(start(TASK, "sha256:1", MAY).id()).isEqualTo(one.id());
    assertThat(ApprovalRequest.start(TASK, "sha256:1", MAY, NOW.plusSeconds(9)).digest())
        .as("not to the time")
        .isEqualTo(one.digest());
    Set<String> digests = new HashSet<>(List.of(one.digest()));
    digests.add(start(TASK, "sha256:2", MAY).digest());
    digests.add(start(TASK, "sha256:1", Question.of("May it end?")).digest());
    digests.add(start(TASK, "sha256:1", MAY.to("lead")).digest());
    digests.add(start(TASK, "sha256:1", MAY.to("lead", "deputy")).digest());
    digests.add(start(TASK, "sha256:1", MAY.showing("else")).digest());
    digests.add(start(TASK.withPayload("Fix that"), "sha256:1", MAY).digest());
    digests.add(start(Task.builder("fix").id("T-2").payload("Fix it").build(), "", MAY).digest());
    assertThat(digests).hasSize(8);
  }

  @Test
  void a_request_about_work_is_bound_to_the_work() {
    WorkReport plain = WorkReport.of("done");
    WorkReport changed =
        new WorkReport("done", List.of(new FileChange("a", 1, 2)), List.of(), plain.usage());
    WorkReport proved =
        new WorkReport(
            "done", List.of(), List.of(new Evidence("tests", true, 1, "")), plain.usage());
    Set<String> digests = new HashSet<>();
    for (WorkReport report : List.of(plain, changed, proved, WorkReport.of("other"))) {
      digests.add(result(1, "ada", report).digest());
    }

    assertThat(digests).hasSize(4);
    assertThat(result(2, "ada", plain).id()).isNotEqualTo(result(1, "ada", plain).id());
    assertThat(result(1, "ada", changed).question().shown()).contains("done").contains("a");
  }
}
