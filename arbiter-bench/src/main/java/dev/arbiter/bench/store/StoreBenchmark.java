/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.bench.store;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterBuilder;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.bench.Jvm;
import dev.arbiter.spi.Columns;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Level;
import dev.arbiter.spi.Store.Shard;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.sqlite.SqliteStore;
import dev.arbiter.task.Task;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Measures what it costs to keep tasks over a crash: 64 in flight, payloads and records of 300
 * bytes. The peers are a preallocated file to which batches are appended and forced, and H2's
 * MVStore, behind the same group commit; and db-scheduler on a file of H2, with all its own.
 *
 * <p>An iteration is one run of many tasks. The CPU time is that of the process, so it has the
 * writer, the compiler and the collector in it.
 */
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(1)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
public class StoreBenchmark {
  private static final int IN_FLIGHT = 64;
  private static final int BYTES = 300;

  private static void deleteAll(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
  }

  /** Figures for each task of an iteration. JMH adds up those of all iterations. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Figures {
    /** Tasks a second. */
    public long tasksPerSecond;

    /** CPU time of the process for a task, in nanoseconds. */
    public long cpuNanosPerTask;

    /** Bytes on disk for a task. */
    public long bytesPerTask;

    private long began;
    private long beganCpu;

    /** Forgets the iteration before. */
    @Setup(org.openjdk.jmh.annotations.Level.Iteration)
    public void clear() {
      tasksPerSecond = 0;
      cpuNanosPerTask = 0;
      bytesPerTask = 0;
    }

    void begin() {
      began = System.nanoTime();
      beganCpu = Jvm.processCpu();
    }

    void end(int tasks) {
      cpuNanosPerTask = (Jvm.processCpu() - beganCpu) / tasks;
      tasksPerSecond = tasks * 1_000_000_000L / (System.nanoTime() - began);
    }
  }

  /** A store of which the bare socket is used. */
  @State(Scope.Benchmark)
  public static class Bare implements Store.Owner, Store.Recovery {
    /** The storage. */
    @Param({"sqlite", "file", "mvstore"})
    public String storage = "";

    /** Number of tasks. */
    @Param("100000")
    public int tasks;

    private Path folder = Path.of("");
    private @Nullable Store store;
    private final AtomicReference<@Nullable Shard> shard = new AtomicReference<>();
    private CountDownLatch ready = new CountDownLatch(1);

    /** Opens an empty store. */
    @Setup(org.openjdk.jmh.annotations.Level.Iteration)
    public void open() throws IOException, InterruptedException {
      folder = Files.createTempDirectory("store");
      Path file = folder.resolve("tasks");
      Store opened =
          switch (storage) {
            case "sqlite" -> SqliteStore.at(file);
            case "file" -> Store.of(new AppendFile(file));
            default -> Store.of(new MvStorage(file));
          };
      ready = new CountDownLatch(1);
      opened.open(this);
      ready.await();
      store = opened;
    }

    /** Closes and deletes it. */
    @TearDown(org.openjdk.jmh.annotations.Level.Iteration)
    public void close() throws IOException {
      Objects.requireNonNull(store).close();
      deleteAll(folder);
      Files.delete(folder);
    }

    @Override
    public Store.Recovery assigned(Shard given) {
      shard.set(given);
      return this;
    }

    @Override
    public void lost(Shard lost, @Nullable Throwable why) {
      if (why != null) {
        throw new IllegalStateException(why);
      }
    }

    @Override
    public void entry(String key, byte[] value) {}

    @Override
    public void ready() {
      ready.countDown();
    }
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Made(byte[] bytes, Columns columns) implements Value {
    static Made of(int task) {
      byte[] bytes = new byte[BYTES];
      new Random(task).nextBytes(bytes);
      return new Made(
          bytes,
          new Columns(
              Instant.now(),
              "default",
              "T-" + task,
              "refactor",
              "EXECUTING",
              1,
              "ada",
              0,
              Usage.none(),
              ""));
    }
  }

  /** Two forced records for each task. */
  @Benchmark // promise: 20,000 tasks/s, .5 of the file, 50 us CPU
  public void durableTasks(Bare bare, Figures figures) throws InterruptedException {
    Shard shard = Objects.requireNonNull(bare.shard.get());
    Semaphore places = new Semaphore(IN_FLIGHT);
    figures.begin();
    for (int i = 0; i < bare.tasks; i++) {
      places.acquire();
      String key = "default\u001fT-" + i;
      Made record = Made.of(i);
      CompletionStage<?> unused =
          shard
              .append(List.of(new Change(Change.Kind.STATE, "T" + key, record)), Level.DURABLE)
              .thenCompose(
                  kept ->
                      shard.append(
                          List.of(
                              new Change(Change.Kind.STATE, "T" + key, null),
                              new Change(Change.Kind.END, "E" + key, record)),
                          Level.DURABLE))
              .thenRun(places::release);
    }
    places.acquire(IN_FLIGHT);
    figures.end(bare.tasks);
  }

  /** Fewer tasks. */
  @State(Scope.Benchmark)
  public static class Few {
    /** Number of tasks. */
    @Param("1000")
    public int tasks;
  }

  /** The same by db-scheduler: a task is a row, which is picked, and deleted at its end. */
  @Benchmark // for the reader; H2 does not sync at each commit
  public void scheduledTasks(Few few, Figures figures) throws Exception {
    Path folder = Files.createTempDirectory("store");
    try (DbScheduler scheduler = new DbScheduler(folder.resolve("tasks"), IN_FLIGHT)) {
      String payload = "x".repeat(BYTES);
      figures.begin();
      for (int i = 0; i < few.tasks; i++) {
        scheduler.submit("T-" + i, payload);
      }
      scheduler.awaitAll();
      figures.end(few.tasks);
    }
    deleteAll(folder);
    Files.delete(folder);
  }

  /** Where the arbiters of an iteration keep their tasks. */
  @State(Scope.Benchmark)
  public static class Engine {
    /** The store. */
    @Param({"memory", "sqlite"})
    public String store = "";

    /** Number of tasks. */
    @Param("100000")
    public int tasks;

    private Path folder = Path.of("");

    /** Makes a folder. */
    @Setup(org.openjdk.jmh.annotations.Level.Iteration)
    public void open() throws IOException {
      folder = Files.createTempDirectory("store");
    }

    /** Deletes it. */
    @TearDown(org.openjdk.jmh.annotations.Level.Iteration)
    public void close() throws IOException {
      deleteAll(folder);
      Files.delete(folder);
    }

    ArbiterBuilder builder() {
      return Arbiter.builder()
          .withoutConstitution()
          .queueCapacity(tasks + IN_FLIGHT)
          .store(store.equals("memory") ? Store.memory() : SqliteStore.at(file()));
    }

    Path file() {
      return folder.resolve("tasks");
    }
  }

  /** The whole life of a task, from submit to its end. */
  @Benchmark // promise: sqlite 60 us CPU more than memory; 1.5 KB on disk
  public void life(Engine engine, Figures figures) throws InterruptedException, IOException {
    String payload = "x".repeat(BYTES);
    try (Arbiter arbiter =
        engine
            .builder()
            .asyncAgent(
                AgentProfile.of("ada"),
                assignment -> CompletableFuture.completedFuture(WorkReport.of("done")))
            .build()) {
      Semaphore places = new Semaphore(IN_FLIGHT);
      figures.begin();
      for (int i = 0; i < engine.tasks; i++) {
        places.acquire();
        CompletionStage<?> unused =
            arbiter
                .submitAsync(Task.builder("refactor").payload(payload).build())
                .thenCompose(handle -> handle.result())
                .thenRun(places::release);
      }
      places.acquire(IN_FLIGHT);
      figures.end(engine.tasks);
    }
    figures.bytesPerTask =
        Files.exists(engine.file()) ? Files.size(engine.file()) / engine.tasks : 0;
  }

  /** A file with so many records, or with so many tasks that wait. */
  @State(Scope.Benchmark)
  public static class Left {
    /** Number of tasks. */
    @Param("100000")
    public int tasks;

    /** Number of records. */
    @Param("1000000")
    public int records;

    private Path folder = Path.of("");

    /** Writes them. */
    @Setup
    public void write() throws Exception {
      folder = Files.createTempDirectory("store");
      Bare bare = new Bare();
      bare.storage = "sqlite";
      Store store = SqliteStore.at(folder.resolve("records"));
      store.open(bare);
      bare.ready.await();
      Shard shard = Objects.requireNonNull(bare.shard.get());
      for (int i = 0; i < records; i++) {
        Change change = new Change(Change.Kind.STATE, "x" + i, Made.of(i));
        CompletionStage<?> kept = shard.append(List.of(change), Level.BUFFERED);
        if (i % 1_000 == 0) {
          kept.toCompletableFuture().get();
        }
      }
      store.close();
      try (Arbiter arbiter = over("waiting")) {
        CompletionStage<?> last = CompletableFuture.completedFuture(null);
        for (int i = 0; i < tasks; i++) {
          last = arbiter.submitAsync(Task.builder("refactor").payload("x".repeat(BYTES)).build());
        }
        last.toCompletableFuture().get();
      }
    }

    /* Its agent never answers, so all tasks wait but one, which close leaves behind. */
    private Arbiter over(String name) {
      return Arbiter.builder()
          .withoutConstitution()
          .queueCapacity(2 * tasks)
          .concurrency(1)
          .closeLimit(Duration.ZERO)
          .asyncAgent(AgentProfile.of("ada"), assignment -> new CompletableFuture<>())
          .store(SqliteStore.at(folder.resolve(name)))
          .build();
    }

    /** Deletes the files. */
    @TearDown
    public void delete() throws IOException {
      deleteAll(folder);
      Files.delete(folder);
    }
  }

  /** Opens a store with a million records. */
  @Benchmark // promise: 5 s
  public void recoverRecords(Left left) throws InterruptedException {
    Bare bare = new Bare();
    Store store = SqliteStore.at(left.folder.resolve("records"));
    store.open(bare);
    bare.ready.await();
    store.close();
  }

  /** Builds an arbiter over 100,000 tasks that wait. */
  @Benchmark // promise: 2 s
  public int recoverTasks(Left left, Figures figures) {
    figures.begin();
    try (Arbiter arbiter = left.over("waiting")) {
      figures.end(left.tasks);
      return arbiter.stats().waiting();
    }
  }
}
