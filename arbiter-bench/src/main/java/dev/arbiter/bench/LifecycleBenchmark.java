/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.Router;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.tracker.PerformanceTracker;
import dev.langchain4j.agentic.AgenticServices;
import dev.langchain4j.agentic.UntypedAgent;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
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
 * Measures the whole life of a task whose agent does nothing: submit, admit, route, run, judge,
 * conclude, learn. The tracker receives every step. All of it runs on the submitting thread. The
 * peers are five stages of plain futures, two plain actions of LangChain4j, and one transition of a
 * Spring state machine.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class LifecycleBenchmark {
  private static final Duration LONG = Duration.ofMinutes(1);

  /** An arbiter with ten agents. */
  @State(Scope.Benchmark)
  public static class Running {
    private static final int AGENTS = 10;
    private static final int BATCH = 256;
    private static final long SEED = 42;

    /** The constitution, and the way it seals verdicts. */
    @Param({"none", "hashed", "batched"})
    public String constitution;

    /** The router. */
    @Param({"leastLoaded", "bandit"})
    public String router;

    final PerformanceTracker tracker = PerformanceTracker.create();
    private final WorkReport report = BenchSpec.report();

    @SuppressWarnings("NullAway.Init") // JMH calls build() before anything else
    Arbiter arbiter;

    /** Builds the arbiter. */
    @Setup
    public void build() {
      ArbiterBuilder builder = Arbiter.builder().executor(Runnable::run).listener(tracker);
      for (int i = 0; i < AGENTS; i++) {
        builder.agent(AgentProfile.of("agent-" + i, "java"), assignment -> report);
      }
      arbiter = constitution(builder).router(router()).build();
    }

    private ArbiterBuilder constitution(ArbiterBuilder builder) {
      return switch (constitution) {
        case "none" -> builder.withoutConstitution();
        case "hashed" -> builder.constitution(BenchSpec.caws().sealHashedOnly().build());
        case "batched" -> builder.constitution(BenchSpec.caws().sealInBatches(BATCH).build());
        default -> throw new IllegalArgumentException("no constitution is called " + constitution);
      };
    }

    private Router router() {
      return switch (router) {
        case "leastLoaded" -> Router.leastLoaded();
        case "bandit" -> BanditRouter.create(Sources.system(SEED));
        default -> throw new IllegalArgumentException("no router is called " + router);
      };
    }

    /** Closes, and prints whether the tracker saw every task. */
    @TearDown
    public void close() {
      arbiter.close();
      tracker.close();
      System.out.printf("%n%s%n", tracker.stats());
    }
  }

  /**
   * Promises: at most 10 us CPU and 4 KB/op. Without constitution and with the least loaded agent
   * at most two plain actions; hashed with the bandit at most 3 us and 2 KB; both half of the
   * futures.
   */
  @Benchmark
  public TaskResult submitAndAwait(Running running) throws Exception {
    Task task =
        Task.builder("refactor").requires("java").spec(SpecRef.id(BenchSpec.SPEC_ID)).build();
    TaskResult result = running.arbiter.submit(task).await(LONG);
    if (result instanceof TaskResult.Completed) {
      return result;
    }
    throw new IllegalStateException("the task did not complete: " + result);
  }

  /**
   * A pool for futures. On two cores the common pool has one thread. Futures then start a new
   * thread for every stage, which costs ten times as much.
   */
  @State(Scope.Benchmark)
  public static class Pool {
    final ExecutorService executor = Executors.newFixedThreadPool(2);

    /** Ends its threads. */
    @TearDown
    public void close() {
      executor.shutdown();
    }
  }

  /** Peer: five asynchronous stages of plain futures, joined. */
  @Benchmark
  public int fiveAsyncStages(Pool pool) {
    return CompletableFuture.supplyAsync(() -> 1, pool.executor)
        .thenApplyAsync(i -> i + 1, pool.executor)
        .thenApplyAsync(i -> i + 1, pool.executor)
        .thenApplyAsync(i -> i + 1, pool.executor)
        .thenApplyAsync(i -> i + 1, pool.executor)
        .join();
  }

  /** LangChain4j: a sequence of two actions of plain Java, each writing one value. No model. */
  @State(Scope.Benchmark)
  public static class Actions {
    final UntypedAgent sequence =
        AgenticServices.sequenceBuilder()
            .subAgents(
                AgenticServices.agentAction(scope -> scope.writeState("first", "1")),
                AgenticServices.agentAction(scope -> scope.writeState("second", "2")))
            .outputKey("second")
            .build();
  }

  /** Peer: LangChain4j's agentic sequence of two plain actions. Warm after 4 s. */
  @Benchmark
  public Object twoPlainActions(Actions actions) {
    return actions.sequence.invoke(Map.of("topic", "x"));
  }

  /** Spring Statemachine. */
  @State(Scope.Benchmark)
  public static class Machine {
    @SuppressWarnings("NullAway.Init") // JMH calls build() before anything else
    private StateMachinePeer peer;

    /** Builds it. */
    @Setup
    public void build() throws Exception {
      peer = new StateMachinePeer();
    }

    /** Stops it. */
    @TearDown
    public void close() {
      peer.close();
    }
  }

  /** Peer: one transition of Spring Statemachine; a task makes nine. */
  @Benchmark
  public Object oneTransition(Machine machine) {
    return machine.peer.next();
  }
}
