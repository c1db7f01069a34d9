/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.routing.BanditPolicy;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures the life of a task through the whole engine with few and with many registered agents.
 * The peer of ten thousand agents is ten agents.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@State(Scope.Benchmark)
public class ManyAgentsBenchmark {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Task TASK = Task.builder("refactor").requires("java").build();
  private static final long SEED = 42;

  /** Registered agents. */
  @Param({"10", "10000"})
  public int agents;

  /** The router. */
  @Param({"leastLoaded", "ucb1", "default"})
  public String router;

  @SuppressWarnings("NullAway.Init") // JMH calls build() before anything else
  private Arbiter arbiter;

  private int updates;

  /** Builds the arbiter. */
  @Setup
  public void build() {
    ArbiterBuilder builder =
        Arbiter.builder().executor(Runnable::run).withoutConstitution().router(router());
    WorkReport report = BenchSpec.report();
    for (int i = 0; i < agents; i++) {
      builder.agent(AgentProfile.of("agent-" + i, "java"), assignment -> report);
    }
    arbiter = builder.build();
  }

  private Router router() {
    Sources sources = Sources.system(SEED);
    return switch (router) {
      case "leastLoaded" -> Router.leastLoaded();
      case "ucb1" -> BanditRouter.builder().policy(BanditPolicy.ucb1()).sources(sources).build();
      case "default" -> BanditRouter.create(sources);
      default -> throw new IllegalArgumentException("no router is called " + router);
    };
  }

  /** Closes the arbiter. */
  @TearDown
  public void close() {
    arbiter.close();
  }

  /** Promise: at most 2 us over ten agents with UCB1, 95 us with the default router. */
  @Benchmark
  public TaskResult task() throws Exception {
    return arbiter.submit(TASK).await(LONG);
  }

  /** Promise: at most 20 us, because an update copies only what it changes. */
  @Benchmark
  public TaskResult updateAndTask() throws Exception {
    int update = updates++;
    AgentProfile changed =
        AgentProfile.builder("agent-" + update % agents)
            .capability("java")
            .capacity(1 + update / agents % 3)
            .build();
    arbiter.agents().update(changed);
    return arbiter.submit(TASK).await(LONG);
  }
}
