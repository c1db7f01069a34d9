/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.bench.routing.TextTable;
import dev.arbiter.spi.Sources;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tracker.Execution;
import dev.arbiter.tracker.PerformanceTracker;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * Prints the bytes of heap that an agent, a series of figures, a tracked task and a waiting task
 * hold, after collections, at rest and while another thread works, beside timers of Micrometer.
 *
 * <p>Series: 10,000 agents of one task type and tenant with 100 attempts each, times over five
 * octaves, at one moment or spread over more time. {@code java -Xmx2g -cp benchmarks.jar
 * dev.arbiter.bench.Memory}, a minute.
 */
public final class Memory {
  private static final int AGENTS = 10_000;
  private static final int ATTEMPTS = 100;
  private static final double SHORTEST_NANOS = 1e8;
  private static final int OCTAVES = 5;
  private static final int MILLION = 1_000_000;
  private static final int WAITING = 100_000;
  private static final int TIMERS = 1_000;
  private static final double[] PERCENTILES = {0.5, 0.95, 0.99};
  private static final List<String> IDS =
      IntStream.range(0, AGENTS).mapToObj(i -> "agent-" + i).toList();

  private final AtomicLong wallMillis = new AtomicLong(1_767_225_600_000L);
  private final AtomicLong nanos = new AtomicLong();
  private final SplittableRandom random = new SplittableRandom(2);
  private final int share;

  /** Everything by so much smaller; 1 to measure. */
  Memory(int share) {
    this.share = share;
  }

  /** Work of another thread while the heap is measured. */
  private interface Load {
    void once() throws Exception;
  }

  /**
   * Prints all figures.
   *
   * @param arguments none; or {@code --results} and a Markdown file, whose part {@code memory} is
   *     written
   * @throws Exception if tasks cannot be submitted
   */
  public static void main(String[] arguments) throws Exception {
    Program.main(Memory::read, arguments);
  }

  static Program.Work read(String... arguments) {
    Arguments given =
        new Arguments(
            "give nothing, or --results FILE", List.of(), List.of("--results"), arguments);
    given.requireNoOthers();
    ResultsFile results = ResultsFile.of(given, "memory");
    return out -> {
      String text = text();
      out.print(text);
      if (results != null) {
        results.write(text);
      }
      return true;
    };
  }

  private static String text() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    out.println(LocalDate.now(ZoneOffset.UTC) + "; " + Jvm.about() + ".");
    out.println();
    print(1).printMarkdown(out);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** Measures all; everything by so much smaller. */
  static TextTable print(int share) throws Exception {
    TextTable table = new TextTable();
    table.row(List.of("what", "at rest", "under load"));
    for (Duration spread : List.of(Duration.ZERO, Duration.ofMinutes(5), Duration.ofHours(100))) {
      String over = spread.isZero() ? "at one moment" : "over " + spread.toHours() + " h";
      over = spread.toHours() == 0 && !spread.isZero() ? "over 5 min" : over;
      row(table, "series, attempts " + over, new Memory(share).series(spread, false));
      row(table, "the same, usage differs", new Memory(share).series(spread, true));
    }
    row(table, "peer: timer with p50, p95, p99", timers(share, PERCENTILES));
    row(table, "peer: timer without", timers(share));
    row(table, "tracked task while it runs", new Memory(share).running());
    double million = new Memory(share).millionTasks();
    row(table, "tracked task that has ended", new double[] {million * share / MILLION});
    row(table, "agent in the registry", agents(share));
    row(table, "task that waits for a place", new Memory(share).waiting());
    return table;
  }

  private static void row(TextTable table, String what, double[] bytes) {
    table.row(List.of(what, say(bytes[0]), bytes.length > 1 ? say(bytes[1]) : ""));
  }

  private static String say(double bytes) {
    return String.format(Locale.ROOT, "%,.1f B", bytes);
  }

  /** Bytes held by a million tasks of 64 agents through the tracker, over an hour. */
  double millionTasks() {
    long before = Jvm.heapUsed();
    try (PerformanceTracker tracker = PerformanceTracker.builder().sources(sources()).build()) {
      for (int i = 0; i < MILLION / share; i++) {
        attempt(tracker, IDS.get(i % 64), false);
        wallMillis.addAndGet(i % 18 == 0 ? 65 : 0);
      }
      tracker.flush();
      return Jvm.heapUsed() - before;
    }
  }

  /** Bytes held by the tracker for all agents. */
  double allSeries(Duration spread) throws Exception {
    return series(spread, false)[0] * AGENTS / share;
  }

  private double[] series(Duration spread, boolean paid) throws Exception {
    List<String> agents = IDS.subList(0, AGENTS / share);
    long before = Jvm.heapUsed();
    try (PerformanceTracker tracker =
        PerformanceTracker.builder().capacity(agents.size()).sources(sources()).build()) {
      for (int i = 0; i < ATTEMPTS; i++) {
        agents.forEach(agent -> attempt(tracker, agent, paid));
        wallMillis.addAndGet(spread.toMillis() / ATTEMPTS);
      }
      tracker.flush();
      double atRest = (double) (Jvm.heapUsed() - before) / agents.size();
      SplittableRandom other = random.split();
      double loaded = under(() -> attempt(tracker, agents.get(other.nextInt(agents.size())), paid));
      return new double[] {atRest, (loaded - before) / agents.size()};
    }
  }

  /** Bytes of an attempt that was begun. */
  private double[] running() {
    int tasks = WAITING / share;
    try (PerformanceTracker tracker = PerformanceTracker.builder().sources(sources()).build()) {
      List<Execution> begun = new ArrayList<>(tasks);
      long before = Jvm.heapUsed();
      for (int i = 0; i < tasks; i++) {
        begun.add(tracker.start(IDS.get(i % 64), "refactor", Task.DEFAULT_TENANT, "T-" + i));
      }
      double each = (double) (Jvm.heapUsed() - before) / tasks;
      begun.forEach(Execution::complete);
      return new double[] {each};
    }
  }

  private static double[] agents(int share) {
    WorkReport report = BenchSpec.report();
    long before = Jvm.heapUsed();
    ArbiterBuilder builder = Arbiter.builder().withoutConstitution();
    List<String> agents = IDS.subList(0, AGENTS / share);
    agents.forEach(id -> builder.agent(AgentProfile.of(id, "java"), assignment -> report));
    try (Arbiter arbiter = builder.build()) {
      double held = Jvm.heapUsed() - before;
      return new double[] {held / arbiter.agents().all().size()};
    }
  }

  /** Bytes of a task in the line behind an agent that is busy. Under load tasks come and go. */
  private double[] waiting() throws Exception {
    int tasks = WAITING / share;
    try (Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .executor(Runnable::run)
            .closeLimit(Duration.ZERO)
            .queueCapacity(2 * tasks)
            .agent(AgentProfile.of("quick", "quick"), assignment -> WorkReport.of("done"))
            .asyncAgent(
                AgentProfile.builder("silent").capability("slow").capacity(1).build(),
                assignment -> new CompletableFuture<>())
            .build()) {
      Task slow = Task.builder("refactor").requires("slow").build();
      Task quick = Task.builder("refactor").requires("quick").build();
      var unused = arbiter.submit(slow);
      long before = Jvm.heapUsed();
      for (int i = 0; i < tasks; i++) {
        unused = arbiter.submit(slow);
      }
      double atRest = (double) (Jvm.heapUsed() - before) / tasks;
      double loaded = under(() -> arbiter.submit(quick).await(Duration.ofMinutes(1)));
      return new double[] {atRest, (loaded - before) / tasks};
    }
  }

  /** The heap in use while another thread works. */
  private static double under(Load load) throws Exception {
    Thread thread =
        new Thread(
            () -> {
              try {
                while (!Thread.currentThread().isInterrupted()) {
                  load.once();
                }
              } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            },
            "load");
    thread.start();
    Thread.sleep(200);
    double used = Jvm.heapUsed();
    thread.interrupt();
    thread.join();
    return used;
  }

  /** Bytes of one Micrometer timer with 100 times over five octaves, among many. */
  private static double[] timers(int share, double... percentiles) throws Exception {
    SplittableRandom random = new SplittableRandom(4);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    long before = Jvm.heapUsed();
    List<Timer> timers = new ArrayList<>();
    for (int i = 0; i < TIMERS / share; i++) {
      Timer.Builder builder = Timer.builder("task").tag("agent", "agent-" + i);
      if (percentiles.length > 0) {
        builder.publishPercentiles(percentiles);
      }
      Timer timer = builder.register(registry);
      timers.add(timer);
      for (int k = 0; k < ATTEMPTS; k++) {
        timer.record(overOctaves(random), TimeUnit.NANOSECONDS);
      }
    }
    double atRest = (double) (Jvm.heapUsed() - before) / timers.size();
    double loaded =
        under(
            () ->
                timers
                    .get(random.nextInt(timers.size()))
                    .record(overOctaves(random), TimeUnit.NANOSECONDS));
    registry.close();
    return new double[] {atRest, (loaded - before) / timers.size()};
  }

  private void attempt(PerformanceTracker tracker, String agent, boolean paid) {
    Execution execution = tracker.start(agent, "refactor");
    nanos.addAndGet(overOctaves(random));
    if (paid) {
      Usage usage =
          new Usage(
              random.nextInt(5_000),
              random.nextInt(1_000),
              random.nextDouble() / 10,
              Duration.ZERO);
      execution.complete(random.nextDouble(), usage);
    } else {
      execution.complete();
    }
  }

  private Sources sources() {
    return new Sources(() -> Instant.ofEpochMilli(wallMillis.get()), nanos::get, random.split());
  }

  /** A time in nanoseconds, spread over five octaves from 0.1 s. */
  static long overOctaves(SplittableRandom random) {
    return (long) (SHORTEST_NANOS * Math.pow(2, OCTAVES * random.nextDouble()));
  }
}
