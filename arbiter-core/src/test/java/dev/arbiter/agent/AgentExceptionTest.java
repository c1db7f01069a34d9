/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** How an agent says that it failed, and what it used up until then. */
class AgentExceptionTest {
  private static final Assignment ALONE =
      new Assignment(
          Task.builder("fix").id("T-1").build(), "ada", 1, "sha256:1", Duration.ofMinutes(1));

  @Test
  void a_plain_failure_is_the_agents_and_says_nothing_of_effects() {
    AgentException plain = new AgentException("cannot", Usage.cost(1));

    assertThat(plain).hasMessage("cannot").hasNoCause();
    assertThat(plain.usage()).isEqualTo(Usage.cost(1));
    assertThat(plain.failure()).isEqualTo(FailureCause.AGENT_ERROR);
    assertThat(plain.effect()).isEqualTo(Effect.UNSAID);
    assertThat(plain.retryAt()).isEmpty();
  }

  @Test
  void a_failure_says_why_what_it_changed_and_when_to_come_again() {
    Exception cause = new IllegalStateException("no line");
    AgentException failure = new AgentException("cannot", Usage.none(), cause);

    assertThat(
            failure
                .failure(FailureCause.CONNECTIVITY)
                .effect(Effect.POSSIBLE)
                .retryAt(Instant.EPOCH))
        .isSameAs(failure)
        .hasCause(cause);
    assertThat(failure.failure()).isEqualTo(FailureCause.CONNECTIVITY);
    assertThat(failure.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(failure.retryAt()).contains(Instant.EPOCH);
  }

  @Test
  void a_usage_limit_has_changed_nothing() {
    AgentException limit = AgentException.quota("come later", Instant.EPOCH);

    assertThat(limit.failure()).isEqualTo(FailureCause.QUOTA);
    assertThat(limit.effect()).isEqualTo(Effect.NONE);
    assertThat(limit.retryAt()).contains(Instant.EPOCH);
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_part_that_is_missing_is_refused() {
    AgentException failure = new AgentException("cannot", Usage.none());

    assertThatThrownBy(() -> new AgentException("cannot", null)).hasMessage("usage");
    assertThatThrownBy(() -> new AgentException("cannot", null, failure)).hasMessage("usage");
    assertThatThrownBy(() -> failure.failure(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> failure.effect(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> failure.retryAt(null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void a_meter_adds_up_until_a_whole_is_given() {
    UsageMeter meter = new UsageMeter();
    assertThat(meter.total()).isEqualTo(Usage.none());

    meter.add(Usage.cost(1));
    meter.add(Usage.cost(2));
    assertThat(meter.total()).isEqualTo(Usage.cost(3));
    meter.set(Usage.cost(2));
    assertThat(meter.total()).isEqualTo(Usage.cost(2));
    meter.add(Usage.cost(4));
    assertThat(meter.total()).isEqualTo(Usage.cost(6));
  }

  /** 4 threads, 5,000 reports each. */
  @Test
  void a_meter_loses_nothing_that_threads_add_at_once() throws InterruptedException {
    UsageMeter meter = new UsageMeter();
    CountDownLatch done = new CountDownLatch(4);
    for (int t = 0; t < 4; t++) {
      Thread thread =
          new Thread(
              () -> {
                for (int i = 0; i < 5_000; i++) {
                  meter.add(new Usage(1, 0, 0, Duration.ZERO));
                }
                done.countDown();
              });
      thread.start();
    }
    done.await();

    assertThat(meter.total().inputTokens()).isEqualTo(20_000);
  }

  @Test
  void nobody_can_be_asked_outside_of_an_arbiter() {
    assertThatThrownBy(() -> ALONE.ask(Question.of("Which?")).toCompletableFuture().join())
        .isInstanceOf(CompletionException.class)
        .hasMessageContaining("nobody can be asked");
  }

  @Test
  @SuppressWarnings("NullAway") // as a host without a checker of nulls
  void a_question_of_nothing_is_refused_at_once() {
    assertThatThrownBy(() -> ALONE.ask(null))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("question");
  }
}
