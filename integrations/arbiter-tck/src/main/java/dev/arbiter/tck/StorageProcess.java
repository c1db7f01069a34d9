/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.tck;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.arbiter.Arbiter;
import dev.arbiter.ArbiterException;
import dev.arbiter.TaskHandle;
import dev.arbiter.agent.AgentProfile;
import dev.arbiter.agent.RegisteredAgent.Status;
import dev.arbiter.spi.Storage;
import dev.arbiter.spi.Store;
import dev.arbiter.spi.Store.Change;
import dev.arbiter.spi.Store.Value;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.WorkReport;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Constructor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** What a process does that a test kills. It tells each step on standard output. */
final class StorageProcess {
  /** The agent that a process takes out of service before it works. */
  static final String OUT = "tired";

  private static final int FORCED = 3;
  private static final int IN_FLIGHT = 16;
  private static final long PAUSE = 10;

  /** One job of such a process. */
  enum Job {
    /** Opens the storage and holds it. */
    HOLD,
    /** Appends batch after batch; each third is forced. */
    APPEND,
    /** Gives tasks to an arbiter. */
    WORK
  }

  private StorageProcess() {}

  /** Starts one, by another program or by none, which makes the storage of a contract too. */
  static ChildProcess start(
      List<String> by, Class<?> contract, Map<String, String> properties, Job job, Path place)
      throws IOException {
    return ChildProcess.start(
        by,
        properties,
        contract,
        StorageProcess.class,
        contract.getName(),
        job.name(),
        place.toString());
  }

  /**
   * Runs until it is killed.
   *
   * @param args test class, job, place
   * @throws Exception if it cannot
   */
  public static void main(String[] args) throws Exception {
    ChildProcess.endWithParent();
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    Constructor<?> made = Class.forName(args[0]).getDeclaredConstructor();
    made.setAccessible(true);
    Object contract = made.newInstance();
    Path place = Path.of(args[2]);
    Storage storage =
        contract instanceof StorageContract over
            ? over.storage(place)
            : ((RestartContract) contract).storage(place);
    switch (Job.valueOf(args[1])) {
      case HOLD -> hold(storage, out);
      case APPEND -> append(storage, out);
      case WORK -> work(storage, out);
    }
  }

  private static void hold(Storage storage, PrintStream out) throws Exception {
    storage.open((key, value) -> {});
    out.println("open");
    Thread.currentThread().join();
  }

  private static void append(Storage storage, PrintStream out) throws Exception {
    boolean open = false;
    for (int i = 1; ; i++) {
      boolean force = i % FORCED == 0;
      try {
        if (!open) {
          storage.open((key, value) -> {});
          out.println("open");
          open = true;
        }
        storage.append(batch(i), force);
        if (force) {
          out.println(i);
        }
      } catch (Exception e) {
        out.println("refused " + i + ": " + e);
        open = false;
        close(storage, out);
        Thread.sleep(PAUSE);
      }
    }
  }

  private static void close(Storage storage, PrintStream out) {
    try {
      storage.close();
      out.println("closed");
    } catch (Exception e) {
      out.println("closed by " + e);
    }
  }

  /** A batch of which each part tells its number. */
  static List<Change> batch(int number) {
    Value value = Value.of(Integer.toString(number).getBytes(UTF_8));
    return List.of(
        new Change(Change.Kind.STATE, "x", value),
        new Change(Change.Kind.EVENT, "x", value),
        new Change(Change.Kind.END, "e" + number, value),
        new Change(Change.Kind.STATE, "y", value));
  }

  private static void work(Storage storage, PrintStream out) throws Exception {
    Arbiter arbiter =
        Arbiter.builder()
            .withoutConstitution()
            .store(Store.of(storage))
            .agent(
                AgentProfile.builder("ada").idempotent().capacity(IN_FLIGHT).build(),
                assignment -> WorkReport.of("done " + assignment.task().id()))
            .agent(AgentProfile.of(OUT), assignment -> WorkReport.of("done"))
            .build();
    arbiter.agents().setStatus(OUT, Status.DRAINING);
    out.println("open");
    TaskHandle[] running = new TaskHandle[IN_FLIGHT];
    for (int i = 0; ; i++) {
      TaskHandle before = running[i % IN_FLIGHT];
      if (before != null) {
        before.await(Duration.ofMinutes(1));
      }
      TaskHandle handle = accepted(arbiter, task(i));
      out.println("accepted " + handle.id());
      CompletionStage<?> unused =
          handle
              .result()
              .thenAccept(
                  end -> {
                    if (end instanceof TaskResult.Completed) {
                      out.println("ended " + end.task().id());
                    }
                  });
      running[i % IN_FLIGHT] = handle;
    }
  }

  private static TaskHandle accepted(Arbiter arbiter, Task task) throws InterruptedException {
    while (true) {
      try {
        return arbiter.submit(task);
      } catch (ArbiterException away) {
        Thread.sleep(PAUSE);
      }
    }
  }

  static Task task(int number) {
    return Task.builder("refactor")
        .id("T-" + number)
        .payload("change something".repeat(20))
        .idempotencyKey("key-" + number)
        .build();
  }
}
