/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.Assignment;
import dev.arbiter.agent.AsyncAgent;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.WorkReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Calls an agent through the interceptors. The future holds any exception. */
final class AgentCaller {
  private final List<TaskInterceptor> interceptors;

  AgentCaller(List<TaskInterceptor> interceptors) {
    this.interceptors = List.copyOf(interceptors);
  }

  CompletableFuture<@Nullable WorkReport> call(AsyncAgent agent, Attempt attempt) {
    CompletableFuture<@Nullable WorkReport> report = null;
    try {
      if (!attempt.begin(Thread.currentThread())) {
        return CompletableFuture.completedFuture(null);
      }
      CompletionStage<WorkReport> stage = proceed(agent, attempt, attempt.assignment(), 0);
      report =
          stage == null ? CompletableFuture.completedFuture(null) : stage.toCompletableFuture();
    } catch (Throwable thrown) {
      report = CompletableFuture.failedFuture(thrown);
    } finally {
      attempt.returned(report);
    }
    return report;
  }

  private CompletionStage<WorkReport> proceed(
      AsyncAgent agent, Attempt attempt, Assignment assignment, int next) throws Exception {
    if (next == interceptors.size()) {
      attempt.enter(assignment);
      return agent.start(assignment);
    }
    return interceptors
        .get(next)
        .intercept(assignment, amended -> proceed(agent, attempt, amended, next + 1));
  }

  /** Describes a failed call, for the task's result. */
  static String message(Attempt attempt, CompletableFuture<?> failed) {
    Throwable cause = failed.handle((value, error) -> error).join();
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return "agent '" + attempt.assignment().agent() + "' failed: " + cause;
  }
}
