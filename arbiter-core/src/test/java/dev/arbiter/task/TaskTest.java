/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TaskTest {
  @Test
  void keeps_nothing_the_caller_can_change() {
    Set<String> capabilities = new HashSet<>(Set.of("java"));
    Task task =
        new Task("T-1", "fix", "acme", 5, capabilities, SpecRef.none(), "", Optional.empty(), "");

    capabilities.add("root");

    assertThat(task.capabilities()).containsExactly("java");
  }

  @Test
  void refuses_what_is_out_of_range_and_names_it() {
    assertThatThrownBy(() -> Task.builder("").build()).hasMessage("task.type must not be empty");
    assertThatThrownBy(() -> Task.builder("fix").priority(11).build())
        .hasMessage("task.priority must be 1 to 10, got 11");
    assertThatThrownBy(() -> Task.builder("fix").deadline(Duration.ZERO).build())
        .hasMessageContaining("task.deadline must be positive");
    assertThatThrownBy(() -> Task.builder("fix").id("a\nb").build())
        .hasMessage(
            "task.id must have letters, digits and ASCII signs only, got U+000A at position 1");
    assertThatThrownBy(() -> Task.builder("fix").tenant("x".repeat(257)).build())
        .hasMessageContaining("at most 256 characters, got 257");
  }

  @Test
  void refuses_usage_that_is_no_figure() {
    assertThatThrownBy(() -> Usage.cost(Double.NaN)).hasMessageContaining("usage.cost");
    assertThatThrownBy(() -> Usage.cost(-1)).hasMessageContaining("usage.cost");
    assertThatThrownBy(() -> new Usage(-1, 0, 0, Duration.ZERO))
        .hasMessageContaining("usage.inputTokens");
  }

  /** A null that comes later, such as when a store writes it, is nobody's any more. */
  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void nulls_are_refused_where_they_are_given() {
    String no = null;
    List<ThrowingCallable> makers =
        List.of(
            () -> new WorkReport.Evidence("tests", true, 1, no),
            () -> new WorkReport.Evidence(no, true, 1, ""),
            () -> new WorkReport.FileChange(no, 1, 1),
            () -> new WorkReport.Pending(Question.of("Which?"), no),
            () -> new WorkReport.Pending(null, ""),
            () -> new Usage(1, 1, 1, null),
            () -> new Question(no, "", List.of(), Duration.ofDays(1)),
            () -> new Question("Which?", no, List.of(), Duration.ofDays(1)),
            () -> new Question("Which?", "", null, Duration.ofDays(1)),
            () -> new Question("Which?", "", List.of(), null),
            () -> new Answer(null, "eve", "yes", Optional.empty()),
            () -> new Answer(Answer.Kind.ANSWERED, no, "yes", Optional.empty()),
            () -> new Answer(Answer.Kind.ANSWERED, "eve", no, Optional.empty()),
            () -> new Answer(Answer.Kind.ANSWERED, "eve", "yes", null),
            () -> TaskBudget.ofCost(1).atLimit(null),
            () -> TaskBudget.ofCost(1).withTime(null),
            () -> SpecRef.text(no),
            () -> SpecRef.id(no),
            () -> Finding.error(no, "", ""),
            () -> Finding.error("rule", no, ""),
            () -> Finding.error("rule", "", no),
            () -> new Finding("rule", null, "", ""),
            () -> new Admission.Admitted(no, List.of()),
            () -> new Admission.Admitted("", List.of(), null),
            () -> new Verdict.Approved(List.of(), 1, null),
            () -> new Verdict.Waived(List.of(), List.of("w"), 1, null),
            () -> new Verdict.Denied(List.of(Finding.error("rule", "", "")), null));
    for (int i = 0; i < makers.size(); i++) {
      assertThatThrownBy(makers.get(i)).as("%s", i).isInstanceOf(NullPointerException.class);
    }
    assertThatThrownBy(() -> new WorkReport.Evidence("tests", true, 1, no))
        .hasMessageContaining("evidence.detail");
  }

  @Test
  void a_verdict_says_why_or_by_which_waiver() {
    assertThatThrownBy(() -> new Verdict.Denied(List.of(), Seal.none()))
        .hasMessageContaining("a denial must say why");
    assertThatThrownBy(() -> new Verdict.Waived(List.of(), List.of(), 1, Seal.none()))
        .hasMessageContaining("must name its waivers");
  }

  @Test
  void a_sum_of_usage_grows_and_stays_at_the_largest() {
    Duration longest = Duration.ofSeconds(Long.MAX_VALUE, 999_999_999);
    Usage most = new Usage(Long.MAX_VALUE, Long.MAX_VALUE, Double.MAX_VALUE, longest);
    Usage half = new Usage(1L << 62, 1L << 62, 1, Duration.ofSeconds(1L << 62, 999_999_999));

    for (Usage more : List.of(Usage.cost(1), Usage.none(), half, most)) {
      assertThat(most.plus(more)).isEqualTo(most);
      assertThat(more.plus(most)).isEqualTo(most);
    }
    assertThat(new Usage(1, 2, 3, Duration.ofNanos(999_999_999)).plus(half))
        .isEqualTo(
            new Usage((1L << 62) + 1, (1L << 62) + 2, 4, half.time().plusNanos(999_999_999)));
    assertThat(half.plus(half)).isEqualTo(new Usage(Long.MAX_VALUE, Long.MAX_VALUE, 2, longest));
    assertThat(new Usage(Long.MAX_VALUE, 0, 0, Duration.ZERO).tokens()).isEqualTo(Long.MAX_VALUE);
    assertThat(most.tokens()).isEqualTo(Long.MAX_VALUE);
  }

  /** Letters of any plane of Unicode; a picture or half of a pair is refused by its number. */
  @Test
  void a_name_has_letters_of_any_script() {
    assertThat(Task.builder("fix").id("\uD842\uDFB7-1").build().id()).isEqualTo("\uD842\uDFB7-1");
    assertThatThrownBy(() -> Task.builder("fix").id("a\uD83E\uDD16").build())
        .hasMessageEndingWith("got U+1F916 at position 1");
    assertThatThrownBy(() -> Task.builder("fix").id("a\uD83E").build())
        .hasMessageEndingWith("got U+D83E at position 1");
  }

  @Test
  void a_task_without_words_has_defaults() {
    Task task = Task.builder("fix").build();

    assertThat(task)
        .isEqualTo(
            new Task("", "fix", "default", 5, Set.of(), SpecRef.none(), "", Optional.empty(), ""));
    assertThat(task.spec()).isSameAs(SpecRef.none());
    assertThat(Task.of("fix", "FEAT-1"))
        .isEqualTo(Task.builder("fix").spec(SpecRef.id("FEAT-1")).build());
  }

  @Test
  void a_builder_passes_on_each_word() {
    Task task =
        Task.builder("fix")
            .id("T-1")
            .tenant("acme")
            .priority(9)
            .requires("java", "sql")
            .spec(SpecRef.text("id: FEAT-1"))
            .payload("Fix it")
            .deadline(Duration.ofSeconds(1))
            .build();

    assertThat(task)
        .isEqualTo(
            new Task(
                "T-1",
                "fix",
                "acme",
                9,
                Set.of("java", "sql"),
                new SpecRef.Text("id: FEAT-1"),
                "Fix it",
                Optional.of(Duration.ofSeconds(1)),
                "",
                Terms.none()));
  }

  @Test
  void a_task_with_another_id_is_otherwise_the_same() {
    Task task = Task.builder("fix").id("T-1").payload("Fix it").correlationId("c").build();

    assertThat(task.withId("T-2").id()).isEqualTo("T-2");
    assertThat(task.withId("T-2").withId("T-1")).isEqualTo(task);
    assertThatThrownBy(() -> task.withId("a\nb")).hasMessageContaining("task.id");
  }

  @Test
  void a_correlation_comes_from_the_caller_or_from_tenant_and_id() {
    Task task = Task.builder("fix").id("T-1").tenant("acme").build();

    assertThat(task.correlation()).matches("[0-9a-f]{32}");
    assertThat(task.withPayload("else").correlation()).isEqualTo(task.correlation());
    assertThat(task.withId("T-2").correlation()).isNotEqualTo(task.correlation());
    assertThat(Task.builder("fix").id("T-1").build().correlation())
        .isNotEqualTo(task.correlation());
    assertThat(Task.builder("fix").id("bc").tenant("a").build().correlation())
        .as("tenant and id are kept apart")
        .isNotEqualTo(Task.builder("fix").id("c").tenant("ab").build().correlation());
    assertThat(task.withCorrelationId("own").correlation()).isEqualTo("own");
  }

  @Test
  void a_spec_is_named_by_a_name() {
    assertThat(SpecRef.id("FEAT-1")).isEqualTo(new SpecRef.Id("FEAT-1"));
    assertThat(SpecRef.text("")).isEqualTo(new SpecRef.Text(""));
    assertThatThrownBy(() -> SpecRef.id("")).hasMessage("spec id must not be empty");
    assertThatThrownBy(() -> SpecRef.id("a\nb")).hasMessageContaining("spec id");
  }

  @Test
  void a_deadline_may_be_as_short_as_a_nanosecond() {
    assertThat(Task.builder("fix").deadline(Duration.ofNanos(1)).build().deadline())
        .contains(Duration.ofNanos(1));
    assertThatThrownBy(() -> Task.builder("fix").deadline(Duration.ofNanos(-1)).build())
        .hasMessageContaining("task.deadline must be positive");
  }

  @Test
  void a_finding_has_the_severity_it_was_made_with() {
    assertThat(Finding.error("rule", "/a", "no").severity()).isEqualTo(Finding.Severity.ERROR);
    assertThat(Finding.warning("rule", "/a", "no"))
        .isEqualTo(new Finding("rule", Finding.Severity.WARNING, "/a", 0, "no"));
  }
}
