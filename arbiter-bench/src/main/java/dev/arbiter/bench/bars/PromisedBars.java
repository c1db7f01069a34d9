/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.bars;

import static dev.arbiter.bench.bars.Measure.ALLOCATED;
import static dev.arbiter.bench.bars.Measure.CPU;
import static dev.arbiter.bench.bars.Measure.HELD;
import static dev.arbiter.bench.bars.Measure.TASKS;
import static dev.arbiter.bench.bars.Measure.TASK_CPU;

import java.util.List;

/** Every promise about speed and memory, with its goal and its peer. */
final class PromisedBars {
  private static final String CAPTURE = "CaptureBenchmark.";
  private static final String SPAN = CAPTURE + "spanWith12Attributes";
  private static final String LOG = CAPTURE + "disabledLogCall";
  private static final String FOLD = "AggregationBenchmark.foldAndSummarize events=";
  private static final String LIFE = "LifecycleBenchmark.submitAndAwait ";
  private static final String PLAIN = LIFE + "constitution=none router=leastLoaded";
  private static final String PROVEN = LIFE + "constitution=hashed router=bandit";
  private static final String MANY = "ManyAgentsBenchmark.";
  private static final String GUARDED = "dev.arbiter.GuardedCallBenchmark.";
  private static final String STORE = "store.StoreBenchmark.";
  private static final String KEPT = STORE + "durableTasks storage=sqlite tasks=100000";
  private static final String FILE = STORE + "durableTasks storage=file tasks=100000";
  private static final String VERDICT = "VerdictBenchmark.";
  private static final String HEAP = "MemoryBenchmark.";
  private static final double MICROS = 1e3;
  private static final double KB = 1_024;
  private static final double MB = 1e6;

  static final List<Bar> ALL =
      List.of(
          Bar.of(
                  "P1",
                  "start and completion of a task, captured, beside a span",
                  CPU,
                  CAPTURE + "execution",
                  .2)
              .beside(SPAN),
          Bar.of(
                  "P1",
                  "three events of a task, captured, beside a span",
                  CPU,
                  CAPTURE + "events",
                  .2)
              .beside(SPAN),
          Bar.of("P1", "the events allocate nothing", ALLOCATED, CAPTURE + "events", .5),
          Bar.of(
                  "P2",
                  "hand-off of an event beside Disruptor's, many producers",
                  CPU,
                  CAPTURE + "handOff",
                  1)
              .beside(CAPTURE + "disruptorPublish"),
          Bar.of("P3", "an event when tracking is off", CPU, CAPTURE + "switchedOffEvent", 2),
          Bar.of("P3", "the same beside a disabled log call", CPU, CAPTURE + "switchedOffEvent", 1)
              .beside(LOG),
          Bar.of(
                  "P3",
                  "start and completion when tracking is off",
                  CPU,
                  CAPTURE + "switchedOffExecution",
                  2)
              .inFull(),
          Bar.of(
                  "P3",
                  "the same beside a disabled log call",
                  CPU,
                  CAPTURE + "switchedOffExecution",
                  1)
              .beside(LOG)
              .inFull(),
          Bar.of(
                  "P4",
                  "record with percentiles beside Micrometer's",
                  CPU,
                  "WindowBenchmark.record",
                  .25)
              .beside("WindowBenchmark.timerWithPercentiles"),
          Bar.of("P5", "statistics of 1 M events beside HdrHistogram", CPU, FOLD + "1000000", 1)
              .beside("AggregationBenchmark.hdrHistogramPerAgent events=1000000"),
          Bar.of("P5", "the same beside grouping streams", CPU, FOLD + "1000000", .1)
              .beside("AggregationBenchmark.groupingStreams events=1000000")
              .inFull(),
          Bar.of("P5", "statistics of 1,000 events", CPU, FOLD + "1000", 30 * MICROS),
          Bar.of(
              "P6",
              "UCB1 decision and its outcome, 10,000 agents",
              CPU,
              "RoutingBenchmark.arbiterUcbIndexed agents=10000",
              250),
          Bar.of(
              "P6",
              "default decision and its outcome, 10,000 agents, 8.5 ns each",
              CPU,
              "RoutingBenchmark.arbiterDefault agents=10000",
              85 * MICROS),
          Bar.of(
              "P6e",
              "a task through the engine, 10,000 agents, UCB1",
              CPU,
              MANY + "task agents=10000 router=ucb1",
              4 * MICROS),
          Bar.of(
              "P6e",
              "the same, default router",
              CPU,
              MANY + "task agents=10000 router=default",
              95 * MICROS),
          Bar.of(
                  "P6e",
                  "update of an agent and a task, UCB1",
                  CPU,
                  MANY + "updateAndTask agents=10000 router=ucb1",
                  20 * MICROS)
              .inFull(),
          Bar.of(
                  "P7",
                  "a call through the breaker of a part beside Resilience4j's alone",
                  CPU,
                  GUARDED + "guarded",
                  1.3)
              .beside(GUARDED + "bare"),
          Bar.of(
                  "P7",
                  "ejection of failing agents, for a task, beside a call guarded by Resilience4j",
                  CPU,
                  "GuardBenchmark.task ejection=on",
                  1.3)
              .lessThat("GuardBenchmark.task ejection=off")
              .beside("GuardBenchmark.resilience4jCall")
              .inFull(),
          Bar.of(
                  "P7",
                  "the same beside Failsafe's breaker in its retry policy",
                  CPU,
                  "GuardBenchmark.task ejection=on",
                  .3)
              .lessThat("GuardBenchmark.task ejection=off")
              .beside("GuardBenchmark.failsafeCallWithRetry")
              .inFull(),
          Bar.of(
                  "P8",
                  "a task's life without constitution beside two plain actions of LangChain4j",
                  CPU,
                  PLAIN,
                  1)
              .beside("LifecycleBenchmark.twoPlainActions"),
          Bar.of("P8", "a task's life with hashed verdict and bandit", CPU, PROVEN, 3 * MICROS),
          Bar.of("P8", "bytes of that life", ALLOCATED, PROVEN, 2 * KB),
          Bar.of(
                  "P8",
                  "a task's life with bandit, and one signature for 256 verdicts",
                  CPU,
                  LIFE + "constitution=batched router=bandit",
                  10 * MICROS)
              .inFull(),
          Bar.of(
                  "P8",
                  "a life without constitution beside five asynchronous stages",
                  CPU,
                  PLAIN,
                  .5)
              .beside("LifecycleBenchmark.fiveAsyncStages")
              .inFull(),
          Bar.of(
                  "P8",
                  "a life without constitution, nine transitions, beside one of Spring Statemachine",
                  CPU,
                  PLAIN,
                  .1)
              .beside("LifecycleBenchmark.oneTransition")
              .inFull(),
          Bar.of(
                  "P9",
                  "durable tasks, two forced records each, beside an append file",
                  TASKS,
                  KEPT,
                  .5)
              .beside(FILE),
          Bar.of("P9", "durable tasks, 64 in flight", TASKS, KEPT, 20_000),
          Bar.of("P9", "CPU of a durable task", TASK_CPU, KEPT, 50 * MICROS),
          Bar.of(
                  "P9",
                  "a durable life through the engine, more than in memory",
                  TASK_CPU,
                  STORE + "life store=sqlite tasks=100000",
                  60 * MICROS)
              .lessThat(STORE + "life store=memory tasks=100000")
              .inFull(),
          Bar.of("P9", "durable tasks beside db-scheduler, which does not sync", TASKS, KEPT, 20)
              .beside(STORE + "scheduledTasks tasks=1000")
              .inFull(),
          Bar.of(
                  "P10",
                  "verdicts signed in batches of 256 beside one by one",
                  CPU,
                  VERDICT + "signedInBatches",
                  .01)
              .beside(VERDICT + "signedOneByOne"),
          Bar.of(
                  "P10",
                  "the same beside a bare signature of the JDK",
                  CPU,
                  VERDICT + "signedInBatches",
                  .02)
              .beside(VERDICT + "jdkSignature")
              .inFull(),
          Bar.of(
                  "P10",
                  "a full judgement of fifty files",
                  CPU,
                  VERDICT + "fullJudgement",
                  20 * MICROS)
              .inFull(),
          Bar.of(
                  "P10",
                  "proof of inclusion among a million",
                  CPU,
                  VERDICT + "inclusionProof entries=1000000",
                  1_000 * MICROS)
              .inFull(),
          Bar.of(
                  "P10",
                  "proof of consistency among a million",
                  CPU,
                  VERDICT + "consistencyProof entries=1000000",
                  1_000 * MICROS)
              .inFull(),
          Bar.of(
              "P11",
              "figures of 10,000 agents, attempts at one moment",
              HELD,
              HEAP + "tenThousandAgents hours=0 share=1",
              8 * MB),
          Bar.of(
              "P11",
              "the same, attempts over 100 hours",
              HELD,
              HEAP + "tenThousandAgents hours=100 share=1",
              8 * MB),
          Bar.of("P11", "a million tasks more", HELD, HEAP + "millionTasks share=1", 20 * MB)
              .inFull());

  private PromisedBars() {}
}
