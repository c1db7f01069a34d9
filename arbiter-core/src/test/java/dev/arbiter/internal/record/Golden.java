/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.arbiter.task.Answer;
import dev.arbiter.task.Approval;
import dev.arbiter.task.ApprovalRequest;
import dev.arbiter.task.ApprovalRequest.Point;
import dev.arbiter.task.Finding;
import dev.arbiter.task.Question;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskBudget;
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

  private static final Question QUESTION =
      new Question("May it?", "rm -r build", List.of("lead", "owner"), Duration.ofHours(2));

  private static void waits(Map<String, One> all) {
    KeptTask asked =
        new KeptTask(
            Task.builder("refactor")
                .id("T-2")
                .notBefore(NOW)
                .approval(QUESTION)
                .budget(TaskBudget.ofCost(2.5).withTokens(9_000).atLimit(TaskBudget.AtLimit.ASK))
                .deadlinePauses()
                .build(),
            NOW);
    all.put("terms", new One(asked, Records.bytes(asked), Records::task));
    ApprovalRequest request =
        new ApprovalRequest(
            "r-1", "acme", "T-2", Point.INPUT, 1, "ada", QUESTION, "lead", "sha256:ab", NOW, NOW);
    for (WaitReason reason :
        List.of(
            new WaitReason.Approval(request),
            new WaitReason.Input(request, "token", true),
            new WaitReason.Budget(request, false),
            new WaitReason.Quota("ada", NOW),
            new WaitReason.Retry("ada", 1, NOW),
            new WaitReason.NotBefore(NOW))) {
      KeptMeans means =
          new KeptMeans(
              List.of(
                  new Approval("r-0", Point.START, "sha256:cd", Answer.edit("eve", "other"), NOW),
                  new Approval(
                      "r-1",
                      Point.BUDGET,
                      "sha256:ef",
                      Answer.raise("eve", TaskBudget.ofCost(9)),
                      NOW)),
              Duration.ofSeconds(5),
              NOW,
              "token",
              USAGE,
              USAGE,
              3,
              1,
              true,
              Duration.ofSeconds(7),
              TaskBudget.ofCost(9),
              List.of());
      KeptProgress waits =
          new KeptProgress(
              TaskState.WAITING, List.of(), "", null, 0, USAGE, reason, means, KeptRound.none());
      all.put(
          "waits-" + reason.getClass().getSimpleName(),
          new One(waits, Records.bytes(waits), Records::progress));
    }
  }

  private static void several(Map<String, One> all) {
    KeptTask task =
        new KeptTask(Task.builder("refactor").id("T-3").bestOf(3).hedged().build(), NOW);
    all.put("task-best-of", new One(task, Records.bytes(task), Records::task));
    KeptProgress progress =
        new KeptProgress(
            TaskState.EXECUTION_COMPLETE,
            List.of(new KeptDecision(1, "ada", "ucb1"), new KeptDecision(2, "bob", "ucb1")),
            "digest",
            REPORT,
            123,
            USAGE,
            null,
            KeptMeans.none(),
            new KeptRound(1, 1, List.of(new KeptRound.Work(2, REPORT, 456, USAGE))));
    all.put("progress-best-of", new One(progress, Records.bytes(progress), Records::progress));
  }

  private static Map<String, One> all() {
    Map<String, One> all = new LinkedHashMap<>();
    KeptTask task = new KeptTask(TASK, NOW);
    all.put("task", new One(task, Records.bytes(task), Records::task));
    KeptTask correlated = new KeptTask(TASK.withCorrelationId("trace-7"), NOW);
    all.put("correlated", new One(correlated, Records.bytes(correlated), Records::task));
    KeptProgress progress =
        new KeptProgress(
            TaskState.EXECUTION_COMPLETE,
            List.of(new KeptDecision(-5, "ada", "ucb1")),
            "digest",
            REPORT,
            123,
            USAGE,
            null,
            KeptMeans.none(),
            KeptRound.none());
    all.put("progress", new One(progress, Records.bytes(progress), Records::progress));
    KeptProgress waits =
        new KeptProgress(
            TaskState.WAITING,
            List.of(),
            "",
            null,
            0,
            Usage.none(),
            new WaitReason.UnknownEffect("ada", 1),
            KeptMeans.none(),
            KeptRound.none());
    all.put("waiting", new One(waits, Records.bytes(waits), Records::progress));
    waits(all);
    several(all);
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
    KeptEnd edited =
        new KeptEnd(
            new TaskResult.Completed(TASK, "ada", 1, REPORT, WAIVED), NOW, NOW, "as it was");
    all.put("edited", new One(edited, Records.bytes(edited), Records::end));
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
