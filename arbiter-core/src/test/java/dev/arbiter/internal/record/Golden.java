/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.Finding;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Function;

/** One record of each kind, beside the bytes that version 1 wrote. */
final class Golden {
  private static final Instant NOW = Instant.parse("2026-11-30T08:00:00.123456789Z");

  private static final Task TASK =
      Task.builder("refactor")
          .id("T-1")
          .tenant("acme")
          .priority(7)
          .requires("java", "sql")
          .spec(SpecRef.id("FEAT-201"))
          .payload("Rename it. \u00e4 \uD83D\uDE00")
          .deadline(Duration.ofMinutes(5))
          .idempotencyKey("key-1")
          .build();
  private static final Usage USAGE = new Usage(1_000, 200, .25, Duration.ofMillis(1_500));
  private static final WorkReport REPORT =
      new WorkReport(
          "done",
          List.of(new FileChange("src/A.java", 10, 2)),
          List.of(new Evidence("tests", true, .9, "12 passed")),
          USAGE);
  private static final Verdict WAIVED =
      new Verdict.Waived(
          List.of(Finding.warning("gate.coverage", "src", "low").onLine(3)),
          List.of("W-1"),
          .75,
          new Seal("{}", "abc", "key", "sig"));

  private Golden() {}

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record One(Object value, byte[] bytes, Function<byte[], Object> reader) {}

  private static Map<String, One> all() {
    Map<String, One> all = new LinkedHashMap<>();
    KeptTask task = new KeptTask(TASK, NOW);
    all.put("task", new One(task, Records.bytes(task), Records::task));
    KeptProgress progress =
        new KeptProgress(
            TaskState.EXECUTION_COMPLETE,
            List.of(new KeptDecision(-5, "ada", "ucb1")),
            "digest",
            REPORT,
            123,
            USAGE,
            null);
    all.put("progress", new One(progress, Records.bytes(progress), Records::progress));
    KeptProgress waits =
        new KeptProgress(
            TaskState.WAITING,
            List.of(),
            "",
            null,
            0,
            Usage.none(),
            new WaitReason.UnknownEffect("ada", 1));
    all.put("waiting", new One(waits, Records.bytes(waits), Records::progress));
    List<KeptStep> steps =
        List.of(new KeptStep(NOW, "Verified", "VERIFIED", 1, "ada", .75, USAGE, "waived abc"));
    all.put("steps", new One(steps, Records.bytes(steps), Records::steps));
    end(all, "completed", new TaskResult.Completed(TASK, "ada", 1, REPORT, WAIVED));
    end(all, "rejected", new TaskResult.Rejected(TASK, List.of(Finding.error("r", "p", "m"))));
    Verdict denied = new Verdict.Denied(List.of(Finding.error("r", "", "m")), Seal.none());
    end(
        all,
        "failed",
        new TaskResult.Failed(
            TASK, FailureCause.DENIED, "denied", 2, Optional.of(denied), USAGE, "trace"));
    end(all, "cancelled", new TaskResult.Cancelled(TASK, "not needed", USAGE));
    return all;
  }

  private static void end(Map<String, One> all, String name, TaskResult result) {
    KeptEnd end = new KeptEnd(result, NOW, NOW.plusSeconds(9));
    all.put(name, new One(end, Records.bytes(end), Records::end));
  }

  static void check(Class<?> beside) throws Exception {
    Properties golden = new Properties();
    try (InputStream in =
        Objects.requireNonNull(beside.getResourceAsStream("records-v1.properties"))) {
      golden.load(in);
    }
    Map<String, One> all = all();
    assertThat(golden.stringPropertyNames()).isEqualTo(all.keySet());
    all.forEach(
        (name, one) -> {
          byte[] bytes = HexFormat.of().parseHex(golden.getProperty(name));
          assertThat(one.reader().apply(bytes)).as(name).isEqualTo(one.value());
          assertThat(one.bytes()).as("what is written of %s", name).isEqualTo(bytes);
        });
  }

  /** Prints the bytes that are written now. */
  public static void main(String[] args) {
    all()
        .forEach(
            (name, one) -> System.out.println(name + "=" + HexFormat.of().formatHex(one.bytes())));
  }
}
