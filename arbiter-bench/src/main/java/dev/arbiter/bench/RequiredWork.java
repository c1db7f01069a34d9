/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.bench.Latencies.Work;
import dev.arbiter.bench.Requirement.Measured;
import dev.arbiter.routing.BanditRouter;
import dev.arbiter.spi.PerformanceView.Window;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.Execution;
import dev.arbiter.tracker.PerformanceTracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

/**
 * The fourteen rows of the requirements' table. They name their work and do not describe it, so
 * each row here says what was taken.
 */
final class RequiredWork {
  /* Of a round, which must be shorter than a time slice, some 3 ms. */
  private static final int FEW = 5;
  private static final int SOME = 50;
  private static final int PACED = 200;
  private static final int MANY = 1_000;

  private static final double TIMES = 11;
  private static final int AGENTS = 10;
  private static final int AT_ONCE = 50;
  private static final int BATCH = 256;
  private static final long SEED = 42;
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Usage USAGE = new Usage(1_200, 400, 0.01, Duration.ZERO);
  private static final List<String> IDS =
      IntStream.range(0, AGENTS).mapToObj(i -> "agent-" + i).toList();
  private static final Task TASK = Task.builder("refactor").requires("java").build();

  static final String BASELINE = "Baseline.agentOperation";
  static final String TRACKED = "Overhead.performanceTracking";
  static final String MEMORY = "Memory.sustainedLoad";

  static final List<Measured> ROWS =
      List.of(
          new Requirement("DataCollector.taskStart", 1_000, 211_844, .01, 1.88)
              .by(MANY, RequiredWork::start, "start of an attempt in the tracker"),
          new Requirement("DataCollector.taskCompletion", 1_000, 79_726, .03, 6.49)
              .by(
                  MANY,
                  RequiredWork::completion,
                  "its completion with quality, tokens and cost, folded into four windows"),
          new Requirement("PerformanceTracker.endToEnd", 1_000, 5_666, .33, -2.36)
              .by(
                  MANY,
                  () -> Work.of(new Attempts(true)::all),
                  "start, completion, and a summary of the agent with six percentiles"),
          new Requirement("Throughput.sustained", 10_000, 20_270, .18, 19.68)
              .atTimes(
                  TIMES,
                  PACED,
                  () -> life(engine(PerformanceTracker.create()).router(bandit())),
                  "the whole life of a task through the engine with the default router, tracked"),
          new Requirement("Concurrency.highLoad", 50, 386, 5.60, 3.68)
              .by(
                  FEW,
                  RequiredWork::fiftyAtOnce,
                  "fifty tasks in flight at once, from the first submit to the last end, tracked"),
          new Requirement(MEMORY, 10_000, 17_290, .16, 15.55)
              .atTimes(
                  TIMES,
                  PACED,
                  () -> Work.of(new Attempts(true)::both),
                  "start and completion in the tracker, for ten agents by turns"),
          new Requirement("Pipeline.fullProcessing", 1, 561, 1.78, .96)
              .by(
                  SOME,
                  RequiredWork::pipeline,
                  "the whole life of a task under a working spec, default router, one signature for"
                      + " 256 verdicts, tracked; then the summary of an agent"),
          new Requirement("Aggregation.100events", 1, 2_322, .43, .34)
              .by(
                  SOME,
                  () -> aggregation(100, AGENTS),
                  "100 events into empty windows, then six percentiles of each of ten agents"),
          new Requirement("Aggregation.1000events", 1, 125, 7.99, 6.00)
              .by(
                  SOME,
                  () -> aggregation(1_000, AGENTS * AGENTS),
                  "1,000 events into empty windows, then six percentiles of each of 100 agents"),
          new Requirement(BASELINE, 1_000, 866, 1.41, 1.63)
              .by(
                  MANY,
                  () -> life(engine()),
                  "the whole life of a task whose agent does nothing, through the engine, untracked"),
          new Requirement(TRACKED, 1_000, 785, 1.85, -3.63)
              .by(
                  MANY,
                  () -> life(engine(PerformanceTracker.create())),
                  "the same life, with a tracker that hears every step"),
          new Requirement("FeatureFlag.disabled", 1_000, 231_316, .01, 1.87)
              .by(
                  MANY,
                  () -> Work.of(new Attempts(false)::both),
                  "start and completion in a tracker that is switched off"),
          new Requirement("FeatureFlag.enabled", 1_000, 11_160, .21, -7.13)
              .by(
                  MANY,
                  () -> Work.of(new Attempts(true)::both),
                  "the same in a tracker that is switched on"),
          new Requirement("Production simulation", 150, 7_666, .27, 3.16)
              .atTimes(
                  TIMES,
                  SOME,
                  RequiredWork::production,
                  "the whole life of a task under a working spec, default router, hashed verdict,"
                      + " tracked; one report of ten breaks the spec, and another agent is tried"));

  private RequiredWork() {}

  /** Attempts of ten agents in a tracker, one after the other. */
  private static final class Attempts {
    private final PerformanceTracker tracker = PerformanceTracker.create();
    private int turn;
    private Execution execution;

    Attempts(boolean tracked) {
      tracker.flags().tracking(tracked);
      execution = tracker.start("agent-0", "refactor");
    }

    void start() {
      turn = turn + 1 == AGENTS ? 0 : turn + 1;
      execution = tracker.start(IDS.get(turn), "refactor");
    }

    void complete() {
      boolean unused = execution.complete(.9, USAGE);
    }

    void both() {
      start();
      complete();
    }

    void all() {
      both();
      if (tracker
          .summary(IDS.get(turn), "refactor", Window.REALTIME)
          .performance()
          .p99()
          .isZero()) {
        throw new IllegalStateException("the tracker knows nothing of agent " + turn);
      }
    }
  }

  private static Work start() {
    Attempts attempts = new Attempts(true);
    return Work.of(attempts::start).then(attempts::complete);
  }

  private static Work completion() {
    Attempts attempts = new Attempts(true);
    return Work.of(attempts::complete).then(attempts::start);
  }

  private static Work aggregation(int events, int agents) {
    SplittableRandom random = new SplittableRandom(SEED);
    int[] agent = new int[events];
    long[] nanos = new long[events];
    double[] quality = new double[events];
    Arrays.setAll(agent, i -> random.nextInt(agents));
    Arrays.setAll(nanos, i -> Memory.overOctaves(random));
    Arrays.setAll(quality, i -> random.nextDouble());
    AggregatorProbe probe = new AggregatorProbe(agent, nanos, quality);
    return Work.of(
        () -> {
          long unused = probe.foldAndSummarize();
        });
  }

  private static BanditRouter bandit() {
    return BanditRouter.create(Sources.system(SEED));
  }

  /** Ten agents that do nothing, on the submitting thread. */
  private static ArbiterBuilder engine() {
    ArbiterBuilder builder = Arbiter.builder().executor(Runnable::run).withoutConstitution();
    WorkReport report = BenchSpec.report();
    IDS.forEach(id -> builder.agent(AgentProfile.of(id, "java"), assignment -> report));
    return builder;
  }

  private static ArbiterBuilder engine(PerformanceTracker tracker) {
    return engine().listener(tracker);
  }

  private static Work life(ArbiterBuilder builder) {
    return life(builder, TASK);
  }

  private static Work life(ArbiterBuilder builder, Task task) {
    Arbiter arbiter = builder.build();
    return Work.of(() -> end(arbiter.submit(task))).closing(arbiter::close);
  }

  private static Task specified() {
    return Task.builder("refactor").requires("java").spec(SpecRef.id(BenchSpec.SPEC_ID)).build();
  }

  private static void end(TaskHandle handle) throws InterruptedException {
    TaskResult result = handle.await(LONG);
    if (!(result instanceof TaskResult.Completed)) {
      throw new IllegalStateException("the task did not complete: " + result);
    }
  }

  private static Work pipeline() {
    PerformanceTracker tracker = PerformanceTracker.create();
    Work life =
        life(
            engine(tracker)
                .router(bandit())
                .constitution(BenchSpec.caws().sealInBatches(BATCH).build()),
            specified());
    return Work.of(
            () -> {
              life.timed().run();
              tracker.summary(IDS.get(0), "refactor", Window.REALTIME);
            })
        .closing(life.close());
  }

  private static Work fiftyAtOnce() {
    WorkReport report = BenchSpec.report();
    List<CompletableFuture<WorkReport>> working = new ArrayList<>(AT_ONCE);
    ArbiterBuilder builder =
        Arbiter.builder()
            .executor(Runnable::run)
            .withoutConstitution()
            .concurrency(AT_ONCE)
            .listener(PerformanceTracker.create());
    for (String id : IDS) {
      builder.asyncAgent(
          AgentProfile.of(id, "java"),
          assignment -> {
            working.add(new CompletableFuture<>());
            return working.get(working.size() - 1);
          });
    }
    Arbiter arbiter = builder.build();
    List<TaskHandle> handles = new ArrayList<>(AT_ONCE);
    return Work.of(
            () -> {
              for (int i = 0; i < AT_ONCE; i++) {
                handles.add(arbiter.submit(TASK));
              }
              if (working.size() != AT_ONCE) {
                throw new IllegalStateException("in flight are only " + working.size());
              }
              working.forEach(coming -> coming.complete(report));
              for (TaskHandle handle : handles) {
                end(handle);
              }
            })
        .then(
            () -> {
              working.clear();
              handles.clear();
            })
        .closing(arbiter::close);
  }

  private static Work production() {
    WorkReport good = BenchSpec.report();
    WorkReport bad = good.withChanges(List.of(new FileChange("elsewhere/Main.java", 1, 1)));
    SplittableRandom luck = new SplittableRandom(SEED);
    ArbiterBuilder builder =
        Arbiter.builder()
            .executor(Runnable::run)
            .listener(PerformanceTracker.create())
            .router(bandit())
            .fallbacks(AGENTS - 1)
            .constitution(BenchSpec.caws().sealHashedOnly().build());
    for (String id : IDS) {
      builder.agent(
          AgentProfile.of(id, "java"), assignment -> luck.nextInt(AGENTS) == 0 ? bad : good);
    }
    return life(builder, specified());
  }
}
