/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
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

  @Test
  void terms_say_nothing_until_they_are_told() {
    assertThat(Task.builder("fix").build().terms()).isEqualTo(Terms.none());
    assertThat(Terms.none())
        .isEqualTo(
            new Terms(
                Optional.empty(),
                Optional.empty(),
                TaskBudget.none(),
                false,
                Optional.empty(),
                1,
                false));
  }

  /** 500 walks: each step changes one term, in any order, and the last word counts. */
  @Test
  void a_changed_term_leaves_the_others_alone() {
    SplittableRandom random = new SplittableRandom(5);
    for (int walk = 0; walk < 500; walk++) {
      Terms terms = Terms.none();
      Optional<Instant> notBefore = Optional.empty();
      Optional<Question> approval = Optional.empty();
      TaskBudget budget = TaskBudget.none();
      boolean pauses = false;
      Optional<Duration> limit = Optional.empty();
      int bestOf = 1;
      boolean hedged = false;
      for (int step = random.nextInt(10); step > 0; step--) {
        int number = 1 + random.nextInt(Terms.MOST_AT_ONCE);
        switch (random.nextInt(7)) {
          case 0 -> {
            notBefore = Optional.of(Instant.ofEpochSecond(number));
            terms = terms.withNotBefore(Instant.ofEpochSecond(number));
          }
          case 1 -> {
            approval = Optional.of(Question.of("May it? " + number));
            terms = terms.withApproval(Question.of("May it? " + number));
          }
          case 2 -> {
            budget = TaskBudget.ofCost(number);
            terms = terms.withBudget(TaskBudget.ofCost(number));
          }
          case 3 -> {
            pauses = true;
            terms = terms.withPausingDeadline();
          }
          case 4 -> {
            limit = Optional.of(Duration.ofNanos(number));
            terms = terms.withAttemptLimit(Duration.ofNanos(number));
          }
          case 5 -> {
            bestOf = number;
            terms = terms.withBestOf(number);
          }
          default -> {
            hedged = true;
            terms = terms.withHedging();
          }
        }
        assertThat(terms)
            .as("walk %s", walk)
            .isEqualTo(new Terms(notBefore, approval, budget, pauses, limit, bestOf, hedged));
      }
    }
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_term_that_is_missing_is_named() {
    Optional<Instant> any = Optional.empty();
    assertThatThrownBy(() -> new Terms(null, Optional.empty(), TaskBudget.none(), false))
        .hasMessageContaining("terms.notBefore");
    assertThatThrownBy(() -> new Terms(any, null, TaskBudget.none(), false))
        .hasMessageContaining("terms.approval");
    assertThatThrownBy(() -> new Terms(any, Optional.empty(), null, false))
        .hasMessageContaining("terms.budget");
  }
}
