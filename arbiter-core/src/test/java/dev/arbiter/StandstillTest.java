/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.architecture.Program;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.slf4j.LoggerFactory;

/**
 * A process that stands still for 2.5 seconds (SIGSTOP, SIGCONT), with tasks of all kinds in flight
 * whose attempts may last half a second, and half of which have a deadline of one second.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "Windows has no SIGSTOP")
class StandstillTest {
  private static final Duration SOON = Duration.ofMinutes(1);
  private static final int STILL_MILLIS = 2_500;

  /** Submits until its input has a line, then says what became of the tasks. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) throws Exception {
      PrintStream out = System.out;
      List<TaskHandle> handles = new ArrayList<>();
      long longest = 0;
      try (Arbiter arbiter =
          Workers.in(Arbiter.builder(), assignment -> {})
              .withoutConstitution()
              .fallbacks(0)
              .concurrency(300)
              .attemptLimit(Duration.ofMillis(500))
              .build()) {
        Workers workers = new Workers();
        long last = System.nanoTime();
        while (System.in.available() == 0) {
          Task.Builder task = workers.next();
          handles.add(
              arbiter.submit(
                  handles.size() % 8 < 4
                      ? task.build()
                      : task.deadline(Duration.ofSeconds(1)).build()));
          Thread.sleep(1);
          long now = System.nanoTime();
          longest = Math.max(longest, now - last);
          last = now;
          if (handles.size() == 500) {
            out.println("ready");
          }
        }
        longest = Math.max(longest, System.nanoTime() - last);
        out.println("stood still " + TimeUnit.NANOSECONDS.toMillis(longest));
        Map<TaskResult.FailureCause, Integer> failed = new EnumMap<>(TaskResult.FailureCause.class);
        int completed = 0;
        for (TaskHandle handle : handles) {
          TaskResult result = handle.await(SOON);
          completed += result instanceof TaskResult.Completed ? 1 : 0;
          if (result instanceof TaskResult.Failed failure) {
            failed.merge(failure.cause(), 1, Integer::sum);
          }
        }
        for (int i = 0; i < 8; i++) {
          Task late = Task.builder("fix").requires("late").build();
          completed += arbiter.submit(late).await(SOON) instanceof TaskResult.Completed ? 1 : 0;
        }
        out.println("submitted " + (handles.size() + 8));
        out.println("completed " + completed);
        failed.forEach((cause, count) -> out.println(cause + " " + count));
        awaitQuiet(arbiter);
        out.println("in flight " + arbiter.stats().inFlight());
        out.println("waiting " + arbiter.stats().waiting());
        out.println("abandoned " + arbiter.stats().abandoned());
        arbiter.agents().all().forEach(a -> out.println(a.id() + " active " + a.active()));
      }
      out.println("closed");
    }

    /* A place goes back before the caller hears; the slot of a deaf agent when it returns. */
    private static void awaitQuiet(Arbiter arbiter) throws InterruptedException {
      for (int i = 0; i < 1_000 && arbiter.stats().abandoned() > 0; i++) {
        Thread.sleep(10);
      }
    }
  }

  @Test
  void loses_no_task_no_place_and_no_slot() throws Exception {
    Process process =
        new Program()
            .with(Arbiter.class, StandstillTest.class, LoggerFactory.class)
            .start(Host.class);
    List<String> said;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(lines.lines().anyMatch("ready"::equals)).isTrue();
      signal("STOP", process);
      Thread.sleep(STILL_MILLIS);
      signal("CONT", process);
      Thread.sleep(500);
      process.getOutputStream().write('\n');
      process.getOutputStream().flush();
      said = lines.lines().toList();
    } finally {
      process.toHandle().destroyForcibly();
    }

    Map<String, Integer> figures = figures(said);
    assertThat(said).contains("closed");
    assertThat(figures.getOrDefault("stood still", 0)).isGreaterThanOrEqualTo(STILL_MILLIS - 500);
    assertThat(figures)
        .containsEntry("in flight", 0)
        .containsEntry("waiting", 0)
        .containsEntry("abandoned", 0)
        .containsEntry("silent active", 0)
        .containsEntry("late active", 0)
        .containsEntry("sleeper active", 0)
        .containsEntry("deaf active", 0);
    assertThat(figures.getOrDefault("completed", 0)).isGreaterThan(100);
    assertThat(
            figures.getOrDefault("completed", 0)
                + figures.getOrDefault("AGENT_TIMEOUT", 0)
                + figures.getOrDefault("DEADLINE", 0))
        .as("each task completes or runs out of time: %s", said)
        .isEqualTo(figures.getOrDefault("submitted", 0));
  }

  private static void signal(String name, Process to) throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("kill", "-" + name, "" + to.pid()).inheritIO().start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Lines such as "in flight 3": the last word is the figure. */
  private static Map<String, Integer> figures(List<String> lines) {
    Map<String, Integer> figures = new HashMap<>();
    for (String line : lines) {
      int space = line.lastIndexOf(' ');
      if (space > 0) {
        figures.put(line.substring(0, space), Integer.valueOf(line.substring(space + 1)));
      }
    }
    return figures;
  }
}
