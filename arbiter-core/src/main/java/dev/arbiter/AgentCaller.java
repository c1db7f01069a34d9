/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentException.Effect;
import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Calls an agent through the interceptors. The future holds any exception. */
final class AgentCaller {
  private static final int DEEPEST_CAUSE = 8;
  private static final int LONGEST_MESSAGE = 4_000;
  private static final int LONGEST_DETAIL = 16_000;

  private final List<TaskInterceptor> interceptors;
  private final LogContext context;

  AgentCaller(List<TaskInterceptor> interceptors, LogContext context) {
    this.interceptors = List.copyOf(interceptors);
    this.context = context;
  }

  /**
   * Calls the agent; null if it must not be called. The agent begins without an interrupt, and its
   * interrupt ends with it: the thread has the flag that it had before.
   */
  @Nullable CompletableFuture<@Nullable WorkReport> call(AsyncAgent agent, Attempt attempt) {
    if (!attempt.begin(Thread.currentThread())) {
      return null;
    }
    boolean interrupted = Thread.interrupted();
    CompletableFuture<@Nullable WorkReport> report;
    LogContext.Scope scope = context.of(attempt.assignment());
    try (scope) {
      CompletionStage<WorkReport> stage = proceed(agent, attempt, attempt.assignment(), 0);
      report = stage == null ? CompletableFuture.completedFuture(null) : future(stage);
    } catch (Throwable thrown) {
      report = CompletableFuture.failedFuture(thrown);
    }
    attempt.returned(report);
    if (!Thread.interrupted() && interrupted) {
      Thread.currentThread().interrupt();
    }
    return report;
  }

  /* A stage need not support toCompletableFuture. */
  private static CompletableFuture<@Nullable WorkReport> future(CompletionStage<WorkReport> stage) {
    if (stage instanceof CompletableFuture<WorkReport> future && canBeAsked(future)) {
      return future;
    }
    CompletableFuture<@Nullable WorkReport> report = new CompletableFuture<>();
    CompletionStage<?> unused =
        stage.whenComplete(
            (value, error) -> {
              if (error == null) {
                report.complete(value);
              } else {
                report.completeExceptionally(error);
              }
            });
    return report;
  }

  /* A minimal stage is a CompletableFuture that refuses to be one. */
  private static boolean canBeAsked(CompletableFuture<?> future) {
    try {
      boolean unused = future.isDone();
      return true;
    } catch (UnsupportedOperationException minimal) {
      return false;
    }
  }

  private CompletionStage<WorkReport> proceed(
      AsyncAgent agent, Attempt attempt, Assignment assignment, int next) throws Exception {
    if (next == interceptors.size()) {
      attempt.enter(assignment);
      return agent.start(attempt.metered(assignment));
    }
    return interceptors
        .get(next)
        .intercept(assignment, amended -> proceed(agent, attempt, amended, next + 1));
  }

  /**
   * A failed call.
   *
   * @param cause what the agent says, or what the type of the exception says
   * @param message the exception and its causes in one sentence
   * @param detail the stack trace
   * @param usage what the agent says it used up, or else what it metered
   * @param effect whether the agent says that something was changed
   * @param retryAt when it may be called again; null if it does not say
   */
  record Failure(
      FailureCause cause,
      String message,
      String detail,
      Usage usage,
      Effect effect,
      @Nullable Instant retryAt) {}

  static Failure failure(Attempt attempt, CompletableFuture<?> failed) {
    Throwable thrown = failed.handle((value, error) -> error).join();
    while (thrown instanceof CompletionException && thrown.getCause() != null) {
      thrown = thrown.getCause();
    }
    FailureCause kind = FailureCause.AGENT_ERROR;
    AgentException said = null;
    StringBuilder chain = new StringBuilder();
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < DEEPEST_CAUSE; depth++) {
      chain.append(depth == 0 ? "" : "; caused by ").append(cause);
      if (said == null && cause instanceof AgentException first) {
        said = first;
      }
      kind = kind == FailureCause.AGENT_ERROR ? byType(cause) : kind;
      cause = cause.getCause();
    }
    String agent = attempt.assignment().agent();
    String message = cut("agent '" + agent + "' failed: " + chain, LONGEST_MESSAGE);
    if (said != null) {
      // What the agent says of the whole attempt, whatever lies beneath.
      return new Failure(
          said.failure(),
          message,
          trace(thrown),
          said.usage(),
          said.effect(),
          said.retryAt().orElse(null));
    }
    Effect effect = kind == FailureCause.CONNECTIVITY ? Effect.NONE : Effect.UNSAID;
    return new Failure(
        kind, message, trace(thrown), attempt.assignment().meter().total(), effect, null);
  }

  private static FailureCause byType(Throwable thrown) {
    if (thrown instanceof ConnectException || thrown instanceof UnknownHostException) {
      return FailureCause.CONNECTIVITY;
    }
    return thrown instanceof TimeoutException || thrown instanceof SocketTimeoutException
        ? FailureCause.AGENT_TIMEOUT
        : FailureCause.AGENT_ERROR;
  }

  private static String trace(@Nullable Throwable thrown) {
    StringWriter trace = new StringWriter();
    if (thrown != null) {
      thrown.printStackTrace(new PrintWriter(trace));
    }
    return cut(trace.toString(), LONGEST_DETAIL);
  }

  private static String cut(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most) + "...";
  }
}
