/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.Assignment;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** Four agents as they are in life, and tasks for each of them in turn. */
final class Workers {
  /**
   * Silent: never reports. Late: reports after 100 ms, on another thread. Sleeper: holds its thread
   * for 20 ms. Deaf: the same, and looks at its interrupt only after 200 ms.
   */
  static final List<String> ALL = List.of("silent", "late", "sleeper", "deaf");

  private static final int MANY = 100_000;
  private static final int BLOCKING = 32;
  private static final Executor LATER =
      CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS);

  private final AtomicInteger submitted = new AtomicInteger();

  /**
   * Adds the agents.
   *
   * @param begins hears of each call of an agent, before anything else
   */
  static ArbiterBuilder in(ArbiterBuilder builder, Consumer<Assignment> begins) {
    return builder
        .asyncAgent(
            profile("silent", MANY),
            assignment -> {
              begins.accept(assignment);
              return new CompletableFuture<>();
            })
        .asyncAgent(
            profile("late", MANY),
            assignment -> {
              begins.accept(assignment);
              return CompletableFuture.supplyAsync(() -> WorkReport.of("late"), LATER);
            })
        .agent(
            profile("sleeper", BLOCKING),
            assignment -> {
              begins.accept(assignment);
              Thread.sleep(20);
              return WorkReport.of("slept");
            })
        .agent(
            profile("deaf", BLOCKING),
            assignment -> {
              begins.accept(assignment);
              sleepThrough(TimeUnit.MILLISECONDS.toNanos(200));
              return WorkReport.of("heard nothing");
            });
  }

  private static void sleepThrough(long nanos) {
    boolean interrupted = false;
    long until = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = until - System.nanoTime()) {
      LockSupport.parkNanos(left);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static AgentProfile profile(String id, int capacity) {
    return AgentProfile.builder(id).capability(id).capacity(capacity).build();
  }

  /** The next task, for the next agent. */
  Task.Builder next() {
    int number = submitted.getAndIncrement();
    return Task.builder("fix").id("T-" + number).requires(ALL.get(number % ALL.size()));
  }
}
