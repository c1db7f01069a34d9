/* SPDX-License-Identifier: Apache-2.0 */
package dev.arbiter.internal.record;

import dev.arbiter.internal.record.Fields.Reader;
import dev.arbiter.internal.record.Fields.Writer;
import dev.arbiter.task.Finding;
import dev.arbiter.task.RoutingDecision;
import dev.arbiter.task.Seal;
import dev.arbiter.task.SpecRef;
import dev.arbiter.task.Task;
import dev.arbiter.task.TaskResult;
import dev.arbiter.task.TaskResult.FailureCause;
import dev.arbiter.task.TaskState;
import dev.arbiter.task.Terms;
import dev.arbiter.task.Verdict;
import dev.arbiter.task.WaitReason;
import dev.arbiter.task.WorkReport;
import dev.arbiter.task.WorkReport.Evidence;
import dev.arbiter.task.WorkReport.FileChange;
import dev.arbiter.task.WorkReport.Usage;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The records of a store as bytes, and back. Stateless.
 *
 * <p>Byte 0 is the version of the format, byte 1 the kind of the record. Bytes 2 to 5 are a CRC-32C
 * of the kind and of all that follows. Then come fields. A tag never changes its meaning; new tags
 * may come, and an older reader ignores them. The version grows only when an older reader would
 * misread a record.
 */
public final class Records {
  /** The version that is written. */
  public static final int VERSION = 1;

  private static final int TASK = 'T';
  private static final int PROGRESS = 'S';
  private static final int STEPS = 'V';
  private static final int END = 'E';

  private Records() {}

  /** {@return a task as bytes} */
  public static byte[] bytes(KeptTask task) {
    return new Writer()
        .message(1, w -> task(w, task.task()))
        .instant(2, task.accepted())
        .record(VERSION, TASK);
  }

  /** {@return the progress of a task as bytes} */
  public static byte[] bytes(KeptProgress progress) {
    Writer out =
        new Writer()
            .text(1, progress.state().name())
            .messages(2, progress.decisions(), Records::decision)
            .text(3, progress.specDigest())
            .number(4, progress.nanos())
            .message(5, w -> usage(w, progress.used()));
    WorkReport report = progress.report();
    if (report != null) {
      out.message(6, w -> report(w, report));
    }
    WaitReason waits = progress.waits();
    if (waits instanceof WaitReason.UnknownEffect unknown) {
      out.message(7, w -> w.text(1, unknown.agent()).number(2, unknown.attempt()));
    } else if (waits != null) {
      out.message(8, w -> WaitRecords.reason(w, waits));
    }
    if (!progress.means().equals(KeptMeans.none())) {
      out.message(9, w -> WaitRecords.means(w, progress.means()));
    }
    if (!progress.round().equals(KeptRound.none())) {
      out.message(10, w -> round(w, progress.round()));
    }
    return out.record(VERSION, PROGRESS);
  }

  /** {@return steps of a task as bytes} */
  public static byte[] bytes(List<KeptStep> steps) {
    return new Writer().messages(1, steps, Records::step).record(VERSION, STEPS);
  }

  /** {@return the end of a task as bytes} */
  public static byte[] bytes(KeptEnd end) {
    Writer out =
        new Writer()
            .message(1, w -> task(w, end.result().task()))
            .instant(2, end.accepted())
            .instant(3, end.at())
            .message(4, w -> result(w, end.result()));
    String payload = end.payload();
    if (payload != null) {
      out.message(5, w -> w.text(1, payload));
    }
    return out.record(VERSION, END);
  }

  /**
   * {@return the task in a record}
   *
   * @throws IllegalArgumentException if it is none, or damaged
   * @throws IllegalStateException if it is of a newer version
   */
  public static KeptTask task(byte[] bytes) {
    Reader in = open(bytes, TASK);
    return new KeptTask(task(required(in.message(1))), in.instant(2));
  }

  /**
   * {@return the progress in a record}
   *
   * @throws IllegalArgumentException if it is none, or damaged
   * @throws IllegalStateException if it is of a newer version
   */
  public static KeptProgress progress(byte[] bytes) {
    Reader in = open(bytes, PROGRESS);
    Reader report = in.message(6);
    Reader means = in.message(9);
    Reader round = in.message(10);
    return new KeptProgress(
        named(TaskState.class, in.text(1)),
        in.messages(2, Records::decision),
        in.text(3),
        report == null ? null : report(report),
        in.number(4),
        usage(in.message(5)),
        waits(in),
        means == null ? KeptMeans.none() : WaitRecords.means(means),
        round == null ? KeptRound.none() : round(round));
  }

  private static void round(Writer w, KeptRound round) {
    w.number(1, round.first())
        .number(2, round.at())
        .messages(
            3,
            round.aside(),
            (each, work) ->
                each.number(1, work.attempt())
                    .message(2, r -> report(r, work.report()))
                    .number(3, work.nanos())
                    .message(4, u -> usage(u, work.used())));
  }

  private static KeptRound round(Reader in) {
    return new KeptRound(
        in.count(1),
        in.count(2),
        in.messages(
            3,
            work ->
                new KeptRound.Work(
                    work.count(1),
                    report(required(work.message(2))),
                    work.number(3),
                    usage(work.message(4)))));
  }

  private static @Nullable WaitReason waits(Reader in) {
    Reader unknown = in.message(7);
    if (unknown != null) {
      return new WaitReason.UnknownEffect(unknown.text(1), unknown.count(2));
    }
    Reader waits = in.message(8);
    return waits == null ? null : WaitRecords.reason(waits);
  }

  /**
   * {@return the steps in a record}
   *
   * @throws IllegalArgumentException if there are none, or it is damaged
   * @throws IllegalStateException if it is of a newer version
   */
  public static List<KeptStep> steps(byte[] bytes) {
    return open(bytes, STEPS).messages(1, Records::step);
  }

  /**
   * {@return the end in a record}
   *
   * @throws IllegalArgumentException if it is none, or damaged
   * @throws IllegalStateException if it is of a newer version
   */
  public static KeptEnd end(byte[] bytes) {
    Reader in = open(bytes, END);
    Task task = task(required(in.message(1)));
    Reader payload = in.message(5);
    return new KeptEnd(
        result(task, required(in.message(4))),
        in.instant(2),
        in.instant(3),
        payload == null ? null : payload.text(1));
  }

  static Reader open(byte[] bytes, int kind) {
    if (bytes.length < Fields.HEADER) {
      throw new IllegalArgumentException("the record is damaged: it has no header");
    }
    if (bytes[0] != VERSION) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "the record has version %d of the format, this Arbiter reads version %d; use the"
                  + " Arbiter that wrote it, or a newer one",
              bytes[0],
              VERSION));
    }
    if (bytes[1] != kind) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "the record is of kind '%c', not '%c'", (char) bytes[1], (char) kind));
    }
    if (!Fields.isSound(bytes)) {
      throw new IllegalArgumentException("the record is damaged: its checksum does not fit");
    }
    return new Reader(bytes, Fields.HEADER, bytes.length);
  }

  static Reader required(@Nullable Reader part) {
    if (part == null) {
      throw new IllegalArgumentException("the record is damaged: a part is missing");
    }
    return part;
  }

  static <E extends Enum<E>> E named(Class<E> type, String name) {
    try {
      return Enum.valueOf(type, name);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "the record is of a newer Arbiter, which knows the "
              + type.getSimpleName()
              + " '"
              + name
              + "'",
          e);
    }
  }

  /* Each value has a writer and a reader, side by side. */

  private static void task(Writer w, Task task) {
    w.text(1, task.id())
        .text(2, task.type())
        .text(3, task.tenant())
        .number(4, task.priority())
        .texts(5, task.capabilities().stream().sorted().toList())
        .text(8, task.payload())
        .text(10, task.idempotencyKey());
    if (task.spec() instanceof SpecRef.Id id) {
      w.message(6, spec -> spec.text(1, id.id()));
    } else if (task.spec() instanceof SpecRef.Text text) {
      w.message(7, spec -> spec.text(1, text.text()));
    }
    task.deadline().ifPresent(time -> w.time(9, time));
    if (!task.terms().equals(Terms.none())) {
      w.message(11, terms -> WaitRecords.terms(terms, task.terms()));
    }
    w.text(12, task.correlationId());
  }

  private static Task task(Reader in) {
    Reader id = in.message(6);
    Reader text = in.message(7);
    SpecRef spec = SpecRef.none();
    if (id != null) {
      spec = SpecRef.id(id.text(1));
    } else if (text != null) {
      spec = SpecRef.text(text.text(1));
    }
    Duration deadline = in.time(9);
    Reader terms = in.message(11);
    return new Task(
        in.text(1),
        in.text(2),
        in.text(3),
        in.count(4),
        Set.copyOf(in.texts(5)),
        spec,
        in.text(8),
        deadline.isZero() ? Optional.empty() : Optional.of(deadline),
        in.text(10),
        terms == null ? Terms.none() : WaitRecords.terms(terms),
        in.text(12));
  }

  private static void decision(Writer w, RoutingDecision decision) {
    w.number(1, decision.id()).text(2, decision.agent()).text(3, decision.policy());
  }

  private static RoutingDecision decision(Reader in) {
    return new KeptDecision(in.number(1), in.text(2), in.text(3));
  }

  static void usage(Writer w, Usage usage) {
    w.number(1, usage.inputTokens())
        .number(2, usage.outputTokens())
        .decimal(3, usage.cost())
        .time(4, usage.time());
  }

  static Usage usage(@Nullable Reader in) {
    return in == null
        ? Usage.none()
        : new Usage(in.number(1), in.number(2), in.decimal(3), in.time(4));
  }

  private static void report(Writer w, WorkReport report) {
    w.text(1, report.output())
        .messages(
            2,
            report.changes(),
            (c, change) ->
                c.text(1, change.path()).number(2, change.added()).number(3, change.removed()))
        .messages(
            3,
            report.evidence(),
            (e, evidence) ->
                e.text(1, evidence.gate())
                    .flag(2, evidence.passed())
                    .decimal(3, evidence.value())
                    .text(4, evidence.detail()))
        .message(4, u -> usage(u, report.usage()));
  }

  private static WorkReport report(Reader in) {
    return new WorkReport(
        in.text(1),
        in.messages(2, c -> new FileChange(c.text(1), c.count(2), c.count(3))),
        in.messages(3, e -> new Evidence(e.text(1), e.flag(2), e.decimal(3), e.text(4))),
        usage(in.message(4)));
  }

  private static void finding(Writer w, Finding finding) {
    w.text(1, finding.ruleId())
        .text(2, finding.severity().name())
        .text(3, finding.place())
        .number(4, finding.line())
        .text(5, finding.message());
  }

  private static Finding finding(Reader in) {
    return new Finding(
        in.text(1), named(Finding.Severity.class, in.text(2)), in.text(3), in.count(4), in.text(5));
  }

  private static void verdict(Writer w, Verdict verdict) {
    int kind = verdict.match(approved -> 1, waived -> 2, denied -> 3);
    w.number(1, kind)
        .messages(2, verdict.findings(), Records::finding)
        .decimal(3, verdict.quality());
    if (verdict instanceof Verdict.Waived waived) {
      w.texts(4, waived.waivers());
    }
    w.flag(6, verdict.isExcused());
    Seal seal = verdict.seal();
    if (!seal.equals(Seal.none())) {
      w.message(
          5,
          s ->
              s.text(1, seal.document())
                  .text(2, seal.digest())
                  .text(3, seal.keyId())
                  .text(4, seal.signature()));
    }
  }

  private static Verdict verdict(Reader in) {
    List<Finding> findings = in.messages(2, Records::finding);
    Reader s = in.message(5);
    Seal seal = s == null ? Seal.none() : new Seal(s.text(1), s.text(2), s.text(3), s.text(4));
    return switch (in.count(1)) {
      case 1 -> new Verdict.Approved(findings, in.decimal(3), seal);
      case 2 -> new Verdict.Waived(findings, in.texts(4), in.decimal(3), seal);
      case 3 -> new Verdict.Denied(findings, seal, in.flag(6));
      default ->
          throw new IllegalStateException(
              "the record is of a newer Arbiter, which knows a verdict " + in.count(1));
    };
  }

  private static void result(Writer w, TaskResult result) {
    w.text(1, result.state().name());
    if (result instanceof TaskResult.Completed done) {
      w.text(2, done.agent())
          .number(3, done.attempts())
          .message(4, r -> report(r, done.report()))
          .message(5, v -> verdict(v, done.verdict()));
    } else if (result instanceof TaskResult.Rejected rejected) {
      w.messages(6, rejected.findings(), Records::finding);
    } else if (result instanceof TaskResult.Failed failed) {
      w.number(3, failed.attempts())
          .text(7, failed.cause().name())
          .text(8, failed.message())
          .message(9, u -> usage(u, failed.usage()))
          .text(10, failed.detail());
      failed.verdict().ifPresent(verdict -> w.message(5, v -> verdict(v, verdict)));
    } else if (result instanceof TaskResult.Cancelled cancelled) {
      w.text(8, cancelled.reason()).message(9, u -> usage(u, cancelled.usage()));
    }
  }

  private static TaskResult result(Task task, Reader in) {
    Reader verdict = in.message(5);
    return switch (named(TaskState.class, in.text(1))) {
      case COMPLETED ->
          new TaskResult.Completed(
              task,
              in.text(2),
              in.count(3),
              report(required(in.message(4))),
              verdict(required(verdict)));
      case REJECTED -> new TaskResult.Rejected(task, in.messages(6, Records::finding));
      case FAILED ->
          new TaskResult.Failed(
              task,
              named(FailureCause.class, in.text(7)),
              in.text(8),
              in.count(3),
              verdict == null ? Optional.empty() : Optional.of(verdict(verdict)),
              usage(in.message(9)),
              in.text(10));
      case CANCELLED -> new TaskResult.Cancelled(task, in.text(8), usage(in.message(9)));
      default -> throw new IllegalArgumentException("the record is damaged: it is no end");
    };
  }

  private static void step(Writer w, KeptStep step) {
    w.instant(1, step.at())
        .text(2, step.name())
        .text(3, step.state().equals(KeptStep.stateOf(step.name())) ? "" : step.state())
        .number(4, step.attempt())
        .text(5, step.agent())
        .decimal(6, step.quality())
        .message(7, u -> usage(u, step.usage()))
        .text(8, step.detail());
  }

  private static KeptStep step(Reader in) {
    String name = in.text(2);
    String state = in.text(3);
    return new KeptStep(
        in.instant(1),
        name,
        state.isEmpty() ? KeptStep.stateOf(name) : state,
        in.count(4),
        in.text(5),
        in.decimal(6),
        usage(in.message(7)),
        in.text(8));
  }
}
