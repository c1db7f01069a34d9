/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.AgentCaller.Failure;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How an agent is called, and what is made of what it throws. */
class AgentCallerTest {
  private static final WorkReport DONE = WorkReport.of("done");
  private static final Instant SOON = Instant.parse("2046-01-01T01:00:00Z");

  private final EngineParts parts = EngineParts.of().agents("ada");
  private final List<Assignment> calls = new ArrayList<>();

  /* No test leaves an interrupt to the next. */
  @AfterEach
  void clearInterrupt() {
    boolean unused = Thread.interrupted();
  }

  private static AgentCaller caller(TaskInterceptor... interceptors) {
    return new AgentCaller(List.of(interceptors), new LogContext());
  }

  private Attempt attempt() {
    return parts.call(parts.routed(Task.builder("fix").id("T-1"), TaskState.EXECUTING, "ada"));
  }

  private CompletionStage<WorkReport> done(Assignment assignment) {
    calls.add(assignment);
    return CompletableFuture.completedFuture(DONE);
  }

  private static CompletableFuture<@Nullable WorkReport> call(
      AgentCaller caller, AsyncAgent agent, Attempt attempt) {
    return Objects.requireNonNull(caller.call(agent, attempt));
  }

  private static Throwable thrown(CompletableFuture<?> report) {
    return Objects.requireNonNull(report.handle((value, error) -> error).join());
  }

  /* The call. */

  @Test
  void an_agent_gets_the_assignment_of_its_attempt() {
    Attempt attempt = attempt();

    CompletableFuture<?> report = call(caller(), this::done, attempt);

    assertThat(report.join()).isEqualTo(DONE);
    assertThat(calls).containsExactly(attempt.assignment());
    assertThat(attempt.over()).isTrue();
    assertThat(attempt.reportIfOver()).isSameAs(report);
  }

  @Test
  void an_attempt_that_is_over_calls_nobody() {
    Attempt attempt = attempt();
    assertThat(attempt.abandon()).isNull();

    assertThat(caller().call(this::done, attempt)).isNull();

    assertThat(calls).isEmpty();
  }

  @Test
  void an_attempt_calls_its_agent_once() {
    Attempt attempt = attempt();
    assertThat(call(caller(), this::done, attempt).join()).isEqualTo(DONE);
    assertThat(caller().call(this::done, attempt)).isNull();
    assertThat(calls).hasSize(1);
  }

  @Test
  void whatever_is_thrown_is_in_the_future() {
    for (Throwable fault : List.of(new IOException("a"), new NoClassDefFoundError("b"))) {
      AsyncAgent throwing =
          assignment -> {
            if (fault instanceof Error error) {
              throw error;
            }
            throw (Exception) fault;
          };
      assertThat(thrown(call(caller(), throwing, attempt()))).isSameAs(fault);
    }
  }

  @Test
  @SuppressWarnings("NullAway") // an agent may do what it must not
  void an_agent_that_returns_no_stage_has_no_report() {
    assertThat(call(caller(), assignment -> null, attempt()).join()).isNull();
  }

  @Test
  void a_stage_that_is_no_future_is_listened_to() {
    CompletableFuture<WorkReport> good = new CompletableFuture<>();
    CompletableFuture<WorkReport> bad = new CompletableFuture<>();
    CompletableFuture<?> report =
        call(caller(), assignment -> good.minimalCompletionStage(), attempt());
    CompletableFuture<?> failure =
        call(caller(), assignment -> bad.minimalCompletionStage(), attempt());
    assertThat(report).isNotDone();

    good.complete(DONE);
    IOException fault = new IOException("fault");
    bad.completeExceptionally(fault);

    assertThat(report.join()).isEqualTo(DONE);
    assertThat(thrown(failure)).hasCause(fault);
  }

  @Test
  void an_agents_own_future_is_the_one_that_is_cancelled() {
    CompletableFuture<WorkReport> own = new CompletableFuture<>();
    Attempt attempt = attempt();
    assertThat(call(caller(), assignment -> own, attempt)).isSameAs(own);

    assertThat(attempt.abandon()).isNull();

    assertThat(own).isCancelled();
  }

  /* Interrupts. */

  @Test
  void an_agent_begins_without_the_interrupt_of_its_thread_which_has_it_again() {
    List<Boolean> seen = new ArrayList<>();
    Thread.currentThread().interrupt();

    CompletableFuture<?> report =
        call(
            caller(),
            assignment -> {
              seen.add(Thread.currentThread().isInterrupted());
              return done(assignment);
            },
            attempt());

    assertThat(seen).containsExactly(false);
    assertThat(report.join()).isEqualTo(DONE);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void an_interrupt_of_an_agent_ends_with_its_call() {
    CompletableFuture<?> report =
        call(
            caller(),
            assignment -> {
              Thread.currentThread().interrupt();
              return done(assignment);
            },
            attempt());

    assertThat(report.join()).isEqualTo(DONE);
    assertThat(Thread.interrupted()).isFalse();
  }

  /* Interceptors. */

  @Test
  void interceptors_are_called_in_order_and_each_sees_what_the_one_before_gave() {
    List<String> order = new ArrayList<>();
    TaskInterceptor first =
        (assignment, next) -> {
          order.add("first");
          return next.proceed(assignment.withTimeLimit(Duration.ofSeconds(9)));
        };
    TaskInterceptor second =
        (assignment, next) -> {
          order.add("second " + assignment.timeLimit());
          return next.proceed(assignment);
        };

    assertThat(call(caller(first, second), this::done, attempt()).join()).isEqualTo(DONE);

    assertThat(order).containsExactly("first", "second PT9S");
    assertThat(calls.get(0).timeLimit()).isEqualTo(Duration.ofSeconds(9));
  }

  @Test
  void an_interceptor_may_answer_in_place_of_the_agent() {
    WorkReport cached = WorkReport.of("cached");
    TaskInterceptor answers = (assignment, next) -> CompletableFuture.completedFuture(cached);

    assertThat(call(caller(answers), this::done, attempt()).join()).isEqualTo(cached);
    assertThat(calls).isEmpty();
  }

  @Test
  void an_interceptor_that_goes_on_twice_calls_the_agent_once() {
    TaskInterceptor twice =
        (assignment, next) -> {
          CompletionStage<WorkReport> unused = next.proceed(assignment);
          return next.proceed(assignment);
        };

    CompletableFuture<?> report = call(caller(twice), this::done, attempt());

    assertThat(calls).hasSize(1);
    assertThat(thrown(report))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("was let go on before");
  }

  @Test
  void the_list_of_interceptors_is_copied() {
    List<TaskInterceptor> mutable = new ArrayList<>();
    AgentCaller caller = new AgentCaller(mutable, new LogContext());
    mutable.add(
        (assignment, next) -> {
          throw new AssertionError("it came later");
        });
    assertThat(call(caller, this::done, attempt()).join()).isEqualTo(DONE);
  }

  /* Failures. */

  private Failure failure(Throwable thrown) {
    Attempt attempt = attempt();
    attempt.assignment().meter().add(Usage.cost(2));
    return AgentCaller.failure(attempt, CompletableFuture.failedFuture(thrown));
  }

  @Test
  void a_failure_is_told_in_one_sentence_and_charged_by_the_meter() {
    Failure failure = failure(new IllegalStateException("a", new IOException("b")));

    assertThat(failure.cause()).isEqualTo(FailureCause.AGENT_ERROR);
    assertThat(failure.message())
        .isEqualTo(
            "agent 'ada' failed: java.lang.IllegalStateException: a; caused by"
                + " java.io.IOException: b");
    assertThat(failure.detail())
        .startsWith("java.lang.IllegalStateException: a")
        .contains("Caused by: java.io.IOException: b");
    assertThat(failure.usage()).isEqualTo(Usage.cost(2));
    assertThat(failure.effect()).isEqualTo(Effect.UNSAID);
    assertThat(failure.retryAt()).isNull();
  }

  @Test
  void what_a_future_puts_around_a_failure_is_not_told() {
    IOException fault = new IOException("a");
    Failure failure = failure(new CompletionException(new CompletionException(fault)));
    assertThat(failure.message()).isEqualTo("agent 'ada' failed: java.io.IOException: a");
    assertThat(failure(new CompletionException("alone", null)).message()).endsWith(": alone");
  }

  @Test
  void the_type_of_an_exception_or_of_a_cause_says_what_failed() {
    for (Exception unreachable :
        List.of(new ConnectException("a"), new UnknownHostException("a"))) {
      Failure failure = failure(new IOException("b", unreachable));
      assertThat(failure.cause()).isEqualTo(FailureCause.CONNECTIVITY);
      assertThat(failure.effect()).isEqualTo(Effect.NONE);
    }
    for (Exception late : List.of(new TimeoutException("a"), new SocketTimeoutException("a"))) {
      Failure failure = failure(new IllegalStateException("b", late));
      assertThat(failure.cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
      assertThat(failure.effect()).isEqualTo(Effect.UNSAID);
    }
  }

  @Test
  void the_outermost_type_that_says_something_counts() {
    Throwable late = new TimeoutException("a").initCause(new ConnectException("b"));
    assertThat(failure(late).cause()).isEqualTo(FailureCause.AGENT_TIMEOUT);
  }

  @Test
  void what_the_agent_says_counts_whatever_lies_beneath() {
    AgentException said =
        new AgentException("busy", Usage.cost(7), new ConnectException("b"))
            .failure(FailureCause.QUOTA)
            .effect(Effect.POSSIBLE)
            .retryAt(SOON);

    Failure failure = failure(new IllegalStateException("wrapped", said));

    assertThat(failure.cause()).isEqualTo(FailureCause.QUOTA);
    assertThat(failure.usage()).isEqualTo(Usage.cost(7));
    assertThat(failure.effect()).isEqualTo(Effect.POSSIBLE);
    assertThat(failure.retryAt()).isEqualTo(SOON);
    assertThat(failure.message()).contains("wrapped; caused by ").contains("busy; caused by ");
  }

  @Test
  void the_first_thing_that_an_agent_says_counts() {
    AgentException inner = new AgentException("inner", Usage.cost(1)).effect(Effect.NONE);
    AgentException outer = new AgentException("outer", Usage.cost(9), inner);
    assertThat(failure(outer).usage()).isEqualTo(Usage.cost(9));
    assertThat(failure(outer).effect()).isEqualTo(Effect.UNSAID);
  }

  @ParameterizedTest
  @ValueSource(ints = {7, 8, 20})
  void a_chain_of_causes_is_followed_eight_deep(int depth) {
    Throwable chain = new ConnectException("deepest");
    for (int i = 1; i < depth; i++) {
      chain = new IllegalStateException("x", chain);
    }
    Failure failure = failure(chain);
    assertThat(failure.cause())
        .isEqualTo(depth <= 8 ? FailureCause.CONNECTIVITY : FailureCause.AGENT_ERROR);
    assertThat(failure.message().split("; caused by ", -1)).hasSize(Math.min(depth, 8));
  }

  @Test
  void causes_in_a_circle_are_followed_eight_deep() {
    Exception one = new IllegalStateException("one");
    Exception two = new IllegalStateException("two", one);
    Throwable unused = one.initCause(two);
    assertThat(failure(two).message().split("; caused by ", -1)).hasSize(8);
  }

  @Test
  void long_texts_are_cut() {
    String lead = "agent 'ada' failed: java.io.IOException: ";
    String fits = "x".repeat(4_000 - lead.length());

    assertThat(failure(new IOException(fits)).message()).isEqualTo(lead + fits);
    assertThat(failure(new IOException(fits + "y")).message()).isEqualTo(lead + fits + "...");
    assertThat(failure(new IOException("z".repeat(20_000))).detail())
        .hasSize(16_003)
        .endsWith("...");
  }

  @Test
  void a_failure_names_its_agent_though_the_cause_is_an_error() {
    assertThat(failure(new StackOverflowError()).message())
        .isEqualTo("agent 'ada' failed: java.lang.StackOverflowError");
  }
}
