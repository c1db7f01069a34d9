/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.sqlite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.Arbiter;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentException;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.ArbiterListener;
import dev.arbiter.task.Question;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Usage;
import dev.arbiter.tck.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process is killed with {@code kill -9} while thousands of tasks wait: a third for a person, a
 * third for the end of a usage limit, a third for their beginning. The next process has them all,
 * and each waits for the same thing until the same instant. 5,000 tasks; 100,000 with the profile
 * {@code long}.
 *
 * <p>The next process also measures what a waiting task costs. Heap is asserted, because it does
 * not depend on the load of the machine; threads must be as few as without a task. CPU time is
 * printed.
 */
class WaitingKillTest {
  private static final long MOST_HEAP = 2_048;
  private static final int LOOK_SECONDS = 3;

  @TempDir Path folder;

  private static Arbiter over(Path file, ArbiterListener listener) {
    // A host's own pool, whose threads end when they have nothing to do.
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(8, 8, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    pool.allowCoreThreadTimeOut(true);
    return Arbiter.builder()
        .withoutConstitution()
        .executor(pool)
        .listener(listener)
        .queueCapacity(1_000_000)
        .agent(AgentProfile.of("ada"), assignment -> WorkReport.of("done"))
        .agent(
            AgentProfile.of("limited", "much"),
            assignment -> {
              throw new AgentException("usage limit reached", Usage.none())
                  .failure(FailureCause.QUOTA)
                  .effect(AgentException.Effect.NONE)
                  .retryAt(Instant.parse(assignment.task().payload()));
            })
        .store(SqliteStore.at(file))
        .build();
  }

  private static Task task(int number, Instant now) {
    Task.Builder task = Task.builder("deploy").id("T-" + number);
    Duration later = Duration.ofHours(1).plusSeconds(number);
    return switch (number % 3) {
      case 0 -> task.approval(Question.of("May " + number + " begin?").within(later)).build();
      case 1 -> task.notBefore(now.plus(later)).build();
      default -> task.requires("much").payload(now.plus(Duration.ofDays(1)).toString()).build();
    };
  }

  private static String line(TaskHandle handle) {
    WaitReason reason =
        handle
            .waitsFor()
            .orElseThrow(() -> new AssertionError(handle.task().id() + " is " + handle.state()));
    return handle.task().id() + " " + reason.toString().replace('\n', ' ');
  }

  private static String waitsFor(Arbiter arbiter, String id) {
    return line(arbiter.find("default", id).orElseThrow(() -> new AssertionError(id + " is lost")));
  }

  private static boolean waits(Arbiter arbiter, int number) {
    return arbiter.find("default", "T-" + number).flatMap(TaskHandle::waitsFor).isPresent();
  }

  private static void awaitWaiting(Arbiter arbiter, int count) throws InterruptedException {
    for (int number = 0; number < count; ) {
      if (waits(arbiter, number)) {
        number++;
      } else {
        Thread.sleep(5);
      }
    }
  }

  /** Submits tasks that wait, writes down what for, and stays until it is killed. */
  static final class Host {
    private Host() {}

    public static void main(String... arguments) throws Exception {
      ChildProcess.endWithParent();
      int count = Integer.parseInt(arguments[2]);
      // Listeners hear of a wait when the store has kept it.
      CountDownLatch kept = new CountDownLatch(count);
      Arbiter arbiter =
          over(
              Path.of(arguments[0]),
              event -> {
                if (event instanceof TaskEvent.Waiting) {
                  kept.countDown();
                }
              });
      Semaphore places = new Semaphore(1_000);
      Instant now = Instant.now();
      for (int i = 0; i < count; i++) {
        places.acquire();
        arbiter.submitAsync(task(i, now)).whenComplete((handle, error) -> places.release());
      }
      kept.await();
      List<String> lines = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        lines.add(waitsFor(arbiter, "T-" + i));
      }
      Files.write(Path.of(arguments[1]), lines);
      System.out.println("waiting");
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  /** Goes on over the file, and writes down what each task waits for, and what that costs. */
  static final class Next {
    private Next() {}

    public static void main(String... arguments) throws Exception {
      ChildProcess.endWithParent();
      int count = Integer.parseInt(arguments[2]);
      long begun = System.nanoTime();
      Arbiter arbiter = over(Path.of(arguments[0]), event -> {});
      awaitWaiting(arbiter, count);
      long ready = System.nanoTime();
      List<String> lines = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        lines.add(waitsFor(arbiter, "T-" + i));
      }
      Files.write(Path.of(arguments[1]), lines);
      lines.clear();
      System.out.println("figure heap " + heap());
      Thread.sleep(2_000);
      int threads = Integer.MAX_VALUE;
      long before = cpu();
      for (int i = 0; i < LOOK_SECONDS; i++) {
        Thread.sleep(1_000);
        threads = Math.min(threads, Thread.getAllStackTraces().size());
      }
      System.out.println("figure threads " + threads);
      System.out.println("figure microsOfCpuASecond " + (cpu() - before) / 1_000 / LOOK_SECONDS);
      System.out.println("figure millisToStart " + (ready - begun) / 1_000_000);
      System.out.println("ready");
      Thread.sleep(Long.MAX_VALUE);
    }

    private static long cpu() {
      return ProcessHandle.current().info().totalCpuDuration().orElseThrow().toNanos();
    }

    private static long heap() throws InterruptedException {
      Runtime runtime = Runtime.getRuntime();
      long least = Long.MAX_VALUE;
      for (int i = 0; i < 4; i++) {
        System.gc();
        Thread.sleep(50);
        least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
      }
      return least;
    }
  }

  @Test
  void five_thousand_tasks_wait_for_the_same_after_a_kill() throws Exception {
    kill(5_000);
  }

  @Tag("long")
  @Test
  void a_hundred_thousand_tasks_wait_for_the_same_after_a_kill() throws Exception {
    kill(100_000);
  }

  private void kill(int count) throws Exception {
    Path file = folder.resolve("tasks.db");
    Path told = folder.resolve("told");
    try (ChildProcess host = start(Host.class, file, told, count)) {
      host.await("waiting");
      host.kill();
    }
    Path kept = folder.resolve("kept");
    Map<String, Long> figures = next(file, kept, count);
    Map<String, Long> empty = next(folder.resolve("empty.db"), folder.resolve("nothing"), 0);

    assertThat(Files.readAllLines(kept)).hasSize(count).isEqualTo(Files.readAllLines(told));
    long each = (of(figures, "heap") - of(empty, "heap")) / count;
    System.out.printf(
        Locale.ROOT,
        "%,d waiting tasks: %,d bytes of heap each, %s; without a task %s%n",
        count,
        each,
        figures,
        empty);
    assertThat(each).as("bytes of heap for each waiting task").isLessThan(MOST_HEAP);
    // Two threads of the store end some seconds after their last work.
    assertThat(of(figures, "threads")).isLessThanOrEqualTo(of(empty, "threads") + 2);
  }

  private static Map<String, Long> next(Path file, Path lines, int count) throws Exception {
    Map<String, Long> figures = new TreeMap<>();
    try (ChildProcess next = start(Next.class, file, lines, count)) {
      for (String line = next.line(); !"ready".equals(line); line = next.line()) {
        String[] words = Objects.requireNonNull(line, "the next process ended").split(" ", -1);
        if (words[0].equals("figure")) {
          figures.put(words[1], Long.valueOf(words[2]));
        }
      }
    }
    return figures;
  }

  private static ChildProcess start(Class<?> main, Path file, Path lines, int count)
      throws IOException {
    return ChildProcess.start(main, file.toString(), lines.toString(), String.valueOf(count));
  }

  private static long of(Map<String, Long> figures, String name) {
    return Objects.requireNonNull(figures.get(name), name);
  }
}
