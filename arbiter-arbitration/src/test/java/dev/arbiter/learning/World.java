/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.learning;

import dev.arbiter.agent.Assignment;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.TaskInterceptor;
import dev.arbiter.task.Seal;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Tasks that pass through an interceptor and end, as an engine would publish them. */
final class World {
  private final Practices practices;
  private int tasks;

  World(Practices practices) {
    this.practices = practices;
  }

  /** How an attempt ends: its quality, or a negative number if the agent fails. */
  interface Ending {
    double of(List<String> insights);
  }

  static TaskEvent.Step step(Task task, int attempt, String agent) {
    return new TaskEvent.Step(task, attempt, agent, Instant.EPOCH, 0);
  }

  /** Gives one task to one agent. */
  List<String> task(String tenant, String type, String agent, Ending ending) {
    Task task = Task.builder(type).id("T-" + ++tasks).tenant(tenant).build();
    List<String> insights = handed(practices, task, agent, 1);
    end(practices, task, agent, 1, ending.of(insights));
    return insights;
  }

  static List<String> handed(Practices practices, Task task, String agent, int attempt) {
    List<String> given = new ArrayList<>();
    TaskInterceptor.Invocation next =
        assignment -> {
          given.addAll(assignment.insights());
          return CompletableFuture.completedFuture(WorkReport.of(""));
        };
    try {
      var unused =
          practices.intercept(
              new Assignment(task, agent, attempt, "", Duration.ofMinutes(1)), next);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return given;
  }

  static void end(Practices practices, Task task, String agent, int attempt, double quality) {
    TaskResult result =
        quality < 0
            ? new TaskResult.Failed(
                task, FailureCause.AGENT_ERROR, "it broke", attempt, Optional.empty())
            : new TaskResult.Completed(
                task,
                agent,
                attempt,
                WorkReport.of("done"),
                new Verdict.Approved(List.of(), quality, Seal.none()));
    practices.on(new TaskEvent.Concluded(step(task, attempt, agent), result, 1));
  }
}
