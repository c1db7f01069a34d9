/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.architecture.Program;
import dev.arbiter.event.TaskEvent;
import dev.arbiter.spi.Store;
import dev.arbiter.task.TaskState;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A process with 4,000 tasks in flight that receives SIGTERM, while it submits more. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGTERM")
class ShutdownTest {
  private static final int IN_FLIGHT = 4_000;
  private static final int SIGTERM = 128 + 15;

  @TempDir Path folder;

  /** Writes each thing that happens to a file, one line for each, in order. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) throws Exception {
      Lines lines = new Lines(Path.of(arguments[0]));
      CountDownLatch closed = new CountDownLatch(1);
      Queue<TaskHandle> handles = new ConcurrentLinkedQueue<>();
      Arbiter arbiter =
          Workers.in(Arbiter.builder(), a -> lines.add("begins", a.task().id(), a.agent()))
              .withoutConstitution()
              .concurrency(IN_FLIGHT - 500)
              .closeLimit(Duration.ofSeconds(1))
              .store(new NotedStore(lines, closed))
              .listener(
                  event -> {
                    if (event instanceof TaskEvent step && step.state().isEnd()) {
                      lines.add("ends", step.task().id(), step.state().name());
                    }
                  })
              .build()
              .closeOnShutdown();
      Runtime.getRuntime().addShutdownHook(new Thread(() -> sayWhatIsLeft(lines, closed, handles)));
      Workers workers = new Workers();
      while (true) {
        TaskHandle handle = arbiter.submit(workers.next().build());
        handles.add(handle);
        lines.add("accepted", handle.task().id(), "");
        if (handles.size() == IN_FLIGHT) {
          System.out.println("ready");
        } else if (handles.size() > IN_FLIGHT) {
          Thread.sleep(1);
        }
      }
    }

    private static void sayWhatIsLeft(
        Lines lines, CountDownLatch closed, Queue<TaskHandle> handles) {
      try {
        if (!closed.await(1, TimeUnit.MINUTES)) {
          lines.add("never", "closed", "");
        }
        Thread.sleep(500);
        handles.stream()
            .filter(handle -> !handle.result().toCompletableFuture().isDone())
            .forEach(handle -> lines.add("incomplete", handle.task().id(), ""));
        lines.add("over", "", "");
      } catch (InterruptedException e) {
        lines.add("interrupted", "", "");
      }
    }
  }

  /** Lines of three words, in a file that is complete at every moment. */
  private static final class Lines {
    private final PrintStream out;

    Lines(Path file) throws IOException {
      this.out = new PrintStream(new FileOutputStream(file.toFile()), false, "UTF-8");
    }

    synchronized void add(String what, String task, String detail) {
      out.print(what + ' ' + task + ' ' + detail + '\n');
      out.flush();
    }
  }

  /** A store in memory that notes when the arbiter closes it. */
  private record NotedStore(Lines lines, CountDownLatch closed, Store memory) implements Store {
    NotedStore(Lines lines, CountDownLatch closed) {
      this(lines, closed, Store.memory());
    }

    @Override
    public void open(Owner owner) {
      memory.open(owner);
    }

    @Override
    public boolean isKept() {
      return memory.isKept();
    }

    @Override
    public void close() {
      memory.close();
      lines.add("closed", "", "");
      closed.countDown();
    }
  }

  @Test
  void every_accepted_task_ends_once_and_no_agent_begins_after_the_close() throws Exception {
    Path file = folder.resolve("lines");
    Process process =
        new Program()
            .with(Arbiter.class, ShutdownTest.class, LoggerFactory.class)
            .start(Host.class, file.toString());

    BufferedReader said =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    assertThat(said.lines().anyMatch("ready"::equals)).as("4,000 tasks are in flight").isTrue();
    process.destroy();
    assertThat(process.waitFor(90, TimeUnit.SECONDS)).as("ends in time").isTrue();

    List<String[]> lines = Files.readAllLines(file).stream().map(l -> l.split(" ", -1)).toList();
    assertThat(process.exitValue()).isEqualTo(SIGTERM);
    assertThat(lines.get(lines.size() - 1)[0]).isEqualTo("over");
    assertThat(lines).noneMatch(line -> line[0].equals("incomplete"));
    Map<String, TaskState> ends = ends(lines);
    assertThat(tasks(lines, "accepted")).hasSizeGreaterThanOrEqualTo(IN_FLIGHT);
    assertThat(ends.keySet()).containsAll(tasks(lines, "accepted"));
    assertThat(ends.values()).contains(TaskState.COMPLETED, TaskState.CANCELLED);
    assertThat(tasks(lines, "begins")).doesNotHaveDuplicates().isSubsetOf(ends.keySet());
    assertThat(lines.stream().filter(line -> line[0].equals("begins")).map(line -> line[2]))
        .contains("silent", "late", "sleeper", "deaf");
    List<String> kinds = lines.stream().map(line -> line[0]).toList();
    assertThat(kinds.subList(kinds.indexOf("closed"), kinds.size()))
        .as("after the close")
        .doesNotContain("begins", "ends");
  }

  private static List<String> tasks(List<String[]> lines, String what) {
    return lines.stream().filter(line -> line[0].equals(what)).map(line -> line[1]).toList();
  }

  private static Map<String, TaskState> ends(List<String[]> lines) {
    Map<String, TaskState> ends = new HashMap<>();
    for (String[] line : lines) {
      if (line[0].equals("ends")) {
        assertThat(ends.put(line[1], TaskState.valueOf(line[2]))).as(line[1]).isNull();
      }
    }
    return ends;
  }
}
