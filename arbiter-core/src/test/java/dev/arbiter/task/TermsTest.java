/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A task has what its builder was told, and nothing is lost by a later word. */
class TermsTest {
  @Test
  void a_task_has_all_that_it_was_built_of() {
    Instant begin = Instant.parse("2026-06-01T12:00:00Z");
    Question may = Question.of("May it?");
    Task task =
        Task.builder("fix")
            .hedged()
            .bestOf(8)
            .attemptLimit(Duration.ofNanos(1))
            .deadlinePauses()
            .budget(TaskBudget.ofCost(1))
            .approval(may)
            .notBefore(begin)
            .correlationId("c-1")
            .idempotencyKey("k")
            .spec(SpecRef.id("FEAT-1"))
            .build();

    assertThat(task.terms().hedged()).isTrue();
    assertThat(task.terms().bestOf()).isEqualTo(8);
    assertThat(task.terms().attemptLimit()).contains(Duration.ofNanos(1));
    assertThat(task.terms().deadlinePauses()).isTrue();
    assertThat(task.terms().budget()).isEqualTo(TaskBudget.ofCost(1));
    assertThat(task.terms().approval()).contains(may);
    assertThat(task.terms().notBefore()).contains(begin);
    assertThat(task.correlation()).isEqualTo("c-1");
    assertThat(task.idempotencyKey()).isEqualTo("k");
    assertThat(task.spec()).isEqualTo(SpecRef.id("FEAT-1"));
  }

  @Test
  void a_copy_has_all_but_what_was_changed() {
    Task task = Task.builder("fix").id("T-1").payload("a").bestOf(2).correlationId("c").build();

    Task other = task.withPayload("b");
    assertThat(other.payload()).isEqualTo("b");
    assertThat(other.withPayload("a")).isEqualTo(task);
    assertThat(task.withCorrelationId("d").correlation()).isEqualTo("d");
    assertThat(task.withCorrelationId("d").terms()).isEqualTo(task.terms());
    assertThat(task.withCorrelationId("").correlation()).isNotEmpty();
  }

  @Test
  void terms_out_of_their_range_are_refused_by_name() {
    assertThatThrownBy(() -> Task.builder("fix").bestOf(0).build())
        .hasMessage("terms.bestOf must be 1 to 8 agents at once, got 0");
    assertThatThrownBy(() -> Task.builder("fix").bestOf(9).build()).hasMessageContaining("got 9");
    assertThatThrownBy(() -> Task.builder("fix").attemptLimit(Duration.ZERO).build())
        .hasMessageContaining("task.attemptLimit must be positive");
    assertThat(Task.builder("fix").priority(1).build().priority()).isEqualTo(1);
    assertThat(Task.builder("fix").priority(10).build().priority()).isEqualTo(10);
    assertThatThrownBy(() -> Task.builder("fix").priority(0).build()).hasMessageContaining("got 0");
    assertThatThrownBy(() -> Task.builder("fix").requires("a\nb").build())
        .hasMessageContaining("task.capability");
    assertThatThrownBy(() -> Task.builder("fix").idempotencyKey("a\nb").build())
        .hasMessageContaining("task.idempotencyKey");
    assertThatThrownBy(() -> Task.builder("fix").correlationId("é").build())
        .hasMessageContaining("task.correlationId");
  }

  @Test
  void usage_is_no_less_than_nothing_and_stays_at_the_most() {
    assertThatThrownBy(() -> new Usage(0, -1, 0, Duration.ZERO))
        .hasMessageContaining("usage.outputTokens");
    assertThatThrownBy(() -> new Usage(0, 0, 0, Duration.ofNanos(-1)))
        .hasMessageContaining("usage.time");
    Usage much = new Usage(Long.MAX_VALUE - 1, 0, 0, Duration.ZERO);
    Usage one = new Usage(1, 0, 0, Duration.ZERO);
    assertThat(much.plus(one).inputTokens()).isEqualTo(Long.MAX_VALUE);
    assertThat(much.plus(one).plus(one).inputTokens()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void seals_are_equal_in_all_their_parts() {
    Seal seal = new Seal("{}", "sha256:1", "key", "sign");

    assertThat(seal).isEqualTo(Seal.of(() -> "{}", "sha256:1", "key", "sign"));
    assertThat(seal).hasSameHashCodeAs(Seal.of(() -> "{}", "sha256:1", "key", "sign"));
    assertThat(seal)
        .isNotEqualTo(new Seal("[]", "sha256:1", "key", "sign"))
        .isNotEqualTo(new Seal("{}", "sha256:2", "key", "sign"))
        .isNotEqualTo(new Seal("{}", "sha256:1", "other", "sign"))
        .isNotEqualTo(new Seal("{}", "sha256:1", "key", "other"))
        .isNotEqualTo("seal");
    assertThat(seal.document()).isEqualTo("{}");
    assertThat(seal.digest()).isEqualTo("sha256:1");
    assertThat(seal.keyId()).isEqualTo("key");
    assertThat(Seal.none().document()).isEmpty();
  }
}
